"""PyTorch's layers become ours and ours PyTorch's: structure, numbers, mode, what is shared.

Rule: outputs are compared in float64. Both add up in another order, each within a few units in the
last place: 1e-12 of the largest.
"""

import random
import sys

import numpy as np
import pytest

from micrograd import MLP, Value, nn, no_grad, ops
from micrograd.export import from_torch, to_torch
from micrograd.export.torch_layers import ACTIVATIONS, NAMES, ROWS
from micrograd.support.nest import leaves

torch = pytest.importorskip("torch")
T = torch.nn
ROWS_OF_DATA = 5


def normed(size):
    """Return a batch norm that has seen a batch, so that nothing is at its first value."""
    norm = T.BatchNorm1d(size, momentum=None, eps=1e-3).double()
    norm(torch.randn(7, size, dtype=torch.float64))
    return norm


SEQUENCE = {"batch_first": True}
# name: (how PyTorch's is made, the shape of an example)
THEIRS = {
    "linear": (lambda: T.Linear(4, 3), (4,)),
    "linear without bias": (lambda: T.Linear(4, 3, bias=False), (4,)),
    "embedding": (lambda: T.Embedding(5, 3), (4,)),
    "layer norm": (lambda: T.LayerNorm(4, eps=1e-3), (4,)),
    "RMS norm": (lambda: T.RMSNorm(4, eps=1e-3), (4,)),
    "RMS norm of float64": (lambda: T.RMSNorm(4), (4,)),
    "RMS norm without weights": (lambda: T.RMSNorm(4, elementwise_affine=False), (4,)),
    "batch norm": (lambda: normed(4), (4,)),
    "batch norm in use": (lambda: normed(4).eval(), (4,)),
    "batch norm with momentum": (lambda: T.BatchNorm1d(4, momentum=0.3), (4,)),
    "batch norm without weights": (lambda: T.BatchNorm1d(4, affine=False), (4,)),
    "batch norm without statistics": (lambda: T.BatchNorm1d(4, track_running_stats=False), (4,)),
    "convolution of a line": (lambda: T.Conv1d(2, 3, 3, stride=2, padding=1), (2, 9)),
    "convolution": (lambda: T.Conv2d(2, 3, 3, stride=2, padding=1), (2, 7, 7)),
    "pooling": (lambda: T.MaxPool2d(2, stride=1), (2, 4, 4)),
    "RNN": (lambda: T.RNN(3, 5, **SEQUENCE), (4, 3)),
    "GRU": (lambda: T.GRU(3, 5, **SEQUENCE), (4, 3)),
    "dropout in use": (lambda: T.Dropout(0.3).eval(), (4,)),
    "flatten": (lambda: T.Flatten(), (2, 3)),
    "identity": (lambda: T.Identity(), (3,)),
    "leaky ReLU": (lambda: T.LeakyReLU(0.25), (4,)),
    "softplus": (lambda: T.Softplus(beta=2.0), (4,)),
    "softmax": (lambda: T.Softmax(dim=-1), (4,)),
    "log-softmax": (lambda: T.LogSoftmax(dim=-1), (4,)),
    **{
        name: (getattr(T, name), (4,))
        for name in ("ReLU", "Tanh", "Sigmoid", "GELU", "ELU", "SiLU")
    },
    "a network": (
        lambda: T.Sequential(T.Linear(4, 8), T.Tanh(), T.LayerNorm(8), T.Linear(8, 3)),
        (4,),
    ),
    "a network of images": (
        lambda: T.Sequential(
            T.Conv2d(1, 2, 3), T.ReLU(), T.MaxPool2d(2), T.Flatten(), T.Linear(8, 3)
        ),
        (1, 6, 6),
    ),
    "a network with batch norm": (
        lambda: T.Sequential(T.Linear(4, 3), normed(3), T.ReLU(), T.Sequential(T.Linear(3, 2))),
        (4,),
    ),
}

OURS = {
    "MLP": (lambda: MLP(3, [5, 4], activation="tanh"), (3,)),
    "MLP with an activation at the end": (
        lambda: MLP(3, [4, 2], output_activation="sigmoid"),
        (3,),
    ),
    "one number": (lambda: MLP(3, [4, 1]), (3,)),
    "layer": (lambda: nn.Layer(3, 2), (3,)),
    "neuron": (lambda: nn.Neuron(3, activation="gelu"), (3,)),
    "module as activation": (lambda: MLP(3, [4, 2], activation=nn.LeakyReLU(0.3)), (3,)),
    **{op.name: (lambda op=op: nn.Sequential(nn.Linear(3, 2), op), (3,)) for op in ACTIVATIONS},
}


