// The GPT tab: a text goes in, and one sees the loss, the samples, the attention and the embeddings.
// Rule: the model learns in the server; the page shows the last push. The text in the field is kept
// while another tab is shown.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act, lastPush, latest, onPush } from "./actions.mjs";
import { Canvas } from "./canvas.mjs";
import { drawChart } from "./chart.mjs";
import { english } from "./english.mjs";
import { brief, percent } from "./format.mjs";
import { Table } from "./parts.mjs";
import { repaint } from "./store.mjs";

const say = english.gpt;
const next = latest("gpt_next");
const MOST_LETTERS = 12; // of the table of next characters
const MOST_ROWS = 40; // of the table of losses
const GUTTER = 34; // pixels for the characters beside the square of attention
let draft = null; // the text in the field

export function Gpt() {
  const [now, setNow] = useState(lastPush("gpt"));
  const [text, show] = useState(draft);
  const [started, setStarted] = useState(false);
  const [head, setHead] = useState(0);
  useEffect(() => {
    const end = onPush("gpt", (push) => (setNow(push), repaint()));
    setNow(lastPush("gpt")); // which may have come before this effect
    return end;
  }, []);
  const setText = (changed) => show((draft = changed));
  useEffect(() => {
    if (draft === null)
      act("gpt_text").then((reply) => reply && draft === null && setText(reply.text));
  }, []);
  const begin = async () => {
    setStarted(true);
    await act("gpt_start", text === null ? {} : { text });
    setStarted(false);
  };
  return html`<div class="gpt">
    <section class="panel" aria-labelledby="gpt-title">
      <header><h2 id="gpt-title">${say.title}</h2></header>
      <p class="key">${say.help}</p>
      <label class="field"><span class="name">${say.text}</span>
        <textarea rows="8" class="mono" value=${text ?? ""} onInput=${(event) => setText(event.currentTarget.value)} spellcheck="false"></textarea>
      </label>
      <div class="buttons">
        <button type="button" class="primary" onClick=${begin}>${now ? say.again : say.start}</button>
        ${now && html`<button type="button" onClick=${() => act("gpt_pause")}>${now.playing ? say.pause : say.resume}</button>`}
      </div>
      <p role="status" class="key">${started || now?.compiling ? say.waiting : ""}</p>
      ${now?.error && html`<p class="message error" role="alert">${now.error}</p>`}
      ${now && html`<${Progress} now=${now} />`}
    </section>
    ${now && html`<${Inside} now=${now} head=${head} setHead=${setHead} />`}
  </div>`;
}

function Progress({ now }) {
  const draw = (context, width, height, colours) =>
    drawChart(context, width, height, colours, {
      lines: [{ x: now.curve.step, y: now.curve.loss, colour: colours.blue }],
      floor: 0,
    });
  if (now.step === 0) return null;
  return html`<h3>${say.loss} ${brief(now.loss)}, ${say.step(now.step)}</h3>
    <${Canvas} class="chart" label=${say.lossPicture(now.loss)} draw=${draw} />
    <${Table} title=${say.loss} rows=${() => lossTable(now.curve)} />
    <h3>${say.samples}</h3>
    <p class="key">${say.samplesHelp}</p>
    <ul class="samples">${(now.samples ?? []).map((sample, i) => html`<li key=${i}>${sample || "–"}</li>`)}</ul>`;
}

function lossTable({ step, loss }) {
  const every = Math.max(1, Math.ceil(step.length / MOST_ROWS));
  const rows = step.map((n, i) => [n, brief(loss[i])]).filter((_, i) => i % every === 0);
  return { columns: say.lossColumns, rows };
}

