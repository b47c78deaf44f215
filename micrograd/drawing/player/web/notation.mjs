// How derivatives are written: ∂e/∂a is a partial, and grad(a) the derivative of the result.
// Rule: worded as in explaining/notation.py, with which a test compares it.

export const gradOf = (name) => `grad(${name})`;
export const partialOf = (node, x) => `∂${node}/∂${x}`;
export const chainRule = (node, x, sign) =>
  `${gradOf(x)} ${sign} ${gradOf(node)} · ${partialOf(node, x)}`;
export const seed = (result, grad = "1.0") => `${gradOf(result)} = ${grad}`;
