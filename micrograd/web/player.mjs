// The player: plays the events over the picture, and works everything out anew when a leaf moves.
// Rule: `state` is all that changes; `compute` makes the numbers of it and `paint` shows them.
import { controls, h } from "./controls.mjs";
import { ALGORITHMS, backward, forward, slopes } from "./engine.mjs";
import { pictureIn } from "./picture.mjs";
import { judge } from "./quiz.mjs";
import { frames, pathsTo, same, six, stateAt, told } from "./timeline.mjs";

const NUDGE = 1e-5;
const BEFORE = { line: "Before the first step: only the leaves are known.", why: "", source: "" };

/**
 * Bring the picture in `root` to life; `page` is {nodes, algorithms}. Calls moved(node, number)
 * when a leaf was moved, and listens to keys within `keys`. Returns {setLeaf, state}.
 */
export function player(root, page, rows, { moved = () => {}, keys = root } = {}) {
  const graph = page.nodes.map((node) => ({ ...node, data: Number(node.data) }));
  const start = graph.map((node) => node.data);
  const last = graph.length - 1;
  const state = { algorithm: "right", at: Infinity, selected: last, pinned: null, quiz: null };
  const ui = controls(root, graph, page.algorithms);
  const picture = pictureIn(root.querySelector("svg"), graph);

  // --------------------------------------------------------------------------------- numbers

  function compute() {
    const row = ALGORITHMS[state.algorithm];
    state.data = forward(graph, rows);
    state.right = backward(graph, rows, state.data, { passes: row.passes });
    try {
      state.run = backward(graph, rows, state.data, row);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      choose("right"); // so many paths that following each takes for ever
      return;
    }
    state.wrong = graph.map((_, i) => !same(state.run.grads[i], state.right.grads[i]));
    state.played = frames(graph, state.run.events);
    state.at = Math.min(state.at, state.played.length);
  }

  function choose(algorithm) {
    state.algorithm = ui.algorithm.value = algorithm;
    compute();
    paint();
  }

  /** Give a leaf another number; forward and backward follow. */
  function setLeaf(i, number, tell = true) {
    if (!Number.isFinite(number) || graph[i].op || number === graph[i].data) return;
    graph[i].data = number;
    compute();
    paint();
    if (tell) moved(i, number);
  }

  function go(at) {
    state.at = Math.max(0, Math.min(state.played.length, at));
    paint();
  }

  // ---------------------------------------------------------------------------------- playing

  let playing = 0;

  function play() {
    if (state.at >= state.played.length) go(0);
    ui.play.textContent = "||";
    ui.play.setAttribute("aria-label", "pause");
    let [began, from] = [performance.now(), state.at];
    let speed = Number(ui.speed.value);
    const turn = (now) => {
      const wanted = Number(ui.speed.value);
      if (speed !== wanted) [began, from, speed] = [now, state.at, wanted];
      const at = from + Math.floor(((now - began) / 1000) * speed);
      if (at !== state.at) go(at);
      if (state.at >= state.played.length) pause();
      else playing = requestAnimationFrame(turn);
    };
    playing = requestAnimationFrame(turn);
    ui.line.setAttribute("aria-live", "off"); // nobody can listen that fast
  }

  function pause() {
    cancelAnimationFrame(playing);
    playing = 0;
    ui.play.textContent = "▶";
    ui.play.setAttribute("aria-label", "play");
    ui.line.setAttribute("aria-live", "polite");
  }

  const toggle = () => (playing ? pause() : play());

  function step(by) {
    pause();
    go(by === -Infinity ? 0 : state.at + by);
  }

  // --------------------------------------------------------------------------------- painting

  function paint() {
    const now = stateAt(graph, state.played, state.at);
    const frame = state.at ? state.played[state.at - 1] : null;
    const hidden = state.quiz !== null;
    picture.numbers(state, now, hidden);
    picture.active(frame);
    paintLine(frame, hidden);
    ui.position.max = state.played.length;
    ui.position.value = state.at;
    ui.position.setAttribute("aria-valuetext", `step ${state.at} of ${state.played.length}`);
    ui.counter.textContent = `${state.at} / ${state.played.length}`;
    paintInspector(now, hidden);
    paintMistake();
    paintTable(now, hidden);
  }

  function paintLine(frame, hidden) {
    const sign = page.algorithms[state.algorithm].sign;
    const text = frame ? told(graph, frame, state.data, sign) : BEFORE;
    const secret = hidden && frame?.kind === "edge";
    ui.line.textContent = secret ? "The quiz is on: the gradients are hidden." : text.line;
    ui.why.textContent = secret ? "" : text.why;
    ui.source.textContent = text.source;
    ui.source.hidden = !text.source;
  }

  function paintInspector(now, hidden) {
    const i = state.selected;
    const node = graph[i];
    ui.node.value = i;
    ui.edit.hidden = Boolean(node.op);
    if (!node.op) {
      if (document.activeElement !== ui.number) ui.number.value = node.data;
      const reach = Math.max(2, 2 * Math.abs(start[i]));
      const range = { min: start[i] - reach, max: start[i] + reach, step: reach / 200 };
      Object.assign(ui.slider, range, { value: node.data });
    }
    const facts = [["data", now.known[i] ? six(state.data[i]) : "not computed yet"]];
    if (node.op) facts.push(["computed as", node.formula]);
    if (!hidden) facts.push(...gradFacts(i, now));
    else facts.push(["grad", "hidden: the quiz is on"]);
    if (state.pinned) {
      facts.push(["data, pinned", six(state.pinned.data[i])]);
      if (!hidden) facts.push(["grad, pinned", six(state.pinned.grads[i])]);
    }
    const items = facts.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]);
    ui.facts.replaceChildren(...items);
  }

  function gradFacts(i, now) {
    const node = graph[i];
    const found = [["grad", now.grads[i] === null ? "nothing has come yet" : six(now.grads[i])]];
    const partials = slopes(graph, rows, state.data, i);
    node.inputs.forEach((x, place) => {
      const by = `d${node.name}/d${graph[x].name}`;
      const [formula, number] = [node.partials[place], six(partials[place])];
      found.push([by, formula === number ? number : `${formula} = ${number}`]);
    });
    if (state.algorithm !== "right") found.push(["grad, done right", six(state.right.grads[i])]);
    const { count, best } = pathsTo(graph, (n) => slopes(graph, rows, state.data, n), i);
    const paths = best.map(({ nodes, product }) => `${nodes.join(" → ")}: ${six(product)}`);
    if (count > paths.length) paths.push(`… the largest ${paths.length} of ${count}`);
    found.push([count === 1 ? "1 path" : `${count} paths, added up`, paths.join("\n")]);
    found.push([`numeric, ±${NUDGE}`, six(numeric(i))]);
    const untouched = graph.every((other, n) => same(other.data, start[n]));
    if (node.torch !== undefined && untouched) found.push(["PyTorch", six(Number(node.torch))]);
    return found;
  }

  /** The symmetric difference quotient of the result, with the node moved by hand. */
  function numeric(i) {
    const h = NUDGE * Math.max(1, Math.abs(state.data[i]));
    const moved = (by) => forward(graph, rows, new Map([[i, state.data[i] + by]]))[last];
    return (moved(h) - moved(-h)) / (2 * h);
  }

  function paintMistake() {
    const count = state.wrong.filter(Boolean).length;
    const names = graph.filter((_, i) => state.wrong[i]).map((node) => node.name);
    const few = names.slice(0, 12).join(", ") + (count > 12 ? ", …" : "");
    const nodes = count ? `Wrong, and hatched: ${few}.` : "On this graph it makes no difference.";
    const broken = state.algorithm !== "right";
    const { misconception } = page.algorithms[state.algorithm];
    ui.mistake.textContent = broken ? `${misconception} ${nodes}` : "";
  }

  function paintTable(now, hidden) {
    if (!ui.details.open) return;
    const secret = (x) => (hidden ? "?" : x === null ? "" : six(x));
    const columns = ["node", "computed as", "data", "grad"];
    if (state.algorithm !== "right") columns.push("done right");
    if (state.pinned) columns.push("data, pinned", "grad, pinned");
    const body = graph.map((node, i) => {
      const cells = [node.formula, now.known[i] ? six(state.data[i]) : "", secret(now.grads[i])];
      if (state.algorithm !== "right") cells.push(secret(state.right.grads[i]));
      if (state.pinned) cells.push(six(state.pinned.data[i]), secret(state.pinned.grads[i]));
      const name = h("th", { scope: "row" }, node.name);
      return h("tr", {}, name, ...cells.map((text) => h("td", {}, text)));
    });
    const head = h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)));
    const caption = h("caption", {}, "All nodes, in order");
    ui.table.replaceChildren(caption, h("thead", {}, head), h("tbody", {}, ...body));
  }

  // ------------------------------------------------------------------------------------- quiz

  /** Ask for each grad once, of the nodes that something is computed from. */
  function startQuiz() {
    if (state.algorithm !== "right") choose("right");
    const { grads } = state.right;
    const asked = [...graph.keys()].filter((i) => i !== last && Number.isFinite(grads[i]));
    state.quiz = { left: asked.reverse(), right: 0, tries: 0 };
    ask();
    paint();
  }

  function ask() {
    const { left, right, tries } = state.quiz;
    ui.ask.hidden = !left.length;
    if (left.length) {
      state.selected = left[0];
      ui.question.textContent = `d${graph[last].name}/d${graph[left[0]].name} = `;
      ui.answer.value = "";
    } else {
      ui.feedback.textContent += ` That was the last one: ${right} right in ${tries} tries.`;
    }
  }

  function answer() {
    const [i] = state.quiz.left;
    const typed = ui.answer.value.trim().replace(",", ".");
    if (typed === "" || Number.isNaN(Number(typed))) {
      ui.feedback.textContent = "Type a number, such as -0.5.";
      return;
    }
    const found = judge(Number(typed), i, graph, rows, state.data, state.right.grads);
    state.quiz.tries += 1;
    ui.feedback.textContent = found.sentence;
    if (found.right) {
      state.quiz.right += 1;
      state.quiz.left.shift();
      ask();
      paint();
    }
  }

  function endQuiz() {
    state.quiz = null;
    ui.ask.hidden = true;
    ui.feedback.textContent = "";
    paint();
  }

  // ------------------------------------------------------------------------------------ wiring

  function select(i) {
    state.selected = i;
    paint();
  }

  const on = (element, what, f) => element.addEventListener(what, f);
  on(ui.first, "click", () => step(-Infinity));
  on(ui.back, "click", () => step(-1));
  on(ui.play, "click", toggle);
  on(ui.forward, "click", () => step(1));
  on(ui.end, "click", () => step(Infinity));
  on(ui.position, "input", () => (pause(), go(Number(ui.position.value))));
  on(ui.algorithm, "change", () => choose(ui.algorithm.value));
  on(ui.node, "change", () => select(Number(ui.node.value)));
  for (const field of [ui.number, ui.slider]) {
    on(field, "input", () => field.value !== "" && setLeaf(state.selected, Number(field.value)));
  }
  on(ui.reset, "click", () => graph.forEach((node, i) => node.op || setLeaf(i, start[i])));
  on(ui.pin, "click", () => {
    state.pinned = state.pinned ? null : { data: state.data, grads: state.run.grads };
    ui.pin.setAttribute("aria-pressed", String(Boolean(state.pinned)));
    paint();
  });
  on(ui.quiz, "change", () => (ui.quiz.checked ? startQuiz() : endQuiz()));
  on(ui.ask, "submit", (event) => (event.preventDefault(), answer()));
  on(ui.details, "toggle", paint);
  picture.onSelect(select);
  on(keys, "keydown", (event) => {
    const act = KEYS[event.key];
    const within = (selector) => event.target.closest?.(selector);
    const [typing, pressing] = [within("input, select, summary"), within("button")];
    const modified = event.altKey || event.ctrlKey || event.metaKey;
    if (!act || typing || modified || (event.key === " " && pressing)) return;
    event.preventDefault();
    act();
  });
  const KEYS = {
    " ": toggle,
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    Home: () => step(-Infinity),
    End: () => step(Infinity),
  };

  compute();
  paint();
  return { setLeaf, state };
}
