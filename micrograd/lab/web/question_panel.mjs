// Questions about this very run: say what will happen, then see it.
// Rule: the server computes the answer before it asks.
import { html, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";

const say = english.question;

export function Question() {
  const [asked, setAsked] = useState(null);
  const [verdict, setVerdict] = useState(null);
  const ask = async () => {
    const next = await act("question");
    setVerdict(null); // with its question, so that no answer is given to another one
    setAsked(next);
  };
  const answer = async (given) => setVerdict(await act("answer", given));
  if (!asked) {
    return html`<p class="key">${say.help}</p>
      <div class="buttons"><button type="button" class="primary" onClick=${ask}>${say.ask}</button></div>`;
  }
  return html`<p class="question">${asked.question}</p>
    ${asked.choices ? html`<${Choices} choices=${asked.choices} answer=${answer} verdict=${verdict} />` : html`<${Number_} key=${asked.question} answer=${answer} />`}
    <div role="status" class="verdict">${verdict && html`<p><b>${verdict.right ? say.right : say.wrong}</b> ${verdict.sentence}</p>`}</div>
    <div class="buttons"><button type="button" class=${verdict ? "primary" : ""} onClick=${ask}>${say.another}</button></div>`;
}

function Choices({ choices, answer, verdict }) {
  return html`<div class="buttons">
    ${choices.map((text, i) => html`<button type="button" key=${text} disabled=${Boolean(verdict?.right)} onClick=${() => answer({ choice: i })}>${text}</button>`)}
  </div>`;
}

function Number_({ answer }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    answer({ number: Number(text.replace(",", ".")) });
  };
  return html`<form class="answer" onSubmit=${submit}>
    <label class="field"><span class="name">${say.answer}</span>
      <input type="text" inputmode="decimal" value=${text} autocomplete="off" onInput=${(event) => setText(event.currentTarget.value)} />
    </label>
    <button type="submit" class="primary">${say.check}</button>
  </form>`;
}