def made(table, name):
    """Return (a module of the table, rows for it)."""
    random.seed(1)
    torch.manual_seed(1)
    make, shape = table[name]
    module = make()
    if isinstance(module, T.Module):
        module = module.double()
    rng = np.random.default_rng(0)
    size = (ROWS_OF_DATA, *shape)
    X = rng.integers(0, 5, size) if name == "embedding" else rng.normal(size=size)
    return module, X


def numbers(result):
    return np.array([float(getattr(y, "data", y)) for y in leaves(result)])


def outputs_of_theirs(module, X):
    result = module(torch.tensor(X))
    parts = result if isinstance(result, tuple) else (result,)
    rows = parts[0].detach().numpy().tolist()  # of an RNN, the states
    return numbers(rows)


def outputs_of_ours(model, X):
    if getattr(model, "sees_batch", False):
        return numbers(model(X.tolist()))
    outputs = [model(row) for row in X.tolist()]
    return numbers([y[0] if isinstance(y, tuple) else y for y in outputs])


def assert_equal_outputs(theirs, ours, X):
    wanted = outputs_of_theirs(theirs, X)
    found = outputs_of_ours(ours, X)
    assert np.abs(found - wanted).max() <= 1e-12 * max(np.abs(wanted).max(), 1.0)


@pytest.mark.parametrize("name", THEIRS)
def test_their_layers_become_ours_and_come_back(name):
    theirs, X = made(THEIRS, name)
    ours = from_torch(theirs)
    again = to_torch(ours, structural=True)
    # an eps of None is the epsilon of the input's dtype, which is float64 here
    assert str(again).replace(str(sys.float_info.epsilon), "None") == str(theirs)
    assert again.training == theirs.training
    state = again.state_dict()
    for key, tensor in theirs.state_dict().items():
        if not key.endswith("num_batches_tracked") or "momentum" not in name:
            assert torch.equal(state[key], tensor), key
    assert_equal_outputs(theirs, ours, X)
    assert_equal_outputs(again, from_torch(theirs), X)


@pytest.mark.parametrize("name", OURS)
def test_our_layers_become_theirs_and_come_back(name):
    ours, X = made(OURS, name)
    theirs = to_torch(ours, structural=True)
    assert all(type(layer).__module__.startswith("torch.nn") for layer in theirs.modules())
    assert_equal_outputs(theirs, ours, X)
    assert_equal_outputs(theirs, from_torch(theirs), X)


BEGINNINGS = {  # layers that make one list of numbers from an example: (layers, its shape)
    "numbers": (list, (4,)),
    "a line": (lambda: [T.Conv1d(2, 2, 3, padding=1), T.Flatten(), T.Linear(10, 4)], (2, 5)),
    "an image": (
        lambda: [T.Conv2d(2, 2, 2), T.MaxPool2d(2, stride=1), T.Flatten(), T.Linear(18, 4)],
        (2, 5, 5),
    ),
}
OF_FOUR = [  # layers from four numbers to four
    *(T.ReLU, T.Tanh, T.GELU, T.ELU, T.SiLU, T.Softplus, T.Dropout, T.Identity),
    lambda: T.Linear(4, 4),
    lambda: T.LayerNorm(4, eps=1e-3),
    lambda: T.RMSNorm(4, eps=1e-3),
    lambda: normed(4),
    lambda: T.LogSoftmax(dim=-1),
    lambda: T.Sequential(T.Linear(4, 4, bias=False), T.Sigmoid()),
]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_random_networks_compute_the_same_in_four_ways(beginning, seed):
    make, shape = BEGINNINGS[beginning]
    rng = random.Random(seed)
    torch.manual_seed(seed)
    layers = [make_layer() for make_layer in rng.choices(OF_FOUR, k=6)]
    theirs = T.Sequential(*make(), *layers).double().eval()
    X = np.random.default_rng(seed).normal(size=(ROWS_OF_DATA, *shape))
    ours = from_torch(theirs)
    for module in (theirs, to_torch(ours, structural=True), to_torch(ours, input=shape)):
        assert_equal_outputs(module, ours, X)


def test_every_row_is_tested():
    tested = {type(layer).__name__ for make, _ in THEIRS.values() for layer in make().modules()}
    assert tested >= set(ROWS)
    assert len(NAMES) == len(ROWS)


@pytest.mark.parametrize("mode", [True, False])
def test_the_mode_of_each_layer_is_kept(mode):
    theirs = T.Sequential(T.Dropout(0.5), T.Linear(2, 2), normed(2)).train(mode)
    theirs[0].train(not mode)
    ours = from_torch(theirs)
    assert [ours.training, *(step.training for step in ours.steps)] == [mode, not mode, mode, mode]
    again = to_torch(ours, structural=True)
    assert [layer.training for layer in again.modules()] == [mode, not mode, mode, mode]


