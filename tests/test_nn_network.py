"""Neurons, layers, networks: as the original's, and what was added to it.

Rule: the original is restated here in a few lines of Python or NumPy, never imported; whatever is
said of one module is a row of a table, so that the next module is one more row.
"""

import json
import math
import random

import numpy as np
import pytest

from micrograd import MLP, OPS, Layer, Module, Neuron, Op, Value, data
from micrograd.errors import ShapeError
from micrograd.nn.network import activations
from tests.support.cases import cases

# Two sums of at most 18 products, in another order: each addition is off by at most half an ulp.
SAME_SUM = {"rel": 18 * 2.0**-52, "abs": 18 * 2.0**-52}


@pytest.fixture(autouse=True)
def seeded():
    random.seed(1337)


def originals_draws(nin, nouts):
    """The parameters of karpathy/micrograd's MLP, in its order: weights and bias, by neuron."""
    numbers = []
    for inputs, neurons in zip([nin, *nouts], nouts):
        for _ in range(neurons):
            numbers += [random.uniform(-1, 1) for _ in range(inputs)] + [0.0]
    return numbers


def matrices(model):
    """[(W, b), ...], one for each layer, as arrays."""
    return [
        (
            np.array([[w.data for w in n.w] for n in layer.neurons]),
            np.array([n.b.data for n in layer.neurons]),
        )
        for layer in model.layers
    ]


def in_numpy(model, x, inner, outer):
    layers = matrices(model)
    for i, (w, b) in enumerate(layers):
        x = w @ np.asarray(x, dtype=float) + b
        x = outer(x) if i == len(layers) - 1 else inner(x)
    return x


def relu(x):
    return np.maximum(x, 0.0)


def same(x):
    return x


def square(x):
    return x * x


# ------------------------------------------------------------------------------ as in the original


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (lambda: Neuron(2), "ReLUNeuron(2)"),
        (lambda: Neuron(nin=2, nonlin=True), "ReLUNeuron(2)"),
        (lambda: Neuron(2, False), "LinearNeuron(2)"),
        (lambda: Neuron(nin=2, nonlin=False), "LinearNeuron(2)"),
        (lambda: Neuron(3, activation="tanh"), "TanhNeuron(3)"),
        (lambda: Neuron(3, activation=OPS["sigmoid"]), "SigmoidNeuron(3)"),
        (lambda: Neuron(3, activation=square), "SquareNeuron(3)"),
        (lambda: Neuron(3, False, "tanh"), "LinearNeuron(3)"),
        (lambda: Layer(2, 1), "Layer of [ReLUNeuron(2)]"),
        (lambda: Layer(nin=1, nout=2), "Layer of [ReLUNeuron(1), ReLUNeuron(1)]"),
        (lambda: Layer(1, 2, nonlin=False), "Layer of [LinearNeuron(1), LinearNeuron(1)]"),
        (lambda: MLP(2, [1]), "MLP of [Layer of [LinearNeuron(2)]]"),
        (
            lambda: MLP(nin=1, nouts=[2, 1]),
            "MLP of [Layer of [ReLUNeuron(1), ReLUNeuron(1)], Layer of [LinearNeuron(2)]]",
        ),
        (
            lambda: MLP(1, [1, 1], activation="tanh", output_activation="sigmoid"),
            "MLP of [Layer of [TanhNeuron(1)], Layer of [SigmoidNeuron(1)]]",
        ),
    ],
)
def test_repr(module, text):
    assert repr(module()) == str(module()) == text


@pytest.mark.parametrize(
    ("module", "outputs"),
    [
        (lambda: Neuron(2), None),
        (lambda: Neuron(2, nonlin=False), None),
        (lambda: Layer(2, 1), None),
        (lambda: Layer(2, 3), 3),
        (lambda: MLP(2, [1]), None),
        (lambda: MLP(2, [4, 1]), None),
        (lambda: MLP(2, [4, 3]), 3),
        (lambda: MLP(2, [1, 2]), 2),
    ],
)
def test_a_value_where_there_is_one_output_else_a_list(module, outputs):
    out = module()([1.0, -2.0])
    if outputs is None:
        assert type(out) is Value
    else:
        assert type(out) is list
        assert [type(x) for x in out] == [Value] * outputs


