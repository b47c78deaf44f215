// Elements and canvases without any library, for pages that are one file: a notebook, a recorded run.
// Rule: nothing here knows what is drawn.

/** A new element with properties, and what stands in it. */
export function make(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

/** A canvas with a name for those who cannot see it. */
export function picture(label) {
  const canvas = make("canvas", { ariaLabel: label });
  canvas.setAttribute("role", "img");
  return canvas;
}

/** Paint a canvas sharply, by `draw(context, width, height, colours)` in CSS pixels. */
export function paintOn(canvas, colours, draw) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw(context, width, height, colours);
}
