// The quiz on the page: asks for one grad after the other, and says what an answer shows.
// Rule: quiz.mjs judges; here is what is asked next, and what is written where.
import { judge } from "./quiz.mjs";
import { six } from "./timeline.mjs";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** {start, answer, skip, follow, end} for those controls. */
export function quizIn(ui, graph, rows, state, { choose, select, paint }) {
  const last = graph.length - 1;
  let [left, right, tries] = [[], 0, 0];

  const asked = (i) => i !== last && Number.isFinite(state.right.grads[i]);

  /** Ask for each grad once, the result's own not at all; the nearest to it first. */
  function start() {
    choose("right");
    left = [...graph.keys()].filter(asked).reverse();
    [right, tries] = [0, 0];
    state.asking = left.length > 0;
    ui.feedback.textContent = "";
    ask();
  }

  function ask() {
    ui.ask.hidden = !left.length;
    if (!left.length) return finish();
    ui.question.textContent = `d${graph[last].name}/d${graph[left[0]].name} = `;
    ui.left.textContent = `${left.length} left`;
    ui.answer.value = "";
    select(left[0]);
  }

  function finish() {
    const score = tries ? `That was the last one: ${right} right in ${tries} tries.` : "";
    const said = tries || state.asking ? score : "There is nothing to ask.";
    ui.feedback.textContent = `${ui.feedback.textContent} ${said}`.trim();
    ui.quiz.checked = state.asking = false;
    paint();
  }

  function answer() {
    const text = ui.answer.value.trim().replace(",", ".");
    if (!NUMBER.test(text)) {
      ui.feedback.textContent = "Type a number, such as -0.5.";
      return;
    }
    const found = judge(Number(text), left[0], graph, rows, state.data, state.right.grads);
    tries += 1;
    ui.feedback.textContent = found.sentence;
    if (!found.right) return;
    right += 1;
    left.shift();
    ask();
  }

  /** Say it, and go on. */
  function skip() {
    const i = left.shift();
    const asked = `d${graph[last].name}/d${graph[i].name}`;
    tries += 1;
    ui.feedback.textContent = `${asked} is ${six(state.right.grads[i])}.`;
    ask();
  }

  /** After a leaf moved: what has become nan or infinite is not asked. */
  function follow() {
    if (!state.asking || left.every(asked)) return;
    left = left.filter(asked);
    ask();
  }

  function end() {
    [left, state.asking, ui.ask.hidden] = [[], false, true];
    ui.feedback.textContent = "";
    paint();
  }

  return { start, answer, skip, follow, end };
}