def test_the_demos_network():
    numbers = [p.data for p in MLP(2, [16, 16, 1]).parameters()]
    assert len(numbers) == 337
    assert numbers[:2] == [0.23550571390294128, 0.06653114721000164]


@pytest.mark.parametrize(
    ("nin", "nouts"), [(2, [16, 16, 1]), (3, [4, 4, 1]), (1, [1]), (5, [2, 3])], ids=str
)
def test_the_originals_draws(nin, nouts):
    ours = [p.data for p in MLP(nin, nouts).parameters()]
    random.seed(1337)
    assert ours == originals_draws(nin, nouts)


@pytest.mark.parametrize(
    ("options", "inner", "outer"),
    [
        ({}, relu, same),
        ({"activation": "tanh"}, np.tanh, same),
        ({"activation": "tanh", "output_activation": "tanh"}, np.tanh, np.tanh),
        ({"output_activation": "relu"}, relu, relu),
        ({"output_activation": square}, relu, np.square),
    ],
    ids=["default", "tanh", "tanh twice", "relu out", "square out"],
)
@pytest.mark.parametrize("nouts", [[1], [4, 1], [5, 4, 3]], ids=str)
def test_forward_is_numpys(nouts, options, inner, outer):
    model = MLP(2, nouts, **options)
    for row in ([1.0, -2.0], [0.0, 0.0], [-0.3, 0.7]):
        out = model(row)
        numbers = [x.data for x in (out if isinstance(out, list) else [out])]
        # the sums' own bound, over three layers whose slopes are below 2 * 5
        theirs = in_numpy(model, row, inner, outer)
        assert numbers == pytest.approx(theirs.tolist(), rel=1e-13, abs=1e-13)


def test_the_notebooks_loss_and_its_gradients():
    torch = pytest.importorskip("torch")
    X, y = data.moons(100, noise=0.1, seed=1)
    X, y = np.array(X), np.array(y).astype(int)
    model = MLP(2, [16, 16, 1])
    batch_size = None

    # as in the notebook
    if batch_size is None:
        Xb, yb = X, y
    inputs = [list(map(Value, xrow)) for xrow in Xb]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    alpha = 1e-4
    reg_loss = alpha * sum(p * p for p in model.parameters())
    total_loss = data_loss + reg_loss
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]
    accuracy = sum(accuracy) / len(accuracy)
    model.zero_grad()
    total_loss.backward()

    layers = [
        (torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True))
        for w, b in matrices(model)
    ]
    out = torch.tensor(X)
    for i, (w, b) in enumerate(layers):
        out = out @ w.T + b
        out = out.relu() if i < 2 else out
    signs = torch.tensor(y, dtype=torch.float64)
    loss = (1 - signs * out[:, 0]).relu().mean()
    loss = loss + alpha * sum((p * p).sum() for layer in layers for p in layer)
    loss.backward()
    theirs = []
    for w, b in layers:
        for row, bias in zip(w.grad, b.grad):
            theirs += [*row.tolist(), bias.item()]
    # sums of 100 examples by 16 neurons in another order: 1e3 terms, of half an ulp (1e-16) each
    assert total_loss.data == pytest.approx(loss.item(), rel=1e-13)
    assert [p.grad for p in model.parameters()] == pytest.approx(theirs, rel=1e-12, abs=1e-13)
    assert accuracy == ((out[:, 0] > 0) == (signs > 0)).double().mean().item()


@pytest.mark.parametrize("seed", [0, 1, 1337])
def test_the_lectures_training(seed):
    """20 steps by hand of the all-tanh network on the lecture's four points."""
    random.seed(seed)
    X, y = data.four_points()
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    assert len(model.parameters()) == 41
    history = []
    for _ in range(20):
        loss = sum((model(x) - target) ** 2 for x, target in zip(X, y))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        history.append(loss.data)
    assert history[-1] < 0.5 * history[0]


