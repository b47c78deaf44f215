// The timeline: the events of forward and backward in order, the state after each of them, and the
// line that describes it, worded as in explanation.py.
// Rule: plain data in, plain data out; nothing here touches the page.
import { chainRule, partialOf, seed } from "./notation.mjs";
import { shortNumber } from "./numbers.mjs";

const GIVEN = "The grads of the code: a wrong one is struck, and the right one stands beside it.";

/**
 * All frames, in order: their kinds are "forward", "seed", "edge", and at last "done". With `given`
 * grads, those stand on the nodes at the end, whatever the events gave.
 */
export function framesOf(graph, events, given = null) {
  const frames = [];
  graph.forEach((node, i) => node.op && frames.push({ kind: "forward", node: i }));
  frames.push({ kind: "seed", pass: 0 });
  let pass = 0;
  for (const event of events) {
    if (event.pass !== pass) frames.push({ kind: "seed", pass: (pass = event.pass) });
    frames.push({ kind: "edge", ...event });
  }
  frames.push({ kind: "done", given });
  return frames;
}

/** The grad that the result begins with: 1, unless the graph is a part of a larger one. */
export const seedOf = (graph) => graph.at(-1).seed ?? 1;

/** After the first `at` frames: which nodes are computed, and the grads, null before the first. */
export function stateAt(graph, frames, at) {
  const computed = graph.map((node) => !node.op);
  const grads = graph.map(() => null);
  const { given } = frames[at - 1] ?? {};
  for (const frame of frames.slice(0, at)) {
    if (frame.kind === "forward") computed[frame.node] = true;
    if (frame.kind === "seed") grads[graph.length - 1] = seedOf(graph);
    if (frame.kind === "edge") grads[frame.input] = frame.after;
  }
  return { computed, grads: given ?? grads };
}

/** {line, why, source} of a frame; `sign` is how the algorithm joins a contribution: "+=". */
export function describe(graph, frame, data, sign) {
  const y = graph.at(-1).name;
  if (frame.kind === "done") {
    return { line: frame.given ? GIVEN : "All gradients are complete.", why: "", source: "" };
  }
  if (frame.kind === "seed") {
    const again = frame.pass ? "   (backward() is called once more)" : "";
    return { line: `${seed(y, shortNumber(seedOf(graph)))}${again}`, why: "", source: "" };
  }
  const node = graph[frame.node];
  if (frame.kind === "forward") {
    const line = `${node.name} = ${node.formula} = ${shortNumber(data[frame.node])}`;
    return { line, why: "", source: node.source };
  }
  const x = graph[frame.input].name;
  const rule = chainRule(node.name, x, sign);
  const [upstream, partial] = [shortNumber(frame.upstream), shortNumber(frame.partial)];
  const [contribution, before] = [shortNumber(frame.contribution), shortNumber(frame.before)];
  const numbers = `${upstream} · ${partial} = ${contribution}`;
  const after = shortNumber(frame.after);
  const sum = `sum ${before} ${sign[0]} ${contribution} = ${after}`;
  const total = sign === "=" ? `${before} replaced` : sum;
  const why = `${partialOf(node.name, x)} = ${node.partials[frame.place]}`;
  return { line: `${rule} = ${numbers}   (${total})`, why, source: node.source };
}

/** {count, best}: how many paths lead from the result to a node, and the largest products. */
export function pathsTo(graph, slopesOf, target, most = 5) {
  const counts = graph.map(() => 0);
  const best = graph.map(() => []);
  counts[graph.length - 1] = 1;
  best[graph.length - 1] = [{ product: seedOf(graph), nodes: [graph.at(-1).name] }];
  for (let i = graph.length - 1; i > target; i--) {
    if (!counts[i]) continue;
    const partials = slopesOf(i);
    graph[i].inputs.forEach((x, place) => {
      if (partials[place] === null) return;
      counts[x] += counts[i];
      for (const { product, nodes } of best[i]) {
        best[x].push({ product: product * partials[place], nodes: [graph[x].name, ...nodes] });
      }
      best[x].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
      best[x].length = Math.min(best[x].length, most);
    });
  }
  return { count: counts[target], best: best[target] };
}
