// The judge of a guess, by the rules of questions.py; one table of guesses tests both.
// Rule: a question is {answer, choices, letters, mistakes: [[wrong, sentence]], within, replies}.
const DIGITS = "(?:\\d+(?:[.,]\\d*)*|[.,]\\d+)(?:e[-+]?\\d+)?";
const NUMBER = new RegExp(
  "^(?:about |[~≈])?(?:[a-z_][\\w.]* ?= ?|= ?)?(?:[x×] ?)?" +
    `(?<top>[-+]?${DIGITS})(?: ?/ ?(?<bottom>${DIGITS}))?` +
    " ?(?<percent>%)?(?:[x×]| ?times)?(?: as [a-z ]+)?\\.?$",
);
const WORDS = "zero one two three four five six seven eight nine ten".split(" ");
const SPLITS = [/ ?; ?/, / ?, /, / ?, | /, / ?,/];
const LETTERS = "abcdefghij";
const RELATIVE = 1e-9;

/** Return {right, sentence}; right is null for a text that cannot be read as a guess. */
export function judge(question, text) {
  const guesses = readings(question, plain(text));
  const { replies } = question;
  if (!guesses.length) return { right: null, sentence: replies.unread };
  const means = (wanted) => guesses.some((guess) => equal(question, guess, wanted));
  if (means(question.answer)) return { right: true, sentence: replies.right };
  const mistake = question.mistakes.find(([wrong]) => means(wrong));
  return { right: false, sentence: mistake ? mistake[1] : compare(question, guesses[0]) };
}

function readings(question, text) {
  if (question.choices.length) return readChoice(question, text);
  if (Array.isArray(question.answer)) return readList(text, question.answer.length);
  return readNumber(text);
}

function equal(question, guess, wanted) {
  if (typeof guess === "string" || typeof wanted === "string") return guess === wanted;
  if (Array.isArray(guess) !== Array.isArray(wanted)) return false;
  if (Array.isArray(guess)) {
    const same = (x, i) => equal(question, x, wanted[i]);
    return guess.length === wanted.length && guess.every(same);
  }
  const allowed = question.within + RELATIVE * Math.max(1, Math.abs(wanted));
  return Math.abs(guess - wanted) <= allowed;
}

/** Return the sentence about a wrong guess that no mistake explains. */
function compare(question, guess) {
  const { answer, replies } = question;
  if (Array.isArray(answer)) {
    const places = answer.map((_, i) => i + 1);
    const wrong = places.filter((i) => !equal(question, guess[i - 1], answer[i - 1]));
    if (wrong.length === answer.length) return replies.wrong;
    return replies.partly.replace("{}", wrong.join(" and ")).replace("{}", answer.length);
  }
  const isNumber = typeof guess === "number";
  return isNumber && equal(question, -guess, answer) ? replies.sign : replies.wrong;
}

function plain(text) {
  const minus = text.toLowerCase().replace(/[\u2212\u2013]/g, "-");
  const bare = minus.replace(/[`'"*_()[\]]/g, " ").replace(/\bminus /g, "-");
  return bare.replace(/\s+/g, " ").trim();
}

function readNumber(text) {
  if (WORDS.includes(text)) return [WORDS.indexOf(text)];
  const parts = NUMBER.exec(text)?.groups;
  if (!parts) return [];
  const bottom = toNumber(parts.bottom ?? "1", ".");
  const tops = [toNumber(parts.top, "."), toNumber(parts.top, "")];
  const percent = parts.percent ? 100 : 1;
  return bottom ? tops.filter((x) => x !== null).map((top) => top / bottom / percent) : [];
}

/** Return the number whose comma is a point or, as "", one of thousands; null if there is none. */
function toNumber(digits, comma) {
  const thousands = /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(digits);
  if (!comma && !thousands) return null;
  const number = Number(digits.replaceAll(",", comma));
  return Number.isFinite(number) ? number : null;
}

function readList(text, count) {
  for (const split of SPLITS) {
    const numbers = text.split(split).map((part) => readNumber(part)[0] ?? null);
    if (numbers.length === count && !numbers.includes(null)) return [numbers];
  }
  return [];
}

function readChoice(question, text) {
  const { choices } = question;
  const typed = text.replace(/[.)]+$/, "");
  const names = choices.map((choice) => plain(choice).replace(/\.+$/, ""));
  const letters = question.letters ? [...LETTERS.slice(0, choices.length)] : [];
  for (const known of [names, letters]) {
    if (known.includes(typed)) return [choices[known.indexOf(typed)]];
  }
  const begun = choices.filter((_, i) => names[i].startsWith(typed));
  return typed && begun.length === 1 ? begun : [];
}
