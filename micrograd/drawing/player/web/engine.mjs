// Forward and backward over a graph of plain data, for the page: events.py in JavaScript.
// Rule: a graph is a list of {op, inputs, data}, nodes after their inputs and the result last;
// `inputs` are places in the list, and `rows` are those of the op table. The result's grad begins with
// its `seed`, if it is a part of a larger graph, and else with 1. Nothing is drawn here.

/** The numbers of all nodes, recomputed from the leaves; those in `fixed` stay as they are. */
export function forward(graph, rows, fixed = new Map()) {
  const data = [];
  graph.forEach((node, i) => {
    const inputs = node.inputs.map((x) => data[x]);
    const here = () => (node.op ? rows[node.op].forward(...inputs) : node.data);
    data.push(fixed.has(i) ? fixed.get(i) : here());
  });
  return data;
}

/** The partials of a node, one for each of its inputs; null where there is no derivative. */
export function slopes(graph, rows, data, i) {
  const numbers = [...graph[i].inputs.map((x) => data[x]), data[i]];
  return graph[i].op ? rows[graph[i].op].partials.map((f) => f && f(...numbers)) : [];
}

/** Every edge of the backward pass, in order: {pass, node, place, input, upstream, ...}. */
export function backward(graph, rows, data, algorithm = ALGORITHMS.right) {
  const grads = graph.map(() => 0);
  const root = graph.length - 1;
  const read = algorithm.readsAfterUpdate ? dataAfterUpdate(graph, rows, data) : data;
  const partialsOfNode = rememberPartials(graph, rows, read);
  const events = [];
  for (let pass = 0; pass < (algorithm.passes ?? 1); pass++) {
    if (algorithm.clears ?? true) graph.forEach((node, i) => node.op && (grads[i] = 0));
    grads[root] = graph[root].seed ?? 1;
    for (const [node, place] of (algorithm.order ?? reverseTopological)(graph, rows)) {
      const input = graph[node].inputs[place];
      const [upstream, before] = [grads[node], grads[input]];
      const partial = partialsOfNode(node)[place];
      const contribution = partial * upstream;
      grads[input] = (algorithm.join ?? add)(before, contribution);
      const after = grads[input];
      const edge = { pass, node, place, input };
      events.push({ ...edge, upstream, partial, contribution, before, after });
      if (events.length > MOST_EDGES) throw new TooManyPaths();
    }
  }
  return { events, grads };
}

const MOST_EDGES = 100_000;

export class TooManyPaths extends Error {
  message = `This takes more than ${MOST_EDGES.toLocaleString("en")} edges, so it is not run.`;
}

const LEARNING_RATE = 0.1; // of the update that `closure_bug` makes before backward
const add = (before, contribution) => before + contribution;

/** A function that gives the partials of a node, and computes them once. */
function rememberPartials(graph, rows, data) {
  const computed = new Map();
  return (i) => {
    if (!computed.has(i)) computed.set(i, slopes(graph, rows, data, i));
    return computed.get(i);
  };
}

/** The numbers after an update moved the leaves, but not the results. */
function dataAfterUpdate(graph, rows, data) {
  const { grads } = backward(graph, rows, data);
  return data.map((x, i) => (graph[i].op ? x : x - LEARNING_RATE * grads[i]));
}

// ------------------------------------------------------------------------------------- orders

/** The edges on which a node passes its grad on: those with a derivative. */
function edges(graph, rows, node) {
  const partials = graph[node].op ? rows[graph[node].op].partials : [];
  return partials.flatMap((partial, place) => (partial ? [[node, place]] : []));
}

/** The edges of each node after those of every node that uses it: the list is in order already. */
function* reverseTopological(graph, rows) {
  const reached = new Set([graph.length - 1]);
  for (let node = graph.length - 1; node >= 0; node--) {
    if (!reached.has(node)) continue;
    for (const edge of edges(graph, rows, node)) {
      reached.add(graph[node].inputs[edge[1]]);
      yield edge;
    }
  }
}

/** Path by path: each node at once passes on whatever it receives. */
function* alongPaths(graph, rows, node = graph.length - 1) {
  for (const edge of edges(graph, rows, node)) {
    yield edge;
    yield* alongPaths(graph, rows, graph[node].inputs[edge[1]]);
  }
}

/** The edges of the nodes nearest to the result first. */
function* byDistance(graph, rows) {
  const order = [graph.length - 1];
  const seen = new Set(order);
  for (const node of order) {
    const own = edges(graph, rows, node);
    yield* own;
    for (const x of own.map(([, place]) => graph[node].inputs[place])) {
      if (!seen.has(x)) order.push(x);
      seen.add(x);
    }
  }
}

/** The algorithm in which these nodes pass on, in this order. */
export function inOrder(nodes) {
  return { order: (graph, rows) => nodes.flatMap((node) => edges(graph, rows, node)) };
}

/** The names are those of events.py, which has a sentence for each. */
export const ALGORITHMS = {
  right: {},
  assign: { join: (before, contribution) => contribution },
  recursive: { order: alongPaths },
  wrong_order: { order: byDistance },
  no_zero: { passes: 2, clears: false },
  wrong_sign: { join: (before, contribution) => before - contribution },
  closure_bug: { readsAfterUpdate: true },
};
