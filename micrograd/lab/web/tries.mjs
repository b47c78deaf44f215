// The first sentence, and three things to try that each show something surprising.
// Rule: a try is a mistake that the server knows; the page tells what to look at.
import { html } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Icon } from "./parts.mjs";
import { store } from "./store.mjs";

const say = english.tries;

/** Run a mistake beside the right run, or end it with "". */
export async function breakIt(mistake) {
  await act("break", { mistake });
  if (mistake && !store.frame?.playing) await act("play");
}

/** The name of the mistake that runs now, or "". */
export const runningMistake = (state) => state.runs.find((run) => run.mistake)?.mistake ?? "";

export function Tries({ state }) {
  const running = runningMistake(state);
  const tried = say.list.find((x) => x.key === running);
  return html`<section class="tries" aria-label=${say.label}>
    <p class="opening" role="status">${tried ? tried.then : english.opening[state.points.task]}</p>
    <div class="choices">
      <span class="name">${say.label}</span>
      ${say.list.map(({ key, title }) => {
        const isOn = key === running;
        return html`<button
          type="button"
          key=${key}
          class="try"
          aria-pressed=${String(isOn)}
          title=${isOn ? say.stop : ""}
          onClick=${() => breakIt(isOn ? "" : key)}
        >
          <${Icon} name=${isOn ? "close" : "play"} />${title}
        </button>`;
      })}
    </div>
  </section>`;
}
