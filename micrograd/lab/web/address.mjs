// The address of the page holds the whole experiment, so that a link brings it back.
// Rule: it stands after the #, as `tab=graph&data=moons`; the token before it is never touched.
import { setView, store } from "./store.mjs";

/** {tab, query} of the address: the query is that of the experiment. */
export function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const tab = parts.get("tab") ?? "network";
  parts.delete("tab");
  return { tab, query: parts.toString() };
}

/** Write the tab and the experiment into the address, by default without an entry in the history. */
export function writeAddress(isEntry = false) {
  const { state, view } = store;
  if (!state) return;
  const parts = new URLSearchParams(state.query);
  if (view.tab !== "network") parts.set("tab", view.tab);
  const hash = parts.toString();
  if (hash === location.hash.slice(1)) return;
  const address = `${location.pathname}${location.search}#${hash}`;
  history[isEntry ? "pushState" : "replaceState"]({ own: true }, "", address);
}

/** The address as a link for others: with the experiment, without the token. */
export const link = () => location.href.replace(/\?[^#]*/, "");

/** Show another tab, and have the address say so: the browser's Back leads to the last one. */
export function openTab(tab) {
  store.view.tab = tab; // before the page is rendered, which would write the address
  writeAddress(true);
  setView({ tab });
}

/** Show the tab of the address after Back; call `setUp` with the query of a link that is new. */
export function followAddress({ state }, setUp) {
  const { tab, query } = readAddress();
  if (!state?.own && query && query !== store.state?.query) setUp(query);
  setView({ tab });
}
