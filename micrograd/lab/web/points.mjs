// The left of the page: the points, which are added, moved and removed by mouse or by keys.
// Rule: the server owns the points; while one is dragged, the page draws it where the pointer is.
import { html, useRef, useState } from "./vendor/standalone.module.js";
import { act, latest } from "./actions.mjs";
import { Canvas } from "./canvas.mjs";
import { english } from "./english.mjs";
import { brief, exact } from "./format.mjs";
import { bytesOf, classOf, drawContour, drawFrame, drawPoint, planeOf } from "./plane.mjs";
import { Choice, Table } from "./parts.mjs";
import { store } from "./store.mjs";
import { FileButton } from "./files.mjs";

const say = english.points;
const NEAR = 11; // pixels from a point that still count as on it
const STEP = 0.02; // of the plane's width, for a press of an arrow key

const move = latest("move");

export function Points({ state }) {
  const { points, held } = state;
  const isPlane = Boolean(points.bounds) && points.columns.length === 2;
  return html`<section class="panel points" aria-labelledby="points-title">
    <header><h2 id="points-title">${say.title}</h2></header>
    ${isPlane ? html`<${Editor} points=${points} held=${held} />` : html`<p>${say.noPlane(points.columns.length)}</p>`}
    <p class="held" role="status">
      ${points.columns.length > 4 ? say.heldShort(held, points.y[held]) : say.held(held, points.X[held] ?? [], points.y[held])}
    </p>
    <div class="buttons">
      <button type="button" onClick=${() => hold(points, held - 1)}>${say.previous}</button>
      <button type="button" onClick=${() => hold(points, held + 1)}>${say.next}</button>
      ${isPlane && html`<button type="button" onClick=${() => act("remove", { i: held })}>${say.remove}</button>`}
    </div>
    <${FileButton} text=${say.file} accept=".csv,text/csv" />
    <${Table} title=${say.table} rows=${() => tableOf(points)} />
  </section>`;
}

const hold = (points, i) => act("hold", { i: (i + points.X.length) % points.X.length });

/** The targets that a click can add: the classes. */
const targetsOf = (points) =>
  points.task === "two classes" ? [1, -1] : points.classes.map((_, i) => i);

function Editor({ points, held }) {
  const targets = targetsOf(points);
  const [chosen, setTarget] = useState(targets[0]);
  const target = targets.includes(chosen) ? chosen : targets[0];
  const dragging = useRef(null); // {i, x, moved}
  const draw = (context, width, height, colours) => {
    drawBoundary(context, width, height, colours);
    drawFrame(context, width, height, colours);
    drawAll(context, width, height, points, held, colours, dragging.current);
  };
  const place = (event) => {
    const { clientWidth, clientHeight } = event.currentTarget;
    const plane = planeOf(points.bounds, clientWidth, clientHeight);
    return { plane, x: [plane.fromX(event.offsetX), plane.fromY(event.offsetY)] };
  };
  const down = (event) => {
    const { plane, x } = place(event);
    const i = nearest(points, plane, event.offsetX, event.offsetY);
    dragging.current = { i, x, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (i >= 0) act("hold", { i });
  };
  const drag = (event) => {
    if (!dragging.current || dragging.current.i < 0) return;
    dragging.current = {
      ...dragging.current,
      x: within(points.bounds, place(event).x),
      moved: true,
    };
    move({ i: dragging.current.i, x: dragging.current.x });
  };
  const up = () => {
    const { i, x } = dragging.current ?? {};
    dragging.current = null;
    if (i === -1) act("add", { x, y: target });
  };
  const key = (event) => byKey(event, points, held);
  const kinds = targets.map((y) => [
    y,
    say.classNames[classOf(y, points.task)] ?? points.classes[y],
  ]);
  return html`<div class="editor">
    <${Canvas} draw=${draw} label=${say.picture(points, held)} class="square" tabindex="0"
      onPointerDown=${down} onPointerMove=${drag} onPointerUp=${up} onKeyDown=${key} />
    <div class="adds">
      <span class="name">${say.add}</span>
      <${Choice} name="target" label=${say.add} value=${target} options=${kinds} onChange=${setTarget} />
    </div>
    <p class="key">${say.help}</p>
  </div>`;
}

/** A faint line where the answer changes, so that the points are seen against it. */
function drawBoundary(context, width, height, colours) {
  const output = store.frame?.output;
  if (!output || output.classes !== 1) return;
  context.strokeStyle = colours.faint;
  context.lineWidth = 1;
  context.setLineDash([3, 4]);
  drawContour(context, bytesOf(output.values), output.size, 128, width, height);
  context.setLineDash([]);
}

/** Paint all points; the one that is dragged stands where the pointer is. */
export function drawAll(context, width, height, points, held, colours, dragged = null) {
  const plane = planeOf(points.bounds, width, height);
  const { X, y, held_X, held_y, task } = points;
  const size = Math.max(2.2, Math.min(X.length > 400 ? 2.6 : 4, width / 55));
  const at = (x, target, more) =>
    drawPoint(
      context,
      plane.toX(x[0]),
      plane.toY(x[1]),
      classOf(target, task),
      size,
      colours,
      more,
    );
  held_X.forEach((x, i) => at(x, held_y[i], { hollow: true }));
  X.forEach((x, i) => i !== held && at(dragged?.i === i ? dragged.x : x, y[i], {}));
  if (X[held]) at(dragged?.i === held ? dragged.x : X[held], y[held], { held: true });
}

function nearest(points, plane, left, top) {
  let [best, least] = [-1, NEAR];
  points.X.forEach((x, i) => {
    const distance = Math.hypot(plane.toX(x[0]) - left, plane.toY(x[1]) - top);
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
    const [x, y] = points.X[held];
    move({
      i: held,
      x: within(points.bounds, [x + dx * STEP * (x1 - x0), y + dy * STEP * (y1 - y0)]),
    });
  };
  const acts = {
    ArrowLeft: () => by(-1, 0),
    ArrowRight: () => by(1, 0),
    ArrowUp: () => by(0, 1),
    ArrowDown: () => by(0, -1),
    n: () => hold(points, held + 1),
    p: () => hold(points, held - 1),
    Delete: () => act("remove", { i: held }),
    Backspace: () => act("remove", { i: held }),
  }[event.key];
  if (!acts) return;
  event.preventDefault();
  event.stopPropagation();
  acts();
}

function tableOf({ X, y, columns }) {
  const rows = X.slice(0, 500).map((x, i) => [i, ...x.slice(0, 8).map(exact), brief(y[i])]);
  return { columns: say.columns(columns.slice(0, 8)), rows };
}
