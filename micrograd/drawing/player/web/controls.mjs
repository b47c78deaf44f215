// The controls below the picture, as an object of elements.
// Rule: nothing happens here; player.mjs decides what the controls do.

const LEGEND =
  "An arrow leads from an input to its result. ▲ and a solid frame: grad above 0. ▼ and dashes: below 0. Hatched: wrong.";
export const SPEEDS = [1, 2, 5, 20, 60]; // events a second

/** An element with its properties; a name that is no property becomes an attribute. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const button = (text, label, more = {}) =>
  h("button", { type: "button", ariaLabel: label, title: label, ...more }, text);
const option = (value, text) => h("option", { value }, text);

/** {name: element} of all controls, which are appended to `root`. */
export function controls(root, graph, algorithms) {
  const titled = (name) => option(name, algorithms[name].title);
  const ui = {
    line: h("p", { className: "line", role: "status" }),
    why: h("p", { className: "why" }),
    stop: h("p", { className: "stop" }),
    source: h("code", { className: "source", hidden: true }),
    begin: button("▶ Play", "play the forward and the backward pass", { className: "begin" }),
    first: button("«", "to the beginning (Home)"),
    back: button("‹", "one event back (left arrow)"),
    play: button("▶", "play"),
    forward: button("›", "one event forward (right arrow)"),
    end: button("»", "to the end (End)"),
    position: h("input", { type: "range", min: 0, max: 1, value: 0, ariaLabel: "position" }),
    counter: h("span", { className: "counter" }),
    speed: h("select", { ariaLabel: "events a second" }, ...SPEEDS.map((s) => option(s, `${s}/s`))),
    smaller: button("−", "a smaller picture (-)"),
    fit: button("fit", "fit the picture to its frame (0)"),
    larger: button("+", "a larger picture (+)"),
    node: h("select", {}, ...graph.map((node, i) => option(i, node.name))),
    number: h("input", { type: "number", step: "any" }),
    slider: h("input", { type: "range", ariaLabel: "move the number" }),
    reset: button("reset", "put all leaves back"),
    facts: h("dl"),
    algorithm: h("select", {}, ...Object.keys(algorithms).map(titled)),
    mistake: h("p", { role: "status" }),
    pin: button("pin", "keep these numbers, to compare with later ones", { ariaPressed: "false" }),
    quiz: h("input", { type: "checkbox" }),
    question: h("span"),
    answer: h("input", { type: "text", inputMode: "decimal", size: 10, autocomplete: "off" }),
    check: button("check", "check the answer (Enter)"),
    left: h("span", { className: "left" }),
    skip: button("tell me", "give the answer, and ask for the next"),
    feedback: h("p", { role: "status" }),
    note: h("p", { className: "note" }),
    table: h("table"),
  };
  const number = h("label", {}, "move it ", ui.number);
  ui.edit = h("p", { className: "edit" }, number, ui.slider, ui.reset);
  const question = h("label", {}, ui.question, ui.answer);
  const asked = [question, " ", ui.check, " ", ui.skip, " ", ui.left];
  ui.ask = h("div", { className: "ask", hidden: true }, ...asked);
  const region = { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "the table" };
  const scroll = h("div", region, ui.table);
  ui.details = h("details", {}, h("summary", {}, "As a table"), scroll);
  const buttons = [ui.first, ui.back, ui.play, ui.forward, ui.end];
  const sizes = [ui.smaller, ui.fit, ui.larger];
  const transport = [...buttons, ui.position, ui.counter, ui.speed, ...sizes];
  const bar = h("div", { className: "bar", role: "group", ariaLabel: "playback" }, ...transport);
  const panel = (title, ...parts) => h("section", {}, h("h2", {}, title), ...parts);
  const ask = h("label", {}, ui.quiz, " ask for each gradient before it appears");
  ui.panels = h(
    "div",
    { className: "panels" },
    panel("Inspect", h("label", {}, "node ", ui.node), " ", ui.pin, ui.edit, ui.facts),
    panel("Break it", h("label", {}, "algorithm ", ui.algorithm), ui.mistake),
    panel("Quiz", ask, ui.ask, ui.feedback),
  );
  const sentence = h("div", { className: "sentence" }, ui.begin, ui.line, ui.why, ui.stop, ui.source);
  const drag = h("span", { className: "drag" }, " Drag the picture to see the rest.");
  const legend = h("p", { className: "legend" }, LEGEND, drag);
  root.append(ui.note, sentence, bar, legend, ui.panels, ui.details);
  return ui;
}
