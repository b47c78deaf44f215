// The first sentence, and three things to try that each show something surprising.
// Rule: a try is a mistake that the server knows; the page tells what to look at.
import { html } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Icon } from "./parts.mjs";
import { setView, store } from "./store.mjs";

const say = english.tries;

/** Settings with which a mistake shows what its sentence says: the optimizer, and its rate. */
const SHOWN_WITH = { equal_weights: { optimizer: "sgd", rate: 0.1 } };

/** Begin the right run with settings that show the mistake, unless those that it has do. */
async function prepareFor(mistake) {
  const changes = SHOWN_WITH[mistake];
  const { optimizer, rate } = store.state.experiment;
  if (!changes || (optimizer === changes.optimizer && rate <= changes.rate)) return;
  const reply = await act("setup", { changes });
  if (!reply?.query) return; // another choice took its place
  setView({ note: say.changed(english.names[changes.optimizer], changes.rate) });
}

/** Run a mistake beside the right run, or end it with "". */
export async function breakIt(mistake) {
  await prepareFor(mistake);
  const reply = await act("break", { mistake });
  if (!reply?.run) return;
  if (!store.frame?.playing) await act("play");
  showBoundary();
}

/** Scroll to the boundary if it is out of sight, as on a telephone. */
function showBoundary() {
  const boundary = document.querySelector(".boundaries");
  const { top, bottom } = boundary?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
  if (top < 0 || bottom > innerHeight) boundary.scrollIntoView({ block: "center" });
}

const STAGES = {
  no_zero_grad: "zero_grad",
  wrong_sign: "update",
  rate_x_100: "update",
  equal_weights: "backward",
  no_activation: "forward",
  assign: "backward",
}; // in which a mistake is seen

/** Show the broken run, and open its next step where the mistake is seen. */
export async function openBroken(state) {
  const broken = state.runs.find((run) => run.mistake);
  await act("choose", { run: broken.id });
  setView({ drawer: "step", opening: { run: broken.id, stage: STAGES[broken.mistake] } });
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
      ${tried && html`<button type="button" class="primary" onClick=${() => openBroken(state)}>${say.open}</button>`}
    </div>
  </section>`;
}
