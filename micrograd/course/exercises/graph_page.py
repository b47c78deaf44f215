"""The page of a graph on which a learner's code fails, with its grads beside the right ones.

Rule: nothing of the learner's gets into the page but numbers, the order of calls and a sentence.
"""

from typing import Any

from micrograd.course.exercises.checking import capital
from micrograd.course.exercises.graphs import Run, node_name
from micrograd.drawing import GivenRun, page_of_run
from micrograd.engine import Value

TITLE = "your code"


def render_graph(run: Run, sentence: str) -> str:
    """Return the page of the run; `sentence` says what is wrong, in this graph or elsewhere."""
    facts = "" if str(run.graph) in sentence else f" {capital(run.facts())}"
    nodes = build_nodes(run)
    root = nodes[-1]
    root.backward()
    calls = [nodes[i] for i in run.calls]
    grads = dict(zip(nodes, run.grads))
    given = GivenRun(grads, calls, TITLE, capital(sentence) + facts)
    return page_of_run(root, given, str(run.graph))


def build_nodes(run: Run) -> list[Value]:
    """Return the nodes of the graph, with the names that its expression has."""
    nodes = run.graph.build(Value)
    for i, node in enumerate(nodes):
        node.label = node_name(i)
    return nodes


def describe_graph(run: Run) -> dict[str, Any]:
    """Return the graph and its grads, the learner's and the right ones, for JSON."""
    names = [node_name(i) for i in range(len(run.grads))]
    grads = dict(zip(names, run.grads))
    right = dict(zip(names, run.graph.grads()))
    return {"expression": str(run.graph), "grads": grads, "right": right}
