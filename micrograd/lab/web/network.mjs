// The middle of the page: the network, live, with a button over each neuron.
// Rule: the picture is a canvas; what can be chosen in it is also a button, for keys and readers.
import { html, useRef, useState } from "./vendor/standalone.module.js";
import { Canvas } from "./canvas.mjs";
import { english } from "./english.mjs";
import { exact } from "./format.mjs";
import { curveOf, distanceTo, layoutOf, leftInStyle, LOW, TALLEST } from "./network_layout.mjs";
import { drawNetwork, largestOf, shownNumbers } from "./network_picture.mjs";
import { Choice, Table, useMedia } from "./parts.mjs";
import { openGraph } from "./player_dialog.mjs";
import { setView, store, useFrame } from "./store.mjs";

const say = english.network;
const NEAR = 7; // pixels from an edge that still count as on it

export const choose = (selected) => setView({ selected });

export function Network({ state, view }) {
  const isLow = useMedia("(min-width: 75.01rem) and (max-height: 62rem)");
  const layout = layoutOf(state.network, isLow ? LOW : TALLEST);
  const [hovered, setHovered] = useState(null);
  const { points, held } = state;
  const draw = (context, width, height, colours) => {
    const { frame } = store;
    if (frame && fits(frame, state))
      drawNetwork(context, width, colours, { layout, frame, ...view, hovered, points, held });
  };
  const edgeAt = (event) =>
    nearestEdge(layout, event.offsetX, event.offsetY, event.currentTarget.clientWidth);
  const hover = (event) => {
    const edge = edgeAt(event);
    if (edge?.key !== hovered?.key) setHovered(edge);
  };
  const { layers } = state.network;
  const names = layers.map((layer, i) =>
    say.layer(layer.size, layer.activation, i === layers.length - 1),
  );
  return html`<section class="panel network" aria-labelledby="network-title">
    <header>
      <h2 id="network-title">${say.title}</h2>
      <span class="beside">
        <span class="name">${say.show}</span>
        <${Choice} name="edges" label=${say.show} value=${view.edges} options=${Object.entries(say.edges)}
          onChange=${(edges) => setView({ edges })} />
      </span>
    </header>
    <div class="columns" aria-hidden="true">
      ${[say.inputs(state.network.inputs.length), ...names].map((text) => html`<span>${text}</span>`)}
    </div>
    <div class="stage-of-network" style=${{ height: `${layout.height}px` }}>
      <${Canvas} draw=${draw} label=${say.picture(names)} class=${hovered ? "pointing" : ""}
        onMouseMove=${hover} onMouseLeave=${() => setHovered(null)}
        onClick=${(event) => edgeAt(event) && choose(edgeAt(event))} />
      <${Neurons} layout=${layout} state=${state} selected=${view.selected} />
    </div>
    <div class="line">
      <${Key} edges=${view.edges} />
      <${Table} title=${say.table} rows=${() => tableOf(state)} />
    </div>
  </section>`;
}

/** Whether the frame is of this network: after a change of layers the old one may still come. */
const fits = (frame, state) =>
  frame.weights.length === state.network.layers.length &&
  frame.weights.every((layer, i) => layer.length === state.network.layers[i].size);

function nearestEdge(layout, x, y, width) {
  let [best, least] = [null, NEAR];
  layout.columns.slice(1).forEach((column, layer) => {
    if (layer === 0 && layout.isBox) return;
    column.forEach((to, neuron) => {
      layout.columns[layer].forEach((from, input) => {
        const distance = distanceTo(curveOf(from, to, width), x, y);
        if (distance < least) {
          least = distance;
          best = { kind: "weight", layer, neuron, input, key: `${layer}.${neuron}.${input}` };
        }
      });
    });
  });
  return best;
}

/** A button over each neuron; the arrow keys go to its neighbours, Enter chooses it. */
function Neurons({ layout, state, selected }) {
  const area = useRef(null);
  const [at, setAt] = useState([1, 0]);
  const columns = layout.columns;
  const go = (column, row) => {
    const c = Math.max(1, Math.min(columns.length - 1, column));
    const r = Math.max(0, Math.min(columns[c].length - 1, row));
    setAt([c, r]);
    area.current.querySelector(`[data-at="${c}.${r}"]`)?.focus();
  };
  const turn = (event) => {
    const [column, row] = event.target.dataset.at.split(".").map(Number);
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    go(column + move[0], row + move[1]);
  };
  const [column, row] = at[0] < columns.length && at[1] < columns[at[0]].length ? at : [1, 0];
  const button = (node, c, r) => {
    const [layer, isLast] = [c - 1, c === columns.length - 1];
    const isChosen =
      selected?.kind === "neuron" && selected.layer === layer && selected.neuron === r;
    const style = {
      left: leftInStyle(node.share),
      top: `${node.y}px`,
      width: `${node.size}px`,
      height: `${node.size}px`,
    };
    return html`<button type="button" class="neuron" style=${style} data-at=${`${c}.${r}`}
      key=${`${c}.${r}`} tabindex=${c === column && r === row ? 0 : -1} aria-pressed=${String(isChosen)}
      aria-label=${say.neuron(layer, r, isLast)} title=${say.neuron(layer, r, isLast)}
      onFocus=${() => setAt([c, r])}
      onClick=${() => choose({ kind: "neuron", layer, neuron: r })}
      onDblClick=${() => openGraph(layer, r, say.neuron(layer, r, isLast))}></button>`;
  };
  const inputs = columns[0].map((node, i) => {
    const style = { left: leftInStyle(node.share), top: `${node.y + node.size / 2}px` };
    return html`<span class="input-name" style=${style} key=${`0.${i}`}>${layout.isBox || columns[0].length > 8 ? "" : state.network.inputs[i]}</span>`;
  });
  return html`<div class="neurons" ref=${area} role="group" aria-label=${say.title} onKeyDown=${turn}>
    ${inputs} ${columns.slice(1).flatMap((nodes, k) => nodes.map((node, r) => button(node, k + 1, r)))}
  </div>`;
}

function Key({ edges }) {
  const frame = useFrame(300);
  const most = frame ? largestOf(shownNumbers(frame, edges)) : 0;
  return html`<p class="key">${edges === "update" && !most ? say.noUpdate : say.key(most)}</p>`;
}

function tableOf(state) {
  const { frame } = store;
  const rows = [];
  if (!frame) return { columns: say.columns, rows };
  frame.weights.forEach((layer, l) =>
    layer.forEach(({ w, b }, n) => {
      const row = (name, data, part) => {
        const numbers = [frame.grads[l][n], frame.updates[l][n]].map(part);
        rows.push([
          `${state.network.layers[l].name}.${n}.${name}`,
          ...[data, ...numbers].map(exact),
        ]);
      };
      w.forEach((x, i) => row(`w${i}`, x, (numbers) => numbers.w[i]));
      row("b", b, (numbers) => numbers.b);
    }),
  );
  return { columns: say.columns, rows };
}
