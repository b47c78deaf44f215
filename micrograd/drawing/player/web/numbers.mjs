// Numbers as text, in the formats of support/numbers.py.
// Rule: a test compares these functions with Python's.

/** Six significant digits, and always a point, as Python writes a float: "-2.0", "1e-07". */
export function shortNumber(x) {
  if (!Number.isFinite(x)) return notFinite(x);
  const rounded = Number(x.toPrecision(6));
  const size = Math.abs(rounded);
  const scientific = size !== 0 && (size < 1e-4 || size >= 1e16);
  const text = signed(x, scientific ? padded(rounded.toExponential()) : String(rounded));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Four places after the point, as on the cards; a small number is not written as 0. */
export function cardNumber(x) {
  if (!Number.isFinite(x)) return notFinite(x);
  if (x !== 0 && Math.abs(x) < 0.00005) return padded(x.toExponential(1));
  return Math.abs(x) < 1e6 ? signed(x, x.toFixed(4)) : padded(x.toExponential(4));
}

/** Whether two numbers are equal; nan equals nan here. */
export const same = (x, y) => x === y || (Number.isNaN(x) && Number.isNaN(y));

function notFinite(x) {
  if (Number.isNaN(x)) return "nan";
  return x > 0 ? "inf" : "-inf";
}

/** An exponent has two digits, as in Python. */
const padded = (text) => text.replace(/e([+-])(\d)$/, "e$10$2");
const signed = (x, text) => (Object.is(x, -0) ? `-${text}` : text);
