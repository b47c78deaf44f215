// The findings: sentences of the doctor about the network, now.
// Rule: the sentences are the server's, from the same diagnosis that Python gives.
import { html } from "./vendor/standalone.module.js";
import { english } from "./english.mjs";
import { useFrame } from "./store.mjs";

const say = english.findings;

export function Findings() {
  const findings = useFrame(500)?.findings ?? [];
  return html`<p class="key">${say.help}</p>
    ${findings.length ? html`<ul class="findings">${findings.map((text) => html`<li key=${text}>${text}</li>`)}</ul>` : html`<p>${say.none}</p>`}`;
}
