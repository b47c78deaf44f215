// The Learn tab: the lessons to read, and the exercises, whose answers the judge checks.
// Rule: lessons are the course's own pages, to read; only exercises run, and that is what the judge does.
import { html, useEffect, useRef, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";

const say = english.learn;

export function Learn() {
  const [lists, setLists] = useState(null);
  const [open, setOpen] = useState(null); // {kind, name, ...what the server says of it}
  const load = async () => {
    const [lessons, exercises, next] = await Promise.all(
      ["lessons", "exercises", "next"].map((name) => act(name)),
    );
    const rows = { lessons: lessons?.lessons ?? [], exercises: exercises?.exercises ?? [] };
    setLists({ ...rows, next: next ?? {} });
  };
  useEffect(() => {
    load();
  }, [open?.name]);
  const reading = useRef(null);
  const choose = async (kind, name) => {
    const reply = await act(kind, { name });
    if (reply) setOpen({ kind, name, ...reply });
  };
  useEffect(() => {
    if (open) reading.current.scrollIntoView({ block: "start" });
  }, [open?.name]);
  const list = (kind, title, rows) => html`<h3>${title}</h3>
    <ol class="list">
      ${rows.map(
        (row) => html`<li key=${row.name}>
          <button type="button" aria-current=${open?.name === row.name ? "true" : undefined} onClick=${() => choose(kind, row.name)}>
            <span>${row.title}</span>${row.solved && html`<small>${say.solved}</small>`}
          </button>
        </li>`,
      )}
    </ol>`;
  return html`<div class="learn">
    <nav class="panel" aria-label=${say.title}>
      <h2>${say.title}</h2>
      <p class="key">${say.help}</p>
      ${lists && list("lesson", say.lessons, lists.lessons)} ${lists && list("exercise", say.exercises, lists.exercises)}
    </nav>
    <section class="panel reading" ref=${reading} aria-live="polite">
      ${open?.kind === "lesson" && html`<${Lesson} key=${open.name} lesson=${open} choose=${choose} />`}
      ${open?.kind === "exercise" && html`<${Exercise} key=${open.name} exercise=${open} choose=${choose} onSolved=${load} />`}
      ${lists && html`<${Next} next=${lists.next} open=${open} choose=${choose} />`}
      ${!open && html`<p class="key">${say.choose}</p>`}
    </section>
  </div>`;
}

/** What to go on with: the next lesson, and an exercise to one that was read. */
function Next({ next, open, choose }) {
  const kinds = ["lesson", "exercise"].filter((kind) => next[kind] && next[kind].name !== open?.name);
  if (!kinds.length) return null;
  return html`<section aria-label=${say.goOn}>
    <h2>${say.goOn}</h2>
    <ul class="cards">
      ${kinds.map(
        (kind) => html`<li key=${kind}>
          <h3>${next[kind].title}</h3>
          <p>${next[kind].text}</p>
          <button type="button" class="primary" onClick=${() => choose(kind, next[kind].name)}>
            ${say.open[kind]}<span class="unseen">: ${next[kind].title}</span>
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** A lesson's cells: text that the course has made into HTML of its own, and code as text. */
function Lesson({ lesson, choose }) {
  const { number, exercises } = lesson;
  return html`<h2>${lesson.title}</h2>
    <p class="key">${say.readHere(number, exercises.length)}</p>
    ${lesson.cells.map((cell, i) =>
      cell.html
        ? html`<div key=${i} class="prose" dangerouslySetInnerHTML=${{ __html: cell.html }}></div>`
        : html`<pre key=${i} class="program" tabindex="0" role="region" aria-label=${say.example(i)}>${cell.code}</pre>`,
    )}
    ${
      exercises.length > 0 &&
      html`<section aria-label=${say.writeIt}>
        <h2>${say.writeIt}</h2>
        <div class="buttons own-exercises">
          ${exercises.map(
            ({ name, title, solved }) => html`<button type="button" key=${name} onClick=${() => choose("exercise", name)}>
              ${title}${solved && html` <small>${say.solved}</small>`}
            </button>`,
          )}
        </div>
      </section>`
    }`;
}

/** The code to start from; its docstring is the text above it. */
const withoutDocstring = (code) => code.replace(/^"""[\s\S]*?"""\s*/, "");

function Exercise({ exercise, choose, onSolved }) {
  const [code, setCode] = useState(withoutDocstring(exercise.code));
  const [verdict, setVerdict] = useState(null);
  const [busy, setBusy] = useState(false);
  const [hints, setHints] = useState(0);
  const check = async () => {
    setBusy(true);
    const found = await act("check", { name: exercise.name, code });
    setVerdict(found);
    setBusy(false);
    if (found?.solved) onSolved();
  };
  return html`<h2>${exercise.title}</h2>
    ${(exercise.text ?? "").split("\n\n").map((text) => html`<p key=${text}>${text}</p>`)}
    <label class="field"><span class="name">${say.code}</span>
      <textarea class="mono code" rows=${Math.min(28, code.split("\n").length + 2)} spellcheck="false" value=${code}
        onInput=${(event) => setCode(event.currentTarget.value)}></textarea>
    </label>
    <div class="buttons">
      <button type="button" class="primary" disabled=${busy} onClick=${check}>${busy ? say.checking : say.check}</button>
      ${exercise.hints?.length > hints && html`<button type="button" onClick=${() => setHints(hints + 1)}>${say.hint}</button>`}
      <button type="button" onClick=${() => choose("lesson", exercise.lesson)}>${say.itsLesson}</button>
    </div>
    ${(exercise.hints ?? []).slice(0, hints).map((hint) => html`<p class="hint" key=${hint}>${hint}</p>`)}
    <div role="status" class="verdict">${verdict && html`<${Verdict} verdict=${verdict} />`}</div>`;
}

function Verdict({ verdict }) {
  return html`<p><b>${verdict.solved ? say.passed : say.failed}</b></p>
    <ul class="findings">${(verdict.findings ?? []).map((text) => html`<li key=${text}>${text}</li>`)}</ul>`;
}
