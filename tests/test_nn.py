"""The net library: the original's numbers, types and names, and what it refuses."""

import json
import random

import numpy as np
import pytest

from micrograd import MLP, Layer, Module, Neuron, Value, data, losses, nn, tanh
from micrograd.errors import ShapeError


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install 'micrograd[test]'")


def seeded(*args, **kwargs):
    random.seed(1337)
    return MLP(*args, **kwargs)


REPRS = {
    "ReLUNeuron(2)": lambda: Neuron(2),
    "LinearNeuron(3)": lambda: Neuron(3, nonlin=False),
    "TanhNeuron(2)": lambda: Neuron(2, activation="tanh"),
    "Leaky_reluNeuron(1)": lambda: Neuron(1, activation="leaky_relu"),
    "HalfNeuron(1)": lambda: Neuron(1, activation=half),
    "Layer of [ReLUNeuron(2), ReLUNeuron(2)]": lambda: Layer(2, 2),
    "MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]": lambda: MLP(2, [1, 1]),
}


def half(x):
    return x * 0.5


@pytest.mark.parametrize("text", REPRS)
def test_repr(text):
    assert repr(REPRS[text]()) == text


def test_the_originals_draws():
    model = seeded(2, [16, 16, 1])
    random.seed(1337)
    expected = []
    for nin, nout in ((2, 16), (16, 16), (16, 1)):
        for _ in range(nout):
            expected += [random.uniform(-1, 1) for _ in range(nin)] + [0.0]
    assert [p.data for p in model.parameters()] == expected
    assert len(expected) == 337
    assert expected[:2] == [0.23550571390294128, 0.06653114721000164]


def test_types_of_results():
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert [type(out) for out in MLP(2, [3, 2])([1.0, 2.0])] == [Value, Value]
    assert isinstance(MLP(1, [1, 1])(0.5), Value)
    assert isinstance(Neuron(2)(np.array([1.0, 2.0])), Value)


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_every_activation_by_name(name):
    model = seeded(2, [3, 1], activation=name)
    x = [0.3, 0.4]
    hidden = [
        nn.ACTIVATIONS[name](n.w[0].data * x[0] + n.w[1].data * x[1])
        for n in model.layers[0].neurons
    ]
    expected = sum(w.data * h for w, h in zip(model.layers[1].neurons[0].w, hidden))
    # the bias is added first there, last here
    assert model(x).data == pytest.approx(expected, rel=1e-13, nan_ok=True)


@pytest.mark.parametrize("activation", [tanh, half, lambda x: x.tanh() + 1])
def test_an_activation_may_be_a_function(activation):
    neuron = Neuron(2, activation=activation)
    neuron.nonlin = False
    plain = neuron([1.0, 2.0])
    neuron.nonlin = True
    assert neuron([1.0, 2.0]).data == activation(plain).data


BOUNDS = {"uniform": 1.0, "xavier": (6 / 250) ** 0.5, "he": (6 / 200) ** 0.5}


@pytest.mark.parametrize("init", BOUNDS)
def test_weights_fill_the_bounds(init):
    random.seed(0)
    layer = Layer(200, 50, init=init)
    weights = [w.data for n in layer.neurons for w in n.w]
    # of 10,000 draws the largest is within 1 % of the bound but for a chance of e-100
    assert 0.99 * BOUNDS[init] < max(weights) <= BOUNDS[init]
    assert -BOUNDS[init] <= min(weights) < -0.99 * BOUNDS[init]
    assert all(n.b.data == 0.0 for n in layer.neurons)
    assert Layer(2, 2, init=lambda nin, nout: 0.0)([1.0, 1.0])[0].data == 0.0


