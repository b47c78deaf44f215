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

/** Write the tab and the experiment into the address, without a new entry in the history. */
export function writeAddress() {
  const { state, view } = store;
  if (!state) return;
  const parts = new URLSearchParams(state.query);
  if (view.tab !== "network") parts.set("tab", view.tab);
  const hash = parts.toString();
  if (hash !== location.hash.slice(1))
    history.replaceState(null, "", `${location.pathname}${location.search}#${hash}`);
}

/** The address as a link for others: with the experiment, without the token. */
export const link = () => location.href.replace(/\?[^#]*/, "");

/** Show another tab, and have the address say so. */
export function openTab(tab) {
  setView({ tab });
  writeAddress();
}
