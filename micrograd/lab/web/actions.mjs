// How a control asks the server for something. Rule: an error becomes the sentence that the page shows.
import { connect } from "./connection.mjs";
import { setFrame, setState, setView, store } from "./store.mjs";

const listeners = {}; // by the name of a push
const last = {}; // what was pushed last, by its name
let connection = null;

/** Connect, and keep the store up to date; calls `onOpen` each time the connection is made. */
export function start(onOpen) {
  connection = connect({
    onPush: take,
    onChange: (connected, isOther = false) => {
      if (connected !== store.view.connected || isOther !== store.view.isOther)
        setView({ connected, isOther });
      if (connected) onOpen();
    },
  });
}

function take(name, value) {
  if (name === "state") setState(value);
  if (name === "frame") setFrame(value);
  if (name === "note") setView({ note: value });
  last[name] = value;
  listeners[name]?.forEach((f) => f(value));
}

/** What was pushed last by that name, null before the first. */
export const lastPush = (name) => last[name] ?? null;

/** Call `f` with each push of that name; returns the function that ends it. */
export function onPush(name, f) {
  (listeners[name] ??= new Set()).add(f);
  return () => listeners[name].delete(f);
}

const PATIENCE = 250; // milliseconds after which the page shows that it waits
let waiting = 0;

/** Count the requests under way, and show if one takes long. */
function wait(by) {
  waiting += by;
  if (by > 0) setTimeout(() => waiting && !store.view.busy && setView({ busy: true }), PATIENCE);
  if (!waiting && store.view.busy) setView({ busy: false });
}

/** A promise of the reply, or of null after an error, which the page shows. */
export async function act(name, more) {
  wait(1);
  try {
    const reply = await connection.ask(name, more);
    if (store.view.error) setView({ error: "" });
    if (reply?.state) setState(reply.state);
    if (reply?.frame) setFrame(reply.frame);
    return reply;
  } catch (error) {
    setView({ error: error.message });
    return null;
  } finally {
    wait(-1);
  }
}

/** A function that sends only the newest of many requests, one after the other, as of a slider. */
export function latest(name) {
  let [busy, next] = [false, null];
  return async function send(more) {
    next = more;
    if (busy) return;
    busy = true;
    while (next) {
      const now = next;
      next = null;
      await act(name, now);
    }
    busy = false;
  };
}
