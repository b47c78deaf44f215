// Which nodes a part of a large graph shows: all that a node is computed from, or the nearest of it.
// Rule: a part has one result. Nodes are places in the graph; nothing is drawn here.

const MOST_SHOWN = 1200; // nodes of a part that is shown whole, as in a small graph
const MOST_NEAREST = 150; // nodes of a part that is cut
const LONG_SUM = 8; // terms; a longer one is cut off as a card, or listed
export const MOST_INPUTS = 60; // of a node that is drawn; the inputs of others are listed

/**
 * {nodes, open} of the part with the result `root`, without what `isInside` refuses: the nodes in
 * order, and the set of those that are shown without what they are computed from. null if it is a
 * list that should be shown, of the terms of a sum or of the inputs.
 */
export function partOf(graph, root, isInside = () => true) {
  const whole = grow(graph, root, MOST_SHOWN, isInside, () => true);
  if (whole.isWhole) return inOrderOfGraph(graph, whole);
  if (termsOf(graph, root).length > LONG_SUM || graph.inputs(root).length > MOST_INPUTS) return null;
  const isShort = (i) =>
    termsOf(graph, i).length <= LONG_SUM && graph.inputs(i).length <= MOST_INPUTS;
  return inOrderOfGraph(graph, grow(graph, root, MOST_NEAREST, isInside, isShort));
}

/** The nodes nearest to the root, as far as `most` allows, and those whose inputs are shown. */
function grow(graph, root, most, isInside, mayExpand) {
  const [shown, expanded, queue] = [new Set([root]), new Set(), [root]];
  let isWhole = true;
  for (const i of queue) {
    if (graph.isLeaf(i) || (i !== root && !isInside(i))) continue;
    const fresh = [...new Set(graph.inputs(i))].filter((x) => !shown.has(x));
    if (i !== root && (shown.size + fresh.length > most || !mayExpand(i))) {
      isWhole = false;
      if (most === MOST_SHOWN) break;
      continue;
    }
    expanded.add(i);
    for (const x of fresh) (shown.add(x), queue.push(x));
  }
  return { shown, expanded, isWhole: isWhole && shown.size <= most };
}

function inOrderOfGraph(graph, { shown, expanded }) {
  const nodes = [...shown].sort((a, b) => a - b);
  return { nodes, open: new Set(nodes.filter((i) => !graph.isLeaf(i) && !expanded.has(i))) };
}

/**
 * The terms of a sum that was added up one after the other, as [{node, sum}] with the node that holds
 * the sum so far; the inputs of a node that is no sum.
 */
export function termsOf(graph, root) {
  if (!graph.isSum(root)) return Array.from(graph.inputs(root), (node) => ({ node, sum: null }));
  const terms = [];
  let i = root;
  while (graph.isSum(i)) {
    const [first, second] = graph.inputs(i);
    const [rest, term] = graph.isSum(second) && !graph.isSum(first) ? [second, first] : [first, second];
    terms.push({ node: term, sum: i });
    i = rest;
  }
  terms.push({ node: i, sum: null });
  return terms.reverse();
}

/** The nodes of a part for the player; the result begins with the grad that it has in the whole. */
export function playedPart(graph, { nodes, open }) {
  const places = new Map(nodes.map((i, k) => [i, k]));
  const entries = nodes.map((i) => {
    const isLeaf = graph.isLeaf(i) || open.has(i);
    return {
      name: graph.name(i),
      isLabel: graph.isLabel(i),
      op: isLeaf ? null : graph.row(i),
      symbol: isLeaf ? "" : graph.symbol(i),
      inputs: isLeaf ? [] : Array.from(graph.inputs(i), (x) => places.get(x)),
      data: graph.data[i],
      formula: isLeaf ? "" : graph.formula(i),
      partials: isLeaf ? [] : graph.partials(i),
      source: graph.source(i),
      whole: graph.grad[i],
      opens: open.has(i) ? inside(graph, i) : "",
    };
  });
  entries.at(-1).seed = graph.grad[nodes.at(-1)];
  return entries;
}

/** What a card that leads on stands for: a unit, a long sum, or anything else. */
function inside(graph, i) {
  const unit = graph.unitOfResult(i);
  if (unit >= 0) return graph.units[unit];
  const terms = graph.isSum(i) ? termsOf(graph, i).length : 0;
  return terms > LONG_SUM ? `sum of ${terms.toLocaleString("en")}` : "open";
}
