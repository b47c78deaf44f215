// The websocket to the lab: requests with answers, and what the server tells unasked.
// Rule: a lost connection is tried again for as long as the page is open, and made only to the lab
// that the page knows. A request that was under way when the connection broke fails with a sentence.
import { english } from "./english.mjs";
import { comeBack } from "./returning.mjs";

const FIRST_PAUSE = 400; // milliseconds before the next try, and at most
const LONGEST_PAUSE = 3000;

/**
 * Connect to the server. Calls `onPush(name, value)` for a push, and `onChange(connected, isOther)`
 * when the connection comes or goes; `isOther` says that another program answers in its place. Returns {ask}: `ask(name, arguments)` is a promise of the reply.
 */
export function connect({ onPush, onChange }) {
  const waiting = new Map();
  let [socket, id, pause, limit, secret] = [null, 0, FIRST_PAUSE, Infinity, ""];

  function open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/live`);
    socket.addEventListener("open", () => {
      pause = FIRST_PAUSE;
      onChange(true);
    });
    socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
    socket.addEventListener("close", lose);
  }

  function receive(message) {
    if (message.server) ({ message_limit: limit, secret } = message.server); // limit in bytes
    if (message.id === undefined) {
      for (const [name, value] of Object.entries(message)) onPush(name, value);
      return;
    }
    const { resolve, reject } = waiting.get(message.id) ?? {};
    waiting.delete(message.id);
    if (message.error === undefined) resolve?.(message.reply);
    else reject?.(new Error(message.error));
  }

  function lose() {
    for (const { reject } of waiting.values()) reject(new Error(english.gone));
    waiting.clear();
    onChange(false, false);
    tryLater();
  }

  function tryLater() {
    setTimeout(reopen, pause);
    pause = Math.min(LONGEST_PAUSE, pause * 1.5);
  }

  /** Open the connection again, if it is the lab that answers. */
  async function reopen() {
    const isLab = secret ? await comeBack(secret).catch(() => null) : true;
    if (isLab) return open();
    onChange(false, isLab === false);
    return tryLater();
  }

  function ask(name, more = {}) {
    return new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(new Error(english.gone));
      id += 1;
      const text = JSON.stringify({ id, do: name, ...more });
      const size = new Blob([text]).size;
      if (size > limit) return reject(new Error(english.tooLarge(size, limit)));
      waiting.set(id, { resolve, reject });
      return socket.send(text);
    });
  }

  open();
  return { ask };
}
