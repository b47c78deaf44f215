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
  let lit = [];
  hatch(svg);

  function write(element, text) {
    if (!element || element.textContent === text) return;
    element.textContent = text;
    const room = Number(element.parentNode.querySelector("rect").getAttribute("width")) - 6;
    if (text.length * 7.3 > room) element.setAttribute("textLength", room);
    else element.removeAttribute("textLength");
  }

  function numbers(state, now, hidden) {
    graph.forEach((node, i) => {
      const card = cards[i];
      const small = !card.querySelector(".grad");
      const data = now.known[i] ? four(state.data[i]) : "?";
      const grad = hidden ? null : now.grads[i];
      const sign = grad > 0 ? "plus" : grad < 0 ? "minus" : "";
      const glyph = { plus: "▲ ", minus: "▼ " }[sign] ?? "";
      const shown = grad === null ? "?" : four(grad);
      write(card.querySelector(".data"), small ? data : `data ${data}`);
      write(card.querySelector(".grad"), `${glyph}grad ${shown}`);
      card.querySelector("title").textContent = `${node.name}, data ${data}, grad ${shown}`;
      card.classList.toggle("plus", sign === "plus");
      card.classList.toggle("minus", sign === "minus");
      card.classList.toggle("unknown", !now.known[i]);
      card.classList.toggle("wrong", state.wrong[i] && grad !== null);
      card.classList.toggle("selected", i === state.selected);
    });
  }

  /** Light the edge, or the node, of the frame. */
  function active(frame) {
    for (const element of lit) element.classList.remove("active");
    lit = frame ? parts(frame).filter(Boolean) : [];
    for (const element of lit) element.classList.add("active");
    if (lit.length) show(lit[0]);
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

  function show(element) {
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

  return { numbers, active, onSelect };
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
