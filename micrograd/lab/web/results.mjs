// The right of the page: the boundary, the curves, and how each layer is doing.
// Rule: the pictures are painted with each frame, the texts a few times a second.
import { html } from "./vendor/standalone.module.js";
import { Answer } from "./answer.mjs";
import { boundaryTable, drawBoundary } from "./boundary_picture.mjs";
import { Canvas } from "./canvas.mjs";
import { drawChart } from "./chart.mjs";
import { english } from "./english.mjs";
import { brief, percent } from "./format.mjs";
import { Grid, Table } from "./parts.mjs";
import { store, useFrame } from "./store.mjs";

const say = english.results;
const VALIDATION = [5, 4]; // the dash of held-out numbers
const OTHER = [2, 3]; // and of the run beside

export function Results({ state }) {
  return html`<section class="panel results" aria-labelledby="results-title">
    <header><h2 id="results-title">${state.points.bounds ? say.title : english.answer.title}</h2></header>
    <${Boundary} state=${state} />
    <${Curves} />
    <${LayerTable} state=${state} />
  </section>`;
}

function Boundary({ state }) {
  const frame = useFrame(300);
  const { points, held } = state;
  const output = frame?.output;
  if (!points.bounds || !output) return html`<div class="boundary"><${Answer} points=${points} held=${held} /></div>`;
  const beside = frame.beside?.output;
  const label = say.picture(frame.train.loss, frame.train.accuracy);
  return html`<div class="boundary">
    <div class=${beside ? "boundaries two" : "boundaries"}>
      ${beside && html`<span class="which">${namesOf(frame)[0]}</span>`}
      <${Canvas} class="square" label=${label} draw=${(...on) => drawBoundary(...on, store.frame?.output, points, held)} />
      ${
        beside &&
        html`<span class="which">${namesOf(frame)[1]}</span>
          <${Canvas} class="square" label=${namesOf(frame)[1]}
            draw=${(...on) => drawBoundary(...on, store.frame?.beside?.output, points, held)} />`
      }
    </div>
    <p class="key">${keyOf(output, points)}</p>
    <${Table} title=${say.everywhere} rows=${() => boundaryTable(output, points)} />
  </div>`;
}

function keyOf({ line }, { task }) {
  if (line) return say.fit;
  return task === "two classes" ? say.margins : say.zero;
}

// ------------------------------------------------------------------------------------------ curves

/** The names of the run that is shown and of the one beside it. */
function namesOf({ run, beside }) {
  return beside.mistake ? [english.mistakes.right, english.mistakes.broken] : [run, beside.run];
}

function Curves() {
  const frame = useFrame(200);
  if (!frame) return null;
  const { train, validation, beside } = frame;
  const hasAccuracy = train.accuracy !== null && train.accuracy !== undefined;
  return html`<div class="curves">
    <div class="curve">
      <h3>${say.loss}</h3>
      <${Legend} train=${brief(train.loss)} validation=${brief(validation.loss)}
        beside=${beside && brief(beside.train.loss)} name=${beside && namesOf(frame)[1]} />
      <${Canvas} class="chart" label=${`${say.loss}: ${brief(train.loss)}`} draw=${(...on) => drawCurves(on, LOSS)} />
    </div>
    ${
      hasAccuracy &&
      html`<div class="curve">
        <h3>${say.accuracy}</h3>
        <${Legend} train=${percent(train.accuracy)} validation=${percent(validation.accuracy)}
          beside=${beside && percent(beside.train.accuracy)} name=${beside && namesOf(frame)[1]} />
        <${Canvas} class="chart" label=${`${say.accuracy}: ${percent(train.accuracy)}`}
          draw=${(...on) => drawCurves(on, ACCURACY)} />
      </div>`
    }
    <${Table} title=${say.curves} rows=${tableOf} />
  </div>`;
}

function Legend({ train, validation, beside, name }) {
  return html`<p class="legend">
    <span class="train">${say.train} <b>${train}</b></span>
    <span class="validation">${say.validation} <b>${validation}</b></span>
    ${beside && html`<span class="other">${name} <b>${beside}</b></span>`}
  </p>`;
}

const LOSS = { names: ["train", "validation"], floor: 0 };
const ACCURACY = { names: ["accuracy", "validation_accuracy"], top: 1.02 };

function drawCurves([context, width, height, colours], { names, ...range }) {
  const { frame } = store;
  if (!frame) return;
  const { curves, beside, step } = frame;
  const line = (from, name, more) => ({ x: from.step, y: from[name] ?? [], ...more });
  const lines = [
    line(curves, names[1], { colour: colours.orange, dash: VALIDATION }),
    line(curves, names[0], { colour: colours.blue }),
  ];
  if (beside?.curves)
    lines.push(line(beside.curves, names[0], { colour: colours.lit, dash: OTHER }));
  const last = Math.max(curves.step.at(-1) ?? 1, beside?.curves?.step.at(-1) ?? 0, 1);
  drawChart(context, width, height, colours, { lines, ...range, range: [0, last], at: step });
}

function tableOf() {
  const { curves } = store.frame;
  const every = Math.max(1, Math.ceil(curves.step.length / 50));
  const at = (name, i) => ((curves[name]?.[i] ?? null) === null ? "–" : brief(curves[name][i]));
  const rows = curves.step
    .map((step, i) => [
      step,
      ...["train", "validation", "accuracy", "validation_accuracy"].map((name) => at(name, i)),
    ])
    .filter((_, i) => i % every === 0);
  return { columns: say.curveColumns, rows };
}

// ------------------------------------------------------------------------------------------ layers

function LayerTable({ state }) {
  const frame = useFrame(250);
  if (!frame) return null;
  const rows = frame.layers.map((layer, i) => [
    state.network.layers[i]?.name ?? i,
    html`<${Bar} value=${layer.grad_norm} range=${[-6, 2]} />`,
    html`<${Bar} value=${layer.update_ratio} range=${[-6, 0]} />`,
  ]);
  return html`<div class="layers-now">
    <h3>${say.layers}</h3>
    <${Grid} title=${say.layers} columns=${say.columns} rows=${rows} />
    <p class="key">${say.layersHelp}</p>
  </div>`;
}

/** A number with a bar for its power of ten. */
function Bar({ value, range: [least, most] }) {
  const power = value > 0 ? Math.log10(value) : least;
  const share = Math.max(0, Math.min(1, (power - least) / (most - least)));
  return html`<span class="bar-cell">
    <span class="number">${value === null ? "–" : brief(value)}</span>
    <span class="track" aria-hidden="true"><span style=${{ width: `${100 * share}%` }}></span></span>
  </span>`;
}
