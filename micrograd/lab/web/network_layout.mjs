// Where the parts of the network's picture stand: columns of neurons, and the curves between them.
// Rule: plain numbers; nothing is drawn here.

const SIDE = 44; // pixels between the frame and the middle of the first column
const ROOMY = 62; // pixels from one neuron of a column to the next, where there is room
const TIGHT = 27;
const NAME = 14; // more below an input, for its name
export const TALLEST = 440; // as long as the neurons are not tighter than that
export const LOW = 320; // the same where the page has little height
const MOST_INPUTS = 16; // inputs that are drawn each for itself; more are one box
const BOX = 84; // pixels of that box's side
const LARGEST = 46; // pixels of a neuron's side
const OUTPUT = 56;

/**
 * {columns, height, isBox}: the columns' neurons with {share, y, size}, `share` of the picture's
 * width, about `tallest` pixels high. With `isBox` all inputs are one box, whose edges stand for all of them.
 */
export function layoutOf(network, tallest = TALLEST) {
  const isBox = network.inputs.length > MOST_INPUTS;
  const inputs = isBox ? 1 : network.inputs.length;
  const sizes = [inputs, ...network.layers.map((layer) => layer.size)];
  const most = Math.max(...sizes);
  const pitch = Math.max(TIGHT, Math.min(ROOMY, tallest / most));
  const height = Math.max(most * pitch, Math.min(4.5 * ROOMY, tallest)) + 20;
  const columns = sizes.map((size, column) => {
    const room = column === 0 ? ROOMY + NAME : ROOMY;
    const own = Math.max(pitch, Math.min(room, (height - 20) / size));
    const side = sideOf(column, sizes.length, own, isBox);
    const middle = (size - 1) / 2;
    const y = (i) => height / 2 + (i - middle) * own;
    const share = column / (sizes.length - 1);
    return Array.from({ length: size }, (_, i) => ({ share, y: y(i), size: side }));
  });
  return { columns, height, isBox };
}

function sideOf(column, count, room, isBox) {
  if (column === 0 && isBox) return BOX;
  return Math.min(column === count - 1 ? OUTPUT : LARGEST, room - 5);
}

/** The horizontal place of a column in a picture of that width. */
export const leftOf = (share, width) => SIDE + share * (width - 2 * SIDE);

/** The same place in CSS. */
export const leftInStyle = (share) => `calc(${SIDE}px + ${share} * (100% - ${2 * SIDE}px))`;

/** The four points of the curve from one neuron to another. */
export function curveOf(from, to, width) {
  const x0 = leftOf(from.share, width) + from.size / 2;
  const x1 = leftOf(to.share, width) - to.size / 2;
  const bend = (x1 - x0) * 0.45;
  return [
    [x0, from.y],
    [x0 + bend, from.y],
    [x1 - bend, to.y],
    [x1, to.y],
  ];
}

/** How far a place is from a curve, in pixels. */
export function distanceTo(curve, x, y) {
  let least = Infinity;
  for (let k = 0; k <= 16; k++) {
    const [u, v] = pointOn(curve, k / 16);
    least = Math.min(least, Math.hypot(u - x, v - y));
  }
  return least;
}

function pointOn([a, b, c, d], t) {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  return [0, 1].map(
    (k) => weights[0] * a[k] + weights[1] * b[k] + weights[2] * c[k] + weights[3] * d[k],
  );
}
