// The facts about a node: its partials, its paths, and two ways to check its grad.
// Rule: numbers in, [name, text] pairs out; they do not change while the events play.
import { partialOf } from "./notation.mjs";
import { shortNumber } from "./numbers.mjs";
import { forward, slopes } from "./engine.mjs";
import { pathsTo, seedOf } from "./timeline.mjs";

const NUDGE = 1e-5; // for a number of the size of 1

/** [name, text] of each fact; PyTorch's number only as long as no leaf was moved. */
export function factsOf(graph, rows, data, i, untouched) {
  const of = (n) => slopes(graph, rows, data, n);
  const facts = [...partialFacts(graph, of, i), pathFact(graph, of, i)];
  const by = Number((NUDGE * Math.max(1, Math.abs(data[i]))).toPrecision(1));
  const slope = shortNumber(numericSlope(graph, rows, data, i, by) * seedOf(graph));
  facts.push(["numeric", `${slope}, moved by ±${shortNumber(by)}`]);
  const { torch } = graph[i];
  if (torch !== undefined && untouched) facts.push(["PyTorch", shortNumber(Number(torch))]);
  const { whole } = graph[i];
  if (whole !== undefined && untouched) facts.push(["grad in the whole graph", shortNumber(whole)]);
  return facts;
}

function partialFacts(graph, of, i) {
  const numbers = of(i);
  return graph[i].inputs.map((x, place) => {
    const [formula, number] = [graph[i].partials[place], shortNumber(numbers[place])];
    const name = partialOf(graph[i].name, graph[x].name);
    if (numbers[place] === null) return [name, "none"];
    const text = formula === number ? number : `${formula} = ${number}`;
    return [name, text];
  });
}

function pathFact(graph, of, i) {
  const { count, best } = pathsTo(graph, of, i);
  const paths = best.map(({ nodes, product }) => `${nodes.join(" → ")}: ${shortNumber(product)}`);
  if (count > paths.length) paths.push(`… the largest ${paths.length} of ${count}`);
  return [count === 1 ? "1 path" : `${count} paths, added up`, paths.join("\n")];
}

/** The symmetric difference quotient of the result, with the node's number moved by h. */
function numericSlope(graph, rows, data, i, h) {
  const moved = (by) => forward(graph, rows, new Map([[i, data[i] + by]])).at(-1);
  return (moved(h) - moved(-h)) / (2 * h);
}
