"""`summary`: golden tables, and what is counted where.

Rule: a number of nodes is that of a graph of the same call, or is counted by hand.
"""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from micrograd import MLP, Layer, Module, Neuron, Value, errors, summary
from micrograd.nn import GPT, GRU, Conv2d, Dropout, Embedding, LayerNorm, Linear, Sequential
from micrograd.nn import MaxPool2d as Pool
from micrograd.ops import relu, tanh
from micrograd.support.nest import leaves


def flat(x):
    return [number for image in x for row in image for number in row]


def zeros(*sizes):
    return np.zeros(sizes).tolist()


# fmt: off
GOLDEN = {  # name: (the model, an example, the table)
    "MLP": (lambda: MLP(2, [16, 16, 1], activation="tanh"), (), """\
layer     what                            in -> out     parameters  nodes
(all)     MLP                             2 -> number            0      0
layers.0  Layer of [16 x TanhNeuron(2)]   2 -> 16               48     80
layers.1  Layer of [16 x TanhNeuron(16)]  16 -> 16             272    528
layers.2  Layer of [LinearNeuron(16)]     16 -> number          17     32
total     2,696 bytes in float64                               337    640"""),
    "MLP, not run": (lambda: Sequential(LayerNorm(2), MLP(2, [3])), (), """\
layer             what                              parameters
(all)             Sequential(LayerNorm(2), MLP ...           0
steps.0           LayerNorm(2)                               4
steps.1           MLP                                        0
steps.1.layers.0  Layer of [3 x LinearNeuron(2)]             9
total             104 bytes in float64                      13"""),
    "GPT": (lambda: GPT(5, 3, size=4, heads=2), ([1, 0, 4],), """\
layer                     what                       in -> out             parameters  nodes
(all)                     GPT(5, 3)                  3 -> 3 x 5                     0     12
tokens                    Embedding(5, 4)            number -> 4, 3 times          20      0
positions                 Embedding(3, 4)            number -> 4, 3 times          12      0
norm                      RMSNorm(4)                 4 -> 4, 3 times                0     45
blocks.0                  TransformerBlock(4, 2)     3 x 4 -> 3 x 4                 0     72
blocks.0.norm             RMSNorm(4)                 4 -> 4, 6 times                0     90
blocks.0.attention        CausalSelfAttention(4, 2)  3 x 4 -> 3 x 4                 0    168
blocks.0.attention.query  Linear(4, 4)               4 -> 4, 3 times               16     96
blocks.0.attention.key    Linear(4, 4)               4 -> 4, 3 times               16     96
blocks.0.attention.value  Linear(4, 4)               4 -> 4, 3 times               16     96
blocks.0.attention.out    Linear(4, 4)               4 -> 4, 3 times               16     96
blocks.0.up               Linear(4, 16)              4 -> 16, 3 times              64    384
blocks.0.down             Linear(16, 4)              16 -> 4, 3 times              64    384
head                      Linear(4, 5)               4 -> 5, 3 times               20    120
total                     1,952 bytes in float64                                  244  1,659"""),
    "images": (lambda: Sequential(Conv2d(1, 2, 3), relu, Pool(2), flat, Linear(8, 3)), (zeros(1, 6, 6),), """\
layer    what                              in -> out               parameters  nodes
(all)    Sequential(Conv2d(1, 2, 3), r...  1 x 6 x 6 -> 3                   0     32
steps.0  Conv2d(1, 2, 3)                   1 x 6 x 6 -> 2 x 4 x 4          20    608
steps.2  MaxPool2d(2)                      2 x 4 x 4 -> 2 x 2 x 2           0     24
steps.4  Linear(8, 3)                      8 -> 3                          27     48
total    376 bytes in float64                                              47    712"""),
    "GRU": (lambda: GRU(2, 3), (zeros(4, 2),), """\
layer  what                  in -> out          parameters  nodes
(all)  GRU(2, 3)             4 x 2 -> 4 x 3, 3          63    492
total  504 bytes in float64                             63    492"""),
}
# fmt: on


@pytest.mark.parametrize("make, example, table", GOLDEN.values(), ids=GOLDEN)
def test_the_table(make, example, table):
    found = summary(make(), *example)
    assert str(found) == repr(found) == table


# fmt: off
RUN = {  # name: (model, example)
    "MLP":    (MLP(2, [3, 2]), [0.5, 0.5]),
    "Linear": (Linear(3, 2), [0.5, 0.5, 0.5]),
    "Neuron": (Neuron(2), [0.5, 0.5]),
    "GPT":    (GPT(5, 3, size=4, heads=2), [1, 0, 4]),
    "GRU":    (GRU(2, 3), zeros(4, 2)),
    "Conv2d": (Conv2d(1, 2, 2), zeros(1, 3, 3)),
}
# fmt: on


@pytest.mark.parametrize("model, example", RUN.values(), ids=RUN)
def test_nodes_are_the_results_of_ops_in_the_graph(model, example):
    graph, waiting = set(), leaves(model(example))
    while waiting:
        node = waiting.pop()
        if node.inputs and node not in graph:
            graph.add(node)
            waiting += node.inputs
    found = summary(model, example)
    assert found.nodes == len(graph) == sum(row.nodes for row in found.rows)


