// The questions of a page: each gets a field for the guess, or a button for each choice.
// Rule: what follows a question in its part waits until there is a guess, or the answer is opened.
// Without this file a page shows every question all the same, with its answer folded.
import { judge } from "./guess.mjs";

const WAITS = "The rest of this part appears after your guess, or when you open the answer.";
const first = new Map(); // whether the first guess at a question was right

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Hide what follows the question in its part; return [whether there is any, what shows it again]. */
function hold(box) {
  const waiting = [];
  let next = box.nextElementSibling;
  while (next && !next.matches("h1, h2, h3, section, nav, [data-question], .predicted")) {
    waiting.push(next);
    next = next.nextElementSibling;
  }
  for (const element of waiting) element.classList.add("waiting");
  const show = () => waiting.forEach((element) => element.classList.remove("waiting"));
  return [waiting.length > 0, show];
}

/** Put what takes a guess above the folded answer, and the reply below it. */
function letGuess(box, number) {
  const question = JSON.parse(box.dataset.question);
  const answer = box.querySelector("details");
  const [waits, show] = hold(box);
  const reply = make("p", { className: "reply", role: "status" }, waits ? WAITS : "");

  function check(text) {
    const { right, sentence } = judge(question, text);
    reply.className = right === null ? "reply" : `reply ${right ? "right" : "wrong"}`;
    reply.innerHTML = sentence;
    if (right === null) return;
    if (!first.has(box)) first.set(box, right);
    if (right) answer.open = true;
    else show();
    count();
  }

  if (question.choices.length) box.querySelector("ul").remove(); // the buttons show them
  const form = question.choices.length ? buttons(question, check) : field(number, check);
  answer.addEventListener("toggle", show);
  answer.before(form, reply);
}

function field(number, check) {
  const id = `guess-${number}`;
  const input = make("input", { id, autocomplete: "off", spellcheck: false });
  const label = make("label", { htmlFor: id }, "Your guess");
  const form = make("form", { className: "guess" }, label, input, make("button", {}, "Check"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(input.value);
  });
  return form;
}

function buttons(question, check) {
  const group = make("div", { className: "guess", role: "group", ariaLabel: "Your guess" });
  question.choices.forEach((choice, i) => {
    const button = make("button", { type: "button" });
    button.innerHTML = question.shown[i];
    button.addEventListener("click", () => check(choice));
    group.append(button);
  });
  return group;
}

/** Write at the end of the page how many of the first guesses were right. */
function count() {
  const right = [...first.values()].filter(Boolean).length;
  const text = `You predicted ${right} of ${first.size}.`;
  const place = document.querySelector(".predicted");
  if (place) place.textContent = text;
}

document.querySelectorAll("[data-question]").forEach(letGuess);
