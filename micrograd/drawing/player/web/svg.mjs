// Elements of SVG, which a page makes.

const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG with its attributes and its content. */
export function make(tag, attributes, ...content) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}
