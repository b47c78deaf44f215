// The colours of the page's pictures: those of lab.css, for light and dark.
// Rule: they are read once, and again when the system's theme changes.
import { paletteOf } from "./palette.mjs";
import { repaint } from "./store.mjs";

const dark = matchMedia("(prefers-color-scheme: dark)");
let colours = null;

dark.addEventListener("change", () => {
  colours = null;
  repaint();
});

/** The palette of the page. */
export const theme = () => (colours ??= paletteOf(document.documentElement));
