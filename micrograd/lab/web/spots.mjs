// The points on the plane, and rows that are images.
// Rule: a class has a shape as well as a colour, and a point that is held out is hollow.
import { drawFrame, planeOf } from "./plane.mjs";

/** The index of a target's class: 0 for -1, 1 for +1, itself for more classes, 1 for an amount. */
export function classOf(y, task) {
  if (task === "amount") return 1;
  return task === "two classes" ? Number(y > 0) : y;
}

/** The place of a point in the plane: its two numbers, or its one number and its target. */
export const spotOf = ({ X, y, columns }, i) => (columns.length === 1 ? [X[i][0], y[i]] : X[i]);

/** Paint all points; the one that is dragged, {i, spot}, stands where the pointer is. */
export function drawAll(context, width, height, points, held, colours, dragged = null) {
  const plane = planeOf(points.bounds, width, height);
  const { X, y, held_X, held_y, columns, task } = points;
  const most = X.length > 400 ? 2.6 : 4;
  const size = Math.max(2.2, Math.min(most, width / 55));
  const at = ([left, top], target, more) => {
    const kind = classOf(target, task);
    drawPoint(context, plane.toX(left), plane.toY(top), kind, size, colours, more);
  };
  const heldOut = { X: held_X, y: held_y, columns };
  held_X.forEach((_, i) => at(spotOf(heldOut, i), held_y[i], { hollow: true }));
  const spot = (i) => (dragged?.i === i ? dragged.spot : spotOf(points, i));
  X.forEach((_, i) => i !== held && at(spot(i), y[i], {}));
  if (X[held]) at(spot(held), y[held], { held: true });
}

/** The side of the square picture that a row is, such as 8 for 64 pixels; 0 if it is none. */
export function sideOf({ columns }) {
  const side = Math.sqrt(columns.length);
  return Number.isInteger(side) && side >= 4 ? side : 0;
}

/** Paint a row of pixels, the largest in ink. */
export function drawImage([context, width, height, colours], row, side) {
  if (!row) return;
  const most = Math.max(...row.map(Math.abs)) || 1;
  const [wide, tall] = [width / side, height / side];
  context.fillStyle = colours.ink;
  row.forEach((x, i) => {
    context.globalAlpha = Math.min(1, Math.abs(x) / most);
    const [left, top] = [(i % side) * wide, Math.floor(i / side) * tall];
    context.fillRect(left, top, wide + 0.5, tall + 0.5);
  });
  context.globalAlpha = 1;
  drawFrame(context, width, height, colours);
}

/** Paint a point: a class has a shape as well as a colour; held-out points are hollow. */
function drawPoint(context, x, y, kind, size, colours, { hollow = false, held = false }) {
  const colour = colours.classes[kind % colours.classes.length];
  context.beginPath();
  SHAPES[kind % SHAPES.length](context, x, y, size);
  context.lineWidth = hollow ? 1.6 : 1;
  context.fillStyle = hollow ? colours.paper : colour;
  context.strokeStyle = hollow ? colour : colours.paper;
  context.fill();
  context.stroke();
  if (!held) return;
  context.beginPath();
  context.arc(x, y, size + 4.5, 0, 2 * Math.PI);
  context.lineWidth = 2.5;
  context.strokeStyle = colours.lit;
  context.stroke();
}

/** A polygon with so many corners, the first one at the top. */
const polygon = (corners, turn, scale) => (context, x, y, size) => {
  for (let k = 0; k < corners; k++) {
    const angle = turn + (2 * Math.PI * k) / corners - Math.PI / 2;
    context.lineTo(x + scale * size * Math.cos(angle), y + scale * size * Math.sin(angle));
  }
  context.closePath();
};
const circle = (context, x, y, size) => context.arc(x, y, size, 0, 2 * Math.PI);
const SHAPES = [
  polygon(3, 0, 1.35),
  circle,
  polygon(4, Math.PI / 4, 1.25),
  polygon(4, 0, 1.3),
  polygon(5, 0, 1.2),
  polygon(3, Math.PI, 1.35),
  polygon(6, 0, 1.15),
];
