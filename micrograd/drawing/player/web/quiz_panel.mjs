// The panel of the quiz: it asks for one grad after the other, and writes what an answer shows.
// Rule: quiz.mjs judges; this file decides what is asked next, and what is written where.
import { gradOf } from "./notation.mjs";
import { shortNumber } from "./numbers.mjs";
import { judge } from "./quiz.mjs";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** {start, answer, skip, follow, end}: functions for the controls of the quiz in `ui`. */
export function quizPanel(ui, graph, rows, state, { choose, select, goToEnd, paint }) {
  const last = graph.length - 1;
  let [left, right, tries] = [[], 0, 0];

  const canAsk = (i) => i !== last && Number.isFinite(state.right.grads[i]);

  /** Ask for each grad once, except that of the result; those nearest to the result come first. */
  function start() {
    choose("right");
    goToEnd();
    left = [...graph.keys()].filter(canAsk).reverse();
    [right, tries] = [0, 0];
    state.asking = left.length > 0;
    ui.feedback.textContent = "";
    ask();
  }

  function ask() {
    ui.ask.hidden = !left.length;
    if (!left.length) return finish();
    ui.question.textContent = `${gradOf(graph[left[0]].name)} = `;
    ui.left.textContent = `${left.length} to go`;
    ui.answer.value = "";
    select(left[0]);
  }

  function finish() {
    const score = tries ? `That was the last one: ${right} right in ${tries} tries.` : "";
    const sentence = tries || state.asking ? score : "There is nothing to ask.";
    ui.feedback.textContent = `${ui.feedback.textContent} ${sentence}`.trim();
    ui.quiz.checked = state.asking = false;
    paint();
  }

  function answer() {
    const text = ui.answer.value.trim().replace(",", ".");
    if (!NUMBER.test(text)) {
      ui.feedback.textContent = "Type a number, such as -0.5.";
      return;
    }
    const verdict = judge(Number(text), left[0], graph, rows, state.data, state.right.grads);
    tries += 1;
    ui.feedback.textContent = verdict.sentence;
    if (!verdict.right) return;
    right += 1;
    left.shift();
    ask();
  }

  /** Give the answer, and ask for the next. */
  function skip() {
    const i = left.shift();
    tries += 1;
    ui.feedback.textContent = `${gradOf(graph[i].name)} is ${shortNumber(state.right.grads[i])}.`;
    ask();
  }

  /** After a leaf moved, ask no more for grads that have become nan or infinite. */
  function follow() {
    if (!state.asking || left.every(canAsk)) return;
    left = left.filter(canAsk);
    ask();
  }

  function end() {
    [left, state.asking, ui.ask.hidden] = [[], false, true];
    ui.feedback.textContent = "";
    paint();
  }

  return { start, answer, skip, follow, end };
}
