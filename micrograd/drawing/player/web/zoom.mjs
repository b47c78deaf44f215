// The size of the picture: it fits its frame, until the reader chooses another.
// Rule: at first it is as wide as its frame, but not so small, or so large, that it is hard to read.

const READABLE = [0.6, 1.6]; // times the size of the drawing
const SIZES = [0.02, 8];
const STEP = 1.25;

const within = ([least, most], x) => Math.min(most, Math.max(least, x));

/** {larger, smaller, fit}: functions that change the size of the picture; `fit` shows all of it. */
export function zoomOf(svg) {
  const stage = svg.parentNode;
  const { width, height } = svg.viewBox.baseVal;
  let chosen = null; // by the reader
  let size = 1;

  function paint() {
    size = chosen ?? within(READABLE, stage.clientWidth / width);
    svg.setAttribute("width", Math.floor(width * size));
    svg.setAttribute("height", Math.floor(height * size));
  }

  function whole() {
    const tallest = parseFloat(getComputedStyle(stage).maxHeight) - 2; // without the border
    return Math.min(stage.clientWidth / width, tallest / height, READABLE[1]);
  }

  /** Change the size, and keep what is in the middle of the frame there. */
  function choose(wanted) {
    const middle = [
      (stage.scrollLeft + stage.clientWidth / 2) / size,
      (stage.scrollTop + stage.clientHeight / 2) / size,
    ];
    chosen = within(SIZES, wanted);
    paint();
    stage.scrollLeft = middle[0] * size - stage.clientWidth / 2;
    stage.scrollTop = middle[1] * size - stage.clientHeight / 2;
  }

  new ResizeObserver(() => requestAnimationFrame(paint)).observe(stage);
  paint();
  return {
    larger: () => choose(size * STEP),
    smaller: () => choose(size / STEP),
    fit: () => choose(whole()),
  };
}
