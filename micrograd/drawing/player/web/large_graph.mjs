// A large graph in columns, with all of its numbers: explorer.py writes what cannot be computed.
// Rule: numbers stand in typed arrays, since there may be two million nodes. Nothing is drawn here.

/**
 * The graph of a page, as functions of a node's place: {size, inputs, row, symbol, name, ...}. Without
 * `rows`, all numbers stand in the page.
 */
export function largeGraph(page, rows) {
  const size = page.op.length;
  const { starts, inputs } = links(page);
  const numbers = rows ? computed(page, rows, starts, inputs) : page.numbers;
  const [data, grad] = [numbers.data, numbers.grad].map((x) => Float64Array.from(x, Number));
  const counts = countsOfNames(page);
  const inputsOf = (i) => inputs.subarray(starts[i], starts[i + 1]);
  const opOf = (i) => page.ops[page.op[i]];

  function name(i) {
    return page.names[i] ?? `${page.op[i] < 0 ? "c" : "t"}${counts[i]}`;
  }

  /** A text in which ⟦0⟧ stands for the first input, with the names of a node. */
  function named(text, i) {
    const own = inputsOf(i);
    return text.replace(/⟦(\w+)⟧/g, (_, k) => name(k === "out" ? i : own[k]));
  }

  return {
    size,
    data,
    grad,
    inputs: inputsOf,
    isLeaf: (i) => page.op[i] < 0,
    isSum: (i) => opOf(i)?.row === "add",
    row: (i) => opOf(i)?.row ?? null,
    symbol: (i) => opOf(i)?.symbol ?? "",
    formula: (i) => (page.op[i] < 0 ? "" : named(opOf(i).formula, i)),
    partials: (i) => (page.op[i] < 0 ? [] : opOf(i).partials.map((text) => named(text, i))),
    name,
    find: (text) => page.op.findIndex((_, i) => name(i) === text),
    isLabel: (i) => i in page.names,
    source: (i) => page.sources[i] ?? "",
    unit: (i) => page.unit[i],
    example: (i) => page.example[i],
    units: page.units,
    examples: page.example.reduce((most, x) => Math.max(most, x), 0),
    ...outputs(page, starts, inputs),
  };
}

/** The inputs of all nodes as places, one node after the other, and where each node's begin. */
function links({ op, ops, inputs }) {
  const starts = new Uint32Array(op.length + 1);
  const leaves = new Uint32Array(op.length);
  let count = 0;
  op.forEach((row, i) => {
    starts[i + 1] = starts[i] + (row < 0 ? 0 : ops[row].count);
    if (row < 0) leaves[count++] = i;
  });
  const places = new Uint32Array(inputs.length);
  for (let i = 0; i < op.length; i++) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      places[k] = inputs[k] < 0 ? leaves[-1 - inputs[k]] : i - inputs[k];
    }
  }
  return { starts, inputs: places };
}

/** Forward and backward through all nodes, as in engine.mjs, without events. */
function computed({ op, ops, leaves }, rows, starts, inputs) {
  const [data, grad] = [new Float64Array(op.length), new Float64Array(op.length)];
  const numbersOf = (i) => {
    const numbers = [];
    for (let k = starts[i]; k < starts[i + 1]; k++) numbers.push(data[inputs[k]]);
    return numbers;
  };
  const rowOf = (i) => rows[ops[op[i]].row];
  let leaf = 0;
  for (let i = 0; i < op.length; i++) {
    data[i] = op[i] < 0 ? Number(leaves[leaf++]) : rowOf(i).forward(...numbersOf(i));
  }
  const reached = new Uint8Array(op.length);
  grad[op.length - 1] = reached[op.length - 1] = 1;
  for (let i = op.length - 1; i >= 0; i--) {
    if (op[i] < 0 || !reached[i]) continue;
    const numbers = numbersOf(i);
    numbers.push(data[i]);
    const { partials } = rowOf(i);
    for (let k = 0; k < partials.length; k++) {
      if (!partials[k]) continue;
      const x = inputs[starts[i] + k];
      reached[x] = 1;
      grad[x] += partials[k](...numbers) * grad[i];
    }
  }
  return { data, grad };
}

/** For each node without a name of its own, which one it is among the results or the leaves. */
function countsOfNames({ op, names }) {
  const counts = new Uint32Array(op.length);
  let [results, leaves] = [0, 0];
  op.forEach((row, i) => {
    if (!(i in names)) counts[i] = row < 0 ? ++leaves : ++results;
  });
  return counts;
}

/**
 * {outputsOf, unitOfResult, resultsOf}: the results of a unit in an example that something else uses,
 * the unit of which a node is the only one, or -1, and the results of an example that are used outside.
 */
function outputs({ op, unit, example }, starts, inputs) {
  const last = op.length - 1;
  const [leavesUnit, leavesExample] = [new Uint8Array(op.length), new Uint8Array(op.length)];
  leavesUnit[last] = leavesExample[last] = 1;
  for (let i = 0; i <= last; i++) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const x = inputs[k];
      if (example[x] !== example[i]) leavesUnit[x] = leavesExample[x] = 1;
      if (unit[x] !== unit[i]) leavesUnit[x] = 1;
    }
  }
  const [ofUnit, ofExample] = [new Map(), new Map()];
  const keep = (map, key, i) => (map.get(key) ?? map.set(key, []).get(key)).push(i);
  for (let i = 0; i <= last; i++) {
    if (op[i] < 0 || example[i] <= 0) continue;
    if (leavesUnit[i] && unit[i] >= 0) keep(ofUnit, `${unit[i]} ${example[i]}`, i);
    if (leavesExample[i]) keep(ofExample, example[i], i);
  }
  const outputsOf = (u, e) => ofUnit.get(`${u} ${e}`) ?? [];
  const isOnly = (i, results) => results.length === 1 && results[0] === i;
  return {
    outputsOf,
    unitOfResult: (i) => (isOnly(i, outputsOf(unit[i], example[i])) ? unit[i] : -1),
    resultsOf: (e) => ofExample.get(e) ?? [],
  };
}
