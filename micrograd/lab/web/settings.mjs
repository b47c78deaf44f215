// The top of the page: every setting of the experiment.
// Rule: a setting that changes starts the run again; what the server makes of it is what is shown.
import { html } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { brief } from "./format.mjs";
import { Field, Icon, NumberField, Select, useMedia } from "./parts.mjs";
import { setView } from "./store.mjs";

const say = english.settings;
const named = (names) => names.map((name) => [name, english.names[name] ?? name]);

function setup(changes) {
  setView({ note: "" }); // which was about the points or the previous run
  return act("setup", { changes });
}

const [LEAST_RATE, MOST_RATE] = [-4, 2]; // powers of ten of the slider

/** All settings, of which a narrow page folds most away. */
export function Settings({ state }) {
  const { experiment: now, choices, points } = state;
  const isNarrow = useMedia("(max-width: 44rem)"); // as on a telephone
  const own = now.data === "own";
  const datasets = own
    ? [...new Set([...choices.data, "own"])]
    : choices.data.filter((x) => x !== "own");
  const number = (name, more) =>
    html`<${Field} name=${say[name]} hint=${say.hints[name]} className="short">
      <${NumberField} value=${now[name]} onChange=${(x) => setup({ [name]: x })} ...${more} />
    <//>`;
  const choice = (name, options) =>
    html`<${Field} name=${say[name]} hint=${say.hints[name]}>
      <${Select} value=${now[name]} options=${named(options)} onChange=${(x) => setup({ [name]: x })} />
    <//>`;
  const few = html`${choice("data", datasets)}
    <${Layers}
      sizes=${now.hidden}
      inputs=${state.network.inputs.length}
      outputs=${state.network.layers.at(-1).size}
    />`;
  const more = html`${choice("activation", choices.activation)} ${choice("loss", choices.loss)}
    ${choice("optimizer", choices.optimizer)}
    <${Rate} value=${now.rate} />
    ${!own && number("points", { min: 2, step: 10 })}
    ${!own && number("noise", { min: 0, max: 1, step: 0.05 })}
    ${number("batch_size", { min: 1, placeholder: say.all, max: points.X.length })}
    ${number("l2", { min: 0, step: "any" })} ${number("seed", { min: 0, step: 1 })}`;
  return html`<section class="settings" aria-label=${say.label}>
    ${few}
    ${
      isNarrow
        ? html`<details class="more">
            <summary>${say.moreSettings}</summary>
            <div class="settings-row">${more}</div>
          </details>`
        : more
    }
  </section>`;
}

/** The learning rate: a slider of powers of ten, and the number itself. */
function Rate({ value }) {
  const power = Math.log10(Math.max(value, 10 ** LEAST_RATE));
  const slide = (event) =>
    setup({ rate: Number((10 ** Number(event.currentTarget.value)).toPrecision(2)) });
  return html`<div class="field rate" title=${say.hints.rate}>
    <label class="name" for="rate">${say.rate}</label>
    <span class="pair">
      <input id="rate" type="range" min=${LEAST_RATE} max=${MOST_RATE} step="0.05" value=${power}
        aria-valuetext=${brief(value)} onChange=${slide} />
      <${NumberField} value=${value} min="0" step="any" aria-label=${say.rate} onChange=${(x) => setup({ rate: x })} />
    </span>
  </div>`;
}

/** The sizes of the layers as chips: 2, then − 8 +, then 1. */
function Layers({ sizes, inputs, outputs }) {
  const change = (i, by) => setup({ hidden: sizes.map((n, k) => (k === i ? n + by : n)) });
  const remove = (i) => setup({ hidden: sizes.filter((_, k) => k !== i) });
  const chip = (n, i) =>
    html`<span class="chip" role="group" aria-label=${say.size(n, i)}>
      <button type="button" onClick=${() => (n > 1 ? change(i, -1) : remove(i))} aria-label=${n > 1 ? say.fewer(i) : say.remove(i)}>
        <${Icon} name=${n > 1 ? "minus" : "close"} />
      </button>
      <output>${n}</output>
      <button type="button" onClick=${() => change(i, 1)} aria-label=${say.more(i)}><${Icon} name="plus" /></button>
    </span>`;
  return html`<div class="field layers">
    <span class="name">${say.layers}</span>
    <span class="chips" role="group" aria-label=${say.layers}>
      <span class="end">${inputs}</span>
      ${sizes.map((n, i) => html`<span class="arrow" aria-hidden="true">→</span>${chip(n, i)}`)}
      <span class="arrow" aria-hidden="true">→</span>
      <button type="button" class="add" onClick=${() => setup({ hidden: [...sizes, sizes.at(-1) ?? 4] })}
        aria-label=${say.addLayer} title=${say.addLayer}><${Icon} name="plus" /></button>
      <span class="arrow" aria-hidden="true">→</span>
      <span class="end">${outputs}</span>
    </span>
  </div>`;
}
