// The player: it plays the events over the picture, and recomputes everything when a leaf moves.
// Rule: only `state` changes; `compute` derives the numbers from it, and `paint` shows them.
import { controls, h } from "./controls.mjs";
import { ALGORITHMS, TooManyPaths, backward, forward, inOrder } from "./engine.mjs";
import { factsOf } from "./facts.mjs";
import { same, shortNumber } from "./numbers.mjs";
import { gradOf } from "./notation.mjs";
import { pictureIn } from "./picture.mjs";
import { quizPanel } from "./quiz_panel.mjs";
import { describe, framesOf, stateAt } from "./timeline.mjs";
import { zoomOf } from "./zoom.mjs";

const STALE = "Recomputed from the leaves, some of which have changed since they were used. ";
const NO_DIFFERENCE = "On this graph it makes no difference.";
const KNOWN_AT_THE_START = "The code's grads are known for the first numbers alone: press reset.";
const BEFORE = {
  line: "Only the leaves have numbers yet.",
  why: "First all data is computed, from left to right; then every gradient, backward.",
  source: "",
};

/**
 * Make the picture in `root` play; `page` is {nodes, algorithms, notes, ran}, and `given` if it is to
 * open with the grads of somebody's code. Calls onLeafMoved(node, number) when a leaf was moved, and
 * listens to keys within `keys`. It stops when `signal` is aborted. Returns {setLeaf, state}.
 */
