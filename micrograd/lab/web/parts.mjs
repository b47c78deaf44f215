// Small parts that all panels share: a table beside a picture, a field, a group of choices, icons.
// Rule: they know nothing of networks.
import { html, useEffect, useState } from "./vendor/standalone.module.js";
import { english } from "./english.mjs";

/** Whether the page fulfils a media query now. */
export function useMedia(query) {
  const list = matchMedia(query);
  const [fulfils, set] = useState(list.matches);
  useEffect(() => {
    const change = () => set(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [query]);
  return fulfils;
}

/** Whether the reader wants that nothing moves by itself. */
export const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Scroll until the element is in sight: at once for a reader who wants less motion. */
export function bringIntoSight(element, block) {
  element.scrollIntoView({ block, behavior: wantsLessMotion() ? "instant" : "smooth" });
}

/** A table that is written only while it is open; `rows()` gives {columns, rows} of texts. */
export function Table({ title, rows }) {
  const [open, setOpen] = useState(false);
  const toggle = (event) => setOpen(event.currentTarget.open);
  return html`<details class="as-table" onToggle=${toggle}>
    <summary>${english.asTable}</summary>
    ${open && html`<${Grid} title=${title} ...${rows()} />`}
  </details>`;
}

/** A table of texts, whose first column names the rows. It scrolls if it is large. */
export function Grid({ title, columns, rows }) {
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${title}>
    <table>
      <caption class="unseen">
        ${title}
      </caption>
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) => html`<tr>
            <th scope="row">${name}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A control with its name above it. */
export function Field({ name, hint, className = "", children }) {
  return html`<label class=${`field ${className}`} title=${hint}>
    <span class="name">${name}</span>${children}
  </label>`;
}

export function Select({ value, options, onChange }) {
  return html`<select value=${value} onChange=${(event) => onChange(event.currentTarget.value)}>
    ${options.map(([key, text]) => html`<option value=${key} selected=${key === value}>${text}</option>`)}
  </select>`;
}

/** A number that is taken when the reader leaves the field or presses Enter. */
export function NumberField({ value, onChange, placeholder, ...more }) {
  const take = (event) => {
    const text = event.currentTarget.value.trim();
    if (text === "" && placeholder === undefined) event.currentTarget.value = value;
    else onChange(text === "" ? null : Number(text));
  };
  return html`<input type="number" value=${value ?? ""} placeholder=${placeholder} onChange=${take} ...${more} />`;
}

/** One choice of a few, as a row of radio buttons; `options` are [key, text]. */
export function Choice({ name, label, value, options, onChange }) {
  return html`<div class="choice" role="radiogroup" aria-label=${label}>
    ${options.map(
      ([key, text]) => html`<label class=${key === value ? "on" : ""}>
        <input type="radio" name=${name} checked=${key === value} onChange=${() => onChange(key)} />
        ${text}
      </label>`,
    )}
  </div>`;
}

/** A row of tabs, of which the arrow keys choose another; `tabs` are [key, text]. */
export function Tabs({ label, name, tabs, value, onChange }) {
  const turn = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = tabs.findIndex(([key]) => key === value);
    const [key] = tabs[(at + by + tabs.length) % tabs.length];
    onChange(key);
    document.getElementById(`${name}-${key}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${turn}>
    ${tabs.map(
      ([key, text]) => html`<button
        type="button"
        role="tab"
        id=${`${name}-${key}`}
        aria-selected=${String(key === value)}
        aria-controls=${key === value ? `${name}-panel` : undefined}
        tabindex=${key === value ? 0 : -1}
        onClick=${() => onChange(key)}
      >
        ${text}
      </button>`,
    )}
  </div>`;
}

/** The panel of the chosen tab. */
export function TabPanel({ name, value, className = "", children }) {
  return html`<div class=${className} id=${`${name}-panel`} role="tabpanel" aria-labelledby=${`${name}-${value}`}>
    ${children}
  </div>`;
}

const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 5h4.5v14H6zM13.5 5H18v14h-4.5z",
  first: "M5 5h2.5v14H5zM19 5v14l-10.5-7z",
  back: "M16 5v14L6 12zM16 5h2v14h-2z",
  forward: "M8 5v14l10-7zM6 5h2v14H6z",
  fork: "M7 3a2.5 2.5 0 0 1 1 4.8v2.7c0 .8.7 1.5 1.5 1.5h5c.8 0 1.5-.7 1.5-1.5V7.8a2.5 2.5 0 1 1 2 0v2.7a3.5 3.5 0 0 1-3.5 3.5H13v2.2a2.5 2.5 0 1 1-2 0V14H9.5A3.5 3.5 0 0 1 6 10.500V7.800A2.500 2.500 0 0 1 7 3z",
  beside: "M4 5h7v14H4zm1.500 1.500v11h4v-11zM13 5h7v14h-7z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  close:
    "M6.400 5L12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
};

/** A drawing for a button, whose name stands beside it or in its label. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    <path d=${PATHS[name]} fill="currentColor" />
  </svg>`;
}
