// The drawer below the network: look closer at a step, at what is wrong, and at the same run elsewhere.
// Rule: one panel is open at a time, and the place has the same height for all of them.
import { html } from "./vendor/standalone.module.js";
import { english } from "./english.mjs";
import { Findings } from "./findings_panel.mjs";
import { Mistakes } from "./mistakes_panel.mjs";
import { TabPanel, Tabs } from "./parts.mjs";
import { Python, Save } from "./python_panel.mjs";
import { Question } from "./question_panel.mjs";
import { OpenedStep } from "./step_panel.mjs";
import { setView } from "./store.mjs";

const PANELS = {
  step: OpenedStep,
  findings: Findings,
  mistakes: Mistakes,
  question: Question,
  python: Python,
  save: Save,
};
const say = english.drawer;

export function Drawer({ state, view }) {
  const Shown = PANELS[view.drawer];
  return html`<section class="drawer" aria-label=${say.label}>
    <${Tabs} name="drawer" label=${say.label} tabs=${Object.entries(say.tabs)} value=${view.drawer}
      onChange=${(drawer) => setView({ drawer })} />
    <${TabPanel} name="drawer" value=${view.drawer} className="body"><${Shown} state=${state} view=${view} /><//>
  </section>`;
}
