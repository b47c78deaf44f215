"""The stream of events, compared with `backward()` on the presets and on random graphs.

Rule: the right algorithm must give the grads of `backward()`, to the last bit; a wrong one must
give those of an engine in which somebody made the mistake.
"""

import pytest

from micrograd import Value, draw, explain
from micrograd.course.presets import PRESETS
from micrograd.errors import GraphError
from micrograd.explaining.events import (
    ALGORITHMS,
    Backward,
    Done,
    Forward,
    Seed,
    edges_of,
    events,
    grads_of,
    wrong_nodes,
)
from micrograd.graph import receivers, topological_order
from tests.support.cases import cases
from tests.support.floats import bits
from tests.support.graphs import EDGES, backward_of, random_graph


@cases("seed", range(30))
@cases("edges", [False, True])
def test_the_stream_is_backward_to_the_last_bit(seed, edges):
    numbers = (lambda rng: rng.choice(EDGES)) if edges else (lambda rng: rng.uniform(-2.0, 2.0))
    root = random_graph(seed, numbers)
    wanted = backward_of(root)
    grads = grads_of(topological_order(root))
    assert list(grads) == list(wanted)
    assert list(map(bits, grads.values())) == list(map(bits, wanted.values()))


@pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)
def test_the_events_of_a_preset_are_complete(make):
    """Each node comes once forward, each edge once backward, and every grad is a running sum."""
    root = make()
    order, stream = topological_order(root), list(events(root))
    forward = [event for event in stream if isinstance(event, Forward)]
    edges = [event for event in stream if isinstance(event, Backward)]
    assert [event.node for event in forward] == order
    assert all(event.value == event.node.data for event in forward)
    assert isinstance(stream[len(order)], Seed)
    assert isinstance(stream[-1], Done)
    assert len(edges) == sum(len(list(edges_of(node))) for node in receivers(order))
    sums = dict.fromkeys(order, 0.0)
    sums[root] = 1.0
    for event in edges:
        assert event.before == sums[event.input]
        assert event.contribution == event.partial * event.upstream
        assert event.upstream == sums[event.node]
        sums[event.input] = event.after
    assert sums == stream[-1].grads


def test_nothing_is_changed():
    root = PRESETS["readme"]()
    before = [(node.data, node.grad, node.inputs) for node in topological_order(root)]
    for algorithm in ALGORITHMS:
        list(events(root, algorithm))
    assert before == [(node.data, node.grad, node.inputs) for node in topological_order(root)]


# fmt: off
SHOWN_BY = {  # algorithm: (the smallest preset that shows it, {label: a grad that it gives there})
    "assign":      ("used_twice",   {"a": 1.0}),
    "recursive":   ("diamond",      {"a": 6.0}),
    # b passes 1 on before d has brought it 12 more
    "wrong_order": ("near_and_far", {"a": 2.0, "b": 13.0}),
    # in the second pass d has -4 in place of -2
    "no_zero":     ("expression",   {"a": 24.0, "b": -16.0, "c": -6.0, "d": -4.0}),
    "wrong_sign":  ("used_twice",   {"a": -2.0}),
    # b was moved from 3 to 3 - 0.1 * b.grad = 3 - 0.1 * -8, and is the partial of a * b
    "closure_bug": ("two_uses",     {"a": 3.8 - 6.0}),
}
# fmt: on


@pytest.mark.parametrize("algorithm", SHOWN_BY)
def test_a_mistake_shows_on_its_smallest_graph(algorithm):
    preset, wanted = SHOWN_BY[algorithm]
    row, order = ALGORITHMS[algorithm], topological_order(PRESETS[preset]())
    grads = {node.label: grad for node, grad in grads_of(order, row).items()}
    assert {name: grads[name] for name in wanted} == pytest.approx(wanted)
    assert "a" in {node.label for node in wrong_nodes(order, row)}
    assert row.misconception.endswith(".")


def test_every_mistake_is_shown():
    assert list(SHOWN_BY) == [name for name in ALGORITHMS if name != "right"]


def by_hand(algorithm, root):
    """The grads that the mistake gives, as people write it: on Values, with their own grads."""
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    if algorithm == "recursive":
        pass_on(root)
    for node in reversed(receivers(order)) if algorithm in ("assign", "wrong_sign") else ():
        for x, partial in zip(node.inputs, partials(node)):
            if partial is not None:
                owed = partial * node.grad
                x.grad = owed if algorithm == "assign" else x.grad - owed
    if algorithm == "wrong_order":
        queue, seen = [root], {root}
        for node in queue:
            node._backward()
            fresh = [x for x in dict.fromkeys(node.inputs) if x not in seen]
            seen.update(fresh)
            queue += fresh
    if algorithm == "no_zero":
        for _ in range(2):
            root.grad = 1.0
            for node in reversed(order):
                node._backward()
    return [node.grad for node in order]


def partials(node):
    if not node.inputs:
        return []
    numbers = (*[x.data for x in node.inputs], node.data)
    return [partial and partial(*numbers) for partial in node.op.partials]


def pass_on(node):
    for x, partial in zip(node.inputs, partials(node)):
        if partial is not None:
            x.grad += partial * node.grad
            pass_on(x)


@cases("algorithm", ["assign", "recursive", "wrong_order", "no_zero", "wrong_sign"])
@cases("make", PRESETS.values(), ids=PRESETS)
def test_a_mistake_is_what_people_write(algorithm, make):
    root = make()
    if algorithm == "recursive" and make is PRESETS["readme"]:
        root = root.inputs[0]  # of the whole there are too many paths for a test
    wanted = by_hand(algorithm, root)
    grads = grads_of(topological_order(root), ALGORITHMS[algorithm])
    assert list(grads.values()) == pytest.approx(wanted, rel=1e-12)


def test_an_unknown_algorithm_is_named():
    with pytest.raises(ValueError, match="algorithm"):
        list(events(Value(1.0), "backwards"))


def test_a_leaf_alone():
    x = Value(2.0)
    assert [type(event) for event in events(x)] == [Forward, Seed, Done]
    assert grads_of([x]) == {x: 1.0}


def test_a_cycle_is_named():
    a = Value(1.0, label="a")
    b = a + 1.0
    b.label = "b"
    c = b * 2.0
    b.inputs = (c, a)
    with pytest.raises(GraphError, match="The graph has a cycle: 'b' was computed from"):
        list(events(c))


@pytest.mark.slow
def test_too_many_paths_are_refused():
    x = Value(1.0)
    for _ in range(30):
        x = x + x
    with pytest.raises(GraphError, match="more than 100,000 edges"):
        list(events(x, "recursive"))
    assert len(list(events(x))) == 31 + 1 + 60 + 1


def test_a_node_made_by_hand_says_so():
    made = Value(2.0, (Value(1.0),), "twice")
    with pytest.raises(GraphError, match="twice"):
        list(events(made))


@pytest.mark.parametrize("use", [draw, explain, lambda y: list(events(y))])
def test_a_graph_of_millions_is_refused(use, monkeypatch):
    monkeypatch.setattr("micrograd.explaining.events.MOST_NODES", 4)
    x = Value(1.0)
    use(x * x + x)
    with pytest.raises(GraphError, match=r"5 nodes, and graphs of more than 4 .* Use the loss"):
        use(x * x + x + 1.0)
