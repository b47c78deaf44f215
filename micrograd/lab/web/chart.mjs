// A chart of lines: two axes with round numbers, and lines that differ in dash as well as colour.
// Rule: plain arrays in, pixels out; null in a line is a gap.
import { count, shortest } from "./format.mjs";

const LEFT = 46; // pixels for the numbers of the vertical axis
const BOTTOM = 18;
const EDGE = 6;

/** A few round numbers within [least, most]. */
function roundNumbers(least, most, wanted = 4) {
  const rough = (most - least) / wanted;
  if (!(rough > 0)) return [least];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((k) => k * power >= rough) * power;
  const first = Math.ceil(least / step - 1e-9);
  const numbers = [];
  for (let k = first; k * step <= most + 1e-9 * step; k++)
    numbers.push(Number((k * step).toPrecision(12)));
  return numbers;
}

const finite = (x) => x !== null && Number.isFinite(x);

/** The least and the greatest of all numbers, with a little room; [0, 1] if there is none. */
function rangeOf(lists, floor) {
  let [least, most] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const x of list) {
      if (!finite(x)) continue;
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
  }
  if (least > most) return [0, 1];
  if (floor !== undefined) least = Math.min(least, floor);
  if (least === most) return [least - 0.5, most + 0.5];
  return [least, most + 0.04 * (most - least)];
}

/**
 * Draw lines of [{x, y, colour, dash, width, outside}]; one that is `outside` may leave the chart.
 * `floor` is a number that the vertical axis reaches, `top` where it ends, and `at` a place on the
 * horizontal axis to mark. Returns {toX, toY}, for what is drawn on top.
 */
export function drawChart(context, width, height, colours, { lines, floor, top, at, range }) {
  const [x0, x1] = range ?? rangeOf(lines.map((line) => line.x));
  const fitted = lines.filter((line) => !line.outside);
  let [y0, y1] = rangeOf(
    fitted.map((line) => line.y),
    floor,
  );
  if (top !== undefined) y1 = top;
  const toX = (x) => LEFT + ((x - x0) / (x1 - x0 || 1)) * (width - LEFT - EDGE);
  const toY = (y) => height - BOTTOM - ((y - y0) / (y1 - y0 || 1)) * (height - BOTTOM - EDGE);
  drawAxes(context, width, height, colours, { x0, x1, y0, y1, toX, toY });
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, width - LEFT, height - BOTTOM + 1);
  context.clip();
  if (finite(at)) drawMarker(context, toX(at), height, colours);
  for (const line of lines) drawLine(context, line, toX, toY);
  context.restore();
  return { toX, toY };
}

/** Draw a histogram of {edges, counts}. */
export function drawBars(context, width, height, colours, { edges, counts }) {
  const most = Math.max(1, ...counts);
  const [x0, x1] = [edges[0], edges.at(-1)];
  const toX = (x) => LEFT + ((x - x0) / (x1 - x0 || 1)) * (width - LEFT - EDGE);
  const toY = (y) => height - BOTTOM - (y / most) * (height - BOTTOM - EDGE);
  drawAxes(context, width, height, colours, { x0, x1, y0: 0, y1: most, toX, toY });
  context.fillStyle = colours.blue;
  counts.forEach((n, i) => {
    const [left, right] = [toX(edges[i]), toX(edges[i + 1])];
    context.fillRect(left + 0.5, toY(n), Math.max(1, right - left - 1), height - BOTTOM - toY(n));
  });
}

/** Draw a dot with a rim. */
export function drawDot(context, x, y, colour, rim) {
  context.beginPath();
  context.arc(x, y, 5.5, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = rim;
  context.stroke();
}

function drawAxes(context, width, height, colours, { x0, x1, y0, y1, toX, toY }) {
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.faint;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const y of roundNumbers(y0, y1, height > 130 ? 4 : 2)) {
    const at = Math.round(toY(y)) + 0.5;
    context.beginPath();
    context.moveTo(LEFT, at);
    context.lineTo(width - EDGE, at);
    context.stroke();
    context.fillText(shortest(y), LEFT - 5, Math.max(6, at));
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const numbers = roundNumbers(x0, x1, Math.max(2, Math.floor(width / 90)));
  for (const x of numbers) {
    const text = Math.abs(x) >= 1000 ? count(x) : shortest(x);
    const half = context.measureText(text).width / 2;
    const place = Math.min(width - half - 1, Math.max(half, toX(x)));
    context.fillText(text, place, height - 4);
  }
}

function drawMarker(context, x, height, colours) {
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height - BOTTOM);
  context.strokeStyle = colours.faint;
  context.setLineDash([2, 3]);
  context.stroke();
  context.setLineDash([]);
}

function drawLine(context, { x, y, colour, dash = [], width = 1.8 }, toX, toY) {
  context.beginPath();
  let drawing = false;
  for (let i = 0; i < x.length; i++) {
    if (!finite(y[i])) {
      drawing = false;
      continue;
    }
    const place = [toX(x[i]), toY(y[i])];
    if (drawing) context.lineTo(...place);
    else context.moveTo(...place);
    drawing = true;
  }
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
  context.setLineDash([]);
}
