// Paints the network: the edges by what they show, and each neuron with its own picture.
// Rule: the frame's numbers in, pixels out. A number below 0 is dashed as well as orange.
import { bytesOf, drawMap } from "./plane.mjs";
import { curveOf, leftOf } from "./network_layout.mjs";

const THINNEST = 0.35;
const THICKEST = 5.5;

/** The numbers that the edges show: [layer][neuron] -> {w, b}. */
export const shownNumbers = (frame, edges) =>
  frame[{ weight: "weights", grad: "grads", update: "updates" }[edges]];

/** The size of the largest weight of all; 0 if there is none. */
export function largestOf(numbers) {
  let most = 0;
  for (const layer of numbers ?? []) {
    for (const { w } of layer)
      for (const x of w) if (x !== null) most = Math.max(most, Math.abs(x));
  }
  return most;
}

export function drawNetwork(context, width, colours, { layout, frame, edges, selected, hovered }) {
  const numbers = shownNumbers(frame, edges);
  const most = largestOf(numbers) || 1;
  layout.columns.slice(1).forEach((column, layer) => {
    column.forEach((to, neuron) => {
      layout.columns[layer].forEach((from, input) => {
        const value = numbers?.[layer]?.[neuron]?.w[input] ?? 0;
        drawEdge(context, curveOf(from, to, width), value / most, colours);
      });
    });
  });
  for (const edge of [hovered, selected]) {
    if (edge?.kind === "weight")
      drawChosenEdge(context, width, colours, layout, edge, edge === selected);
  }
  drawInputs(context, width, colours, layout, frame);
  drawNeurons(context, width, colours, layout, frame, selected);
}

function trace(context, [start, ...rest]) {
  context.beginPath();
  context.moveTo(...start);
  context.bezierCurveTo(...rest.flat());
}

function drawEdge(context, curve, share, colours) {
  const size = Math.min(1, Math.abs(share));
  trace(context, curve);
  context.lineWidth = THINNEST + (THICKEST - THINNEST) * size;
  context.globalAlpha = 0.25 + 0.7 * size;
  context.strokeStyle = share === 0 ? colours.line : share > 0 ? colours.blue : colours.orange;
  context.setLineDash(share < 0 ? [3 + context.lineWidth, 3 + context.lineWidth / 2] : []);
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawChosenEdge(context, width, colours, layout, { layer, neuron, input }, chosen) {
  const [from, to] = [layout.columns[layer]?.[input], layout.columns[layer + 1]?.[neuron]];
  if (!from || !to) return;
  trace(context, curveOf(from, to, width));
  context.strokeStyle = colours.lit;
  context.globalAlpha = chosen ? 1 : 0.6;
  context.lineWidth = 3;
  context.stroke();
  context.globalAlpha = 1;
}

function boxOf({ share, y, size }, width) {
  return [leftOf(share, width) - size / 2, y - size / 2, size, size];
}

/** The picture of an input over the plane is a slope: from left to right, or from bottom to top. */
function drawInputs(context, width, colours, layout, frame) {
  const onPlane = frame.pictures.kind !== "weights" && frame.pictures.kind !== "none";
  layout.columns[0].forEach((node, i) => {
    const [left, top, side] = boxOf(node, width);
    inside(context, boxOf(node, width), () => {
      const ends = i === 0 ? [left, top, left + side, top] : [left, top + side, left, top];
      const slope = context.createLinearGradient(...ends);
      slope.addColorStop(0, onPlane ? colours.orange : colours.line);
      slope.addColorStop(0.5, onPlane ? colours.paper : colours.line);
      slope.addColorStop(1, onPlane ? colours.blue : colours.line);
      context.fillStyle = slope;
      context.globalAlpha = 0.85;
      context.fillRect(left, top, side, side);
      context.globalAlpha = 1;
    });
    outline(context, boxOf(node, width), colours.faint, 1);
  });
}

function drawNeurons(context, width, colours, layout, frame, selected) {
  const { size, layers } = frame.pictures;
  layout.columns.slice(1).forEach((column, layer) => {
    column.forEach((node, neuron) => {
      const box = boxOf(node, width);
      const text = layers[layer]?.[neuron];
      inside(context, box, () => {
        context.fillStyle = colours.panel;
        context.fillRect(...box);
        if (text) drawMap(context, bytesOf(text), size, box, colours.heat);
      });
      const isChosen =
        selected?.kind === "neuron" && selected.layer === layer && selected.neuron === neuron;
      outline(context, box, isChosen ? colours.lit : colours.faint, isChosen ? 3 : 1);
    });
  });
}

const ROUND = 5;

function inside(context, box, draw) {
  context.save();
  context.beginPath();
  context.roundRect(...box, ROUND);
  context.clip();
  draw();
  context.restore();
}

function outline(context, box, colour, thick) {
  context.beginPath();
  context.roundRect(...box, ROUND);
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.stroke();
}
