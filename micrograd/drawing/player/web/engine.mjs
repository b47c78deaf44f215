// Forward and backward over a graph of plain data, as in steps.py, for the page.
// Rule: a graph is a list of {op, inputs, data}, nodes after their inputs and the result last;
// `inputs` are places in the list, and `rows` are those of the table. No drawing here.

/** The numbers of all nodes, computed anew from the leaves; those in `fixed` stay as they are. */
export function forward(graph, rows, fixed = new Map()) {
  const data = [];
  graph.forEach((node, i) => {
    const inputs = node.inputs.map((x) => data[x]);
    const here = () => (node.op ? rows[node.op].forward(...inputs) : node.data);
    data.push(fixed.has(i) ? fixed.get(i) : here());
  });
  return data;
}

/** What a node owes each of its inputs, for a grad of 1. */
export function slopes(graph, rows, data, i) {
  const numbers = [...graph[i].inputs.map((x) => data[x]), data[i]];
  return graph[i].op ? rows[graph[i].op].partials.map((f) => f(...numbers)) : [];
}

/** Every edge of the backward pass, in order: {pass, node, place, input, upstream, ...}. */
export function backward(graph, rows, data, algorithm = ALGORITHMS.right) {
  const grads = graph.map(() => 0);
  const root = graph.length - 1;
  const read = algorithm.late ? late(graph, rows, data) : data;
  const partial = partials(graph, rows, read);
  const events = [];
  for (let pass = 0; pass < (algorithm.passes ?? 1); pass++) {
    if (algorithm.clears ?? true) graph.forEach((node, i) => node.op && (grads[i] = 0));
    grads[root] = 1;
    for (const [node, place] of (algorithm.order ?? backwards)(graph)) {
      const input = graph[node].inputs[place];
      const [upstream, before] = [grads[node], grads[input]];
      const slope = partial(node)[place];
      const contribution = slope * upstream;
      grads[input] = (algorithm.join ?? add)(before, contribution);
      const after = grads[input];
      const edge = { pass, node, place, input };
      events.push({ ...edge, upstream, partial: slope, contribution, before, after });
      if (events.length > MOST_EDGES) throw new TooManyPaths();
    }
  }
  return { events, grads };
}

const MOST_EDGES = 100_000;

export class TooManyPaths extends Error {
  message = `Here that is more than ${MOST_EDGES.toLocaleString("en")} edges, so it is not run.`;
}

const LATE = 0.1; // learning rate of the update that comes between forward and backward
const add = (before, contribution) => before + contribution;

function partials(graph, rows, read) {
  const known = new Map();
  return (i) => {
    if (!known.has(i)) known.set(i, slopes(graph, rows, read, i));
    return known.get(i);
  };
}

function late(graph, rows, data) {
  const { grads } = backward(graph, rows, data);
  return data.map((x, i) => (graph[i].op ? x : x - LATE * grads[i]));
}

// ------------------------------------------------------------------------------------- orders

function* edges(graph, node) {
  for (let place = 0; place < graph[node].inputs.length; place++) yield [node, place];
}

/** A node after all that use it: the list is in order already. */
function* backwards(graph) {
  for (let node = graph.length - 1; node >= 0; node--) yield* edges(graph, node);
}

/** Every path by itself: what a node receives, it passes on at once. */
function* alongPaths(graph, node = graph.length - 1) {
  for (const edge of edges(graph, node)) {
    yield edge;
    yield* alongPaths(graph, graph[node].inputs[edge[1]]);
  }
}

/** The nodes nearest to the result first. */
function* byDistance(graph) {
  const order = [graph.length - 1];
  const seen = new Set(order);
  for (const node of order) {
    yield* edges(graph, node);
    for (const x of graph[node].inputs) {
      if (!seen.has(x)) order.push(x);
      seen.add(x);
    }
  }
}

/** The names are those of steps.py, which has a sentence for each. */
export const ALGORITHMS = {
  right: {},
  assign: { join: (before, contribution) => contribution },
  recursive: { order: alongPaths },
  wrong_order: { order: byDistance },
  no_zero: { passes: 2, clears: false },
  wrong_sign: { join: (before, contribution) => before - contribution },
  closure_bug: { late: true },
};
