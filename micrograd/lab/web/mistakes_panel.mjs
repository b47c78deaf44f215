// Break it: each usual mistake as a switch, and the broken run beside the right one.
// Rule: titles and sentences are the server's; the numbers are those of the last frame.
import { html } from "./vendor/standalone.module.js";
import { english } from "./english.mjs";
import { brief, count, percent } from "./format.mjs";
import { Grid } from "./parts.mjs";
import { useFrame } from "./store.mjs";
import { breakIt, openBroken, runningMistake } from "./tries.mjs";

const say = english.mistakes;

export function Mistakes({ state }) {
  const running = runningMistake(state);
  return html`<p class="key">${say.help}</p>
    <${Beside} state=${state} />
    <ul class="cards">
      ${state.choices.mistake.map(
        ({ name, title, sentence }) => html`<li key=${name} class=${name === running ? "on" : ""}>
          <h3>${title}</h3>
          <p>${sentence}</p>
          <button type="button" aria-pressed=${String(name === running)} onClick=${() => breakIt(name === running ? "" : name)}>
            ${name === running ? say.stop : say.run}<span class="unseen">: ${title}</span>
          </button>
          ${name === running && html`<button type="button" onClick=${() => openBroken(state)}>${say.open}</button>`}
        </li>`,
      )}
    </ul>`;
}

/** The two runs as a table; a line that says there is none keeps the place. */
function Beside({ state }) {
  const frame = useFrame(200);
  const { beside } = frame ?? {};
  const isBroken = (name) => Boolean(state.runs.find((run) => run.id === name)?.mistake);
  const shown = beside ? [frame, beside].sort((a, b) => isBroken(a.run) - isBroken(b.run)) : [];
  if (!shown.some(({ run }) => isBroken(run))) return html`<p class="place">${say.nothing}</p>`;
  const row = ({ run, step, train, validation, stopped }) => [
    say.kind(run, isBroken(run)),
    count(step),
    brief(train.loss),
    brief(validation.loss),
    percent(train.accuracy ?? NaN),
    stopped,
  ];
  return html`<${Grid} title=${say.columns[0]} columns=${say.columns}
    rows=${shown.map(row)} />`;
}