# ------------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    "row",
    [
        [1.0, -2.0],
        (1.0, -2.0),
        [1, -2],
        [Value(1.0), Value(-2.0)],
        [Value(1.0), -2.0],
        np.array([1.0, -2.0]),
        np.array([1, -2]),
        np.array([1.0, -2.0], dtype=np.float32),
        iter([1.0, -2.0]),
    ],
    ids=lambda row: type(row).__name__,
)
def test_rows_of_every_kind(row):
    neuron = Neuron(2)
    assert neuron(row).data == neuron([1.0, -2.0]).data


@pytest.mark.parametrize("x", [2.0, 2, Value(2.0), np.float64(2.0), np.float32(2.0)], ids=repr)
def test_a_single_number_where_there_is_one_input(x):
    for module in (Neuron(1), Layer(1, 1), MLP(1, [3, 1])):
        assert module(x).data == module([2.0]).data


@pytest.mark.parametrize(
    ("module", "x", "message"),
    [
        (lambda: Neuron(2), [1.0], "ReLUNeuron(2) takes 2 inputs, got 1."),
        (lambda: Neuron(2), 1.0, "ReLUNeuron(2) takes 2 inputs, got 1."),
        (lambda: Neuron(2), [], "ReLUNeuron(2) takes 2 inputs, got 0."),
        (lambda: Layer(2, 2, nonlin=False), [1.0] * 3, "LinearNeuron(2) takes 2 inputs, got 3."),
        (lambda: MLP(3, [4, 1]), np.ones(2), "ReLUNeuron(3) takes 3 inputs, got 2."),
    ],
)
def test_a_wrong_length_is_an_error(module, x, message):
    with pytest.raises(ShapeError) as error:
        module()(x)
    assert str(error.value) == f"{message} Pass a list with a number or Value for each input."


# ------------------------------------------------------------------ activations and initial weights


@cases("name", activations())
@cases("given", ["name", "op", "function"])
def test_activations(name, given):
    op = OPS[name]
    neuron = Neuron(1, activation={"name": name, "op": op, "function": lambda x: op(x)}[given])
    for x in (0.5, -0.5, 0.0):
        ours, wanted = neuron([x]).data, op(neuron.w[0].data * x + neuron.b.data)
        assert ours == wanted or (math.isnan(ours) and math.isnan(wanted))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"activation": "silu"},
            f"Unknown activation 'silu'. Choose one of {', '.join(activations())}, or pass a ",
        ),
        ({"activation": None}, "Unknown activation None. Choose one of "),
        (
            {"init": "normal"},
            "Unknown init 'normal'. Did you mean uniform? "
            "Choose one of uniform, xavier, he, or pass a function.",
        ),
    ],
    ids=str,
)
def test_an_unknown_name_is_an_error(options, message):
    for make in (lambda: Neuron(2, **options), lambda: MLP(2, [2, 1], **options)):
        with pytest.raises(ValueError) as error:
            make()
        assert str(error.value).startswith(message)


def test_an_unknown_output_activation_is_an_error():
    with pytest.raises(ValueError, match=r"^Unknown activation 'softmax'. It takes a list: "):
        MLP(2, [2, 1], output_activation="softmax")


@pytest.mark.parametrize(
    ("init", "bound"),
    [
        ("uniform", 1.0),
        ("xavier", math.sqrt(6.0 / (50 + 20))),
        ("he", math.sqrt(6.0 / 50)),
        (lambda nin, nout: nin / nout, 2.5),
    ],
)
def test_weights_are_drawn_within_the_bound(init, bound):
    layer = Layer(50, 20, init=init)
    weights = [w.data for n in layer.neurons for w in n.w]
    assert [n.b.data for n in layer.neurons] == [0.0] * 20
    assert max(map(abs, weights)) <= bound
    # of 1000 even draws the outermost lies in the last hundredth but for a chance of 0.99**1000
    assert max(weights) > 0.98 * bound
    assert min(weights) < -0.98 * bound
    # the root mean square of an even draw is bound / sqrt(3); of 1000 draws, off by 1.4 % or so
    spread = math.sqrt(sum(w * w for w in weights) / len(weights))
    assert spread == pytest.approx(bound / math.sqrt(3.0), rel=0.06)


