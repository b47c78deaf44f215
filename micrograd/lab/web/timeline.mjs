// The bottom of the page: play, step, rewind, fork, and the runs.
// Rule: while the slider is held it asks for one step after the other, the newest always.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act, latest } from "./actions.mjs";
import { english } from "./english.mjs";
import { brief, percent } from "./format.mjs";
import { Field, Icon, NumberField, Select } from "./parts.mjs";
import { store, useFrame } from "./store.mjs";

const say = english.timeline;
const rewind = latest("rewind");

const SPEEDS = [2, 10, 60, 300, 2000, null].map((steps) => [steps, say.paceOf(steps)]);

export const toggle = () => act(store.frame?.playing ? "pause" : "play");
export const forward = () => act("step", { count: 1 });
export const back = () => store.frame?.step > 0 && rewind({ step: store.frame.step - 1 });
export const first = () => rewind({ step: 0 });

/** The furthest step of the current run that the page has seen. */
const reached = (frame) => Math.max(frame.step, frame.curves.step.at(-1) ?? 0);

export function Timeline({ state }) {
  const frame = useFrame(100);
  const [forking, setForking] = useState(false);
  if (!frame) return null;
  const icon = (name, label, onClick) =>
    html`<button type="button" class="round" aria-label=${label} title=${label} onClick=${onClick}><${Icon} name=${name} /></button>`;
  const most = Math.max(1, reached(frame));
  const openFork = () => {
    if (!forking && frame.playing) act("pause"); // a fork begins at the step that was seen
    setForking(!forking);
  };
  return html`<section class="timeline" aria-label=${say.label}>
    ${state.runs.length > 1 && html`<${Runs} state=${state} />`}
    ${forking && html`<${Fork} state=${state} step=${frame.step} close=${() => setForking(false)} />`}
    <div class="transport">
      ${icon("first", say.first, first)} ${icon("back", say.back, back)}
      <button type="button" class="play" onClick=${toggle}>
        <${Icon} name=${frame.playing ? "pause" : "play"} />${frame.playing ? say.pause : say.play}
      </button>
      ${icon("forward", say.forward, forward)}
      <${Slider} step=${frame.step} most=${most} />
      <span class="numbers">
        <b>${say.step(frame.step)}</b>
        <span class="speed">${speedOf(frame)}</span>
      </span>
      <span class="numbers wide"><b>${brief(frame.train.loss)}</b><span class="speed">${english.results.loss}</span></span>
      ${
        Number.isFinite(frame.train.accuracy) &&
        html`<span class="numbers wide"><b>${percent(frame.train.accuracy)}</b><span class="speed">${english.results.accuracy}</span></span>`
      }
      <label class="pace"><span class="unseen">${say.pace}</span>
        <${Select} value=${String(state.speed)} options=${SPEEDS.map(([steps, text]) => [String(steps), text])}
          onChange=${(text) => act("speed", { steps: text === "null" ? null : Number(text) })} />
      </label>
      <button type="button" class="fork" aria-expanded=${String(forking)} onClick=${openFork}>
        <${Icon} name="fork" /><span class="text">${say.fork}</span>
      </button>
    </div>
    ${frame.stopped && html`<p class="stopped" role="alert">${frame.stopped}</p>`}
  </section>`;
}

function speedOf(frame) {
  if (frame.stopped) return say.stopped;
  return frame.playing ? say.speed(frame.steps_per_second ?? 0) : say.paused;
}

/** The slider holds where the reader drags it, however the run goes on. */
function Slider({ step, most }) {
  const [held, setHeld] = useState(null);
  useEffect(() => {
    if (held === null) return undefined;
    const timer = setTimeout(() => setHeld(null), 400);
    return () => clearTimeout(timer);
  }, [held]);
  const drag = (event) => {
    const wanted = Number(event.currentTarget.value);
    setHeld(wanted);
    rewind({ step: wanted });
  };
  return html`<input type="range" class="position" aria-label=${say.position} aria-valuetext=${say.step(step)}
    min="0" max=${most} step="1" value=${held ?? step} onInput=${drag} />`;
}

function Runs({ state: { runs, choices } }) {
  return html`<div class="runs" role="group" aria-label=${say.runs}>
    ${runs.map((run) => {
      const mistake = choices.mistake.find((x) => x.name === run.mistake)?.title ?? "";
      return html`<${RunChip} key=${run.id} run=${run} name=${say.run(run.name, mistake)} />`;
    })}
  </div>`;
}

/** A run: choose it, see it beside the one that is shown, or forget it. */
function RunChip({ run, name }) {
  const icon = (kind, label, onClick, pressed) =>
    html`<button type="button" class="forget" aria-label=${label} title=${label} aria-pressed=${pressed} onClick=${onClick}><${Icon} name=${kind} /></button>`;
  const besideLabel = run.beside ? say.alone : say.beside(name);
  const showBeside = () => act("beside", { run: run.beside ? "" : run.id });
  return html`<span class=${run.current ? "run current" : "run"}>
    <button type="button" aria-pressed=${String(run.current)} aria-label=${say.choose(name)}
      onClick=${() => act("choose", { run: run.id })}>
      <b>${name}</b> ${run.parent && html`<small>${say.from(run.parent, run.forked_at)}</small>`}
    </button>
    ${!run.current && icon("beside", besideLabel, showBeside, String(Boolean(run.beside)))}
    ${icon("close", say.forget(name), () => act("forget", { run: run.id }))}
  </span>`;
}

/** What the new run does otherwise: one setting that does not change the network. */
function Fork({ state, step, close }) {
  const { experiment, choices } = state;
  const [changes, setChanges] = useState({});
  const set = (name) => (x) => setChanges({ ...changes, [name]: x });
  const now = { ...experiment, ...changes };
  const fork = () => {
    act("fork", { changes });
    close();
  };
  const names = choices.optimizer.map((name) => [name, english.names[name] ?? name]);
  const { rate, optimizer, l2 } = english.settings;
  return html`<div class="fork-panel" role="group" aria-label=${say.forkTitle}>
    <p>${say.forkHelp(step)}</p>
    <${Field} name=${rate} className="short"><${NumberField} value=${now.rate} step="any" min="0" onChange=${set("rate")} /><//>
    <${Field} name=${optimizer}><${Select} value=${now.optimizer} options=${names} onChange=${set("optimizer")} /><//>
    <${Field} name=${l2} className="short"><${NumberField} value=${now.l2} step="any" min="0" onChange=${set("l2")} /><//>
    <button type="button" class="primary" onClick=${fork}>${say.forkWith}</button>
    <button type="button" onClick=${close}>${english.close}</button>
  </div>`;
}
