// The lab's page: it connects, and puts the parts together.
// Rule: this file knows where each part stands and nothing of what is in it.
import { html, render, useEffect } from "./vendor/standalone.module.js";
import { act, start } from "./actions.mjs";
import { followAddress, openTab, readAddress, writeAddress } from "./address.mjs";
import { Compare } from "./compare_tab.mjs";
import { Details } from "./details.mjs";
import { Drawer } from "./drawer.mjs";
import { english } from "./english.mjs";
import { ColumnChooser, useDrops } from "./files.mjs";
import { Graph } from "./graph_tab.mjs";
import { Gpt } from "./gpt_tab.mjs";
import { useKeys } from "./keys.mjs";
import { Learn } from "./learn_tab.mjs";
import { Network } from "./network.mjs";
import { Icon, TabPanel, Tabs, wantsLessMotion } from "./parts.mjs";
import { GraphDialog } from "./player_dialog.mjs";
import { Points } from "./points.mjs";
import { Results } from "./results.mjs";
import { Settings } from "./settings.mjs";
import { setView, store, useLab } from "./store.mjs";
import { Timeline } from "./timeline.mjs";
import { Tries } from "./tries.mjs";

const TABS = { network: NetworkTab, graph: Graph, gpt: Gpt, compare: Compare, learn: Learn };

function Page() {
  const { state, view } = useLab();
  useDrops();
  useKeys();
  useEffect(() => writeAddress(), [state?.query, view.tab]);
  const tab = TABS[view.tab] ? view.tab : "network";
  const Shown = TABS[tab];
  return html`<div class="lab" aria-busy=${String(Boolean(view.busy))}>
    <div class=${view.busy ? "busy on" : "busy"} aria-hidden="true"></div>
    <header class="top">
      <h1>${english.title}</h1>
      <${Tabs} name="tab" label=${english.tabsLabel} tabs=${Object.entries(english.tabs)} value=${tab} onChange=${openTab} />
    </header>
    <${Messages} view=${view} preparing=${state?.preparing} />
    <main>
      <${TabPanel} name="tab" value=${tab} className=${`page-of-${tab}`}>
        ${state ? html`<${Shown} state=${state} view=${view} />` : html`<p class="waiting">${english.waiting}</p>`}
      <//>
    </main>
    ${view.graph && html`<${GraphDialog} graph=${view.graph} />`}
    ${view.table && html`<${ColumnChooser} table=${view.table} />`}
    <p class="drop-here" aria-hidden="true">${english.points.drop}</p>
  </div>`;
}

function NetworkTab({ state, view }) {
  return html`<${Settings} state=${state} />
    <${Tries} state=${state} />
    <div class="three">
      <${Points} state=${state} />
      <div class="middle">
        <${Network} state=${state} view=${view} />
        <${Details} state=${state} view=${view} />
      </div>
      <${Results} state=${state} />
      <${Drawer} state=${state} view=${view} />
    </div>
    <${Timeline} state=${state} />`;
}

/** Whether the server is there, whether a run is prepared, what went wrong last, what is told. */
function Messages({ view, preparing }) {
  const line = (name, text, role) =>
    html`<p class=${`message ${name}`} role=${role}>
      <span>${text}</span>
      <button type="button" class="round" aria-label=${english.dismiss} onClick=${() => setView({ [name]: "" })}><${Icon} name="close" /></button>
    </p>`;
  return html`<div class="messages">
    ${!view.connected && html`<p class="message gone" role="alert">${view.isOther ? english.other : english.gone}</p>`}
    ${view.connected && view.error && line("error", view.error, "alert")}
    ${
      view.connected &&
      preparing &&
      html`<p class="message preparing" role="status">
        <span>${english.preparing[preparing]}</span>
        <button type="button" class="link" onClick=${() => act("cancel")}>${english.giveUp[preparing]}</button>
      </p>`
    }
    ${
      view.offered &&
      html`<p class="message offered" role="status">
        <span>${english.offered}</span>
        <button type="button" class="link" onClick=${startOffered}>${english.startOffered}</button>
        <button type="button" class="round" aria-label=${english.dismiss} onClick=${() => setView({ offered: "" })}><${Icon} name="close" /></button>
      </p>`
    }
    ${view.note && line("note", view.note, "status")}
  </div>`;
}

let known = ""; // the session that the page has greeted

/**
 * The address of the first page decides which run begins. A later page may come from any link, so it
 * asks first.
 */
async function greet() {
  const { tab, query } = readAddress();
  const reply = await act("hello");
  const { state } = store;
  if (!reply || state.session === known) return;
  known = state.session;
  const isOther = query && query !== state.query;
  if (isOther && reply.first) await act("setup", { query });
  setView({ tab: TABS[tab] ? tab : "network", offered: isOther && !reply.first ? query : "" });
  writeAddress(); // also over one that was wrong
  if (reply.first) await playOrWait();
}

/** Let the run play, unless the reader wants that nothing moves by itself. */
async function playOrWait() {
  const isStill = wantsLessMotion();
  if (isStill && store.frame?.playing) await act("pause");
  if (!isStill && store.frame?.step === 0) await act("play");
}

/** Start the experiment of the address that the page was opened with. */
async function startOffered() {
  const query = store.view.offered;
  setView({ offered: "" });
  await act("setup", { query });
}

if (location.search) history.replaceState(null, "", location.pathname + location.hash); // the token
addEventListener("popstate", (event) => followAddress(event, (query) => act("setup", { query })));
start(greet);
render(html`<${Page} />`, document.getElementById("lab"));
