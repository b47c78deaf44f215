// What is played: the steps of forward and backward in order, what is known after each, and the
// line that tells it, as story.py has it.
// Rule: plain data in, plain data out; nothing here touches the page.

/** {kind: "forward", node}, then {kind: "seed", pass} and {kind: "edge", ...}, then "done". */
export function frames(graph, events) {
  const found = [];
  graph.forEach((node, i) => node.op && found.push({ kind: "forward", node: i }));
  found.push({ kind: "seed", pass: 0 });
  let pass = 0;
  for (const event of events) {
    if (event.pass !== pass) found.push({ kind: "seed", pass: (pass = event.pass) });
    found.push({ kind: "edge", ...event });
  }
  found.push({ kind: "done" });
  return found;
}

/** After so many frames: which nodes are computed, and their grads, null where nothing came yet. */
export function stateAt(graph, played, at) {
  const known = graph.map((node) => !node.op);
  const grads = graph.map(() => null);
  for (const frame of played.slice(0, at)) {
    if (frame.kind === "forward") known[frame.node] = true;
    if (frame.kind === "seed") grads[graph.length - 1] = 1;
    if (frame.kind === "edge") grads[frame.input] = frame.after;
  }
  return { known, grads };
}

/** {line, why, source} of a frame; `sign` is how the algorithm joins what comes: "+=". */
export function told(graph, frame, data, sign) {
  const y = graph.at(-1).name;
  if (frame.kind === "done") return { line: "All gradients are there.", why: "", source: "" };
  if (frame.kind === "seed") {
    const again = frame.pass ? "   (backward() is called once more)" : "";
    return { line: `d${y}/d${y} = 1.0${again}`, why: "", source: "" };
  }
  const node = graph[frame.node];
  if (frame.kind === "forward") {
    const line = `${node.name} = ${node.formula} = ${six(data[frame.node])}`;
    return { line, why: "", source: node.source };
  }
  const x = graph[frame.input].name;
  const rule = `d${y}/d${x} ${sign} d${y}/d${node.name} * d${node.name}/d${x}`;
  const [upstream, partial, contribution] = [frame.upstream, frame.partial, frame.contribution];
  const numbers = `${six(upstream)} * ${six(partial)} = ${six(contribution)}`;
  const sum = `sum ${six(frame.before)} ${sign[0]} ${six(contribution)}`;
  const total = sign === "=" ? `${six(frame.before)} replaced` : sum;
  const why = `d${node.name}/d${x} = ${node.partials[frame.place]}`;
  return { line: `${rule} = ${numbers}   (${total})`, why, source: node.source };
}

/** Six digits, and always a point, as Python writes them: "-2.0", "0.333333", "1e-07". */
export function six(x) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  const short = Number(x.toPrecision(6));
  const size = Math.abs(short);
  const power = size !== 0 && (size < 1e-4 || size >= 1e16);
  const text = signed(x, power ? padded(short.toExponential()) : String(short));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** The exponent with two digits, as Python's. */
const padded = (text) => text.replace(/e([+-])(\d)$/, "e$10$2");
const signed = (x, text) => (Object.is(x, -0) ? `-${text}` : text);

/** Four places after the point, as on the cards. */
export function four(x) {
  if (!Number.isFinite(x)) return six(x);
  return Math.abs(x) < 1e6 ? signed(x, x.toFixed(4)) : padded(x.toExponential(4));
}

/** Whether two numbers are the same, nan and nan as well. */
export const same = (x, y) => x === y || (Number.isNaN(x) && Number.isNaN(y));

/** How many paths lead from the result to a node, and the largest products along them. */
export function pathsTo(graph, slopesOf, target, most = 5) {
  const counts = graph.map(() => 0);
  const best = graph.map(() => []);
  counts[graph.length - 1] = 1;
  best[graph.length - 1] = [{ product: 1, nodes: [graph.at(-1).name] }];
  for (let i = graph.length - 1; i > target; i--) {
    if (!counts[i]) continue;
    const partials = slopesOf(i);
    graph[i].inputs.forEach((x, place) => {
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
