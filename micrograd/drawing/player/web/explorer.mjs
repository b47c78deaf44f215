// The page of a large graph: it opens with the network, or the modules, and every part can be opened.
// Rule: `views` is the way to what is shown; an entry is {kind, ...} and says which part. Every view is
// made anew when it is shown, and the player plays a part as it plays a small graph.
import { h } from "./controls.mjs";
import { drawingOf } from "./drawing.mjs";
import { largeGraph } from "./large_graph.mjs";
import { listing } from "./listing.mjs";
import { gradOf } from "./notation.mjs";
import { shortNumber } from "./numbers.mjs";
import { partOf, playedPart, termsOf } from "./part.mjs";
import { player } from "./player.mjs";
import { make } from "./svg.mjs";
import { zoomOf } from "./zoom.mjs";

const UNLABELLED = "After label_all(locals()), the page of a model's loss opens with its network.";
const INSIDE = "This is a part of the graph: a card with ▸ leads to what it was computed from.";
const SEEDED =
  "In the whole graph, NAME is NUMBER. The player begins with it, and adds up the paths inside this part.";

/** Make the parts of the picture in `root` open; `page` is what explorer.py writes. */
export function explore(root, page, rows) {
  const graph = largeGraph(page, page.numbers ? null : rows);
  const last = graph.size - 1;
  const shell = root.querySelector(".stage svg").cloneNode(true);
  const whole = { kind: graph.units.length ? "overview" : "node", node: last };
  const views = [whole];
  const path = h("nav", { className: "path", ariaLabel: "where you are" });
  const content = h("div", { className: "part" });
  const name = h("input", { type: "text", size: 12, autocomplete: "off", spellcheck: false });
  const unknown = h("span", { role: "status" });
  const search = h("p", { className: "bar" }, h("label", {}, "go to the node ", name), unknown);
  root.querySelectorAll(":scope > :not(h1, style)").forEach((element) => element.remove());
  root.append(path, content, search);
  let example = 1;
  let left = new AbortController(); // of the view that is shown

  // --------------------------------------------------------------------------------- the way

  function open(view) {
    views.push(view);
    show();
  }

  function back(to = views.length - 2) {
    if (to < 0) return;
    views.length = to + 1;
    show();
  }

  function show(focused = "h2") {
    left.abort();
    left = new AbortController();
    const view = views.at(-1);
    const crumbs = views.map((one, i) => crumb(one, i));
    path.replaceChildren(h("ol", {}, ...crumbs.map((each) => h("li", {}, each))));
    path.hidden = views.length === 1;
    const heading = h("h2", { tabIndex: -1 }, titleOf(view));
    content.replaceChildren(heading);
    SHOWN[view.kind](view);
    if (views.length > 1 || focused !== "h2") content.querySelector(focused)?.focus();
  }

  function crumb(view, i) {
    const name = i ? titleOf(view) : "the whole graph";
    if (i === views.length - 1) return h("span", { ariaCurrent: "page" }, name);
    return button(name, () => back(i));
  }

  function titleOf(view) {
    if (view.kind === "node") return view.node === last ? graph.name(last) : graph.name(view.node);
    if (view.kind === "example") return `example ${view.example}`;
    if (view.kind === "unit") return graph.units[view.unit];
    if (view.kind === "units" || view.kind === "group") return view.name;
    return page.parts[0].key === page.parts[0].name ? "the network" : "the modules";
  }

  // ------------------------------------------------------------------------------- the views

  const SHOWN = {
    overview() {
      const picture = shell.cloneNode(true);
      const zoom = stage(picture);
      zoom.fit();
      content.append(bar(sizes(zoom), exampleField(), exampleButton(), resultButton()));
      content.append(h("p", { className: "legend" }, overviewLegend()));
      for (const part of page.parts) openable(picture, part);
      content.append(closed("All examples", examplesTable), closed("All parts", () => unitsTable()));
    },
    units({ units }) {
      content.append(bar(exampleField()), unitsTable(units));
    },
    unit(view) {
      const { unit } = view;
      example = view.example ?? example;
      const results = graph.outputsOf(unit, example);
      content.append(bar(exampleField(), exampleButton()));
      const isInside = (i) => graph.unit(i) === unit && graph.example(i) === example;
      if (results.length === 1) showPart(results[0], isInside);
      else content.append(nodesTable(`The results in example ${example}`, results));
    },
    example(view) {
      example = view.example;
      const results = graph.resultsOf(example);
      if (results.length === 1) showPart(results[0]);
      else content.append(nodesTable("The results of the example", results));
    },
    group({ name }) {
      const nodes = [];
      for (let i = 0; i < graph.size; i++) if (groupOf(i) === name) nodes.push(i);
      content.append(nodesTable(name, nodes));
    },
    node: ({ node }) => showPart(node),
  };

  /** The group of a node that no module computed: "**" for every power, as in folding.py. */
  function groupOf(i) {
    if (graph.unit(i) >= 0) return "";
    return graph.symbol(i).startsWith("**") ? "**" : graph.symbol(i) || "leaves";
  }

  /** Draw and play what a node was computed from, or list it if it is a long sum. */
  function showPart(root, isInside) {
    const part = partOf(graph, root, isInside);
    if (!part) return content.append(termsTable(root));
    const nodes = playedPart(graph, part);
    const svg = drawingOf(shell, nodes, titleOf(views.at(-1)));
    const frame = h("div", { className: "stage", role: "region", tabIndex: 0, ariaLabel: "the graph" });
    frame.append(svg);
    content.append(choice(part), frame);
    part.nodes.forEach((i, k) => {
      const link = svg.querySelector(`[data-key="n${k}"] .opens`);
      link?.addEventListener("click", () => open(viewOf(i)));
    });
    const notes = notesOn(part);
    const known = { nodes, algorithms: page.algorithms, notes };
    if (page.numbers) content.append(h("p", { className: "note" }, `${notes.join(" ")} ${page.why}`));
    else player(content, known, rows, { keys: document, signal: left.signal });
    if (page.numbers) content.insertBefore(bar(sizes(zoomOf(svg))), frame.nextSibling);
  }

  function notesOn({ nodes, open: cut }) {
    const root = nodes.at(-1);
    const notes = cut.size ? [INSIDE] : [];
    if (root === last) return graph.units.length ? notes : [...notes, UNLABELLED];
    const grad = shortNumber(graph.grad[root]);
    return [...notes, SEEDED.replace("NAME", gradOf(graph.name(root))).replace("NUMBER", grad)];
  }

  /** A choice among the cards that lead on, for the keyboard. */
  function choice({ open: cut }) {
    const options = [...cut].map((i) => h("option", { value: i }, choiceOf(i)));
    const select = h("select", {}, ...options);
    const go = button("▸ open", () => open(viewOf(Number(select.value))));
    const shown = bar(h("label", {}, "what led to ", select), go);
    shown.hidden = !cut.size;
    return shown;
  }

  function choiceOf(i) {
    const unit = graph.unitOfResult(i);
    return unit < 0 ? graph.name(i) : `${graph.name(i)}, from ${graph.units[unit]}`;
  }

  /** What opens for a node: its unit in its example, if it is the result of one. */
  function viewOf(i) {
    const unit = graph.unitOfResult(i);
    return unit < 0 ? { kind: "node", node: i } : { kind: "unit", unit, example: graph.example(i) };
  }

  function stage(picture) {
    const frame = h("div", { className: "stage", role: "region", tabIndex: 0, ariaLabel: "the graph" });
    frame.append(picture);
    content.append(frame);
    return zoomOf(picture);
  }

  /** Let a part of the picture open by a click, Enter and Space. */
  function openable(picture, { key, name, units }) {
    const group = picture.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!group?.childElementCount) return; // a small layer leaves no neurons out
    const isUnit = units.length === 1 && graph.units[units[0]] === name;
    const unit = { kind: "unit", unit: units[0] };
    const several = units.length ? { kind: "units", name, units } : { kind: "group", name };
    const act = () => open(isUnit ? unit : several);
    const { x, y, width, height } = group.getBBox();
    group.prepend(make("rect", { x, y, width, height, fill: "transparent" })); // between its lines
    const label = `open ${group.querySelector("title")?.textContent ?? name}`;
    for (const [attribute, text] of [["role", "button"], ["tabindex", 0], ["aria-label", label]]) {
      group.setAttribute(attribute, text);
    }
    group.classList.add("leads");
    group.addEventListener("click", act);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act();
    });
  }

  // ------------------------------------------------------------------------------ the tables

  const numbersOf = (i) => [shortNumber(graph.data[i]), shortNumber(graph.grad[i])];
  const linkTo = (i) =>
    graph.isLeaf(i) ? graph.name(i) : button(graph.name(i), () => open({ kind: "node", node: i }));

  function nodesTable(caption, nodes) {
    if (!nodes.length) return h("p", {}, "It computed nothing here.");
    const row = (k) => [linkTo(nodes[k]), ...numbersOf(nodes[k])];
    return listing(caption, ["node", "data", "grad"], nodes.length, row);
  }

  function termsTable(root) {
    const terms = termsOf(graph, root);
    const isSum = terms.at(-1).sum !== null;
    const caption = `${graph.name(root)} ${isSum ? "adds up" : "is computed from"} these`;
    const columns = ["term", "data", "grad", ...(isSum ? ["sum so far"] : [])];
    return listing(caption, columns, terms.length, (k) => {
      const { node, sum } = terms[k];
      const soFar = isSum ? [shortNumber(graph.data[sum ?? node])] : [];
      return [linkTo(node), ...numbersOf(node), ...soFar];
    });
  }

  function unitsTable(units = graph.units.map((_, unit) => unit)) {
    const caption = `The parts, and their results in example ${example}`;
    return listing(caption, ["part", "data", "grad"], units.length, (k) => {
      const results = graph.outputsOf(units[k], example);
      const link = button(graph.units[units[k]], () => open({ kind: "unit", unit: units[k] }));
      const [result] = results;
      return [link, ...(results.length === 1 ? numbersOf(result) : [`${results.length} results`, ""])];
    });
  }

  function examplesTable() {
    return listing("The examples, and their results", ["example", "data", "grad"], graph.examples, (k) => {
      const results = graph.resultsOf(k + 1);
      const link = button(`example ${k + 1}`, () => open({ kind: "example", example: k + 1 }));
      const [result] = results;
      return [link, ...(results.length === 1 ? numbersOf(result) : [`${results.length} results`, ""])];
    });
  }

  /** A table that is made when it is opened. */
  function closed(title, make) {
    const details = h("details", {}, h("summary", {}, title));
    details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(make()));
    return details;
  }

  // ---------------------------------------------------------------------------- the controls

  const button = (text, act) => h("button", { type: "button", onclick: act }, text);
  const bar = (...parts) => h("div", { className: "bar" }, ...parts.flat());

  function sizes(zoom) {
    const names = { "−": "a smaller picture", fit: "fit the picture to its frame", "+": "a larger picture" };
    const acts = [zoom.smaller, zoom.fit, zoom.larger];
    return Object.entries(names).map(([text, title], i) =>
      h("button", { type: "button", title, ariaLabel: title, onclick: acts[i] }, text),
    );
  }

  function exampleField() {
    const range = { min: 1, max: graph.examples, step: 1, value: example };
    const field = h("input", { type: "number", className: "example", ...range });
    field.addEventListener("change", () => {
      const number = Math.round(Number(field.value)) || 1;
      example = Math.min(graph.examples, Math.max(1, number));
      if (views.at(-1).example) views.at(-1).example = example;
      show(".example");
    });
    if (graph.examples < 2) return [];
    return h("label", {}, "example ", field, ` of ${graph.examples.toLocaleString("en")}`);
  }

  const exampleButton = () => button("open the example", () => open({ kind: "example", example }));
  const resultButton = () =>
    button(`open ${graph.name(last)}`, () => open({ kind: "node", node: last }));

  function overviewLegend() {
    const count = graph.size.toLocaleString("en");
    return `${count} nodes. A click, or Enter, opens a part for the example that is chosen; Escape leads back.`;
  }

  name.addEventListener("change", () => {
    const node = graph.find(name.value.trim());
    unknown.textContent = node < 0 && name.value ? `No node is called ${name.value}.` : "";
    if (node >= 0) open({ kind: "node", node });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.fullscreenElement) back();
  });
  show();
}
