// All that the page knows: the server's state and last frame, and the view, which is the page's own.
// Rule: a change of state or view renders the page again; a frame only repaints the pictures, once
// for each animation frame, and rewrites texts a few times a second.
import { useEffect, useState } from "./vendor/standalone.module.js";

export const store = {
  state: null,
  frame: null,
  view: {
    tab: "network",
    selected: null, // {kind: "neuron" | "weight", layer, neuron, input}
    edges: "weight",
    drawer: "step",
    tried: "",
    error: "",
    note: "",
    offered: "", // the query of an address that would start another run
    connected: true,
    isOther: false, // whether another program answers in the place of the lab
  },
};

const renders = new Set();
const painters = new Set();
const due = new Set(); // painters that wait for the next animation frame
const readers = new Set();

const changed = () => renders.forEach((f) => f());

export function setState(state) {
  store.state = state;
  changed();
  repaint();
}

export function setView(changes) {
  Object.assign(store.view, changes);
  changed();
  repaint();
}

export function setFrame(frame) {
  store.frame = frame;
  readers.forEach((f) => f());
  repaint();
}

/** Have one picture, or all of them, painted at the next animation frame. */
export function repaint(paint) {
  if (!due.size) requestAnimationFrame(paintDue);
  for (const each of paint ? [paint] : painters) due.add(each);
}

function paintDue() {
  const now = [...due];
  due.clear();
  now.forEach((paint) => paint());
}

/** Call `paint` for each new frame; returns the function that ends it. */
export function onPaint(paint) {
  painters.add(paint);
  return () => painters.delete(paint);
}

/** {state, view}: the component is rendered again whenever one of them changes. */
export function useLab() {
  const [, render] = useState(0);
  useEffect(() => {
    const again = () => render((n) => n + 1);
    renders.add(again);
    again(); // a change since the first rendering, before this effect, has told nobody
    return () => renders.delete(again);
  }, []);
  return store;
}

/** The last frame, for texts: at most one a pause of `milliseconds`, and always the very last. */
export function useFrame(milliseconds = 125) {
  const [frame, show] = useState(store.frame);
  useEffect(() => {
    let timer = 0;
    const read = () => {
      timer ||= setTimeout(() => {
        timer = 0;
        show(store.frame);
      }, milliseconds);
    };
    readers.add(read);
    read();
    return () => {
      clearTimeout(timer);
      readers.delete(read);
    };
  }, [milliseconds]);
  return frame;
}
