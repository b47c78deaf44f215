// Paints the network: the edges by what they show, and each neuron with its own picture.
// Rule: the frame's numbers in, pixels out. A number below 0 is dashed as well as orange.
import { bytesOf, drawMap } from "./plane.mjs";
import { curveOf, leftOf } from "./network_layout.mjs";
import { drawImage, sideOf } from "./spots.mjs";

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

export function drawNetwork(context, width, colours, picture) {
  const { layout, selected, hovered } = picture;
  drawEdges(context, width, colours, picture);
  for (const edge of [hovered, selected]) {
    if (edge?.kind !== "weight") continue;
    drawChosenEdge(context, width, colours, layout, edge, edge === selected);
  }
  drawInputs(context, width, colours, picture);
  drawNeurons(context, width, colours, picture);
}

function drawEdges(context, width, colours, { layout, frame, edges }) {
  const numbers = shownNumbers(frame, edges);
  const most = largestOf(numbers) || 1;
  layout.columns.slice(1).forEach((column, layer) => {
    column.forEach((to, neuron) => {
      const weights = numbers?.[layer]?.[neuron]?.w ?? [];
      layout.columns[layer].forEach((from, input) => {
        const isBox = layer === 0 && layout.isBox;
        const value = isBox ? meanSize(weights) : (weights[input] ?? 0);
        drawEdge(context, curveOf(from, to, width), value / most, colours, isBox);
      });
    });
  });
}

/** The mean size of all weights that a box of inputs stands for. */
const meanSize = (weights) =>
  weights.reduce((sum, x) => sum + Math.abs(x ?? 0), 0) / Math.max(1, weights.length);

function trace(context, [start, ...rest]) {
  context.beginPath();
  context.moveTo(...start);
  context.bezierCurveTo(...rest.flat());
}

function drawEdge(context, curve, share, colours, isBox) {
  const size = Math.min(1, Math.abs(share));
  trace(context, curve);
  context.lineWidth = THINNEST + (THICKEST - THINNEST) * size;
  context.globalAlpha = 0.25 + 0.7 * size;
  context.strokeStyle = isBox ? colours.faint : colourOf(share, colours);
  context.setLineDash(share < 0 ? [3 + context.lineWidth, 3 + context.lineWidth / 2] : []);
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function colourOf(share, colours) {
  if (share === 0) return colours.line;
  return share > 0 ? colours.blue : colours.orange;
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
function drawInputs(context, width, colours, { layout, frame, points, held }) {
  const isPlane = frame.pictures.kind === "plane";
  layout.columns[0].forEach((node, i) => {
    const box = boxOf(node, width);
    inside(context, box, () => {
      context.fillStyle = isPlane ? slopeOf(context, i, box, colours) : colours.panel;
      context.globalAlpha = isPlane ? 0.85 : 1;
      context.fillRect(...box);
      context.globalAlpha = 1;
    });
    if (layout.isBox) drawBox(context, box, colours, points, held);
    outline(context, box, colours.faint, 1);
  });
}

function slopeOf(context, i, [left, top, side], colours) {
  const ends = i === 0 ? [left, top, left + side, top] : [left, top + side, left, top];
  const slope = context.createLinearGradient(...ends);
  [colours.orange, colours.paper, colours.blue].forEach((c, k) => slope.addColorStop(k / 2, c));
  return slope;
}

/** All inputs at once: the image that is held, if they are one. */
function drawBox(context, [left, top, size], colours, points, held) {
  const side = sideOf(points);
  if (!side) return;
  context.save();
  context.translate(left, top);
  drawImage([context, size, size, colours], points.X[held], side);
  context.restore();
}

function drawNeurons(context, width, colours, { layout, frame, selected, points }) {
  const { size, layers } = frame.pictures;
  const last = layout.columns.length - 2;
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
      if (layer === last && points.task === "classes") {
        drawName(context, box, points.classes[neuron], colours);
      }
    });
  });
}

/** The name of an output's class, on its picture. */
function drawName(context, [left, top, side], name, colours) {
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = colours.paper;
  const text = [left + side / 2, top + side / 2, side - 4];
  context.strokeText(name, ...text);
  context.fillStyle = colours.ink;
  context.fillText(name, ...text);
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
