"""The player: a picture with all it takes to play its events, as one page that loads nothing.

Rule: what a page knows of a graph is plain data, made here; what it does is in web/.
"""

import base64
import gzip
import hashlib
import json
import math
import re
import sys
from html import escape

from micrograd import errors
from micrograd.drawing import messages
from micrograd.drawing.player.javascript import number_of, rows, source
from micrograd.explaining import (
    ALGORITHMS,
    checked_order,
    names_of,
    node_formula,
    notes_on,
    partial_formulas,
)
from micrograd.ops import Op, is_row

# each imports only those before it
MODULES = ["engine", "timeline", "facts", "quiz", "asking", "controls", "picture", "player"]
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; script-src {}; style-src {}"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main class="player">
<h1>{title}</h1>
<div class="stage" role="region" tabindex="0" aria-label="the graph">
{svg}
</div>
{more}</main>
{scripts}</body>
</html>
"""
PACK = 200_000  # characters of a picture from which on it is packed
PACKED = '<script type="text/plain" id="packed">{}</script>\n<script type="module">{}</script>\n'
DATA = '<script type="application/json" id="graph">{}</script>\n<script type="module">{}</script>\n'
START = """
const page = JSON.parse(document.querySelector("#graph").textContent);
player(document.querySelector("main"), page, rows, { keys: document });
"""
UNPACKING = '<p class="note">The picture is unpacked by JavaScript.</p>'
UNPACK = """
const bytes = atob(document.querySelector("#packed").textContent);
const packed = Uint8Array.from(bytes, (c) => c.charCodeAt());
const unzipped = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const [drawing, page] = JSON.parse(await new Response(unzipped).text());
document.querySelector(".stage").innerHTML = drawing;
player(document.querySelector("main"), page, rows, { keys: document });
"""


def page(svg: str, title: str, root) -> str:
    """The text of the page; a still, which says why, where only Python can compute the graph.

    A large picture is packed: it shows only where JavaScript runs.
    """
    try:
        code, data = module(root), data_of(root)
    except (errors.TraceError, errors.GraphError) as error:
        return still(svg, title, str(error))
    if len(svg) < PACK:
        code += START
        return filled(svg, title, DATA.format(as_json(data), code), code)
    code += UNPACK
    packed = gzip.compress(as_json([svg, data]).encode(), mtime=0)
    scripts = PACKED.format(base64.b64encode(packed).decode(), code)
    return filled(svg, title, scripts, code, shown=UNPACKING)


def still(svg: str, title: str, why: str, more: str = "") -> str:
    """The text of a page that shows the picture and, below it, why it does not play, and `more`."""
    return filled(svg, title, more=f'<p class="note">A still: {escape(why)}</p>\n{more}')


def filled(svg: str, title: str, scripts="", *code: str, more="", shown: str = "") -> str:
    """The page, with the picture or what is `shown` before it is there."""
    inner = re.findall(r"<style>(.*?)</style>", svg + more, re.DOTALL)
    styles = [source("player.css"), *dict.fromkeys(inner)]
    policy = POLICY.format(allowed(code), allowed(styles))
    texts = {"policy": policy, "title": escape(title), "style": styles[0]}
    return PAGE.format(**texts, svg=shown or svg, more=more, scripts=scripts)


def allowed(texts) -> str:
    """What a Content-Security-Policy lets in: these very texts."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts]
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests) or "'none'"


def module(root, *more: str) -> str:
    """All of the JavaScript, as one module: the rows that the graph needs, and web/'s files.

    Raises TraceError for a row whose forward or partials are not written in ops, GraphError for
    what machine code has computed.
    """
    for node in checked_order(root):
        if node.op and not isinstance(node.op, Op):
            raise errors.GraphError(messages.no_steps_in_machine_code(node.op.name))
    table = rows(node.op for node in checked_order(root) if node.op)
    known = f"const rows = (() => {{\n{source('ops.mjs')}return {table};\n}})();\n"
    return known + "\n".join(map(bundled, (*MODULES, *more)))


def bundled(name: str) -> str:
    """A file of web/ as a part of one module: what it imports stands above it."""
    above = r"^(import .*\n|export (?=function|const))"
    return re.sub(above, "", source(f"{name}.mjs"), flags=re.MULTILINE)


def data_of(root) -> dict:
    """{nodes, algorithms, notes, ran}: what a page knows of the graph, in JSON's types.

    Nodes come after their inputs, the result last; numbers are text where JSON has none. Raises
    GraphError for a node that was made by hand.
    """
    order = checked_order(root)
    names, grads = names_of(order), torch_grads(order)
    place = {node: i for i, node in enumerate(order)}
    nodes = []
    for node in order:
        nodes.append({
            "name": names[node],
            "op": node.op.name if node.op else None,
            "inputs": [place[x] for x in node.inputs],
            "data": as_number(node.data),
            "formula": node_formula(node, names) if node.op else "",
            "partials": partial_formulas(node, names) if node.op else [],
            "source": getattr(node, "made_at", ""),
        })  # fmt: skip
        if node in grads:
            nodes[-1]["torch"] = as_number(grads[node])
    told = {
        name: {"sign": algorithm.sign, "misconception": algorithm.misconception}
        for name, algorithm in ALGORITHMS.items()
    }
    return {
        "nodes": nodes,
        "algorithms": told,
        "notes": list(notes_on(order, names, ALGORITHMS["right"])),
        "ran": any(node.grad for node in order),  # backward()
    }


def as_number(x: float) -> float | str:
    whole = math.isfinite(x) and (x or math.copysign(1.0, x) > 0.0)
    return x if whole else number_of(x)


def torch_grads(order: list) -> dict:
    """{leaf: PyTorch's grad of the result}, where PyTorch is at work already; else nothing."""
    known = all(node.op is None or is_row(node.op) for node in order)
    if "torch" not in sys.modules or not known:
        return {}
    from micrograd.check import evaluate_with_torch

    return evaluate_with_torch(order)[1]


def as_json(x) -> str:
    """JSON that no `</script>` can end."""
    return json.dumps(x, allow_nan=False).replace("<", "\\u003c")
