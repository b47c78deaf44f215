// The quiz: is a typed gradient right, and if not, which mistake gives that number?
// Rule: a mistake is a row: the answers of somebody who makes it, and a sentence.
import { slopes } from "./engine.mjs";

/** {right, sentence} for an answer to the question what the grad of a node is. */
export function judge(answer, node, graph, rows, data, grads) {
  if (close(answer, grads[node])) return { right: true, sentence: "Right." };
  const uses = usesOf(node, graph, rows, data, grads);
  const mistake = MISTAKES.find(({ answers }) =>
    answers(uses, grads[node], data[node]).some((x) => close(answer, x)),
  );
  return { right: false, sentence: mistake ? mistake.sentence(uses, graph) : NO_MISTAKE_FOUND };
}

const NO_MISTAKE_FOUND = "Not yet. Which nodes use it, and what does each of them pass on to it?";

/** [{user, upstream, partial, others}]: others are the user's partials for its other inputs. */
function usesOf(node, graph, rows, data, grads) {
  const uses = [];
  graph.forEach((user, i) => {
    const partials = user.inputs.includes(node) ? slopes(graph, rows, data, i) : [];
    user.inputs.forEach((x, place) => {
      if (x !== node || partials[place] === null) return;
      const others = partials.filter((p, other) => p !== null && other !== place);
      uses.push({ user: i, upstream: grads[i], partial: partials[place], others });
    });
  });
  return uses;
}

const MISTAKES = [
  {
    answers: (uses, right) => [-right],
    sentence: () => "Right, except for the sign.",
  },
  {
    answers: (uses) => (uses.length > 1 ? uses.map((u) => u.upstream * u.partial) : []),
    sentence: (uses) =>
      `That is the contribution of one of its ${uses.length} uses: add up all of them.`,
  },
  {
    answers: (uses) => [total(uses, (u) => u.partial), ...uses.map((u) => u.partial)],
    sentence: (uses, graph) =>
      `That is the partial alone: multiply it by the grad of ${user(uses, graph)}, which uses it.`,
  },
  {
    answers: (uses) => [total(uses, (u) => u.upstream), ...uses.map((u) => u.upstream)],
    sentence: (uses, graph) =>
      `That is the grad of ${user(uses, graph)}, which uses it: multiply it by the partial.`,
  },
  {
    answers: (uses) => uses.flatMap((u) => u.others.flatMap((p) => [p * u.upstream, p])),
    sentence: () => "That is the contribution to the other input: ∂(a*b)/∂a is b, not a.",
  },
  {
    answers: (uses, right, data) => [data],
    sentence: () => "That is its data: how large it is, not how much it matters.",
  },
];

const user = (uses, graph) => graph[uses[0].user].name;
const total = (uses, f) => uses.reduce((sum, u) => sum + f(u), 0);

/** Whether two numbers agree to three digits, or to what the cards show. */
function close(x, y) {
  return x === y || Math.abs(x - y) <= Math.max(1e-3 * Math.abs(y), 5e-5);
}