export function player(root, page, rows, options = {}) {
  const { onLeafMoved = () => {}, keys = root, signal } = options;
  const graph = page.nodes.map((node) => ({ ...node, data: Number(node.data) }));
  const start = graph.map((node) => node.data);
  const last = graph.length - 1;
  const algorithms = page.given ? { ...ALGORITHMS, given: rowOf(page.given) } : ALGORITHMS;
  const state = { algorithm: "right", at: 0, selected: last, pinned: null };
  state.left = []; // the nodes whose grads the quiz still asks for, the next one first
  const ui = controls(root, graph, page.algorithms);
  const svg = root.querySelector("svg");
  const zoom = zoomOf(svg);
  const picture = pictureIn(svg, graph, zoom.reveal);
  const quiz = quizPanel(ui, graph, rows, state, { choose, select, jump, paint });

  // --------------------------------------------------------------------------------- numbers

  function compute() {
    const row = algorithms[state.algorithm];
    const ended = state.at >= (state.frames?.length ?? Infinity);
    state.data = forward(graph, rows);
    state.right = backward(graph, rows, state.data, { passes: row.passes });
    state.run = backward(graph, rows, state.data, row);
    const given = row.grads && unmoved() ? row.grads : null;
    state.run.grads = given ?? state.run.grads;
    state.wrong = graph.map((_, i) => !same(state.run.grads[i], state.right.grads[i]));
    state.frames = framesOf(graph, state.run.events, given);
    state.settled = graph.map(() => 0); // after how many frames each grad is final
    state.frames.forEach((frame, at) => {
      if (frame.kind === "edge") state.settled[frame.input] = at + 1;
    });
    if (given) state.settled.fill(state.frames.length);
    state.at = ended ? state.frames.length : Math.min(state.at, state.frames.length);
  }

  /** Whether all leaves have the numbers of the start. */
  const unmoved = () => graph.every((node, i) => node.op || same(node.data, start[i]));

  function choose(algorithm) {
    const before = state.algorithm;
    state.algorithm = algorithm;
    state.refused = "";
    try {
      compute();
    } catch (error) {
      if (!(error instanceof TooManyPaths)) throw error;
      state.refused = `${page.algorithms[algorithm].misconception} ${error.message}`;
      state.algorithm = before;
      compute();
    }
    ui.algorithm.value = state.algorithm;
    paint();
  }

  /** Give a leaf another number; forward and backward follow. */
  function setLeaf(i, number, tell = true) {
    if (graph[i].op || same(number, graph[i].data)) return;
    graph[i].data = number;
    choose(state.algorithm);
    quiz.follow();
    if (tell) onLeafMoved(i, number);
  }

  /** How far the events play: to the end, or up to the one that completes what the quiz asks. */
  function furthest() {
    return state.left.length ? state.settled[state.left[0]] - 1 : state.frames.length;
  }

  function go(at) {
    state.at = Math.max(0, Math.min(furthest(), at));
    const frame = state.frames[state.at - 1];
    if (frame?.kind === "edge") state.selected = frame.input;
    paint();
  }

  /** Show the first event after which a grad stays wrong, and the end if none does. */
  function showMistake() {
    const settled = state.settled.filter((_, i) => state.wrong[i]);
    go(Math.min(...settled, state.frames.length));
  }

  function showGiven() {
    choose("given");
    go(Infinity);
    select(Math.max(0, state.wrong.indexOf(true)));
  }

  // ---------------------------------------------------------------------------------- playing

  let playing = 0;

  function play() {
    if (state.at >= state.frames.length) go(0);
    ui.play.textContent = "||";
    ui.play.ariaLabel = ui.play.title = "pause";
    let [began, from] = [performance.now(), state.at];
    let speed = Number(ui.speed.value);
    const advance = (now) => {
      const wanted = Number(ui.speed.value);
      if (speed !== wanted) [began, from, speed] = [now, state.at, wanted];
      const at = from + Math.floor(((now - began) / 1000) * speed);
      if (at !== state.at) go(at);
      if (state.at >= furthest()) pause();
      else playing = requestAnimationFrame(advance);
    };
    playing = requestAnimationFrame(advance);
    ui.line.setAttribute("aria-live", "off"); // nobody can listen that fast
  }

  function pause() {
    cancelAnimationFrame(playing);
    playing = 0;
    ui.play.textContent = "▶";
    ui.play.ariaLabel = ui.play.title = "play";
    ui.line.setAttribute("aria-live", "polite");
  }

  const toggle = () => (playing ? pause() : play());

  function jump(at) {
    pause();
    go(at);
  }

  const step = (by) => jump(by === -Infinity ? 0 : state.at + by);

  // --------------------------------------------------------------------------------- painting

  function paint() {
    const now = stateAt(graph, state.frames, state.at);
    const frame = state.at ? state.frames[state.at - 1] : null;
    picture.numbers(state, now);
    picture.active(frame, frame?.kind === "edge" ? `∂ = ${shortNumber(frame.partial)}` : "");
    paintLine(frame);
    ui.begin.hidden = state.at > 0 || playing > 0;
    ui.position.max = state.frames.length;
    ui.position.value = state.at;
    ui.position.setAttribute("aria-valuetext", `event ${state.at} of ${state.frames.length}`);
    ui.counter.textContent = `${state.at} / ${state.frames.length}`;
    paintInspector(now);
    paintMistake();
    paintTable(now);
  }

  function paintLine(frame) {
    const sign = page.algorithms[state.algorithm].sign;
    const text = frame ? describe(graph, frame, state.data, sign) : BEFORE;
    const asks = state.left.length && state.at === furthest();
    ui.line.textContent = text.line;
    ui.why.textContent = text.why;
    ui.stop.textContent = asks ? `The quiz asks: ${gradOf(graph[state.left[0]].name)}?` : "";
    ui.source.textContent = text.source;
    ui.source.hidden = !text.source;
  }

  function paintInspector(now) {
    const i = state.selected;
    const secret = state.left.includes(i);
    const node = graph[i];
    ui.node.value = i;
    ui.edit.hidden = Boolean(node.op);
    if (!node.op) paintEdit(i, node.data);
    const facts = [["data", now.computed[i] ? shortNumber(state.data[i]) : "not computed yet"]];
    if (node.op) facts.push(["computed as", node.formula]);
    const grad = now.grads[i];
    facts.push(["grad", grad === null ? "nothing has arrived yet" : shortNumber(grad)]);
    if (state.algorithm !== "right") facts.push([doneRight(), shortNumber(state.right.grads[i])]);
    if (grad !== null && !secret) facts.push(...lastingFacts(i));
    if (state.pinned) {
      facts.push(["data, pinned", shortNumber(state.pinned.data[i])]);
      if (!secret) facts.push(["grad, pinned", shortNumber(state.pinned.grads[i])]);
    }
    const items = facts.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]);
    ui.facts.replaceChildren(...items);
  }

  let lastFacts = {};

  /** The facts that are the same at every frame, computed once for a node and its numbers. */
  function lastingFacts(i) {
    if (lastFacts.i === i && lastFacts.data === state.data) return lastFacts.facts;
    lastFacts = { i, data: state.data, facts: factsOf(graph, rows, state.data, i, unmoved()) };
    return lastFacts.facts;
  }

  function paintEdit(i, number) {
    const text = Number.isFinite(number) ? number : "";
    if (document.activeElement !== ui.number) ui.number.value = text;
    const middle = Number.isFinite(start[i]) ? start[i] : 0;
    const reach = Math.max(2, 2 * Math.abs(middle));
    const range = { min: middle - reach, max: middle + reach, step: reach / 200 };
    Object.assign(ui.slider, range, { value: Number.isFinite(number) ? number : middle });
  }

  /** The name of the right grads: leaves add up the contributions of each backward(). */
  function doneRight() {
    const { passes = 1 } = algorithms[state.algorithm];
    return passes > 1 ? "grad after two right backward()" : "grad, done right";
  }

  function paintMistake() {
    const names = graph.filter((_, i) => state.wrong[i]).map((node) => node.name);
    const few = names.slice(0, 12).join(", ") + (names.length > 12 ? ", …" : "");
    const unknown = algorithms[state.algorithm].grads && !unmoved();
    const otherwise = unknown ? KNOWN_AT_THE_START : NO_DIFFERENCE;
    const nodes = few ? `Wrong at the end, and hatched: ${few}.` : otherwise;
    const broken = state.algorithm !== "right";
    const { misconception } = page.algorithms[state.algorithm];
    ui.mistake.textContent = state.refused || (broken ? `${misconception} ${nodes}` : "");
    ui.algorithm.disabled = state.left.length > 0;
  }

  function paintTable(now) {
    if (!ui.details.open) return;
    const visible = (x) => (x === null ? "" : shortNumber(x));
    const pinned = (i) => (state.left.includes(i) ? "?" : shortNumber(state.pinned.grads[i]));
    const columns = ["node", "computed as", "data", "grad"];
    if (state.algorithm !== "right") columns.push(doneRight());
    if (state.pinned) columns.push("data, pinned", "grad, pinned");
    const body = graph.map((node, i) => {
      const data = now.computed[i] ? shortNumber(state.data[i]) : "";
      const cells = [node.formula, data, visible(now.grads[i])];
      if (state.algorithm !== "right") cells.push(visible(state.right.grads[i]));
      if (state.pinned) cells.push(shortNumber(state.pinned.data[i]), pinned(i));
      const name = h("th", { scope: "row" }, node.name);
      return h("tr", {}, name, ...cells.map((text) => h("td", {}, text)));
    });
    const head = h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)));
    const caption = h("caption", {}, "All nodes, in order");
    ui.table.replaceChildren(caption, h("thead", {}, head), h("tbody", {}, ...body));
  }

  // ------------------------------------------------------------------------------------ wiring

  function select(i) {
    state.selected = i;
    paint();
    picture.show(i);
  }

  function reset() {
    graph.forEach((node, i) => node.op || setLeaf(i, start[i]));
  }

  /** Take the number that was typed or slid to. */
  function takeNumber(field) {
    const number = field.value === "" ? NaN : Number(field.value);
    if (Number.isFinite(number)) setLeaf(state.selected, number);
  }

  const on = (element, what, f) => element.addEventListener(what, f, { signal });
  signal?.addEventListener("abort", pause);
  on(ui.first, "click", () => step(-Infinity));
  on(ui.back, "click", () => step(-1));
  for (const each of [ui.play, ui.begin]) on(each, "click", toggle);
  on(ui.forward, "click", () => step(1));
  on(ui.end, "click", () => step(Infinity));
  on(ui.position, "input", () => jump(Number(ui.position.value)));
  on(ui.smaller, "click", zoom.smaller);
  on(ui.fit, "click", zoom.fit);
  on(ui.larger, "click", zoom.larger);
  on(ui.algorithm, "change", () => (choose(ui.algorithm.value), showMistake()));
  on(ui.node, "change", () => select(Number(ui.node.value)));
  for (const field of [ui.number, ui.slider]) on(field, "input", () => takeNumber(field));
  on(ui.reset, "click", reset);
  on(ui.pin, "click", () => {
    state.pinned = state.pinned ? null : { data: state.data, grads: state.run.grads };
    ui.pin.setAttribute("aria-pressed", String(Boolean(state.pinned)));
    paint();
  });
  on(ui.quiz, "change", () => (ui.quiz.checked ? quiz.start() : quiz.end()));
  on(ui.answer, "keydown", (event) => event.key === "Enter" && quiz.answer());
  on(ui.check, "click", quiz.answer);
  on(ui.skip, "click", quiz.skip);
  on(ui.details, "toggle", paint);
  picture.onSelect(select);
  on(keys, "keydown", (event) => {
    const act = KEYS[event.key];
    const within = (selector) => event.target.closest?.(selector);
    const [typing, pressing] = [within("input, select, summary"), within("button")];
    const scrolling = within(":is(.stage, .scroll):focus-visible");
    const modified = event.altKey || event.ctrlKey || event.metaKey;
    if (!act || typing || scrolling || modified || (event.key === " " && pressing)) return;
    event.preventDefault();
    act();
  });
  const KEYS = {
    " ": toggle,
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    Home: () => step(-Infinity),
    End: () => step(Infinity),
    "+": zoom.larger,
    "=": zoom.larger,
    "-": zoom.smaller,
    0: zoom.fit,
    f: () => root.requestFullscreen?.(),
  };

  compute();
  const stale = page.nodes.some((node, i) => !near(Number(node.data), state.data[i]));
  ui.note.textContent = (stale ? STALE : "") + page.notes.join(" ");
  paint();
  picture.show(0); // a large picture may have nothing in its corner
  if (page.given) showGiven();
  if (location.hash === "#quiz" || "quiz" in root.dataset) {
    ui.panels.prepend(ui.panels.lastChild); // in a narrow frame it is the only one in sight
    ui.quiz.click();
  }
  return { setLeaf, state };
}

/** The algorithm that shows a run that was given: its events where they are known, else its grads. */
const rowOf = ({ calls, grads }) => (calls ? inOrder(calls) : { grads: grads.map(Number) });

/** Whether two numbers are equal, except for the last digits of a browser's exp or tanh. */
const near = (x, y) => same(x, y) || Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
