// The network's answer for the point that is held: what stands in the boundary's place without a plane.
// Rule: scores of classes are shown as probabilities, by softmax; one score or an amount as it is.
import { html } from "./vendor/standalone.module.js";
import { english } from "./english.mjs";
import { brief, percent } from "./format.mjs";
import { Grid } from "./parts.mjs";
import { useFrame } from "./store.mjs";

const say = english.answer;

function softmax(scores) {
  const most = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - most));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}

export function Answer({ points, held }) {
  const outputs = useFrame(150)?.answer;
  if (!outputs) return null;
  if (points.task !== "classes") {
    const target = brief(points.y[held]);
    return html`<p class="key">${say.held(held)}</p>
      <p><b>${say.is(brief(outputs[0]))}</b> ${say.target(target)}</p>`;
  }
  const right = points.y[held];
  const rows = softmax(outputs).map((p, k) => [
    html`${points.classes[k]}${k === right && html` <small>${say.right}</small>`}`,
    html`<span class="bar-cell">
      <span class="number">${percent(p)}</span>
      <span class="track" aria-hidden="true"><span style=${{ width: `${100 * p}%` }}></span></span>
    </span>`,
  ]);
  return html`<p class="key">${say.held(held)}</p>
    <${Grid} title=${say.table} columns=${say.columns} rows=${rows} />`;
}
