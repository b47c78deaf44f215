// The Graph tab: an expression as a graph in the player, with its leaves as sliders.
// Rule: the server parses the expression; numbers of the variables are asked for as it names them.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Field, NumberField } from "./parts.mjs";
import { Player } from "./player_dialog.mjs";

const say = english.graph;
const EXAMPLES = [
  ["(a*b + a)**2", { a: 2, b: -3 }],
  ["tanh(x1*w1 + x2*w2 + b)", { x1: 2, w1: -3, x2: 0, w2: 1, b: 6.8813735870195432 }],
  ["log(sigmoid(w*x))", { w: 0.5, x: -2 }],
  ["relu(a) * b + a", { a: 2, b: -1 }],
];
const [START] = EXAMPLES;

export function Graph() {
  const [text, setText] = useState(START[0]);
  const [drawn, setDrawn] = useState(null);
  const draw = async (expression, numbers) => {
    setText(expression);
    const reply = await act("expression", { text: expression, numbers });
    if (reply) setDrawn({ ...reply, text: expression });
  };
  useEffect(() => {
    draw(...START);
  }, []);
  const submit = (event) => {
    event.preventDefault();
    draw(text, drawn?.numbers ?? {});
  };
  const known = drawn?.text === text ? Object.entries(drawn.numbers ?? {}) : [];
  return html`<section class="panel" aria-labelledby="graph-title">
    <header><h2 id="graph-title">${say.title}</h2></header>
    <p class="key">${say.help}</p>
    <form class="expression" onSubmit=${submit}>
      <label class="field grow"><span class="name">${say.expression}</span>
        <input type="text" class="mono" value=${text} spellcheck="false" autocomplete="off" onInput=${(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary">${say.draw}</button>
    </form>
    <div class="buttons" role="group" aria-label=${say.examples}>
      ${EXAMPLES.map(
        ([example, numbers]) =>
          html`<button type="button" class="mono" key=${example} onClick=${() => draw(example, numbers)}>${example}</button>`,
      )}
    </div>
    <div class="settings-row" role="group" aria-label=${say.numbers}>
      ${known.map(
        ([name, number]) => html`<${Field} name=${name} className="short" key=${name}>
          <${NumberField} value=${number} step="any" onChange=${(x) => draw(text, { ...drawn.numbers, [name]: x })} />
        <//>`,
      )}
    </div>
    ${drawn && html`<${Player} key=${JSON.stringify([drawn.text, drawn.numbers])} svg=${drawn.svg} page=${drawn.page} />`}
  </section>`;
}
