// Below the network: the numbers of the neuron or of the weight that the reader has chosen.
// Rule: the place is there from the beginning, so that the page does not jump.
import { html, useEffect, useRef, useState } from "./vendor/standalone.module.js";
import { act, latest } from "./actions.mjs";
import { useReply } from "./asking.mjs";
import { Canvas } from "./canvas.mjs";
import { drawBars, drawChart, drawDot } from "./chart.mjs";
import { english } from "./english.mjs";
import { brief, exact } from "./format.mjs";
import { choose } from "./network.mjs";
import { bringIntoSight, Icon, NumberField, Table } from "./parts.mjs";
import { openGraph } from "./player_dialog.mjs";
import { store } from "./store.mjs";

const say = english.detail;
const BIAS = -1; // the place of the bias among the inputs
const move = latest("set");

export function Details({ state, view }) {
  const { selected } = view;
  const isThere = selected && selected.neuron < (state.network.layers[selected.layer]?.size ?? 0);
  if (!isThere)
    return html`<section class="panel details empty"><p class="key">${english.network.help}</p></section>`;
  const Shown = selected.kind === "neuron" ? Neuron : Weight;
  return html`<${Shown} selected=${selected} state=${state} key=${JSON.stringify(selected)} />`;
}

/** The panel, which comes into sight when something is chosen and again when its numbers are there. */
function Panel({ title, selected, isReady, children }) {
  const element = useRef(null);
  useEffect(() => bringIntoSight(element.current, "nearest"), [isReady]);
  return html`<section class="panel details" ref=${element} aria-label=${title}>
    <header>
      <h2>${title}</h2>
      <span class="buttons">
        <button type="button" onClick=${() => openGraph(selected.layer, selected.neuron, title)}>${say.open}</button>
        <button type="button" class="round" aria-label=${english.close} onClick=${() => choose(null)}><${Icon} name="close" /></button>
      </span>
    </header>
    ${children}
  </section>`;
}

// ------------------------------------------------------------------------------------------ neuron

function Neuron({ selected, state }) {
  const { layer, neuron } = selected;
  const reply = useReply("neuron", { layer, index: neuron }, state.held);
  const isLast = layer === state.network.layers.length - 1;
  const title = english.network.neuron(layer, neuron, isLast);
  if (!reply)
    return html`<${Panel} title=${title} selected=${selected}><p class="key">${say.wait}</p><//>`;
  const pick = (input) => choose({ kind: "weight", layer, neuron, input });
  const edge = (name, w, grad, input) => html`<tr key=${input}>
    <th scope="row"><button type="button" class="link" onClick=${() => pick(input)}>${name}</button></th>
    <td>${exact(w)}</td>
    <td>${exact(grad)}</td>
  </tr>`;
  return html`<${Panel} title=${title} selected=${selected} isReady>
    <p class="words">${reply.words.join(" ")}</p>
    <div class="sides">
      <div>
        <h3>${say.neuron}</h3>
        <p class="formula">${reply.formula}</p>
        <p class="formula">= ${reply.numbers}</p>
        <h3>${say.histogram}</h3>
        <${Canvas} class="chart" label=${`${say.histogram}. ${reply.words.join(" ")}`}
          draw=${(context, width, height, colours) => drawBars(context, width, height, colours, reply.histogram)} />
        <${Table} title=${say.histogram} rows=${() => binsOf(reply.histogram)} />
      </div>
      <div>
        <h3>${say.edges}</h3>
        <div class="scroll" role="region" tabindex="0" aria-label=${say.edges}>
          <table>
            <thead>
              <tr>${say.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr>
            </thead>
            <tbody>
              ${reply.terms.map((term, i) => edge(`${say.from} ${term.input}`, term.w, term.grad, i))}
              ${edge(say.bias, reply.bias, reply.bias_grad, BIAS)}
            </tbody>
          </table>
        </div>
      </div>
    </div>
  <//>`;
}

function binsOf({ edges, counts }) {
  return {
    columns: say.bins,
    rows: counts.map((n, i) => [brief(edges[i]), brief(edges[i + 1]), n]),
  };
}

// ------------------------------------------------------------------------------------------ weight

function Weight({ selected, state }) {
  const { layer, neuron, input } = selected;
  const reply = useReply("weight", { layer, neuron, input });
  const [held, setHeld] = useState(null); // the number under the slider while it moves
  useEffect(() => setHeld(null), [reply]);
  const from = input === BIAS ? say.bias : nameOfInput(state, layer, input);
  const title = say.weightOf(
    english.network.neuron(layer, neuron, layer === state.network.layers.length - 1),
    from,
  );
  if (!reply)
    return html`<${Panel} title=${title} selected=${selected}><p class="key">${say.wait}</p><//>`;
  const value = held ?? reply.value;
  const take = async (number) => {
    if (number === null || !Number.isFinite(number)) return;
    setHeld(number);
    if (store.frame?.playing) await act("pause");
    move({ layer, neuron, input, value: number });
  };
  return html`<${Panel} title=${title} selected=${selected} isReady>
    <p class="words">${reply.words.join(" ")}</p>
    <div class="sides">
      <div>
        <h3>${say.along}</h3>
        <${Canvas} class="tall" label=${say.alongPicture(value, reply.loss, reply.grad)}
          draw=${(...on) => drawLoss(on, reply, value)} />
        <p class="legend"><span class="train">${english.results.loss}</span><span class="other">${say.tangent(reply.grad)}</span></p>
        <${Table} title=${say.along} rows=${() => curveOf(reply.curve)} />
      </div>
      <div class="slide">
        <label class="field">
          <span class="name">${say.slide}</span>
          <input type="range" min=${reply.low} max=${reply.high} step=${(reply.high - reply.low) / 400} value=${value}
            aria-valuetext=${exact(value)} onInput=${(event) => take(Number(event.currentTarget.value))} />
        </label>
        <${NumberField} value=${value} step="any" aria-label=${title} onChange=${take} />
        <dl>
          <dt>${say.data}</dt><dd>${exact(value)}</dd>
          <dt>${say.grad}</dt><dd>${exact(reply.grad)}</dd>
          <dt>${english.results.loss}</dt><dd>${exact(reply.loss)}</dd>
        </dl>
        <p class="key">${say.slideHelp}</p>
      </div>
    </div>
  <//>`;
}

function nameOfInput(state, layer, input) {
  if (layer === 0) return english.network.input(state.network.inputs[input]);
  return english.network.neuron(layer - 1, input, false);
}

function drawLoss([context, width, height, colours], { curve, tangent, loss, value: at }, value) {
  const lines = [
    { x: tangent.weight, y: tangent.loss, colour: colours.lit, dash: [2, 3], outside: true },
    { x: curve.weight, y: curve.loss, colour: colours.blue },
  ];
  const ends = [curve.weight[0], curve.weight.at(-1)];
  const { toX, toY } = drawChart(context, width, height, colours, {
    lines,
    range: ends,
    at: value,
  });
  drawDot(context, toX(at), toY(loss), colours.lit, colours.paper);
}

function curveOf({ weight, loss }) {
  return { columns: say.curve, rows: weight.map((w, i) => [exact(w), exact(loss[i])]) };
}
