// Keeps the picture of svg.py up to date: numbers, signs, and which parts are lit or hatched.
// Rule: cards and curves are looked up once, by data-key and data-to; only changes are written.
import { cardNumber, shortNumber } from "./numbers.mjs";
import { make } from "./svg.mjs";

const GAP = 5; // between an op and what is written above it

/**
 * {numbers, active, onSelect, show}: functions that change the picture in `svg`; `reveal` moves an
 * element into sight.
 */
export function pictureIn(svg, graph, reveal) {
  const find = (selector) => [...svg.querySelectorAll(selector)];
  const groups = Object.fromEntries(find("[data-key]").map((g) => [g.dataset.key, g]));
  const into = {};
  for (const path of find("path[data-to]")) (into[path.dataset.to] ??= []).push(path);
  const cards = graph.map((_, i) => groups[`n${i}`]);
  const texts = cards.map((card) => [".data", ".grad", "title"].map((x) => card.querySelector(x)));
  const widths = cards.map((card) => Number(card.querySelector("rect").getAttribute("width")) - 6);
  const written = []; // what each card says, as one text
  const label = make("text", { class: "partial" });
  let lit = [];
  hatch(svg);

  /** Write text, of which a part may be struck, so that it fits the width. */
  function write(element, width, text, struck = "", more = "") {
    element.replaceChildren(text, ...(struck ? [make("tspan", { class: "struck" }, struck)] : []), more);
    if (element.textContent.length * 7.3 > width) element.setAttribute("textLength", width);
    else element.removeAttribute("textLength");
  }

  function numbers(state, now) {
    graph.forEach((_, i) => {
      const grad = now.grads[i];
      const isWrong = state.wrong[i] && state.at >= state.settled[i];
      const says = {
        data: now.computed[i] ? cardNumber(state.data[i]) : "?",
        grad: grad === null ? "?" : (isWrong ? shortNumber : cardNumber)(grad),
        right: isWrong ? shortNumber(state.right.grads[i]) : "",
        ...signOf(grad),
        unknown: !now.computed[i],
        wrong: isWrong,
        selected: i === state.selected,
      };
      const key = Object.values(says).join();
      if (written[i] !== key) writeCard(i, says);
      written[i] = key;
    });
  }

  /** Write a card; beside a grad that is wrong, which is struck, stands the right one. */
  function writeCard(i, { data, grad, right, ...classes }) {
    const [first, second, title] = texts[i];
    write(first, widths[i], second ? `data ${data}` : data);
    const glyph = glyphOf(classes);
    if (second && right) write(second, widths[i], glyph, grad, ` ${right}`);
    else if (second) write(second, widths[i], `${glyph}grad ${grad}`);
    const advice = right && `, which should be ${right}`;
    title.textContent = `${graph[i].name}, data ${data}, grad ${grad}${advice}`;
    for (const [name, on] of Object.entries(classes)) cards[i].classList.toggle(name, on);
  }

  /** Light the edge or the node of the frame; `partial` is written above the edge's op. */
  function active(frame, partial) {
    for (const element of lit) element.classList.remove("active");
    lit = frame ? parts(frame).filter(Boolean) : [];
    for (const element of lit) element.classList.add("active");
    label.remove();
    if (partial) writeAbove(groups[`n${frame.node}op`], partial);
    if (lit.length) reveal(lit[0]);
  }

  function writeAbove(group, text) {
    if (!group) return;
    const { x, y, width } = group.getBBox();
    label.setAttribute("x", x + width / 2);
    label.setAttribute("y", y - GAP);
    label.textContent = text;
    group.parentNode.append(label);
  }

  function parts(frame) {
    if (frame.kind === "done") return [];
    if (frame.kind === "seed") return [cards.at(-1)];
    const key = `n${frame.node}op`;
    const curves = into[key] ?? [];
    const isEdge = frame.kind === "edge";
    const above = isEdge ? [curves[frame.place]] : curves;
    const target = isEdge ? frame.input : frame.node;
    return [cards[target], groups[key], ...above, ...(into[`n${frame.node}`] ?? [])];
  }

  function onSelect(f) {
    cards.forEach((card, i) => card.addEventListener("click", () => f(i)));
  }

  return { numbers, active, onSelect, show: (i) => reveal(cards[i]) };
}

/** Add the pattern of the cards that are wrong, so that colour does not stand alone. */
function hatch(svg) {
  const size = { id: "micrograd-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" };
  const line = make("path", { d: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", class: "hatch" });
  svg.prepend(make("defs", {}, make("pattern", size, line)));
}

/** The classes of a grad's sign. */
export const signOf = (grad) => ({ plus: grad > 0, minus: grad < 0 });

/** The glyph of a sign, so that colour does not stand alone. */
export function glyphOf({ plus, minus }) {
  if (plus) return "▲ ";
  return minus ? "▼ " : "";
}
