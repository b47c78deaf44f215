"""The page of the player: a picture with all that it takes to play its events, in one file.

Rule: this file writes down what the page knows of a graph, as plain data; the code in web/ does the
rest. A page loads nothing, and its policy lets nothing else run.
"""

import base64
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from micrograd import errors
from micrograd.drawing import messages
from micrograd.drawing.player.given_run import GivenRun
from micrograd.drawing.player.javascript import literal, rows, web_file
from micrograd.engine import Value
from micrograd.explaining import ALGORITHMS, names_of, node_formula, notes_on, partial_formulas
from micrograd.ops import Op, is_row
from micrograd.support.numbers import json_number

# each imports only those before it
MODULES = (
    *("numbers", "notation", "engine", "timeline", "facts", "quiz", "quiz_panel", "controls"),
    *("svg", "picture", "map", "zoom", "player"),
)
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
<script type="module">{theme}</script>
{scripts}</body>
</html>
"""
PACKED_FROM = 200_000  # characters of a picture from which on it is compressed
PACKED = '<script type="text/plain" id="packed">{}</script>\n<script type="module">{}</script>\n'
DATA = '<script type="application/json" id="graph">{}</script>\n<script type="module">{}</script>\n'
START = """
const page = JSON.parse(document.querySelector("#graph").textContent);
player(document.querySelector("main"), page, rows, { keys: document });
"""
UNPACKING = '<p class="note">JavaScript unpacks the picture.</p>'
UNPACK = """
const bytes = atob(document.querySelector("#packed").textContent);
const packed = Uint8Array.from(bytes, (c) => c.charCodeAt());
const unzipped = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const [drawing, page] = JSON.parse(await new Response(unzipped).text());
document.querySelector(".stage").innerHTML = drawing;
player(document.querySelector("main"), page, rows, { keys: document });
"""


def page(svg: str, title: str, order: Sequence[Value], given: GivenRun | None = None) -> str:
    """Return the text of the page for a graph in its order; `svg` is its picture.

    With a `given` run it opens with the grads of that run beside the right ones. It is a static
    page that says why, if only Python can compute the graph. The picture of a large graph is
    compressed: it appears only if JavaScript runs.
    """
    try:
        code, data = module(order), page_data(order, given)
    except (errors.TraceError, errors.GraphError) as error:
        return static_page(svg, title, str(error))
    if len(svg) < PACKED_FROM:
        code += START
        return page_text(title, svg, scripts=DATA.format(as_json(data), code), code=[code])
    code += UNPACK
    packed = gzip.compress(as_json([svg, data]).encode(), mtime=0)
    scripts = PACKED.format(base64.b64encode(packed).decode(), code)
    return page_text(title, UNPACKING, styled=svg, scripts=scripts, code=[code])


def static_page(svg: str, title: str, why: str, more: str = "") -> str:
    """Return the text of a page with the picture, the reason why it does not play, and `more`."""
    note = f'<p class="note">This picture does not play: {escape(why)}</p>\n'
    return page_text(title, svg, more=note + more)


def page_text(
    title: str,
    stage: str,
    styled: str = "",
    more: str = "",
    scripts: str = "",
    code: Iterable[str] = (),
) -> str:
    """Return the page with `stage` in the picture's place and `more` below it.

    The styles of the pictures in these (or in `styled`, which comes later) and the `code` in
    `scripts` are let in by the page's policy.
    """
    inner = re.findall(r"<style>(.*?)</style>", styled + stage + more, re.DOTALL)
    styles = [web_file("player.css"), *dict.fromkeys(inner)]
    theme = web_file("theme.mjs")
    policy = policy_of([*code, theme], styles)
    texts = {"policy": policy, "title": escape(title), "style": styles[0], "theme": theme}
    return PAGE.format(**texts, svg=stage, more=more, scripts=scripts)


def policy_of(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the policy of a page that runs these scripts, has these styles, and loads nothing."""
    return POLICY.format(csp_hashes(scripts), csp_hashes(styles))


