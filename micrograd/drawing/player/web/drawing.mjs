// A part of a large graph as SVG: a card for each node, a disc for each op, as svg.py draws them.
// Rule: the parts have the classes and keys that picture.mjs knows; the numbers are written there.
import { placeInColumns } from "./columns.mjs";
import { cardNumber } from "./numbers.mjs";
import { glyphOf, signOf } from "./picture.mjs";
import { make } from "./svg.mjs";

const [LETTER, LINE, PADDING, RADIUS] = [7.3, 17, 8, 15]; // pixels, as in svg.py
const [BASELINE, MARGIN] = [4, 12];
const NARROWEST = 14; // letters of a card: "▲ grad -0.0000"
const HEAD = [7, 3]; // the length of an arrow's head, and half its width

/**
 * The picture of `nodes`, which are {name, isLabel, symbol, inputs, data, whole, opens}, with the style of
 * `shell`, a picture that has one.
 */
export function drawingOf(shell, nodes, title) {
  const [cards, discs, boxes, links] = [[], [], [], []];
  for (const node of nodes) {
    const card = cardBox(node);
    if (node.symbol) {
      const disc = discBox(node.symbol);
      for (const x of node.inputs) links.push([cards[x], disc]);
      links.push([disc, card]);
      boxes.push(disc);
      discs[cards.length] = disc;
    }
    cards.push(card);
    boxes.push(card);
  }
  for (const [tail, head] of links) (tail.heads.push(head), head.tails.push(tail));
  const size = placeInColumns(boxes);
  const keys = new Map(cards.map((card, i) => [card, `n${i}`]));
  discs.forEach((disc, i) => keys.set(disc, `n${i}op`));
  const lines = links.map(([tail, head]) => link(tail, head, keys.get(head)));
  const drawn = boxes.map((box) => box.draw(box, keys.get(box)));
  return sheet(shell, size, title, [make("g", { fill: "none" }, ...lines), ...drawn]);
}

/** An empty picture like the shell, of that size, with the parts in its middle. */
function sheet(shell, size, title, parts) {
  const [width, height] = [size.width + 2 * MARGIN, size.height + 2 * MARGIN].map(Math.round);
  const svg = shell.cloneNode(false);
  const attributes = { viewBox: `0 0 ${width} ${height}`, width, height, "aria-label": title };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const middle = shell.querySelector(":scope > g").cloneNode(false);
  middle.append(...parts);
  const [style, paper] = ["style", ".paper"].map((x) => shell.querySelector(x).cloneNode(true));
  svg.append(style, paper, middle);
  return svg;
}

/** A card; a constant without a label has no grad, and `opens` adds a line that is a button. */
function cardBox({ name, isLabel, symbol, data, whole, opens }) {
  const lines = [[isLabel ? "label" : "name", name]];
  const isSmall = !isLabel && !symbol && !opens;
  lines.push(["data", isSmall ? cardNumber(data) : `data ${cardNumber(data)}`]);
  if (!isSmall) lines.push(["grad", `${glyphOf(signOf(whole))}grad ${cardNumber(whole)}`]);
  if (opens) lines.push(["opens", `▸ ${opens}`]);
  const longest = Math.max(isSmall ? 0 : NARROWEST, ...lines.map(([, text]) => text.length));
  const size = { width: longest * LETTER + 2 * PADDING, height: lines.length * LINE + PADDING };
  const signs = isSmall ? [] : Object.entries(signOf(whole));
  const sign = signs.flatMap(([name, isSo]) => (isSo ? [name] : [])).join("");
  return { ...size, lines, sign, heads: [], tails: [], draw: drawCard };
}

function discBox(symbol) {
  const size = Math.max(2 * RADIUS, symbol.length * LETTER + PADDING);
  return { width: size, height: size, lines: [["op", symbol]], heads: [], tails: [], draw: drawDisc };
}

function drawCard(box, key) {
  const { x, y, width, height } = box;
  const corner = { x: Math.round(x - width / 2), y: Math.round(y - height / 2), rx: 5 };
  const shape = make("rect", { class: "card", ...corner, width: Math.round(width), height });
  return partGroup(box, key, shape);
}

function drawDisc(box, key) {
  const place = { cx: Math.round(box.x), cy: Math.round(box.y), r: Math.round(box.width / 2) };
  return partGroup(box, key, make("circle", { class: "disc", ...place }));
}

function partGroup({ x, y, lines, sign = "" }, key, shape) {
  const first = y - ((lines.length - 1) * LINE) / 2 + BASELINE;
  const at = (i) => ({ x: Math.round(x), y: Math.round(first + i * LINE) });
  const texts = lines.map(([kind, text], i) => make("text", { class: kind, ...at(i) }, text));
  const title = make("title", {}, lines.map(([, text]) => text).join(", "));
  return make("g", { class: sign, role: "img", "data-key": key }, title, shape, ...texts);
}

/** A curve with the head of an arrow at its end. */
function link(tail, head, key) {
  const [start, end] = [tail.x + tail.width / 2, head.x - head.width / 2].map(Math.round);
  const [from, to] = [tail.y, head.y].map(Math.round);
  const [leaves, arrives] = [Math.round(tail.right), Math.round(head.left)]; // beside wider cards
  const middle = Math.round((leaves + arrives) / 2);
  const bend = `C${middle} ${from} ${middle} ${to} ${arrives} ${to}`;
  const curve = `M${start} ${from}H${leaves}${bend}H${end}`;
  const [back, half] = HEAD;
  const arrow = `M${end - back} ${to - half}L${end} ${to}L${end - back} ${to + half}`;
  return make("path", { d: curve + arrow, "data-to": key });
}
