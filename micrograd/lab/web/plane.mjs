// The plane that the points lie in: places on it, values as colours, and contours.
// Rule: a map of values is a text of base64 with one byte each, rows from the top; 128 is 0.

const MARGIN = 0.5; // pixels kept free, so that the frame stays sharp

/** Functions between the plane's [x0, x1, y0, y1] and a square of `width` times `height` pixels. */
export function planeOf([x0, x1, y0, y1], width, height) {
  return {
    toX: (x) => ((x - x0) / (x1 - x0)) * width,
    toY: (y) => height - ((y - y0) / (y1 - y0)) * height,
    fromX: (left) => x0 + (left / width) * (x1 - x0),
    fromY: (top) => y0 + ((height - top) / height) * (y1 - y0),
  };
}

const decoded = new Map(); // the last few texts, since a map is painted more often than it changes

/** The bytes of a text of base64. */
export function bytesOf(text) {
  let bytes = decoded.get(text);
  if (!bytes) {
    if (decoded.size > 300) decoded.clear();
    bytes = decode(text);
    decoded.set(text, bytes);
  }
  return bytes;
}

/** A loop, because Uint8Array.from with a function takes ten times as long. */
function decode(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

const small = document.createElement("canvas"); // written to by the processor, so kept in its memory
const onSmall = small.getContext("2d", { willReadFrequently: true });
const images = new Map(); // {size: an image to write into}

/** Paint a map of `size` times `size` bytes into a box; `palette` has a colour for each byte. */
export function drawMap(context, bytes, size, [left, top, width, height], palette, smooth = true) {
  if (!images.has(size)) images.set(size, new ImageData(size, size));
  const image = images.get(size);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = palette[bytes[i]];
  if (small.width !== size) small.width = small.height = size;
  onSmall.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(small, 0, 0, size, size, left, top, width, height);
}

/** Stroke the line on which a map has the value `level`, by marching squares. */
export function drawContour(context, bytes, size, level, width, height) {
  const [across, down] = [width / size, height / size];
  const at = (column, row) => bytes[row * size + column] - level;
  context.beginPath();
  for (let row = 0; row < size - 1; row++) {
    for (let column = 0; column < size - 1; column++) {
      const i = row * size + column;
      const isBelow = bytes[i] < level;
      const isSame =
        bytes[i + 1] < level === isBelow &&
        bytes[i + size] < level === isBelow &&
        bytes[i + size + 1] < level === isBelow;
      if (isSame) continue; // nearly everywhere, so nothing is made before
      const corners = [
        at(column, row),
        at(column + 1, row),
        at(column + 1, row + 1),
        at(column, row + 1),
      ];
      const cuts = cutsOf(corners).map(([x, y]) => [
        (column + 0.5 + x) * across,
        (row + 0.5 + y) * down,
      ]);
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        context.moveTo(...cuts[k]);
        context.lineTo(...cuts[k + 1]);
      }
    }
  }
  context.stroke();
}

const SQUARE = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** Where the sides of a square are cut, whose corners have these values. */
function cutsOf(corners) {
  const cuts = [];
  for (let k = 0; k < 4; k++) {
    const next = (k + 1) % 4;
    const [from, to] = [corners[k], corners[next]];
    if (from < 0 === to < 0) continue;
    const share = from / (from - to);
    cuts.push([0, 1].map((i) => SQUARE[k][i] + (SQUARE[next][i] - SQUARE[k][i]) * share));
  }
  return cuts;
}

/** The frame of a picture. */
export function drawFrame(context, width, height, colours) {
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.setLineDash([]);
  context.strokeRect(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN);
}
