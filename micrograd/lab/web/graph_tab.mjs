// The Graph tab: an expression as a graph in the player, with its leaves as sliders.
// Rule: the server parses the expression; numbers of the variables are asked for as it names them.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Field, NumberField } from "./parts.mjs";
import { Player } from "./player_dialog.mjs";

const say = english.graph;

export function Graph() {
  const [text, setText] = useState(say.start);
  const [drawn, setDrawn] = useState(null);
  const draw = async (expression, numbers) => {
    setText(expression);
    const reply = await act("expression", { text: expression, numbers });
    if (reply) setDrawn({ ...reply, text: expression });
  };
  useEffect(() => {
    draw(say.start, {});
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
      ${say.list.map((example) => html`<button type="button" class="mono" key=${example} onClick=${() => draw(example, {})}>${example}</button>`)}
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