def csp_hashes(texts: Iterable[str]) -> str:
    """Return the sources of a Content-Security-Policy that lets in these texts alone."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts]
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests) or "'none'"


# ---------------------------------------------------------------------------------------- the code


def module(order: Sequence[Value], *more: str) -> str:
    """Return all of the JavaScript as one module: the rows that the graph needs, and web/'s files.

    Raises TraceError for a row whose forward or partials are not written in ops, and GraphError for
    a result of machine code.
    """
    ops = [node.op for node in order if node.op]
    for op in ops:
        if not isinstance(op, Op):
            raise errors.GraphError(messages.no_steps_in_machine_code(op.name))
    table = f"const rows = (() => {{\n{web_file('ops.mjs')}return {rows(ops)};\n}})();\n"
    return table + "\n".join([vendored("Panzoom"), *map(inlined, (*MODULES, *more))])


def vendored(name: str) -> str:
    """Return a library in web/vendor/ as a constant, without comments and indents.

    The first comment stays, which has its name, its version and its licence.
    """
    text = web_file(f"vendor/{name.lower()}.mjs").replace(f"export {{ {name} as default }};", "")
    head, _, body = text.partition("*/\n")
    body = re.sub(r"^\s*(//[^\n]*\n|/\*.*?\*/\n)?", "", body, flags=re.MULTILINE | re.DOTALL)
    return f"{head}*/\nconst {name} = (() => {{\n{body}return {name};\n}})();"


def inlined(name: str) -> str:
    """Return a file of web/ as a part of one module, in which its imports stand above it."""
    outside = r"^(import .*\n|export (?=function|const|class))"
    return re.sub(outside, "", web_file(f"{name}.mjs"), flags=re.MULTILINE)


# ---------------------------------------------------------------------------------------- the data


def page_data(order: Sequence[Value], given: GivenRun | None = None) -> dict[str, Any]:
    """Return {nodes, algorithms, notes, ran}: what a page knows of the graph, in JSON's types.

    A `given` run is one more entry, and the first of the algorithms. Nodes come after their inputs,
    the result last; numbers that JSON lacks are texts. Raises GraphError for a node that was made
    by hand.
    """
    names, grads = names_of(order), torch_grads(order)
    place = {node: i for i, node in enumerate(order)}
    nodes = []
    for node in order:
        entry = node_data(node, names, [place[x] for x in node.inputs])
        if node in grads:
            entry["torch"] = js_number(grads[node])
        nodes.append(entry)
    algorithms = {"given": given.row(order)} if given is not None else {}
    algorithms |= algorithms_data()
    data = {
        "nodes": nodes,
        "algorithms": algorithms,
        "notes": list(notes_on(order, names, ALGORITHMS["right"])),
        "ran": any(node.grad for node in order),  # backward()
    }
    if given is not None:
        data["given"] = given.run_data(order)
    return data


def algorithms_data() -> dict[str, Any]:
    """Return {name: {sign, title, misconception}} of all algorithms."""
    algorithms = {}
    for name, row in ALGORITHMS.items():
        texts = {"title": row.title, "misconception": row.misconception}
        algorithms[name] = {"sign": row.sign, **texts}
    return algorithms


def node_data(node: Value, names: dict[Value, str], inputs: list[int]) -> dict[str, Any]:
    return {
        "name": names[node],
        "op": node.op.name if node.op else None,
        "inputs": inputs,
        "data": js_number(node.data),
        "formula": node_formula(node, names) if node.op else "",
        "partials": partial_formulas(node, names) if node.op else [],
        "source": getattr(node, "made_at", ""),
    }


def js_number(x: float) -> float | str:
    """Return the number, or a text that JavaScript's Number() reads, if JSON lacks it."""
    return json_number(x, literal)


def torch_grads(order: Sequence[Value]) -> dict[Value, float]:
    """Return {leaf: PyTorch's grad of the result}, if PyTorch is loaded already and has the ops."""
    has_ops = all(node.op is None or is_row(node.op) for node in order)
    if "torch" not in sys.modules or not has_ops:
        return {}
    from micrograd.check import evaluate_with_torch

    return evaluate_with_torch(order)[1]


def as_json(x: Any) -> str:
    """Return JSON that no `</script>` can end."""
    return json.dumps(x, allow_nan=False).replace("<", "\\u003c")
