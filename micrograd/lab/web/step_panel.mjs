// "Open this step": one training step for the held point in its five stages, with every number before
// and after, each down to its chain rule.
// Rule: opening a step changes nothing in the run.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { exact } from "./format.mjs";
import { store, useFrame } from "./store.mjs";

const say = english.step;

export function OpenedStep({ state }) {
  const [opened, setOpened] = useState(null);
  const [at, setAt] = useState(0);
  const frame = useFrame(300);
  const open = async () => {
    if (store.frame?.playing) await act("pause");
    const reply = await act("open");
    if (reply) setOpened(reply);
  };
  useEffect(() => setOpened(null), [state.held, state.query]);
  const isOld = opened && frame && (frame.step !== opened.step || frame.playing);
  return html`<p class="key">${say.help}</p>
    <div class="buttons">
      <button type="button" class=${opened ? "" : "primary"} onClick=${open}>${isOld ? say.again : say.open}</button>
      ${opened && html`<button type="button" onClick=${() => act("step", { count: 1 }).then(open)}>${say.take}</button>`}
    </div>
    ${opened && html`<${Stages} stages=${opened.stages} at=${at} setAt=${setAt} />`}`;
}

function Stages({ stages, at, setAt }) {
  const stage = stages[at];
  return html`<ol class="stages" aria-label=${say.stagesLabel}>
      ${stages.map(
        ({ name }, i) => html`<li key=${name}>
          <button type="button" aria-current=${i === at ? "step" : undefined} onClick=${() => setAt(i)}>
            <span class="nth">${i + 1}</span>${say.stages[name] ?? name}
          </button>
        </li>`,
      )}
    </ol>
    <${Stage} key=${stage.name} stage=${stage} />`;
}

function Stage({ stage }) {
  const [chosen, setChosen] = useState(0);
  const row = stage.rows[Math.min(chosen, stage.rows.length - 1)];
  return html`<p>${stage.sentence}</p>
    <div class="sides">
      <div class="scroll" role="region" tabindex="0" aria-label=${say.stages[stage.name]}>
        <table>
          <thead><tr>${say.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>
            ${stage.rows.map(
              (
                x,
                i,
              ) => html`<tr key=${x.name} class=${[i === chosen && "chosen", x.before !== x.after && "changed"].filter(Boolean).join(" ")}>
                <th scope="row"><button type="button" class="link" aria-pressed=${String(i === chosen)} onClick=${() => setChosen(i)}>${x.name}</button></th>
                <td>${exact(x.before)}</td><td>${exact(x.after)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="why" role="status">
        <h3>${say.why}</h3>
        ${row ? html`<p class="formula">${row.name}</p>${[row.rule].flat().map((line) => html`<p class="formula">${line}</p>`)}` : html`<p>${say.choose}</p>`}
      </div>
    </div>`;
}
