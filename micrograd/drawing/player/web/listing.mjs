// A table with a row for each of many things, of which it shows a hundred at a time.
// Rule: it gets the number of rows and a function that makes one; a cell is a text or an element.
import { h } from "./controls.mjs";

const ROWS_SHOWN = 100;

/** The table in a region that scrolls, with buttons for the rows before and after, if there are. */
export function listing(caption, columns, count, rowAt) {
  const table = h("table");
  const head = h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)));
  const region = { className: "scroll", tabIndex: 0, role: "region", ariaLabel: caption };
  const turn = (text, by) => h("button", { type: "button", onclick: () => show(from + by) }, text);
  const before = turn("‹ rows before", -ROWS_SHOWN);
  const after = turn("rows after ›", ROWS_SHOWN);
  const place = h("span", { role: "status" });
  const bar = h("p", { className: "bar", hidden: count <= ROWS_SHOWN }, before, place, after);
  let from = 0;

  function show(first) {
    from = first;
    const end = Math.min(count, from + ROWS_SHOWN);
    const rows = [];
    for (let k = from; k < end; k++) {
      const [name, ...cells] = rowAt(k);
      const heading = h("th", { scope: "row" }, name);
      rows.push(h("tr", {}, heading, ...cells.map((cell) => h("td", {}, cell))));
    }
    const title = h("caption", {}, caption);
    table.replaceChildren(title, h("thead", {}, head), h("tbody", {}, ...rows));
    [before.disabled, after.disabled] = [from === 0, end === count];
    place.textContent = ` ${from + 1} to ${end} of ${count.toLocaleString("en")} `;
  }

  show(0);
  return h("div", {}, bar, h("div", region, table));
}
