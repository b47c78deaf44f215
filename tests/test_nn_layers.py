"""The layers of larger networks, against PyTorch's of the same name: outputs and every gradient.

Rule: a row makes ours, theirs, how the weights go over, and an input; both get the same numbers, in
double precision, and the sum of the squares of all outputs is differentiated.
"""

import random

import pytest

from micrograd import Value, jit, nn
from micrograd.errors import ShapeError
from micrograd.ops import relu, tanh
from micrograd.support.nest import leaves
from tests.support.numbers import uniforms

torch = pytest.importorskip("torch")


def data(nest):
    if isinstance(nest, list | tuple):
        return [data(part) for part in nest]
    return nest.data


class Attention(torch.nn.Module):
    """Of PyTorch's parts, with a name for each map, as ours has."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        for name in ("query", "key", "value", "out"):
            setattr(self, name, torch.nn.Linear(size, size, bias=False))

    def forward(self, x):
        def split(y):
            return y.view(len(x), self.heads, -1).transpose(0, 1)

        maps = [split(f(x)) for f in (self.query, self.key, self.value)]
        taken = torch.nn.functional.scaled_dot_product_attention(*maps, is_causal=True)
        return self.out(taken.transpose(0, 1).reshape(len(x), -1))


def norm(x):
    return torch.nn.functional.rms_norm(x, (x.shape[-1],), eps=1e-5)


class Block(torch.nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.attention = Attention(size, heads)
        self.up = torch.nn.Linear(size, 4 * size, bias=False)
        self.down = torch.nn.Linear(4 * size, size, bias=False)

    def forward(self, x):
        x = x + self.attention(norm(x))
        return x + self.down(torch.relu(self.up(norm(x))))


class GPT(torch.nn.Module):
    def __init__(self, vocabulary, context, size, heads):
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, size)
        self.positions = torch.nn.Embedding(context, size)
        self.blocks = torch.nn.ModuleList([Block(size, heads)])
        self.head = torch.nn.Linear(size, vocabulary, bias=False)

    def forward(self, tokens):
        x = norm(self.tokens(tokens) + self.positions(torch.arange(len(tokens))))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Renamed(torch.nn.Module):
    """A recurrent net of PyTorch whose weights are called as ours are."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)[0]


ROWS = {  # name: (ours, PyTorch's, the sizes of the input)
    "Linear": (lambda: nn.Linear(3, 4), lambda: torch.nn.Linear(3, 4), (3,)),
    "Linear without bias": (
        lambda: nn.Linear(3, 1, bias=False),
        lambda: torch.nn.Linear(3, 1, bias=False),
        (3,),
    ),
    "LayerNorm": (lambda: nn.LayerNorm(5), lambda: torch.nn.LayerNorm(5), (5,)),
    "RMSNorm": (lambda: nn.RMSNorm(5), lambda: torch.nn.RMSNorm(5), (5,)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 3), lambda: torch.nn.Conv1d(2, 3, 3), (2, 7)),
    "Conv1d, stride and padding": (
        lambda: nn.Conv1d(2, 3, 3, stride=2, padding=1),
        lambda: torch.nn.Conv1d(2, 3, 3, stride=2, padding=1),
        (2, 6),
    ),
    "Conv2d": (lambda: nn.Conv2d(2, 3, 2), lambda: torch.nn.Conv2d(2, 3, 2), (2, 4, 5)),
    "Conv2d, stride and padding": (
        lambda: nn.Conv2d(1, 2, 3, stride=2, padding=1),
        lambda: torch.nn.Conv2d(1, 2, 3, stride=2, padding=1),
        (1, 5, 6),
    ),
    "RMSNorm, eps": (lambda: nn.RMSNorm(5, 0.1), lambda: torch.nn.RMSNorm(5, eps=0.1), (5,)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), lambda: torch.nn.MaxPool2d(2), (2, 5, 4)),
    "MaxPool2d, stride": (
        lambda: nn.MaxPool2d(3, stride=1),
        lambda: torch.nn.MaxPool2d(3, stride=1),
        (1, 5, 4),
    ),
    "RNN": (lambda: nn.RNN(3, 4), lambda: Renamed(torch.nn.RNN(3, 4)), (5, 3)),
    "GRU": (lambda: nn.GRU(3, 4), lambda: Renamed(torch.nn.GRU(3, 4)), (5, 3)),
    "CausalSelfAttention": (
        lambda: nn.CausalSelfAttention(8, 2),
        lambda: Attention(8, 2),
        (5, 8),
    ),
    "TransformerBlock": (lambda: nn.TransformerBlock(4, 2), lambda: Block(4, 2), (3, 4)),
}
EVERY = pytest.mark.parametrize(("ours", "theirs", "sizes"), ROWS.values(), ids=ROWS)


def given(ours, theirs, tensors=None):
    """Give PyTorch's module our weights: {our name: its parameter}."""
    known = dict(theirs.named_parameters())
    found = {}
    for name, entry in ours.state_dict().items():
        (its,) = [p for n, p in known.items() if n.replace("_l0", "").replace("inner.", "") == name]
        its.data = torch.tensor(entry, dtype=torch.float64)
        found[name] = its
    assert len(found) == len(known)
    return found


