"""The page of a large graph: all of its nodes, in a form from which the page draws any part.

Rule: what the page can compute is not written down. It gets the ops, the inputs and the numbers of
the leaves, in columns that compress well, and computes the rest; only if it lacks an op does it get
all numbers, and then nothing plays.
"""

import base64
import gzip
from collections.abc import Callable, Sequence
from typing import Any

from micrograd import errors
from micrograd.drawing.player.javascript import web_file
from micrograd.drawing.player.page import algorithms_data, as_json, js_number, module, page_text
from micrograd.drawing.units import Units
from micrograd.engine import Value
from micrograd.explaining import names_of, node_formula, partial_formulas
from micrograd.graph import restore_node

FILES = ("columns", "drawing", "large_graph", "part", "listing", "explorer")
SCRIPTS = '<script type="text/plain" id="packed">{}</script>\n<script type="module">{}</script>\n'
NOTE = '<style>{}</style>\n<p class="note">JavaScript opens the parts of this picture.</p>\n'
START = """
const bytes = atob(document.querySelector("#packed").textContent);
const packed = Uint8Array.from(bytes, (c) => c.charCodeAt());
const unzipped = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
explore(document.querySelector("main"), JSON.parse(await new Response(unzipped).text()), rows);
"""


def explorer_page(
    svg: str, title: str, nodes: Sequence[Value], units: Units, parts: Sequence[dict[str, Any]]
) -> str:
    """Return the text of the page that opens with a picture of the whole graph.

    `parts` are {key, name, units}: what a click on the part `key` of the picture opens.
    """
    try:
        code, data = module(nodes, *FILES), graph_data(nodes, units, formulas_of)
    except (errors.TraceError, errors.GraphError) as error:
        code = module([], *FILES)
        data = {**graph_data(nodes, units, symbol_of), "numbers": all_numbers(nodes)}
        data["why"] = str(error)
    data.update(title=title, parts=parts, algorithms=algorithms_data())
    packed = base64.b64encode(gzip.compress(as_json(data).encode(), 6, mtime=0)).decode()
    code += START
    note = NOTE.format(web_file("explorer.css"))
    scripts = SCRIPTS.format(packed, code)
    return page_text(title, svg, more=note, scripts=scripts, code=[code])


def graph_data(
    nodes: Sequence[Value], units: Units, row_of: Callable[[Value], dict[str, Any]]
) -> dict[str, Any]:
    """Return the columns of the graph: an entry for each node, each leaf, or each name.

    `op` is a row of `ops`, or -1 for a leaf. `inputs` has those of one node after the other: how
    many places before it a result stands, or -1 - k for the leaf number k. `names` has those that
    are not "t" or "c" with the number that the result or the leaf has among those without a label.
    """
    leaves = [node for node in nodes if not node.inputs]
    places = {node: i for i, node in enumerate(nodes)} | {x: ~k for k, x in enumerate(leaves)}
    ops: dict[Any, int] = {}
    rows = []
    for node in nodes:
        if node.inputs and (node.op, len(node.inputs)) not in ops:
            ops[node.op, len(node.inputs)] = len(ops)
            rows.append({"symbol": node._op, "count": len(node.inputs), **row_of(node)})
    inputs = []
    for i, node in enumerate(nodes):
        inputs += [places[x] if places[x] < 0 else i - places[x] for x in node.inputs]
    return {
        "ops": rows,
        "op": [ops[node.op, len(node.inputs)] if node.inputs else -1 for node in nodes],
        "inputs": inputs,
        "leaves": [js_number(node.data) for node in leaves],
        "names": names_data(nodes),
        "units": units.names,
        "unit": [units.unit_of.get(node, -1) for node in nodes],
        "example": [units.example_of.get(node, 0) for node in nodes],
        "sources": sources_data(nodes),
    }


def formulas_of(node: Value) -> dict[str, Any]:
    """Return the name of a node's row, and how it is written for inputs "⟦0⟧" and "⟦1⟧"."""
    inputs = tuple(Value(x.data) for x in node.inputs)
    alike = restore_node((type(node), node.data, 0.0, node.op), inputs)
    names = {x: f"\u27e6{k}\u27e7" for k, x in enumerate(inputs)} | {alike: "\u27e6out\u27e7"}
    formulas = {
        "formula": node_formula(alike, names),
        "partials": partial_formulas(alike, names),
    }
    return {"row": node.op.name if node.op else "", **formulas}


def symbol_of(node: Value) -> dict[str, Any]:
    return {"row": node.op.name if node.op else "", "formula": node._op, "partials": []}


def names_data(nodes: Sequence[Value]) -> dict[int, str]:
    """Return {place: name} of the nodes whose name does not follow from their place."""
    names = names_of(nodes)
    counts = {"t": 0, "c": 0}
    given = {}
    for i, node in enumerate(nodes):
        stem = "t" if node.inputs else "c"
        if names[node] == f"{stem}{counts[stem] + 1}":
            counts[stem] += 1
        else:
            given[i] = names[node]
    return given


def sources_data(nodes: Sequence[Value]) -> dict[int, str]:
    """Return {place: the line of the program that computed the node}, where it was recorded."""
    sources = {i: getattr(node, "made_at", "") for i, node in enumerate(nodes)}
    return {i: source for i, source in sources.items() if source}


def all_numbers(nodes: Sequence[Value]) -> dict[str, list[float | str]]:
    """Return the data and the grads of all nodes."""
    return {
        "data": [js_number(node.data) for node in nodes],
        "grad": [js_number(node.grad) for node in nodes],
    }
