// Keys that work anywhere on the page, as those of the player: space plays, arrows step.
// Rule: a key that a control needs itself is left alone.
import { useEffect } from "./vendor/standalone.module.js";
import { store } from "./store.mjs";
import { back, first, forward, toggle } from "./timeline.mjs";

const KEYS = { " ": toggle, ArrowRight: forward, ArrowLeft: back, Home: first };
const OWN_KEYS =
  "input, select, textarea, button, summary, a, canvas, dialog, [role=tab], [contenteditable], .scroll";

export function useKeys() {
  useEffect(() => {
    const press = (event) => {
      const isModified = event.altKey || event.ctrlKey || event.metaKey;
      const isFree = !event.target.closest?.(OWN_KEYS) && store.view.tab === "network";
      if (!KEYS[event.key] || isModified || !isFree) return;
      event.preventDefault();
      KEYS[event.key]();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
