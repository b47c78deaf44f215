// The picture of svg.py, brought up to date: numbers, signs, what is lit, what is hatched.
// Rule: cards and curves are found once, by data-key and data-to; only what changed is written.
import { four } from "./timeline.mjs";

const SVG = "http://www.w3.org/2000/svg";

/** The cards, discs and curves, found once. */
export function pictureIn(svg, graph) {
  const find = (selector) => [...svg.querySelectorAll(selector)];
  const groups = Object.fromEntries(find("[data-key]").map((g) => [g.dataset.key, g]));
  const into = {};
  for (const path of find("path[data-to]")) (into[path.dataset.to] ??= []).push(path);
  const cards = graph.map((_, i) => groups[`n${i}`]);
  const texts = cards.map((card) => [".data", ".grad", "title"].map((x) => card.querySelector(x)));
  const rooms = cards.map((card) => Number(card.querySelector("rect").getAttribute("width")) - 6);
  const shown = []; // what each card says, so that only what changed is written
  let lit = [];
  hatch(svg);

  function write(element, text, room) {
    element.textContent = text;
    if (text.length * 7.3 > room) element.setAttribute("textLength", room);
    else element.removeAttribute("textLength");
  }

  function numbers(state, now, hidden) {
    graph.forEach((_, i) => {
      const grad = hidden ? null : now.grads[i];
      const says = {
        data: now.known[i] ? four(state.data[i]) : "?",
        grad: grad === null ? "?" : four(grad),
        plus: grad > 0,
        minus: grad < 0,
        unknown: !now.known[i],
        wrong: state.wrong[i] && !hidden && state.at >= state.settled[i],
        selected: i === state.selected,
      };
      const key = Object.values(says).join();
      if (shown[i] !== key) say(i, says);
      shown[i] = key;
    });
  }

  function say(i, { data, grad, ...classes }) {
    const [first, second, title] = texts[i];
    const glyph = classes.plus ? "▲ " : classes.minus ? "▼ " : "";
    write(first, second ? `data ${data}` : data, rooms[i]);
    if (second) write(second, `${glyph}grad ${grad}`, rooms[i]);
    title.textContent = `${graph[i].name}, data ${data}, grad ${grad}`;
    for (const [name, on] of Object.entries(classes)) cards[i].classList.toggle(name, on);
  }

  /** Light the edge, or the node, of the frame. */
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
    const chosen = frame.kind === "edge" ? [curves[frame.place]] : curves;
    const target = frame.kind === "edge" ? frame.input : frame.node;
    return [cards[target], groups[key], ...chosen, ...(into[`n${frame.node}`] ?? [])];
  }

  function reveal(element) {
    const frame = svg.parentNode.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right) {
      svg.parentNode.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
    }
    if (box.top < frame.top || box.bottom > frame.bottom) {
      svg.parentNode.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
    }
  }

  function onSelect(f) {
    cards.forEach((card, i) => card.addEventListener("click", () => f(i)));
  }

  return { numbers, active, onSelect, show: (i) => reveal(cards[i]) };
}

/** A pattern for the cards that are wrong: not by colour alone. */
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
