// The panel of the quiz: it asks for one grad after the other, and writes what an answer shows.
// Rule: quiz.mjs judges; this file decides what is asked next: `state.left`, in the order of backward.
// A frame in a notebook may submit no form, so there is none.
import { gradOf } from "./notation.mjs";
import { shortNumber } from "./numbers.mjs";
import { judge } from "./quiz.mjs";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** {start, answer, skip, follow, end}: functions for the controls of the quiz in `ui`. */
export function quizPanel(ui, graph, rows, state, { choose, select, jump, paint }) {
  let [asked, right, tries] = [0, 0, 0];

  const canAsk = (i) => state.settled[i] > 0 && Number.isFinite(state.right.grads[i]);

  /** From the beginning, ask for each grad that an edge brings, in the order they get complete. */
  function start() {
    choose("right");
    state.left = [...graph.keys()].filter(canAsk);
    state.left.sort((i, j) => state.settled[i] - state.settled[j]);
    [asked, right, tries] = [state.left.length, 0, 0];
    ui.feedback.textContent = "";
    jump(0);
    ask();
  }

  function ask() {
    const [next] = state.left;
    ui.ask.hidden = next === undefined;
    if (next === undefined) return finish();
    ui.question.textContent = `${gradOf(graph[next].name)} = `;
    ui.left.textContent = `${state.left.length} to go`;
    ui.answer.value = "";
    select(next);
  }

  function finish() {
    const score = tries ? `: ${right} right in ${tries} ${tries === 1 ? "try" : "tries"}` : "";
    const sentence = asked ? `That was the last one${score}.` : "There is nothing to ask.";
    ui.feedback.textContent = `${ui.feedback.textContent} ${sentence}`.trim();
    ui.quiz.checked = false;
    paint();
  }

  /** Show the step that completes the grad that was asked for, and ask for the next. */
  function goOn() {
    const i = state.left.shift();
    jump(state.settled[i]);
    ask();
  }

  function answer() {
    const text = ui.answer.value.trim().replace(",", ".");
    if (!NUMBER.test(text)) {
      ui.feedback.textContent = "Type a number, such as -0.5.";
      return;
    }
    const verdict = judge(Number(text), state.left[0], graph, rows, state.data, state.right.grads);
    tries += 1;
    ui.feedback.textContent = verdict.sentence;
    if (!verdict.right) return;
    right += 1;
    goOn();
  }

  /** Give the answer, which is no try, and ask for the next. */
  function skip() {
    const [i] = state.left;
    ui.feedback.textContent = `${gradOf(graph[i].name)} is ${shortNumber(state.right.grads[i])}.`;
    goOn();
  }

  /** After a leaf moved, ask no more for grads that have become nan or infinite. */
  function follow() {
    if (state.left.every(canAsk)) return;
    state.left = state.left.filter(canAsk);
    ask();
  }

  function end() {
    [state.left, ui.ask.hidden] = [[], true];
    ui.feedback.textContent = "";
    paint();
  }

  return { start, answer, skip, follow, end };
}
