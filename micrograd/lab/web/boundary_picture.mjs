// Paints what the network says at every place of the plane, with the lines in it and the points.
// Rule: a frame's output in, pixels out. With one input the picture is a curve.
import { english } from "./english.mjs";
import { brief } from "./format.mjs";
import { bytesOf, drawContour, drawFrame, drawMap, planeOf } from "./plane.mjs";
import { drawAll } from "./spots.mjs";

/** Paint an output, if there is one; `held` is the point that is marked, -1 for none. */
export function drawBoundary(context, width, height, colours, output, points, held) {
  if (!output) return;
  if (!output.line) drawMapAndLines(context, width, height, colours, output, points.task);
  drawAll(context, width, height, points, held, colours);
  if (output.line) drawCurve(context, width, height, colours, output.line, points);
  drawFrame(context, width, height, colours);
}

function drawMapAndLines(context, width, height, colours, output, task) {
  const bytes = bytesOf(output.values);
  const isOne = output.classes === 1;
  const palette = isOne ? colours.heat : colours.regions;
  drawMap(context, bytes, output.size, [0, 0, width, height], palette, isOne);
  if (isOne) drawLines(context, bytes, output, width, height, colours, task);
}

/** The line where the answer changes and, dotted, the margins. */
function drawLines(context, bytes, { size, scale }, width, height, colours, task) {
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.6;
  drawContour(context, bytes, size, 128, width, height);
  if (!(scale > 1) || task !== "two classes") return;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  for (const margin of [1, -1]) {
    drawContour(context, bytes, size, 128 + (127 * margin) / scale, width, height);
  }
  context.setLineDash([]);
}

/** The curve that a network of one input has learnt. */
function drawCurve(context, width, height, colours, { x, y }, points) {
  const { toX, toY } = planeOf(points.bounds, width, height);
  context.beginPath();
  x.forEach((at, i) => y[i] !== null && context.lineTo(toX(at), toY(y[i])));
  context.strokeStyle = colours.orange;
  context.lineWidth = 2.5;
  context.stroke();
}

// ----------------------------------------------------------------------------------------- a table

const PLACES = 7; // along each side of the table

/** {columns, rows} of the answers at some places of the plane, or along the curve. */
export function boundaryTable(output, points) {
  const [first, second] = points.columns;
  const spread = (size) =>
    Array.from({ length: PLACES }, (_, k) => Math.round((k / (PLACES - 1)) * (size - 1)));
  if (output.line) {
    const { x, y } = output.line;
    const rows = spread(x.length).map((k) => [brief(x[k]), brief(y[k])]);
    return { columns: [first, english.points.answer], rows };
  }
  const [bytes, places] = [bytesOf(output.values), spread(output.size)];
  const [x0, x1, y0, y1] = points.bounds;
  const share = (k) => k / (output.size - 1);
  const answer = (byte) =>
    output.classes === 1
      ? brief(((byte - 128) / 127) * output.scale)
      : (points.classes[byte] ?? byte);
  const columns = places.map((column) => brief(x0 + share(column) * (x1 - x0)));
  const rows = places.map((row) => {
    const answers = places.map((column) => answer(bytes[row * output.size + column]));
    return [brief(y1 - share(row) * (y1 - y0)), ...answers];
  });
  return { columns: [english.results.byRow(second), ...columns], rows };
}
