// Files that are dropped on the page, or chosen: a CSV becomes the points, a lab.json the experiment.
// Rule: a file is read here and sent as text; the server decides what it means.
import { html, useEffect, useRef, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Field, Select } from "./parts.mjs";
import { setView } from "./store.mjs";

const say = english.points;

async function take(file) {
  const text = await file.text();
  if (file.name.endsWith(".json")) return act("load", { file: text });
  const reply = await act("table", { name: file.name, text });
  if (reply?.columns) setView({ table: { name: file.name, text, columns: reply.columns } });
  return reply;
}

/** A button that opens the computer's dialog for files. */
export function FileButton({ text, accept }) {
  const input = useRef(null);
  const choose = (event) => {
    const [file] = event.currentTarget.files;
    event.currentTarget.value = "";
    if (file) take(file);
  };
  return html`<span class="file">
    <button type="button" onClick=${() => input.current.click()}>${text}</button>
    <input ref=${input} type="file" accept=${accept} onChange=${choose} hidden aria-label=${text} tabindex="-1" />
  </span>`;
}

/** Let files be dropped anywhere; shows where they would land. */
export function useDrops() {
  useEffect(() => {
    const over = (event) => {
      event.preventDefault();
      document.body.classList.toggle("dropping", event.dataTransfer.types.includes("Files"));
    };
    const leave = (event) => event.relatedTarget || document.body.classList.remove("dropping");
    const drop = (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      const [file] = event.dataTransfer.files;
      if (file) take(file);
    };
    const events = { dragover: over, dragleave: leave, drop };
    Object.entries(events).forEach(([name, f]) => addEventListener(name, f));
    return () => Object.entries(events).forEach(([name, f]) => removeEventListener(name, f));
  }, []);
}

/** Which columns of a CSV to learn from, asked in a dialog; the server proposes them. */
export function ColumnChooser({ table }) {
  const dialog = useRef(null);
  const { name, text, columns } = table;
  const [target, setTarget] = useState(columns.at(-1));
  const [inputs, setInputs] = useState(columns.slice(0, -1));
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const close = () => setView({ table: null });
  const toggle = (column) =>
    setInputs(inputs.includes(column) ? inputs.filter((x) => x !== column) : [...inputs, column]);
  const learn = async () => {
    close();
    const chosen = { target, inputs: inputs.filter((x) => x !== target) };
    const reply = await act("table", { name, text, columns: chosen });
    if (reply) setView({ note: reply.notes.join(" ") });
  };
  return html`<dialog ref=${dialog} class="small" aria-label=${say.columnsTitle} onClose=${close}>
    <h2>${say.columnsTitle}</h2>
    <p>${say.columnsHelp(name)}</p>
    <${Field} name=${say.target}>
      <${Select} value=${target} options=${columns.map((x) => [x, x])} onChange=${setTarget} />
    <//>
    <fieldset>
      <legend>${say.inputs}</legend>
      ${columns
        .filter((x) => x !== target)
        .map(
          (column) => html`<label class="check" key=${column}>
            <input type="checkbox" checked=${inputs.includes(column)} onChange=${() => toggle(column)} /> ${column}
          </label>`,
        )}
    </fieldset>
    <div class="buttons">
      <button type="button" class="primary" onClick=${learn}>${say.take}</button>
      <button type="button" onClick=${() => dialog.current.close()}>${english.close}</button>
    </div>
  </dialog>`;
}
