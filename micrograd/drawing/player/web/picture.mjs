// Keeps the picture of svg.py up to date: numbers, signs, and which parts are lit or hatched.
// Rule: cards and curves are looked up once, by data-key and data-to; only changes are written.
import { cardNumber } from "./numbers.mjs";

const SVG = "http://www.w3.org/2000/svg";

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
  let lit = [];
  hatch(svg);

  function write(element, text, width) {
    element.textContent = text;
    if (text.length * 7.3 > width) element.setAttribute("textLength", width);
    else element.removeAttribute("textLength");
  }

  function numbers(state, now, hidden) {
    graph.forEach((_, i) => {
      const grad = hidden ? null : now.grads[i];
      const says = {
        data: now.computed[i] ? cardNumber(state.data[i]) : "?",
        grad: grad === null ? "?" : cardNumber(grad),
        plus: grad > 0,
        minus: grad < 0,
        unknown: !now.computed[i],
        wrong: state.wrong[i] && !hidden && state.at >= state.settled[i],
        selected: i === state.selected,
      };
      const key = Object.values(says).join();
      if (written[i] !== key) writeCard(i, says);
      written[i] = key;
    });
  }

  function writeCard(i, { data, grad, ...classes }) {
    const [first, second, title] = texts[i];
    write(first, second ? `data ${data}` : data, widths[i]);
    if (second) write(second, `${glyphOf(classes)}grad ${grad}`, widths[i]);
    title.textContent = `${graph[i].name}, data ${data}, grad ${grad}`;
    for (const [name, on] of Object.entries(classes)) cards[i].classList.toggle(name, on);
  }

  function glyphOf({ plus, minus }) {
    if (plus) return "▲ ";
    return minus ? "▼ " : "";
  }

  /** Light the edge or the node of the frame. */
  function active(frame) {
    for (const element of lit) element.classList.remove("active");
    lit = frame ? parts(frame).filter(Boolean) : [];
    for (const element of lit) element.classList.add("active");
    if (lit.length) reveal(lit[0]);
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
  const pattern = document.createElementNS(SVG, "pattern");
  const size = { id: "micrograd-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" };
  Object.entries(size).forEach(([name, value]) => pattern.setAttribute(name, value));
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5");
  line.setAttribute("class", "hatch");
  pattern.append(line);
  const defs = document.createElementNS(SVG, "defs");
  defs.append(pattern);
  svg.prepend(defs);
}
