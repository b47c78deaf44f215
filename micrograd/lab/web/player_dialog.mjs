// A graph in the player of micrograd draw, in a dialog of the page or in a place of its own.
// Rule: the player's modules are those of drawing/player; this file only gives them a stage. The
// picture's own style is adopted as a sheet, since the page's policy lets no style stand in the page.
import { html, useEffect, useRef } from "./vendor/standalone.module.js";
import { h } from "./player/controls.mjs";
import { player } from "./player/player.mjs";
import { act } from "./actions.mjs";
import { english } from "./english.mjs";
import { Icon } from "./parts.mjs";
import { setView } from "./store.mjs";

const STYLE = /<style>([\s\S]*?)<\/style>/g;
const adopted = new Set();

/** Take the styles out of a picture, and have them hold for the page; returns the rest. */
function adoptStyles(svg) {
  for (const [, text] of svg.matchAll(STYLE)) {
    if (adopted.has(text)) continue;
    adopted.add(text);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  return svg.replace(STYLE, "");
}

/** The rows of the ops that the graph needs, such as "pow 3", which the server writes. */
async function rowsOf(page) {
  const names = [...new Set(page.nodes.map((node) => node.op).filter(Boolean))];
  const { rows } = await import(`/static/ops.mjs?names=${encodeURIComponent(names.join(","))}`);
  return rows;
}

/** The player of one graph, {svg, page}. */
export function Player({ svg, page }) {
  const place = useRef(null);
  useEffect(() => {
    let gone = false;
    rowsOf(page).then((rows) => {
      if (gone) return;
      const region = {
        className: "stage",
        role: "region",
        tabIndex: 0,
        ariaLabel: english.graph.region,
      };
      const stage = h("div", region);
      stage.innerHTML = adoptStyles(svg);
      const root = h("div", { className: "player" }, stage);
      place.current.replaceChildren(root);
      player(root, page, rows);
    });
    return () => {
      gone = true;
    };
  }, [svg, page]);
  return html`<div ref=${place} class="player-place"></div>`;
}

/** Ask for the graph of a neuron, or of the loss with layer null, and show it in a dialog. */
export async function openGraph(layer, index, name) {
  const graph = await act("graph", { layer, index });
  if (graph) setView({ graph: { ...graph, name } });
}

/** The dialog, if a graph is open. Escape closes it. */
export function GraphDialog({ graph }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const close = () => setView({ graph: null });
  return html`<dialog ref=${dialog} class="graph" aria-label=${english.graph.player(graph.name)} onClose=${close}>
    <div class="head">
      <h2>${english.graph.player(graph.name)}</h2>
      <button type="button" class="round" aria-label=${english.close} onClick=${() => dialog.current.close()}><${Icon} name="close" /></button>
    </div>
    <${Player} svg=${graph.svg} page=${graph.page} />
  </dialog>`;
}