def test_shared_modules_stay_shared():
    layer = T.Linear(3, 3)
    theirs = T.Sequential(layer, T.Tanh(), layer)
    ours = from_torch(theirs)
    assert ours.steps[0] is ours.steps[2]
    again = to_torch(ours, structural=True)
    assert again[0] is again[2]


def test_shared_parameters_stay_shared():
    theirs = T.Sequential(T.Linear(3, 3), T.Tanh(), T.Linear(3, 3))
    theirs[2].weight = theirs[0].weight
    ours = from_torch(theirs)
    assert ours.steps[0].weight[1][2] is ours.steps[2].weight[1][2]
    assert len(ours.parameters()) == 9 + 3 + 3
    again = to_torch(ours, structural=True)
    assert again[0].weight is again[2].weight


def test_frozen_parameters_stay_frozen():
    theirs = T.Sequential(T.Linear(2, 2), T.Linear(2, 1))
    theirs[0].weight.requires_grad_(False)
    ours = from_torch(theirs)
    assert len(ours.parameters()) == 2 + 2 + 1
    again = to_torch(ours, structural=True)
    assert [p.requires_grad for p in again.parameters()] == [False, True, True, True]


def test_containers_become_lists_and_dicts():
    theirs = T.ModuleDict({"parts": T.ModuleList([T.Linear(2, 1), T.ReLU()])})
    ours = from_torch(theirs)
    assert isinstance(ours["parts"][0], nn.Linear)
    assert str(to_torch(ours, structural=True)) == str(theirs)


def test_numbers_are_not_rounded_and_the_seed_is_untouched():
    random.seed(5)
    model = MLP(2, [3, 1])
    torch.manual_seed(5)
    first = torch.get_rng_state()
    theirs = to_torch(model, structural=True)
    assert torch.equal(torch.get_rng_state(), first)
    assert theirs[0].weight.tolist() == [[w.data for w in n.w] for n in model.layers[0].neurons]


