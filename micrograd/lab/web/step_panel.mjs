// "Open this step": one training step for the held point in its five stages, with every number before
// and after, each down to its chain rule.
// Rule: opening a step changes nothing in the run.
import { html, useEffect, useRef, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { exact } from "./format.mjs";
import { bringIntoSight } from "./parts.mjs";
import { setView, store, useFrame } from "./store.mjs";

const say = english.step;
const SAME = 1e-5; // of its size, by which a difference of two numbers may miss a grad

export function OpenedStep({ state, view }) {
  const [opened, setOpened] = useState(null);
  const [at, setAt] = useState(0);
  const frame = useFrame(300);
  const top = useRef(null);
  const open = async () => {
    if (store.frame?.playing) await act("pause");
    const reply = await act("open");
    if (reply) setOpened(reply);
    return reply;
  };
  const current = state.runs.find((run) => run.current)?.id;
  useEffect(() => setOpened(null), [state.held, state.query, current]);
  useEffect(() => {
    if (!view.opening) return;
    const { run = current, held = state.held, stage } = view.opening;
    if (run !== current || held !== state.held) return; // until the state has come
    setView({ opening: null });
    open().then((reply) => reply && setAt(reply.stages.findIndex(({ name }) => name === stage)));
    bringIntoSight(top.current, "start");
  }, [view.opening, current, state.held]);
  const openHardest = async () => {
    const reply = await act("hold");
    if (reply) setView({ opening: { held: reply.held, stage: opened.stages[at].name } });
  };
  const isOld = opened && frame && (frame.step !== opened.step || frame.playing);
  return html`<p class="key" ref=${top}>${say.help}</p>
    <div class="buttons">
      <button type="button" class=${opened ? "" : "primary"} onClick=${open}>${isOld ? say.again : say.open}</button>
      ${opened && html`<button type="button" onClick=${() => act("step", { count: 1 }).then(open)}>${say.take}</button>
        <button type="button" title=${english.points.hardestHint} onClick=${openHardest}>${say.hardest}</button>`}
    </div>
    ${
      opened &&
      html`<p>${say.opening}</p>
        <p>${opened.mistake && html`<b>${opened.mistake}.</b> `}${opened.sentence}</p>
        <${Stages} opened=${opened} at=${at} setAt=${setAt} />`
    }`;
}

function Stages({ opened, at, setAt }) {
  const { stages } = opened;
  const stage = stages[at];
  return html`<ol class="stages" aria-label=${say.stagesLabel}>
      ${stages.map(
        ({ name, title }, i) => html`<li key=${name}>
          <button type="button" aria-current=${i === at ? "step" : undefined} onClick=${() => setAt(i)}>
            <span class="nth">${i + 1}</span>${title}
          </button>
        </li>`,
      )}
    </ol>
    <${Stage} key=${stage.name} opened=${opened} stage=${stage} next=${at + 1 < stages.length && (() => setAt(at + 1))} />`;
}

function Stage({ opened, stage, next }) {
  const [chosen, setChosen] = useState(0);
  const chosenRow = stage.rows[Math.min(chosen, stage.rows.length - 1)];
  return html`<p class="stage-sentence">${stage.sentence}</p>
    <div class="sides">
      <div class="scroll" role="region" tabindex="0" aria-label=${stage.title}>
        <table>
          <thead>
            <tr>${say.columns.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr>
          </thead>
          <tbody>
            ${stage.rows.map((row, i) => {
              const isFirst = row.group !== stage.rows[i - 1]?.group;
              return html`${isFirst && html`<tr class="group" key=${`${row.group} ${i}`}><th colspan="3" scope="colgroup">${row.group}</th></tr>`}
                <${Row} key=${i} row=${row} isChosen=${i === chosen} choose=${() => setChosen(i)} />`;
            })}
          </tbody>
        </table>
      </div>
      <div class="why" role="status">
        <h3>${say.why}</h3>
        ${chosenRow && html`<p>${chosenRow.what}</p>`}
        ${chosenRow?.why.map((line) => html`<p class="formula" key=${line}>${line}</p>`)}
        ${next && html`<p><button type="button" class="primary" onClick=${next}>${say.next}</button></p>`}
        ${chosenRow && stage.name === "backward" && html`<${Proof} row=${chosenRow} opened=${opened} />`}
      </div>
    </div>`;
}

/** A grad twice more, without backward(): by moving the number, and over all paths. */
function Proof({ row, opened }) {
  const [proof, setProof] = useState(null);
  useEffect(() => {
    let isOld = false;
    act("proof", { name: row.id }).then((reply) => isOld || setProof(reply));
    return () => {
      isOld = true;
    };
  }, [row.id, opened]);
  const isOfThis = proof && proof.id === row.id && proof.step === opened.step && proof.held === opened.held;
  if (!isOfThis) return html`<p class="key">${proof && proof.step !== opened.step ? say.moved : say.proving}</p>`;
  const { numeric, paths, total, result } = proof;
  const line = ({ names, factors, product }) =>
    `${names.join(" → ")}: ${factors.map(exact).join(" · ") || "1"} = ${exact(product)}`;
  return html`<h3>${say.numeric}</h3>
    <p class="formula">${say.quotient(row.id, result, numeric)}</p>
    <p>${verdictOn(row, numeric)}</p>
    <h3>${say.paths}</h3>
    <p>${say.pathsHelp(proof.count, result)}</p>
    ${paths.map((path, i) => html`<p class="formula" key=${i}>${line(path)}</p>`)}
    <p class="formula">${say.sumOfPaths(total)}</p>`;
}

/** Whether the numeric derivative is what backward() has added to the grad. */
function verdictOn({ before, after }, { slope, corner }) {
  const added = after - before;
  if (slope === null || !Number.isFinite(added)) return say.noSlope;
  const isSame = Math.abs(slope - added) <= SAME * Math.max(1, Math.abs(added));
  if (isSame) return say.agrees(added);
  return corner ? say.corner(added) : say.differs(added, slope);
}

function Row({ row, isChosen, choose }) {
  const names = [isChosen && "chosen", row.changed && row.before !== null && "changed"];
  return html`<tr class=${names.filter(Boolean).join(" ")}>
    <th scope="row">
      <button type="button" class="link" aria-pressed=${String(isChosen)} onClick=${choose}>${row.id}</button>
    </th>
    <td>${row.before === null ? "" : exact(row.before)}</td>
    <td>${exact(row.after)}</td>
  </tr>`;
}