def test_an_init_function_is_asked_for_each_neuron():
    bounds = iter([0.0, 1.0, 0.0])
    layer = Layer(4, 3, init=lambda nin, nout: next(bounds))
    assert [any(w.data for w in neuron.w) for neuron in layer.neurons] == [False, True, False]


def test_every_layer_of_a_network_has_the_init():
    model = MLP(3, [2, 1], init=lambda nin, nout: 10.0 * nin + nout)
    # a draw can exceed the bound of another layer only by having its own
    random.seed(1337)
    bounds = [10.0 * 3 + 2] * 6 + [10.0 * 2 + 1] * 2
    assert [w.data for layer in model.layers for n in layer.neurons for w in n.w] == [
        random.uniform(-bound, bound) for bound in bounds
    ]


# ------------------------------------------------------------------------ what a module consists of


class Net(Module):
    """One attribute of every kind."""

    def __init__(self):
        self.scale = Value(1.0)
        self.title, self.size, self.empty = "net", 3, []
        self.rows = [[Value(2.0), Value(3.0)], [Value(4.0)]]
        self.blocks = {"one": [Value(5.0)], "two": Neuron(1), 3: (Value(6.0),)}
        self.mixed = [Value(7.0), Layer(1, 1), {"deep": Value(8.0)}]
        self.again = self.scale
        self.twice = [self.scale, self.rows[0][0]]


NAMES = [
    "scale",
    "rows.0.0",
    "rows.0.1",
    "rows.1.0",
    "blocks.one.0",
    "blocks.two.w.0",
    "blocks.two.b",
    "blocks.3.0",
    "mixed.0",
    "mixed.1.neurons.0.w.0",
    "mixed.1.neurons.0.b",
    "mixed.2.deep",
]