def test_the_lectures_training():
    X, y = data.four_points()
    model = seeded(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    assert len(model.parameters()) == 41
    found = []
    for _ in range(20):
        loss = sum((out - target) ** 2 for out, target in zip(map(model, X), y))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        found.append(loss.data)
    assert found[-1] < 0.1 * found[0]


def test_the_demo_notebooks_loss(torch):
    X, y = data.moons(100, seed=1)
    X, y = np.array(X), np.array(y, dtype=int)
    model = seeded(2, [16, 16, 1])
    inputs = [list(map(Value, xrow)) for xrow in X]
    scores = list(map(model, inputs))
    data_losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]
    data_loss = sum(data_losses) * (1.0 / len(data_losses))
    total_loss = data_loss + 1e-4 * sum(p * p for p in model.parameters())
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
    total_loss.backward()
    assert losses.accuracy(scores, list(y)) == sum(accuracy) / len(accuracy)

    weights = [
        torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in model.parameters()
    ]
    found = iter(weights)
    hidden = torch.tensor(X)
    for i, (nin, nout) in enumerate(((2, 16), (16, 16), (16, 1))):
        rows = [[next(found) for _ in range(nin + 1)] for _ in range(nout)]
        matrix = torch.stack([torch.stack(row) for row in rows])
        hidden = hidden @ matrix[:, :-1].T + matrix[:, -1]
        hidden = hidden.relu() if i < 2 else hidden[:, 0]
    expected = (1 - torch.tensor(y) * hidden).relu().mean() + 1e-4 * sum(w * w for w in weights)
    expected.backward()
    # sums of a hundred terms in another order
    assert total_loss.data == pytest.approx(expected.item(), rel=1e-13)
    grads = [p.grad for p in model.parameters()]
    assert grads == pytest.approx([w.grad.item() for w in weights], rel=1e-10, abs=1e-14)


class Custom(Module):
    def __init__(self):
        self.scale = Value(2.0)
        self.table = {"a": [Value(1.0), [Value(3.0)]], "b": Neuron(1)}
        self.again = self.scale
        self.name = "custom"
        self.empty = []


def test_parameters_in_order_and_once():
    model = Custom()
    names = [name for name, _ in model.named_parameters()]
    assert names == ["scale", "table.a.0", "table.a.1.0", "table.b.w.0", "table.b.b"]
    assert model.parameters() == [value for _, value in model.named_parameters()]
    assert Module().parameters() == []


def test_a_module_may_list_its_own_parameters():
    class Chosen(Custom):
        def parameters(self):
            return [self.scale]

    model = Chosen()
    model.scale.grad = model.table["b"].b.grad = 1.0
    model.zero_grad()
    assert (model.scale.grad, model.table["b"].b.grad) == (0.0, 1.0)


@pytest.mark.parametrize("make", [Custom, lambda: MLP(2, [3, 1])])
def test_state_survives_json(make):
    one, two = make(), make()
    two.load_state_dict(json.loads(json.dumps(one.state_dict())))
    assert [p.data for p in two.parameters()] == [p.data for p in one.parameters()]


def test_a_state_of_another_module_changes_nothing():
    model = seeded(2, [2, 1])
    state = model.state_dict()
    state["layers.0.neurons.0.w"] = [1.0]
    state["layers.0.neurons.1.b"] = [[1.0], [2.0]]
    state["x"] = 0.0
    del state["layers.1.neurons.0.b"]
    before = [p.data for p in model.parameters()]
    with pytest.raises(ShapeError) as said:
        model.load_state_dict(state)
    assert str(said.value).splitlines() == [
        "this state is of another module, so nothing was loaded:",
        "  misshapen layers.0.neurons.0.w: a list of 1, where the module has a list of 2",
        "  misshapen layers.0.neurons.1.b: a list of 2 (a list of 1), "
        "where the module has a number",
        "  missing layers.1.neurons.0.b",
        "  unexpected x",
    ]
    with pytest.raises(TypeError, match="got str 'x'"):
        model.load_state_dict({**model.state_dict(), "layers.1.neurons.0.b": "x"})
    assert [p.data for p in model.parameters()] == before


BAD = {
    "too long": (lambda: Neuron(2)([1, 2, 3]), ShapeError,
                 "ReLUNeuron(2) takes 2 inputs, got 3: give it a list of 2 numbers or Values."),
    "too short": (lambda: MLP(3, [2])([1, 2]), ShapeError,
                  "LinearNeuron(3) takes 3 inputs, got 2: give it a list of 3 numbers or Values."),
    "empty": (lambda: Neuron(1)([]), ShapeError,
              "ReLUNeuron(1) takes 1 inputs, got 0: give it a list of 1 numbers or Values."),
    "init": (lambda: Neuron(1, init="zero"), ValueError,
             "unknown init 'zero': it is one of uniform, xavier, he, or a function."),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    do, kind, message = BAD[case]
    with pytest.raises(kind) as said:
        do()
    assert str(said.value) == message


def test_an_unknown_activation_lists_the_known():
    with pytest.raises(
        ValueError, match="unknown activation 'tahn': it is one of neg, exp, .*relu"
    ):
        MLP(2, [1], activation="tahn", output_activation="tahn")