function Inside({ now, head, setHead }) {
  const [prefix, setPrefix] = useState(now.prefix);
  const type = (event) => {
    setPrefix(event.currentTarget.value);
    next({ prefix: event.currentTarget.value });
  };
  const { attention, letters, embeddings } = now;
  const heads = attention?.heads ?? [];
  const at = Math.min(head, heads.length - 1);
  return html`<section class="panel" aria-label=${say.next}>
      <h2>${say.next}</h2>
      <p class="key">${say.nextHelp}</p>
      <label class="field"><span class="name">${say.prefix}</span>
        <input type="text" class="mono" value=${prefix} autocomplete="off" spellcheck="false" onInput=${type} />
      </label>
      ${letters && html`<${Letters} letters=${letters} />`}
    </section>
    <section class="panel" aria-label=${say.attention}>
      <h2>${say.attention}</h2>
      <p class="key">${say.attentionHelp}</p>
      ${
        heads.length > 0 &&
        html`<div class="buttons">
            ${heads.map((_, i) => html`<button type="button" key=${i} aria-pressed=${String(i === at)} onClick=${() => setHead(i)}>${say.head(i + 1)}</button>`)}
          </div>
          <${Canvas} class="square" label=${say.attentionPicture(at + 1)}
            draw=${(...on) => drawAttention(on, heads[at], attention.characters)} />
          <${Table} title=${say.attentionTable} rows=${() => attentionTable(heads[at], attention.characters)} />`
      }
    </section>
    <section class="panel" aria-label=${say.embeddings}>
      <h2>${say.embeddings}</h2>
      <p class="key">${say.embeddingsHelp}</p>
      ${
        embeddings &&
        html`<${Canvas} class="square" label=${say.embeddingsPicture} draw=${(...on) => drawEmbeddings(on, embeddings)} />
        <${Table} title=${say.embeddings} rows=${() => ({ columns: say.embeddingColumns, rows: embeddings.characters.map((c, i) => [visible(c), ...embeddings.places[i].map(brief)]) })} />`
      }
    </section>`;
}

const visible = (character) => (character === " " ? "␣" : character || say.end);

/** The likeliest characters, with a bar each. */
function Letters({ letters }) {
  const rows = letters.characters
    .map((character, i) => [character, letters.probabilities[i]])
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_LETTERS);
  return html`<table class="letters">
    <thead><tr>${say.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>
      ${rows.map(
        ([character, p]) => html`<tr key=${character}>
          <th scope="row" class="mono">${visible(character)}</th>
          <td><span class="bar-cell"><span class="number">${percent(p)}</span>
            <span class="track" aria-hidden="true"><span style=${{ width: `${100 * p}%` }}></span></span></span></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function drawAttention([context, width, height, colours], rows, characters) {
  const count = characters.length;
  const cell = (Math.min(width, height) - GUTTER) / count;
  context.font = `${Math.max(9, Math.min(14, cell * 0.7))}px ${"ui-monospace, monospace"}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  rows.forEach((row, i) => {
    context.fillStyle = colours.ink;
    context.fillText(visible(characters[i]), GUTTER / 2, GUTTER + (i + 0.5) * cell);
    context.fillText(visible(characters[i]), GUTTER + (i + 0.5) * cell, GUTTER / 2);
    row.forEach((weight, j) => {
      context.fillStyle = colours.blue;
      context.globalAlpha = Math.max(0, Math.min(1, weight ?? 0));
      context.fillRect(GUTTER + j * cell, GUTTER + i * cell, cell - 1, cell - 1);
      context.globalAlpha = 1;
    });
  });
  context.strokeStyle = colours.line;
  context.strokeRect(GUTTER - 0.5, GUTTER - 0.5, cell * count, cell * count);
}

function attentionTable(rows, characters) {
  return {
    columns: ["", ...characters.map(visible)],
    rows: rows.map((row, i) => [visible(characters[i]), ...row.map(brief)]),
  };
}

function drawEmbeddings([context, width, height, colours], { characters, places }) {
  const side = (k) => {
    const numbers = places.map((place) => place[k]);
    return [Math.min(...numbers), Math.max(...numbers)];
  };
  const [[x0, x1], [y0, y1]] = [side(0), side(1)];
  const at = (x, from, to, room) => 18 + ((x - from) / (to - from || 1)) * (room - 36);
  context.font = "600 15px ui-monospace, monospace";
  context.textAlign = "center";
  context.textBaseline = "middle";
  characters.forEach((character, i) => {
    context.fillStyle = "aeiou".includes(character) && character ? colours.orange : colours.ink;
    context.fillText(
      visible(character),
      at(places[i][0], x0, x1, width),
      height - at(places[i][1], y0, y1, height),
    );
  });
  context.strokeStyle = colours.line;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
}
