// The frame of the picture. A drag, two fingers, and Ctrl with the wheel move it, and so do keys.
// Rule: Panzoom moves the group that holds the drawing; this file decides where it begins, and where
// it goes so that something can be seen.
import { mapOf } from "./map.mjs";
import Panzoom from "./vendor/panzoom.mjs";

const READABLE = [0.6, 1.6]; // times the size of the drawing
const SIZES = { minScale: 0.02, maxScale: 8 };
const STEP = 1.25; // of a key
const STRIDE = 60; // pixels that an arrow key moves the picture
const CLICK = 4; // pixels; a drag is longer than that
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const OPTIONS = {
  ...SIZES,
  canvas: true, // the whole frame can be dragged
  cursor: "grab",
  handleStartEvent: () => {}, // a click goes on to the card
};

const within = ([least, most], x) => Math.min(most, Math.max(least, x));

/** {larger, smaller, fit, reveal}: functions that move the picture; `fit` shows all of it. */
export function zoomOf(svg) {
  const stage = svg.parentNode;
  const { width, height } = svg.viewBox.baseVal;
  const view = viewIn(svg);
  let panzoom = null; // once the picture is in the page
  let paintMap = () => {};
  let wanted = readable; // the size that the frame gets, or null if the reader has moved it
  let shown = null; // the element that was brought into sight at last

  function readable() {
    return within(READABLE, stage.clientWidth / width);
  }

  function whole() {
    return Math.min(stage.clientWidth / width, tallest() / height, READABLE[1]);
  }

  function tallest() {
    return parseFloat(getComputedStyle(stage).maxHeight) - 2; // without the border
  }

  function begin() {
    panzoom = Panzoom(view, OPTIONS);
    const boxes = [...view.querySelectorAll(".card, .disc")].map((part) => boxIn(view, part));
    setTimeout(paint); // after Panzoom's own, which moves the picture to its start
    paintMap = mapOf(stage, { width, height }, boxes, moveTo);
  }

  /** Show on the map where the frame stands. */
  function showFrame() {
    const { x, y } = panzoom.getPan();
    const scale = panzoom.getScale();
    const frame = { x: -x, y: -y, width: svg.clientWidth / scale, height: svg.clientHeight / scale };
    const isAll = x >= 0 && y >= 0 && width + x <= frame.width && height + y <= frame.height;
    paintMap(frame, whole() < READABLE[0] && !isAll);
  }

  /** Put a point of the picture into the middle of the frame. */
  function moveTo(x, y) {
    const scale = panzoom.getScale();
    const [halfWidth, halfHeight] = [svg.clientWidth / scale / 2, svg.clientHeight / scale / 2];
    const [toX, toY] = [halfWidth - within([0, width], x), halfHeight - within([0, height], y)];
    wanted = null;
    panzoom.pan(toX, toY, { animate: false });
  }

  /** Give the frame its height and the picture its place; the first time, let it be moved. */
  function paint() {
    if (!stage.isConnected || !stage.clientWidth) return;
    if (!panzoom) begin();
    if (!wanted) return showFrame();
    const startScale = wanted();
    svg.setAttribute("height", Math.floor(Math.min(tallest(), height * startScale)));
    const startX = Math.max(0, stage.clientWidth / startScale - width) / 2;
    panzoom.setOptions({ startScale, startX });
    panzoom.reset({ animate: false });
    if (shown) reveal(shown);
  }

  /** Change the size, and keep what is in the middle of the frame there. */
  function multiply(factor) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    const middle = { clientX: left + width / 2, clientY: top + height / 2 };
    wanted = null;
    panzoom.zoomToPoint(panzoom.getScale() * factor, middle);
  }

  function fit() {
    [wanted, shown] = [whole, null];
    paint();
  }

  /** Move the picture so that the element can be seen, if it cannot. */
  function reveal(element) {
    shown = element;
    if (!panzoom) return;
    const { x, y } = panzoom.getPan();
    const scale = panzoom.getScale();
    const box = boxIn(view, element);
    const frame = [svg.clientWidth / scale, svg.clientHeight / scale];
    const toX = shifted(x, box.x, box.width, frame[0]);
    const toY = shifted(y, box.y, box.height, frame[1]);
    panzoom.pan(toX, toY, { animate: false });
  }

  function onKey(event) {
    const way = event.target === stage && ARROWS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = way.map((sign) => (sign * STRIDE) / panzoom.getScale());
    wanted = null;
    panzoom.pan(x, y, { relative: true, animate: false });
  }

  function onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    wanted = null;
    panzoom.zoomWithWheel(event);
  }

  stage.addEventListener("keydown", onKey);
  stage.addEventListener("wheel", onWheel, { passive: false });
  view.addEventListener("panzoompan", ({ detail }) => (wanted &&= !detail.originalEvent && wanted));
  view.addEventListener("panzoomchange", showFrame);
  ignoreDrags(svg);
  new ResizeObserver(() => requestAnimationFrame(paint)).observe(stage);
  paint();
  const larger = () => multiply(STEP);
  const smaller = () => multiply(1 / STEP);
  return { larger, smaller, fit, reveal };
}

/** The group of all that moves, which is made here; the paper fills the frame. */
function viewIn(svg) {
  const view = document.createElementNS(svg.namespaceURI, "g");
  view.classList.add("view");
  view.append(...svg.querySelectorAll(":scope > g"));
  svg.append(view);
  svg.removeAttribute("viewBox");
  svg.setAttribute("width", "100%");
  return view;
}

/** The box of an element in the coordinates of the view. */
function boxIn(view, element) {
  const { x, y, width, height } = element.getBBox();
  const { e, f } = view.getScreenCTM().inverse().multiply(element.getScreenCTM());
  return { x: x + e, y: y + f, width, height };
}

/** The shift that brings an interval into a frame, or the same one if it is there already. */
function shifted(shift, start, length, frame) {
  const isSeen = start + shift >= 0 && start + length + shift <= frame;
  return isSeen ? shift : (frame - length) / 2 - start;
}

/** A drag that ends on a card selects nothing. */
function ignoreDrags(svg) {
  let from = [0, 0];
  svg.addEventListener("pointerdown", (event) => (from = [event.clientX, event.clientY]), true);
  const ignore = (event) => {
    const distance = Math.hypot(event.clientX - from[0], event.clientY - from[1]);
    if (distance > CLICK) event.stopPropagation();
  };
  svg.addEventListener("click", ignore, true);
}
