// The run outside of the page: as a Python program, as files, and as a link.
// Rule: files come by GET, so that the browser saves them as it saves any other.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { link } from "./address.mjs";
import { english } from "./english.mjs";
import { FileButton } from "./files.mjs";
import { setView, useFrame } from "./store.mjs";

/** A button that copies a text, and says so for a while. */
function Copy({ text, name, done }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return setView({ error: english.cannotCopy });
    }
    setCopied(true);
    return setTimeout(() => setCopied(false), 2000);
  };
  return html`<button type="button" onClick=${copy}><span role="status">${copied ? done : name}</span></button>`;
}

export function Python({ state }) {
  const say = english.python;
  const frame = useFrame(500);
  const [text, setText] = useState("");
  const step = frame?.playing ? -1 : frame?.step; // while it plays, the text stands still
  useEffect(() => {
    act("program").then((reply) => reply && setText(reply.program));
  }, [state.query, frame?.run, step]);
  return html`<p class="key">${say.help}</p>
    <div class="buttons">
      <${Copy} text=${() => text} name=${say.copy} done=${say.copied} />
      <a class="button" href="/download/program.py" download>${say.download}</a>
    </div>
    <pre class="program" tabindex="0" role="region" aria-label=${say.text}>${text}</pre>`;
}

export function Save() {
  const say = english.save;
  return html`<p class="key">${say.help}</p>
    <div class="buttons">
      <${Copy} text=${link} name=${say.link} done=${say.copied} />
      <a class="button" href="/download/lab.json" download>${say.lab}</a>
      <a class="button" href="/download/model.safetensors" download>${say.model}</a>
      <a class="button" href="/download/program.py" download>${say.program}</a>
      <a class="button" href="/download/run.html" download>${say.page}</a>
      <${FileButton} text=${say.load} accept=".json,application/json" />
    </div>`;
}