# fmt: off
BEGIN = {  # name: (model, whether it says how many numbers it takes)
    "Neuron":      (lambda: Neuron(2), True),
    "Layer":       (lambda: Layer(2, 3), True),
    "MLP":         (lambda: MLP(2, [3]), True),
    "Linear":      (lambda: Linear(2, 3), True),
    "Sequential":  (lambda: Sequential(Sequential(Linear(2, 3)), tanh), True),
    "op first":    (lambda: Sequential(relu, Linear(2, 3)), False),
    "empty":       (lambda: Sequential(), False),
    "no neurons":  (lambda: Layer(2, 0), False),
    "Embedding":   (lambda: Embedding(2, 3), False),
    "Conv2d":      (lambda: Conv2d(2, 3, 1), False),
    "no __call__": (lambda: Module(), False),
}
# fmt: on


@pytest.mark.parametrize("make, says", BEGIN.values(), ids=BEGIN)
def test_who_needs_no_example(make, says):
    found = summary(make())
    assert (found.nodes is not None) == says
    assert all(bool(row.shape) == says for row in found.rows)


class Mine(Module):
    """A class of one's own, with parameters, a neuron, a shared layer, and no name to show."""

    def __init__(self):
        self.bias = Value(0.5)
        self.inner = {"a": Linear(2, 2), "kept": Module()}
        self.again, self.neuron = self.inner["a"], Neuron(2)

    def __call__(self, x, times=1.0):
        return self.neuron(self.again(self.inner["a"](x))) * times + self.bias


class Child(Mine):
    def __call__(self, x, times=1.0):
        return super().__call__(x, times=times)


@pytest.mark.parametrize("kind", [Mine, Child])
def test_a_class_of_ones_own(kind):
    calls = {cls: vars(cls).get("__call__") for cls in (kind, Linear, Module, Neuron)}
    found = summary(kind(), np.zeros(2), 2)
    assert calls == {cls: vars(cls).get("__call__") for cls in calls}
    rows = [(row.layer, row.what, row.shape, row.calls, row.parameters) for row in found.rows]
    assert rows == [
        ("(all)", kind.__name__, "2, number -> number", 1, 4),  # its own and the neuron's
        ("inner.a", "Linear(2, 2)", "2 -> 2", 2, 6),
        ("inner.kept", "Module", "", 0, 0),
    ]
    # Of the neuron 2 products, 2 sums, relu; then times and bias. Of each Linear 2 * (2 + 2).
    assert [row.nodes for row in found.rows] == [7, 16, 0]


def test_models_of_other_threads_are_not_counted():
    """While a model runs, its classes and the model itself are as they were."""
    other, call = Linear(2, 2), Linear.__call__

    def elsewhere(x):
        assert Linear.__call__ is call and type(model.steps[0]) is Linear
        with ThreadPoolExecutor() as pool:
            for layer in (other, model.steps[0]):
                pool.submit(layer, [1.0, 2.0]).result()
        return x

    model = Sequential(Linear(2, 2), elsewhere)
    found = summary(model)
    assert [(row.nodes, row.calls) for row in found.rows] == [(0, 1), (8, 1)]


def test_a_layer_may_call_itself_or_fail():
    class Halving(Module):
        def __init__(self):
            self.inner = Linear(1, 1)

        def __call__(self, x):
            if len(x) > 1:
                return self(x[: len(x) // 2])
            try:
                return self.inner([*x, 0.0])
            except errors.ShapeError:
                return x[0] * Value(2.0) + self.inner(x)[0]

    found = summary(Halving(), [1.0] * 4)
    assert [(row.nodes, row.calls, row.shape) for row in found.rows] == [
        (2, 1, "4 -> number"),
        (2, 1, "1 -> 1"),
    ]


def test_an_attribute_that_a_call_sets_is_not_left_behind():
    class Remembering(Linear):
        def __call__(self, x):
            self.latest = super().__call__(x)
            return self.latest

    model = Remembering(2, 1)
    assert summary(model, [1.0, 2.0]).nodes == 4
    assert not hasattr(model, "latest")


def test_what_is_tied_is_counted_once():
    model = GPT(5, 3, size=4, heads=2)
    before = summary(model).parameters
    model.head.weight = model.tokens.weight
    assert summary(model).parameters == before - 20 == len(model.parameters())
    assert summary(model).rows[-1].parameters == 0


def test_chance_goes_on_as_if_nothing_had_been_run():
    model = Sequential(Linear(2, 3), Dropout(0.5))
    random.seed(5)
    wanted = random.random()
    random.seed(5)
    # `where` and a product for each number: dropout is part of a pass while it is on.
    assert [row.nodes for row in summary(model).rows] == [0, 12, 6]
    assert random.random() == wanted
    assert [row.nodes for row in summary(model.eval()).rows] == [0, 12, 0]


def test_an_example_that_does_not_fit():
    model = Sequential(Linear(2, 3), Linear(3, 1))
    call = Linear.__call__
    with pytest.raises(errors.ShapeError, match=r"Linear\(2, 3\)"):
        summary(model, [1.0])
    assert Linear.__call__ is call


def test_lists_of_many_lengths_are_not_listed():
    few, many = ([[[1.0] * n] for n in range(1, most)] for most in (3, 6))
    assert summary(Sequential(flat), few).rows[0].shape == "1 x 1, 1 x 2 -> 3"
    assert summary(Sequential(flat), many).rows[0].shape == "5 of unequal lengths -> 15"


def test_what_is_no_module():
    with pytest.raises(TypeError, match=r"summary\(\) takes a Module"):
        summary([1.0])


def test_a_layer_that_is_not_found_counts_where_it_is_called():
    hidden = Linear(2, 2)
    found = summary(Sequential(Linear(2, 2), lambda x: hidden(x)))
    assert [(row.layer, row.nodes, row.calls) for row in found.rows] == [
        ("(all)", 8, 1),
        ("steps.0", 8, 1),
    ]
