// A reply that follows the run: it is asked for again while the run goes on, and never twice at once.
// Rule: what is shown is the last reply, so that nothing jumps while the next is on its way.
import { useEffect, useRef, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { useFrame } from "./store.mjs";

const PAUSE = 600; // milliseconds, at least, between two requests

/** The reply to an action with these arguments, null before the first; `extra` asks again, too. */
export function useReply(name, more, extra = "") {
  const [reply, setReply] = useState(null);
  const frame = useFrame(PAUSE);
  const key = JSON.stringify([name, more]);
  const latest = useRef(key);
  const busy = useRef(false);
  latest.current = key;
  const ask = async () => {
    if (busy.current) return;
    busy.current = true;
    const asked = latest.current;
    const answer = await act(name, JSON.parse(asked)[1]);
    busy.current = false;
    if (asked !== latest.current) return ask();
    if (answer) setReply({ key: asked, answer });
    return undefined;
  };
  useEffect(() => {
    ask();
  }, [key, frame?.step, frame?.run, extra]);
  return reply?.key === key ? reply.answer : null;
}
