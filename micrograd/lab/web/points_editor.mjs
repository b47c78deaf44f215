// The plane with the points: a click adds one, a drag moves one, and keys do the same.
// Rule: the server owns the points; while one is dragged, the page draws it where the pointer is.
import { html, useRef, useState } from "./vendor/standalone.module.js";
import { act, latest } from "./actions.mjs";
import { Canvas } from "./canvas.mjs";
import { english } from "./english.mjs";
import { Choice, NumberField } from "./parts.mjs";
import { bytesOf, drawContour, drawFrame, planeOf } from "./plane.mjs";
import { classOf, drawAll, spotOf } from "./spots.mjs";
import { store } from "./store.mjs";

const say = english.points;
const NEAR = 11; // pixels from a point that still count as on it
const STEP = 0.02; // of the plane's width, for a press of an arrow key

const move = latest("move");

export const hold = (points, i) => act("hold", { i: (i + points.X.length) % points.X.length });

/** The targets that a click can add; none where a target is any number. */
function targetsOf({ task, classes }) {
  if (task === "amount") return [];
  return task === "two classes" ? [1, -1] : classes.map((_, i) => i);
}

/** A place of the plane as a row and, if the plane shows the target, a target. */
const rowAt = (points, [x, y]) => (points.columns.length === 1 ? { x: [x], y } : { x: [x, y] });

export function Editor({ points, held }) {
  const targets = targetsOf(points);
  const [chosen, setTarget] = useState(1);
  const target = targets.length && !targets.includes(chosen) ? targets[0] : chosen;
  const dragging = useRef(null); // {i, spot}
  const draw = (context, width, height, colours) => {
    drawBoundary(context, width, height, colours);
    drawFrame(context, width, height, colours);
    drawAll(context, width, height, points, held, colours, dragging.current);
  };
  const place = (event) => {
    const { clientWidth, clientHeight } = event.currentTarget;
    const plane = planeOf(points.bounds, clientWidth, clientHeight);
    return { plane, spot: [plane.fromX(event.offsetX), plane.fromY(event.offsetY)] };
  };
  const down = (event) => {
    const { plane, spot } = place(event);
    const i = nearest(points, plane, event.offsetX, event.offsetY);
    dragging.current = { i, spot };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (i >= 0) act("hold", { i });
  };
  const drag = (event) => {
    if (!dragging.current || dragging.current.i < 0) return;
    const spot = within(points.bounds, place(event).spot);
    dragging.current = { ...dragging.current, spot };
    move({ i: dragging.current.i, ...rowAt(points, spot) });
  };
  const up = () => {
    const { i, spot } = dragging.current ?? {};
    dragging.current = null;
    if (i === -1) act("add", { y: target, ...rowAt(points, spot) });
  };
  const cancel = () => {
    dragging.current = null;
  };
  return html`<div class="editor">
    <${Canvas} draw=${draw} label=${say.picture(points, held)} class="square" tabindex="0"
      onPointerDown=${down} onPointerMove=${drag} onPointerUp=${up} onPointerCancel=${cancel}
      onKeyDown=${(event) => byKey(event, points, held)} />
    <${Target} points=${points} targets=${targets} target=${target} setTarget=${setTarget} />
    <p class="key">${say.help}</p>
  </div>`;
}

/** The target of the next point: one of a few classes, or any number, or where the click is. */
function Target({ points, targets, target, setTarget }) {
  if (points.columns.length === 1) return null;
  const isNamed = points.classes.join() !== "-1,+1";
  const name = (y) => {
    const kind = classOf(y, points.task);
    const shapes = [...say.shapes];
    const shape = shapes[kind % shapes.length];
    return isNamed ? say.className(points.classes[kind], shape) : say.classNames[kind];
  };
  const options = targets.map((y) => [y, name(y)]);
  return html`<div class="adds">
    <span class="name">${say.add}</span>
    ${
      targets.length
        ? html`<${Choice} name="target" label=${say.add} value=${target} options=${options} onChange=${setTarget} />`
        : html`<${NumberField} value=${target} step="any" aria-label=${say.add} onChange=${setTarget} />`
    }
  </div>`;
}

/** A faint line where the answer changes, so that the points are seen against it. */
function drawBoundary(context, width, height, colours) {
  const output = store.frame?.output;
  if (!output?.values || output.classes !== 1) return;
  context.strokeStyle = colours.faint;
  context.lineWidth = 1;
  context.setLineDash([3, 4]);
  drawContour(context, bytesOf(output.values), output.size, 128, width, height);
  context.setLineDash([]);
}

function nearest(points, plane, left, top) {
  let [best, least] = [-1, NEAR];
  points.X.forEach((_, i) => {
    const [x, y] = spotOf(points, i);
    const distance = Math.hypot(plane.toX(x) - left, plane.toY(y) - top);
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

const within = ([x0, x1, y0, y1], [x, y]) => [
  Math.min(x1, Math.max(x0, x)),
  Math.min(y1, Math.max(y0, y)),
];

function byKey(event, points, held) {
  const [x0, x1, y0, y1] = points.bounds;
  const by = (dx, dy) => {
    const [x, y] = spotOf(points, held);
    const spot = [x + dx * STEP * (x1 - x0), y + dy * STEP * (y1 - y0)];
    move({ i: held, ...rowAt(points, within(points.bounds, spot)) });
  };
  const keys = {
    ArrowLeft: () => by(-1, 0),
    ArrowRight: () => by(1, 0),
    ArrowUp: () => by(0, 1),
    ArrowDown: () => by(0, -1),
    n: () => hold(points, held + 1),
    p: () => hold(points, held - 1),
    Delete: () => act("remove", { i: held }),
    Backspace: () => act("remove", { i: held }),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key]();
}
