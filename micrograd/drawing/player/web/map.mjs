// The map of a large picture, in a corner of its frame: all of its parts, and where the frame stands.
// Rule: a click, a drag and arrow keys ask for another place of the frame, by its middle; zoom.mjs
// moves it there. The map is shown only if the frame cannot show the whole picture so that it can be read.
import { make } from "./svg.mjs";

const MAP = [160, 110]; // pixels, at most
const THINNEST = 14; // pixels; a long chain is stretched to it
const MAP_SHARE = 0.35; // of the frame's width, at most
const MAP_STRIDE = 0.25; // of the frame, for an arrow key
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MAP_NAME = "map of the graph: arrow keys and a click move what the frame shows";

/**
 * A map of a picture of that size, whose parts are `boxes`, in `stage`. Returns paint(frame, isNeeded)
 * for a frame {x, y, width, height} in the picture's coordinates. Calls moveTo(x, y).
 */
export function mapOf(stage, { width, height }, boxes, moveTo) {
  const parts = make("path", { class: "parts", d: boxes.map(outline).join("") });
  const mark = make("rect", { class: "mark" });
  const reached = { tabindex: 0, role: "application", "aria-label": MAP_NAME };
  const shape = { class: "map", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" };
  const root = make("svg", { ...shape, ...reached }, parts, mark);
  stage.append(root);
  let frame = { x: 0, y: 0, width, height };

  function paint(shown, isNeeded) {
    frame = shown;
    root.style.display = isNeeded ? "" : "none";
    if (!isNeeded) return;
    const most = [Math.min(MAP[0], MAP_SHARE * stage.clientWidth), MAP[1]];
    const scale = Math.min(most[0] / width, most[1] / height);
    root.setAttribute("width", Math.max(THINNEST, Math.round(width * scale)));
    root.setAttribute("height", Math.max(THINNEST, Math.round(height * scale)));
    for (const [name, number] of Object.entries(within(frame))) mark.setAttribute(name, number);
  }

  /** The part of the frame that lies on the map. */
  function within({ x, y, width: wide, height: high }) {
    const [left, top] = [Math.max(0, x), Math.max(0, y)];
    const [right, bottom] = [Math.min(width, x + wide), Math.min(height, y + high)];
    return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
  }

  function onPointer(event) {
    if (!event.buttons) return;
    const box = root.getBoundingClientRect();
    root.setPointerCapture(event.pointerId);
    const [along, down] = [event.clientX - box.left, event.clientY - box.top];
    moveTo((along * width) / box.width, (down * height) / box.height);
  }

  function onKey(event) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
    moveTo(x + way[0] * MAP_STRIDE * frame.width, y + way[1] * MAP_STRIDE * frame.height);
  }

  for (const kind of ["pointerdown", "pointermove"]) root.addEventListener(kind, onPointer);
  root.addEventListener("keydown", onKey);
  return paint;
}

const outline = ({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`;