def test_layers_train_there_and_come_back():
    model = to_torch(MLP(2, [4, 1], activation="tanh"), structural=True)
    X = torch.randn(20, 2, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        ((model(X) - 1.0) ** 2).mean().backward()
        optimizer.step()
    assert_equal_outputs(model, from_torch(model), X.numpy())


class Net(T.Module):
    """A network of the user's."""


class Widened(T.Linear):
    """A layer of the user's, which may compute anything."""


def hooked():
    layer = T.Linear(2, 2)
    layer.register_forward_hook(lambda module, inputs, output: output + 1.0)
    return T.Sequential(layer)


# name: (a module, what the message says)
REFUSED = {
    "unknown": (lambda: T.Sequential(T.LSTM(2, 3)), r"LSTM at '0'.*known layers are: Linear"),
    "near": (lambda: T.Conv3d(1, 1, 1), r"Did you mean Conv[12]d\?"),
    "a class of the user's": (Net, r"no layer for PyTorch's Net\..*from_torch\(module\.layer\)"),
    "a name that is near": (type("Mine", (Net,), {}), r"no layer for PyTorch's Mine\. Convert"),
    "a subclass": (lambda: Widened(2, 2), "Widened"),
    "hooks": (hooked, "at '0' has hooks"),
    "groups": (lambda: T.Conv2d(2, 2, 3, groups=2), "groups=2.*groups=1 alone"),
    "dilation": (lambda: T.Conv1d(2, 2, 3, dilation=2), "dilation=2"),
    "padding by name": (lambda: T.Conv2d(2, 2, 3, padding="same"), "padding='same'"),
    "padding of another kind": (lambda: T.Conv2d(2, 2, 3, padding_mode="reflect"), "'reflect'"),
    "no bias": (lambda: T.Conv2d(2, 2, 3, bias=False), "bias=False"),
    "two sizes": (lambda: T.Conv2d(2, 2, (3, 2)), r"kernel_size=\(3, 2\)"),
    "several layers": (lambda: T.GRU(2, 3, num_layers=2, **SEQUENCE), "num_layers=2"),
    "both directions": (lambda: T.GRU(2, 3, bidirectional=True, **SEQUENCE), "bidirectional=True"),
    "another order": (lambda: T.RNN(2, 3), "batch_first=False"),
    "another function": (
        lambda: T.RNN(2, 3, nonlinearity="relu", **SEQUENCE),
        "nonlinearity='relu'",
    ),
    "a norm of two axes": (lambda: T.LayerNorm((2, 3)), r"normalized_shape=\(2, 3\)"),
    "a norm without numbers": (lambda: T.LayerNorm(3, elementwise_affine=False), "elementwise"),
    "an approximation": (lambda: T.GELU(approximate="tanh"), "approximate='tanh'"),
    "padding of texts": (lambda: T.Embedding(3, 2, padding_idx=0), "padding_idx=0"),
    "rounding up": (lambda: T.MaxPool2d(2, ceil_mode=True), "ceil_mode=True"),
    "complex numbers": (lambda: T.Linear(2, 2, dtype=torch.complex64), "complex numbers"),
    "another axis": (lambda: T.Softmax(dim=0), "dim=0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_ours_lacks_is_named(name):
    make, message = REFUSED[name]
    with pytest.raises(ValueError, match=f"(?s){message}"):
        from_torch(make())


def test_no_module_is_refused():
    with pytest.raises(TypeError, match="got the str 'Linear'"):
        from_torch("Linear")


def tied_in_part():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.bias = [first.bias[0], second.bias[1]]
    return nn.Sequential(first, second)


def mixed_layer():
    layer = nn.Layer(2, 2)
    layer.neurons[1].activation = ops.tanh
    return layer


def frozen_in_part():
    layer = nn.Linear(2, 1)
    layer.bias = [Value(0.0, requires_grad=False)]
    layer.weight[0][0] = Value(1.0, requires_grad=False)
    return layer


REFUSED_THERE = {
    "a GPT": (lambda: nn.GPT(3, 4), "GPT.*Leave structural=True out"),
    "an op": (lambda: MLP(2, [3, 1], activation="sin"), r"sin at 'layers\.0\.activation'"),
    "a function": (lambda: nn.Sequential(nn.Linear(2, 2), len), r"function len at 'steps\.1'"),
    "neurons that differ": (mixed_layer, "neurons differ"),
    "parameters shared in part": (tied_in_part, "shared with others"),
    "parameters frozen in part": (frozen_in_part, "only in part"),
}


@pytest.mark.parametrize("name", REFUSED_THERE)
def test_what_pytorch_lacks_is_named(name):
    make, message = REFUSED_THERE[name]
    with pytest.raises(ValueError, match=message):
        to_torch(make(), structural=True)


# ----------------------------------------------------------------- the exported module and PyTorch


def test_the_exported_module_is_pytorchs_own():
    """Its state is loaded, its dtype changes, its mode is passed on."""
    model = MLP(3, [4, 2], activation="tanh")
    module, other = to_torch(model), to_torch(MLP(3, [4, 2], activation="tanh"))
    X = np.random.default_rng(0).normal(size=(6, 3))
    other.load_state_dict(module.state_dict())
    assert_equal_outputs(other, model, X)
    single = other.to(torch.float32)
    found = single(torch.tensor(X, dtype=torch.float32)).detach().numpy()
    assert found.dtype == np.float32
    # 2**-24 for each of a dozen roundings
    assert np.abs(found.ravel() - outputs_of_ours(model, X)).max() < 1e-5


def test_torch_compile_takes_the_whole_module():
    model = MLP(3, [4, 2], activation="tanh")
    X = np.random.default_rng(0).normal(size=(6, 3))
    # "eager" checks that dynamo finds one graph, and leaves the C++ compiler out
    compiled = torch.compile(to_torch(model, input=(3,)), fullgraph=True, backend="eager")
    assert_equal_outputs(compiled, model, X)


def test_rows_of_an_unknown_shape_are_named_by_torch_compile():
    model = MLP(3, [4, 2], activation="tanh")
    X = torch.zeros(2, 3, dtype=torch.float64)
    with pytest.raises(Exception, match=r"to_torch\(model, input=\(64,\)\)"):
        torch.compile(to_torch(model), fullgraph=True, backend="eager")(X)
    compiled = torch.compile(to_torch(model), backend="eager")  # in two graphs
    with no_grad():
        assert_equal_outputs(compiled, model, X.numpy())


TIES = {  # a square: the grads of `MaxPool2d` here, of `torch.amax`, and of PyTorch's `MaxPool2d`
    (3.0, 1.0, 2.0, 0.0): ([1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]),
    (0.0, 1.0, 1.0, 0.0): ([0.0, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 0.0], [0.0, 1.0, 0.0, 0.0]),
    (1.0, 1.0, 1.0, 1.0): ([0.125, 0.125, 0.25, 0.5], [0.25] * 4, [1.0, 0.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("square", TIES)
def test_equal_numbers_share_a_grad_as_the_guide_says(square):
    values = [Value(x) for x in square]
    pool = nn.MaxPool2d(2)
    pool([[values[:2], values[2:]]])[0][0][0].backward()
    found = [[x.grad for x in values]]
    for layer in (lambda x: x.amax((1, 2)), to_torch(pool, structural=True)):
        x = torch.tensor(square, dtype=torch.float64, requires_grad=True)
        layer(x.reshape(1, 2, 2)).sum().backward()
        found.append(x.grad.tolist())
    assert tuple(found) == TIES[square]