def test_parameters_are_found_in_order_each_once():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [p for _, p in net.named_parameters()] == net.parameters()
    assert [p.data for p in net.parameters() if p.data == int(p.data) and p.data] == [
        *(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
    ]


def test_names_in_a_network():
    names = [name for name, _ in MLP(2, [2, 1]).named_parameters()]
    assert names == [
        *("layers.0.neurons.0.w.0", "layers.0.neurons.0.w.1", "layers.0.neurons.0.b"),
        *("layers.0.neurons.1.w.0", "layers.0.neurons.1.w.1", "layers.0.neurons.1.b"),
        *("layers.1.neurons.0.w.0", "layers.1.neurons.0.w.1", "layers.1.neurons.0.b"),
    ]


def test_a_module_without_parameters():
    assert Module().parameters() == Module().named_parameters() == []
    assert Module().state_dict() == {}


@pytest.mark.parametrize("module", [Net, lambda: MLP(2, [3, 1])], ids=["net", "mlp"])
def test_zero_grad(module):
    module = module()
    for p in module.parameters():
        p.grad = 5.0
    module.zero_grad()
    assert [p.grad for p in module.parameters()] == [0.0] * len(module.parameters())


class Frozen(Module):
    """As the original's subclasses do, it lists its parameters itself."""

    def __init__(self):
        self.trained, self.fixed = Value(1.0), Value(2.0)

    def parameters(self):
        return [self.trained]


def test_a_subclass_that_lists_its_parameters():
    module = Frozen()
    (module.trained * module.fixed).backward()
    module.zero_grad()
    assert (module.trained.grad, module.fixed.grad) == (0.0, 1.0)


# ------------------------------------------------------------------------------------- the state


@pytest.mark.parametrize("module", [Net, lambda: MLP(2, [3, 2])], ids=["net", "mlp"])
def test_the_state_survives_json(module):
    one, other = module(), module()
    before = other.parameters()
    for p in one.parameters():
        p.data = random.gauss(0.0, 1.0)
    other.load_state_dict(json.loads(json.dumps(one.state_dict())))
    assert [p.data for p in other.parameters()] == [p.data for p in one.parameters()]
    assert all(p is q for p, q in zip(other.parameters(), before))
    assert other.state_dict() == one.state_dict()


def test_the_entries_of_a_state():
    neuron = Neuron(2)
    assert neuron.state_dict() == {"w": [w.data for w in neuron.w], "b": 0.0}
    assert Net().state_dict()["rows"] == [[2.0, 3.0], [4.0]]


GOOD = {"w": [1.0, 2.0], "b": 3.0}
HEAD = "The state does not fit the module, so nothing was loaded:"
W = "where the module has a list of 2"


@pytest.mark.parametrize(
    ("state", "problems"),
    [
        ({"w": [1.0, 2.0]}, ["missing b"]),
        ({}, ["missing b", "missing w"]),
        ({**GOOD, "c": 1.0}, ["unexpected c"]),
        ({**GOOD, "w": [1.0]}, [f"misshapen w: a list of 1, {W}"]),
        ({**GOOD, "w": 1.0}, [f"misshapen w: a number, {W}"]),
        ({**GOOD, "w": [[1.0], 2.0]}, [f"misshapen w: a list of 2 (a list of 1), {W}"]),
        ({**GOOD, "b": [3.0]}, ["misshapen b: a list of 1, where the module has a number"]),
        (
            {"w": [1.0, 2.0, 3.0], "c": 1.0},
            [f"misshapen w: a list of 3, {W}", "missing b", "unexpected c"],
        ),
    ],
    ids=str,
)
def test_a_state_that_does_not_fit_sets_nothing(state, problems):
    neuron = Neuron(2)
    before = neuron.state_dict()
    with pytest.raises(ShapeError) as error:
        neuron.load_state_dict(state)
    assert str(error.value) == "\n  ".join([HEAD, *problems])
    assert neuron.state_dict() == before


@pytest.mark.parametrize(
    ("bad", "raises"), [("abc", TypeError), (None, TypeError), (1j, TypeError)]
)
def test_what_is_no_number_sets_nothing(bad, raises):
    neuron = Neuron(2)
    before = neuron.state_dict()
    with pytest.raises(raises):
        neuron.load_state_dict({**GOOD, "b": bad})
    assert neuron.state_dict() == before


def test_a_result_that_is_kept_is_no_parameter():
    class Keeps(Module):
        def __init__(self):
            self.x = Value(2.0)

        def __call__(self, z):
            self.out = self.x * z
            return self.out

    model = Keeps()
    model(3.0)
    assert model.parameters() == [model.x]
    assert model.state_dict() == {"x": 2.0}


@pytest.mark.parametrize("nouts", [4, [], None])
def test_nouts_is_a_list_of_sizes(nouts):
    with pytest.raises(TypeError, match="nouts must be the list of the layers' sizes"):
        MLP(3, nouts)


def test_an_added_op_can_be_named():
    OPS["double"] = Op("double", "double({})", lambda x: x + x, (lambda x, out: 2.0,))
    try:
        assert repr(Neuron(1, activation="double")) == "DoubleNeuron(1)"
    finally:
        del OPS["double"]


def test_parameters_are_those_that_have_names():
    """In the same order, wherever they stand: the walk without names is another one."""
    shared, frozen = Value(1.0), Value(2.0, requires_grad=False)
    array = np.array([[Value(3.0), Value(4.0)], [Value(5.0), shared]], object)
    model = Module()
    model.several = [shared, [Value(6.0), frozen], (), [Value(7.0) * 2.0, Value(8.0)]]
    model.inner, model.array = Neuron(2), array
    model.by_name = {"b": [array, {"c": Value(9.0)}], "a": (Layer(1, 2), shared), 1: "text"}
    named = [value for _, value in model.named_parameters()]
    assert model.parameters() == named
    assert len(named) == 5 + 3 + 4 + 1 + 1
    assert frozen not in named