def compared(mine, yours, parameters, weights):
    """Outputs, and the gradients of the sum of their squares, by input and parameters."""
    outputs = leaves(mine)
    assert data(outputs) == pytest.approx(yours.flatten().tolist(), rel=1e-12, abs=1e-13)
    loss = sum(y * y for y in outputs)
    loss.backward()
    (yours * yours).sum().backward()
    for name, its in weights.items():
        grads = [p.grad for n, p in parameters if n == name or n.startswith(f"{name}.")]
        assert grads == pytest.approx(its.grad.flatten().tolist(), rel=1e-10, abs=1e-12), name


@EVERY
def test_a_layer_is_pytorchs(ours, theirs, sizes):
    random.seed(3)
    mine, yours = ours(), theirs().double()
    weights = given(mine, yours)
    x = uniforms(random.Random(5), *sizes)
    inputs = [Value(number) for number in leaves(x)]
    left = iter(inputs)
    out = mine(_values(x, left))
    out = out[0] if isinstance(out, tuple) else out
    tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    compared(out, yours(tensor), mine.named_parameters(), weights)
    wanted = tensor.grad.flatten().tolist()
    assert [x.grad for x in inputs] == pytest.approx(wanted, rel=1e-10, abs=1e-12)


def _values(x, left):
    return [_values(part, left) for part in x] if isinstance(x, list) else next(left)


def test_a_gpt_is_pytorchs():
    random.seed(3)
    mine, yours = nn.GPT(7, 6, size=8, heads=2), GPT(7, 6, 8, 2).double()
    tokens = [3, 0, 6, 6, 2]
    weights = given(mine, yours)
    compared(mine(tokens), yours(torch.tensor(tokens)), mine.named_parameters(), weights)


@pytest.mark.parametrize(
    "model", [nn.GPT(5, 2), nn.CausalSelfAttention(4, 2), nn.TransformerBlock(4, 2)], ids=repr
)
def test_an_empty_text_has_no_outputs(model):
    assert model([]) == []


def test_microgpt_has_so_many_parameters():
    assert len(nn.GPT(27, 16).parameters()) == 4192


def test_a_state_goes_on():
    random.seed(1)
    net, xs = nn.GRU(2, 3), uniforms(random.Random(2), 4, 2)
    whole, _ = net(xs)
    _, half = net(xs[:2])
    rest, last = net(xs[2:], half)
    assert data(rest) == data(whole[2:]) and data(last) == data(whole[-1])


def test_steps_one_after_the_other():
    random.seed(1)
    model = nn.Sequential(nn.Linear(2, 3), tanh, nn.Linear(3, 1), lambda x: x[0], relu)
    assert len(model.parameters()) == 2 * 3 + 3 + 3 + 1
    assert model([1.0, 2.0]).op is relu
    assert repr(model).startswith("Sequential(Linear(2, 3), tanh, Linear(3, 1), <function")
    assert next(iter(model.state_dict())) == "steps.0.weight"


def test_a_row_is_picked_also_by_a_traced_number():
    random.seed(1)
    table = nn.Embedding(4, 2)
    chosen = jit(lambda i: table(i))
    for i in range(4):
        assert [x.data for x in chosen(float(i))] == [x.data for x in table(i)]
    with pytest.raises(IndexError):
        table(4)


def test_layers_are_traced():
    """Compiled, a transformer gives what it gives eagerly."""
    random.seed(1)
    block, xs = nn.TransformerBlock(4, 2), uniforms(random.Random(2), 3, 4)
    compiled = jit(lambda xs: block(xs))(xs)
    assert data(compiled) == [pytest.approx(row, rel=1e-12) for row in data(block(xs))]


@pytest.mark.parametrize(
    ("layer", "x", "said"),
    [
        (nn.Linear(3, 2), [1.0, 2.0], r"Linear\(3, 2\) takes a list of 3, got a list of 2"),
        (nn.Linear(3, 2), 1.0, "got a number"),
        (nn.LayerNorm(2), [1.0] * 3, r"LayerNorm\(2\) takes a list of 2, got a list of 3"),
        (nn.RMSNorm(2), [], "got a list of 0"),
        (nn.Conv1d(2, 1, 3), [[1.0] * 5], r"takes a list of 2 lists, got a list of 1"),
        (nn.Conv2d(1, 1, 2), [[1.0, 2.0]], "takes a list of 1 list of lists"),
        (nn.MaxPool2d(2), [1.0], "takes a list of lists of lists"),
        (nn.RNN(2, 3), [[1.0]], r"RNN\(2, 3\) takes a list of lists of 2"),
        (nn.CausalSelfAttention(4, 2), [[1.0]], "takes a list of lists of 4"),
    ],
)
def test_what_does_not_fit_is_told_with_both_shapes(layer, x, said):
    with pytest.raises(ShapeError, match=said):
        layer(x)


def test_what_cannot_be():
    with pytest.raises(ValueError, match="3 heads cannot share 10 numbers evenly"):
        nn.CausalSelfAttention(10, 3)
    with pytest.raises(ValueError, match="3 tokens, but the model takes at most 2"):
        nn.GPT(5, 2)([1, 2, 3])


def test_arrays_are_taken():
    import numpy as np

    random.seed(1)
    layer = nn.Linear(3, 2)
    assert data(layer(np.array([1.0, 2.0, 3.0]))) == data(layer([1.0, 2.0, 3.0]))


def test_every_layer_has_a_name_to_print():
    assert [repr(ours()) for ours, _, _ in ROWS.values()][-4:] == [
        "RNN(3, 4)",
        "GRU(3, 4)",
        "CausalSelfAttention(8, 2)",
        "TransformerBlock(4, 2)",
    ]
    assert repr(nn.Embedding(4, 2)) == "Embedding(4, 2)"
