// The colours of the pictures, made from those of a style sheet, for the page and for the widget.
// Rule: blue is positive and orange negative, as in all plots here, and no colour stands alone: a
// dash, a shape or a number says the same.

const NAMES = "paper panel ink faint line blue orange lit green pink".split(" ");
const REGION = 0.35; // of the full colour of a class, behind its points
const STRENGTH = 0.85; // of the full colour, so that points stand out

/**
 * {ink, blue, ..., classes, heat, regions} of an element: `classes` has a colour for each class,
 * `heat` has 256 RGBA numbers from orange over paper to blue, and `regions` one for each class.
 */
export function paletteOf(element) {
  const style = getComputedStyle(element);
  const colours = Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
  const { blue, orange, paper, green, pink, lit, ink, faint } = colours;
  colours.heat = Array.from({ length: 256 }, (_, byte) => heat(byte, blue, orange, paper));
  colours.classes = [orange, blue, green, pink, lit, ink, faint];
  const pale = (_, k) => mix(rgb(paper), rgb(colours.classes[k % colours.classes.length]), REGION);
  colours.regions = Array.from({ length: 256 }, pale);
  return colours;
}

function heat(byte, blue, orange, paper) {
  const value = (byte - 128) / 127;
  const share = Math.min(1, Math.abs(value)) ** 0.8 * STRENGTH;
  return mix(rgb(paper), rgb(value < 0 ? orange : blue), share);
}

/** The red, green and blue of "#rrggbb" or "#rgb". */
function rgb(text) {
  const digits = text.length === 4 ? [...text.slice(1)].map((d) => d + d) : text.match(/\w\w/g);
  return digits.map((d) => parseInt(d, 16));
}

/** A colour between two, as one number of an RGBA picture. */
function mix(from, to, share) {
  const [r, g, b] = from.map((x, i) => Math.round(x + (to[i] - x) * share));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
