// The Compare tab: one step of the run by the lecture's engine, compiled, and by PyTorch.
// Rule: numbers and times are measured by the server when the reader asks for them, one way after
// the other, and each is shown as soon as it is there.
import { html, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { brief, exact } from "./format.mjs";
import { Grid } from "./parts.mjs";

const say = english.compare;

export function Compare() {
  const [reply, setReply] = useState(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    for (let more = false, left = 1; left; more = true) {
      const now = await act("compare", { more });
      if (now) setReply(now);
      left = now?.left ?? 0;
    }
    setBusy(false);
  };
  return html`<section class="panel compare" aria-labelledby="compare-title">
    <header><h2 id="compare-title">${say.title}</h2></header>
    <p>${say.help}</p>
    <div class="buttons">
      <button type="button" class="primary" disabled=${busy} onClick=${run}>${busy ? say.running : say.run}</button>
    </div>
    <div role="status">${reply && html`<${Result} reply=${reply} />`}</div>
  </section>`;
}

function Result({ reply }) {
  const slowest = Math.max(...reply.rows.map((row) => row.seconds ?? 0));
  const rows = reply.rows.map((row) => [
    row.name,
    exact(row.loss),
    row.difference === undefined || row.difference === null ? "–" : brief(row.difference),
    row.seconds ? say.time(row.seconds) : (row.missing ?? "–"),
    row.seconds
      ? html`<${Speed} times=${slowest / row.seconds} share=${Math.log10(slowest / row.seconds + 1) / Math.log10(slowest / fastest(reply) + 1)} />`
      : "",
  ]);
  return html`<${Grid} title=${say.table} columns=${say.columns} rows=${rows} />
    ${reply.left > 0 && html`<p class="key">${say.next}</p>`}
    ${(reply.sentences ?? []).map((text) => html`<p class="key" key=${text}>${text}</p>`)}`;
}

const fastest = (reply) => Math.min(...reply.rows.map((row) => row.seconds || Infinity));

function Speed({ times, share }) {
  return html`<span class="bar-cell"><span class="number">${say.times(times)}</span>
    <span class="track" aria-hidden="true"><span style=${{ width: `${100 * share}%` }}></span></span></span>`;
}
