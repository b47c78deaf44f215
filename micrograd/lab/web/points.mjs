// The left of the page: the points, which are added, moved and removed by mouse or by keys.
// Rule: this file has the panel; points_editor.mjs has the plane in it.
import { html } from "./vendor/standalone.module.js";
import { act } from "./actions.mjs";
import { Canvas } from "./canvas.mjs";
import { english } from "./english.mjs";
import { FileButton } from "./files.mjs";
import { brief, exact } from "./format.mjs";
import { Icon, Table } from "./parts.mjs";
import { Editor, hold } from "./points_editor.mjs";
import { classOf, drawImage, sideOf } from "./spots.mjs";

const say = english.points;
const MOST_ROWS = 500; // of the table, and columns
const MOST_COLUMNS = 8;

export function Points({ state }) {
  const { points, held } = state;
  const side = sideOf(points);
  const isLong = points.columns.length > 4;
  const arrow = (icon, name, i) =>
    html`<button type="button" class="round" aria-label=${name} title=${name} onClick=${() => hold(points, i)}><${Icon} name=${icon} /></button>`;
  return html`<section class="panel points" aria-labelledby="points-title">
    <header><h2 id="points-title">${say.title}</h2></header>
    ${points.bounds && html`<${Editor} points=${points} held=${held} />`}
    ${side > 0 && html`<${Canvas} class="square" label=${say.image(held)} draw=${(...on) => drawImage(on, points.X[held], side)} />`}
    ${!points.bounds && !side && html`<p>${say.noPlane(points.columns.length)}</p>`}
    <p class="held" role="status">
      ${
        isLong
          ? say.heldShort(held, nameOf(points, held))
          : say.held(held, points.X[held] ?? [], nameOf(points, held))
      }
    </p>
    <div class="buttons four">
      ${arrow("back", say.previous, held - 1)} ${arrow("forward", say.next, held + 1)}
      <button type="button" title=${say.hardestHint} onClick=${() => act("hold")}>${say.hardest}</button>
      <button type="button" onClick=${() => act("remove", { i: held })}>${say.remove}</button>
    </div>
    <div class="line">
      <${FileButton} text=${say.file} accept=".csv,text/csv" />
      <${Table} title=${say.table} rows=${() => tableOf(points)} />
    </div>
  </section>`;
}

/** The target of a point, as a class's name or as a number. */
function nameOf({ y, classes, task }, i) {
  return task === "amount" ? brief(y[i]) : (classes[classOf(y[i], task)] ?? y[i]);
}

function tableOf(points) {
  const { X, columns } = points;
  const numbers = (x) => x.slice(0, MOST_COLUMNS).map(exact);
  const rows = X.slice(0, MOST_ROWS).map((x, i) => [i, ...numbers(x), nameOf(points, i)]);
  return { columns: say.columns(columns.slice(0, MOST_COLUMNS)), rows };
}
