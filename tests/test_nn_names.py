"""Activations, losses and batch norm by PyTorch's names, against PyTorch in double precision.

Rule: a row is a name and its options, the same in both. Outputs and grads are compared eagerly; the
compiled functions are compared with the eager ones. Inputs have both signs, ties and zeros.
"""

import copy
import pickle
import random

import pytest

from micrograd import MLP, Value, compile_step, fit, jit, nn, optim, relu, vmap
from micrograd.errors import Diverged, ShapeError, TraceError
from micrograd.nn.layers import depth_of
from micrograd.support.nest import leaves, tree_map
from tests.support.cases import cases
from tests.support.numbers import uniforms

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")

# a few functions of an ulp each, in sums of a dozen terms in another order
CLOSE = {"rel": 1e-12, "abs": 1e-13}

ROW = [0.5, -1.5, 0.0, 2.0, -0.25, 1.0]
ROWS = [ROW, [-1.0, 0.0, 3.0, -30.0, 0.125, 2.0]]

ACTIVATIONS = [
    ("ReLU", {}),
    ("Tanh", {}),
    ("Sigmoid", {}),
    ("GELU", {}),
    ("SiLU", {}),
    ("ELU", {}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.25}),
    ("Softplus", {}),
    ("Softplus", {"beta": 2.0}),
    ("Identity", {}),
    ("Softmax", {"dim": -1}),
    ("LogSoftmax", {"dim": -1}),
]


def floats(nest):
    return [float(x) for x in leaves(nest)]


def both(ours, theirs, x, *others):
    """Compare outputs, and the grads of a weighted sum of them, for an input of Values."""
    values = tree_map(Value, x)
    tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    tensors = [torch.tensor(np.array(other)) for other in others]
    out, wanted = ours(values, *others), theirs(tensor, *tensors)
    assert floats(out) == pytest.approx(wanted.flatten().tolist(), **CLOSE)
    weights = [0.5 + i for i in range(len(leaves(out)))]
    sum(w * y for w, y in zip(weights, leaves(out))).backward()
    (torch.tensor(weights, dtype=torch.float64) * wanted.flatten()).sum().backward()
    grads = [v.grad for v in leaves(values)]
    assert grads == pytest.approx(tensor.grad.flatten().tolist(), **CLOSE)


@pytest.mark.parametrize(("name", "options"), ACTIVATIONS, ids=str)
@pytest.mark.parametrize("x", [ROW, ROWS], ids=["row", "rows"])
def test_an_activation_is_pytorchs(name, options, x):
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    both(ours, theirs, x)
    eager = floats(ours(x))
    assert floats(ours(np.array(x))) == eager
    for exact in (True, False):
        # plain jit may be off by an ulp of each function
        tolerance = {"rel": 0.0, "abs": 0.0} if exact else CLOSE
        compiled = jit(lambda x: ours(x), exact=exact)
        assert floats(compiled(x)) == pytest.approx(eager, **tolerance)


def test_softmax_goes_along_the_innermost_lists():
    for dim, x in ((0, ROW), (1, ROWS), (2, [ROWS])):
        wanted = torch.nn.Softmax(dim=dim)(torch.tensor(x, dtype=torch.float64))
        assert floats(nn.Softmax(dim)(x)) == pytest.approx(wanted.flatten().tolist(), **CLOSE)
        with pytest.raises(ValueError, match=f"innermost lists, which are dim={dim} here"):
            nn.Softmax(dim + 1)(x)


def test_flatten_makes_one_list():
    for x in ([ROWS, ROWS], np.array([ROWS, ROWS]), (tuple(ROW),)):
        assert nn.Flatten()(x) == leaves(np.array(x).tolist())


LOSSES = [
    ("MSELoss", {}),
    ("L1Loss", {}),
    ("HuberLoss", {}),
    ("HuberLoss", {"delta": 0.5}),
    ("SmoothL1Loss", {}),
    ("SmoothL1Loss", {"beta": 0.0}),
    ("SmoothL1Loss", {"beta": 2.0}),
]
NUMBERS = [0.5, -1.0, 0.0, 2.0, 3.0, 1.0]  # the errors are on both sides of each corner, and on it
BITS = [1.0, 0.0, 1.0, 1.0, 0.0, 0.5]
SIGNS = [1.0, -1.0, -1.0, 1.0, -1.0, -1.0]
SHARES = [0.5, 0.25, 1e-9, 0.999, 0.75, 1e-3]
TARGETS = {"BCEWithLogitsLoss": BITS, "BCELoss": BITS, "HingeEmbeddingLoss": SIGNS}
CASES = [(name, options, ROW, NUMBERS) for name, options in LOSSES]
CASES += [("BCEWithLogitsLoss", {}, ROW, BITS), ("BCELoss", {}, SHARES, BITS)]
CASES += [("HingeEmbeddingLoss", {}, ROW, SIGNS), ("HingeEmbeddingLoss", {"margin": 2}, ROW, SIGNS)]
CASES += [("CrossEntropyLoss", {}, ROWS, [5, 0]), ("NLLLoss", {}, ROWS, [5, 0])]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "options", "outputs", "targets"), CASES, ids=str)
def test_a_loss_is_pytorchs(name, options, outputs, targets, reduction):
    ours = getattr(nn, name)(reduction=reduction, **options)
    theirs = getattr(torch.nn, name)(reduction=reduction, **options)
    both(
        ours,
        lambda x, t: theirs(x, t.double() if isinstance(targets[0], float) else t),
        outputs,
        targets,
    )
    eager = floats([ours(outputs, targets)])
    assert floats([ours(np.array(outputs), np.array(targets))]) == eager
    compiled = jit(lambda x, t: ours(x, t))
    assert floats([compiled(outputs, targets)]) == pytest.approx(eager, **CLOSE)


@pytest.mark.parametrize(("name", "options"), LOSSES, ids=str)
def test_a_loss_of_rows_is_pytorchs(name, options):
    targets = [NUMBERS, SIGNS]
    both(getattr(nn, name)(**options), getattr(torch.nn, name)(**options), ROWS, targets)


# fmt: off
BAD = [
    (lambda: nn.MSELoss("average"),
     ValueError, "Unknown reduction 'average'."),
    (lambda: nn.HuberLoss(delta=0.0),
     ValueError, "delta must be a positive number, got 0.0"),
    (
        lambda: nn.BCELoss()([1.5], [1.0]),
        ValueError,
        "takes probabilities between 0 and 1, got 1.5",
    ),
    (
        lambda: nn.MSELoss()([[1.0], [2.0]], [1.0, 2.0]),
        ShapeError,
        "The outputs are a list of 2 (a",
    ),
    (lambda: nn.MSELoss()([1.0], [1.0, 2.0]),
     ShapeError, "targets are a list of 2"),
    (lambda: nn.CrossEntropyLoss()([1.0, 2.0], [0, 1]),
     ShapeError, "one list of numbers for each"),
    (lambda: nn.Linear("a", "b"),
     ValueError, "nin must be a whole number of at least 0, got 'a'"),
    (lambda: nn.Linear(2, -1),
     ValueError, "nout must be a whole number of at least 0, got -1"),
    (
        lambda: nn.Linear(in_features=2, out_features=1),
        TypeError,
        "no parameter 'in_features'. Write nin",
    ),
    (lambda: nn.Embedding(-1, 2),
     ValueError, "count must be a whole number of at least 0, got -1"),
    (lambda: nn.LayerNorm(2.5),
     ValueError, "size must be a whole number"),
    (lambda: nn.RMSNorm(normalized_shape=3),
     TypeError, "Write size."),
    (lambda: nn.GRU(2, 0),
     ValueError, "hidden must be a whole number of at least 1"),
    (lambda: nn.Conv1d(1, 1, 0),
     ValueError, "kernel must be a whole number of at least 1"),
    (
        lambda: nn.Conv2d(1, 1, kernel_size=3),
        TypeError,
        "no parameter 'kernel_size'. Write kernel.",
    ),
    (
        lambda: nn.Conv2d(1, 1, 3, stride=0),
        ValueError,
        "stride must be a whole number of at least 1",
    ),
    (lambda: nn.MaxPool2d(2, 0),
     ValueError, "stride must be a whole number of at least 1"),
    (
        lambda: nn.CausalSelfAttention(4, 0),
        ValueError,
        "heads must be a whole number of at least 1",
    ),
    (lambda: MLP(-1, [1]),
     ValueError, "nin must be a whole number of at least 0, got -1"),
    (lambda: MLP("2", [1]),
     ValueError, "nin must be a whole number of at least 0, got '2'"),
    (lambda: MLP(2, [-1]),
     ValueError, "nout must be a whole number of at least 0, got -1"),
    (lambda: MLP(2, ["3"]),
     ValueError, "nout must be a whole number of at least 0, got '3'"),
    (
        lambda: MLP(2, [1], activation="ReLU"),
        ValueError,
        "Unknown activation 'ReLU'. Did you mean relu",
    ),
    (lambda: MLP(2, [3, 1], activaton="tanh"),
     TypeError, "MLP() has no parameter 'activaton'. Did you mean activation?"),
    (lambda: nn.Layer(2, 3, activaton="tanh"),
     TypeError, "Neuron() has no parameter 'activaton'. Did you mean activation?"),
    (lambda: MLP(2, hidden_layer_sizes=[3]),
     TypeError, "MLP() has no parameter 'hidden_layer_sizes'. Write the sizes of all layers after"),
    (lambda: MLP(2, [3, 1], activation=nn.Activation)([1.0, 2.0]),
     TypeError, "Activation computes nothing, because its class does not define function(x)."),
    (lambda: MLP(2, [3, 1], activation="softmax"),
     ValueError, "'softmax'. It takes a list: write nn.Sequential(model, nn.Softmax())"),
    (lambda: MLP(2, [1], activation="rleu"),
     ValueError, "'rleu'. Did you mean relu"),
    (lambda: MLP(2, [1], init="xavir"),
     ValueError, "Unknown init 'xavir'. Did you mean xavier?"),
    (
        lambda: nn.Sequential([nn.Linear(2, 1)])([1.0, 2.0]),
        TypeError,
        "Sequential(*layers) for a list",
    ),
    (
        lambda: nn.Conv1d(1, 1, 3)([[1.0, 2.0]]),
        ShapeError,
        "at least 3 along each axis, got 2 with",
    ),
    (
        lambda: nn.Conv2d(1, 1, 3)([[[1.0, 2.0, 3.0]]]),
        ShapeError,
        "at least 3 along each axis, got 1",
    ),
    (lambda: nn.Conv2d(1, 1, 3)([[[1.0]] * 3]),
     ShapeError, "at least 3 along each axis, got 1"),
    (lambda: nn.MaxPool2d(3)([[[1.0, 2.0]] * 2]),
     ShapeError, "at least 3 along each axis, got 2"),
    (lambda: nn.BatchNorm1d(2)([1.0, 2.0]),
     ShapeError, "training needs at least two rows"),
    (lambda: nn.BatchNorm1d(2)([[1.0, 2.0]]),
     ShapeError, "training needs at least two rows"),
    (lambda: nn.BatchNorm1d(2)([[1.0]] * 3),
     ShapeError, "takes a list of lists of 2"),
]
# fmt: on


@cases("call, raises, message", BAD)
def test_what_cannot_be_is_refused_with_a_sentence(call, raises, message):
    with pytest.raises(raises) as error:
        call()
    assert message in str(error.value)


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_a_linear_map_of_nothing_is_its_bias():
    assert (
        floats(nn.Linear(0, 3)([])) == torch.nn.Linear(0, 3)(torch.zeros(0)).tolist() == [0.0] * 3
    )


def test_pytorchs_containers_are_pythons():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 1)])
            self.named = nn.ModuleDict({"scale": nn.Linear(1, 1)})
            self.shift = nn.Parameter(0.5)

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return self.named["scale"](x)[0] + self.shift

    net = Net()
    names = list(net.state_dict())
    assert names[0] == "layers.0.weight" and names[-2:] == ["named.scale.bias", "shift"]
    assert len(net.parameters()) == 9 + 4 + 2 + 1 and net([1.0, 2.0]).inputs


def test_a_module_finds_values_in_arrays():
    model = nn.Module()
    model.w = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    model.rows = [np.array([Value(5.0)])]
    model.data = np.zeros((1000, 1000))
    assert [p.data for p in model.parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert model.state_dict() == {"w": [[1.0, 2.0], [3.0, 4.0]], "rows.0": [5.0]}
    model.load_state_dict({"w": np.ones((2, 2)), "rows.0": np.array([7.0])})
    assert [x.data for x in model.w.ravel()] == [1.0] * 4 and model.rows[0][0].data == 7.0


def test_a_state_may_hold_arrays_and_tensors():
    model, theirs = nn.Linear(3, 2), torch.nn.Linear(3, 2).double()
    model.load_state_dict(theirs.state_dict())
    assert floats(model(ROW[:3])) == pytest.approx(
        theirs(torch.tensor(ROW[:3], dtype=torch.float64)).tolist(), **CLOSE
    )
    with pytest.raises(ShapeError, match="misshapen weight: a list of 3, where the module has"):
        model.load_state_dict({"weight": np.ones(3), "bias": np.ones(2)})


PRINTED = """Activation() BCELoss() BCEWithLogitsLoss() CrossEntropyLoss() ELU() Flatten() GELU()
HingeEmbeddingLoss() HuberLoss() Identity() L1Loss() LeakyReLU() LogSoftmax() Loss() MSELoss()
NLLLoss() ReLU() SiLU() Sigmoid() SmoothL1Loss() Softmax() Softplus() Tanh()"""


@cases("text", PRINTED.split())
def test_a_module_without_parameters_prints_its_name(text):
    assert repr(getattr(nn, text.removesuffix("()"))()) == text
    assert getattr(nn, text.removesuffix("()"))().parameters() == []


# ---------------------------------------------------------------------- classes in place of objects


class Slope(nn.Activation):
    """An activation of one's own, with a parameter."""

    def __init__(self, slope=0.25):
        self.slope = Value(slope)

    def function(self, x):
        return relu(x) - self.slope * relu(-x)


@pytest.mark.parametrize(
    "step", [[nn.Linear(2, 3)], (nn.ReLU(),), nn.ModuleList([nn.ReLU()]), 3, None]
)
def test_a_step_that_cannot_be_called_is_refused_at_once(step):
    with pytest.raises(
        TypeError, match=r"Sequential takes modules and functions, one by one, got "
    ):
        nn.Sequential(nn.Linear(2, 2), step)


PLACES = {  # places that take an activation
    "Neuron":     lambda f: nn.Neuron(2, activation=f),
    "Layer":      lambda f: nn.Layer(2, 3, activation=f),
    "MLP":        lambda f: MLP(2, [3, 2], activation=f),
    "its output": lambda f: MLP(2, [3, 2], output_activation=f),
    "Sequential": lambda f: nn.Sequential(nn.Linear(2, 3), f),
}  # fmt: skip
CLASSES = [nn.ReLU, nn.Tanh, nn.LeakyReLU, nn.Softplus, nn.SiLU, nn.Identity, nn.Dropout, Slope]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_class_of_modules_stands_for_one_of_its_objects(place, cls):
    models = []
    for choice in (cls, cls()):
        random.seed(1)
        models.append(PLACES[place](choice))
    one, other = models
    assert repr(one) == repr(other) and one.state_dict() == other.state_dict()
    assert len(one.parameters()) == len(other.parameters())
    calls = (one.eval(), other.eval(), jit(one))
    eager, same, compiled = ([x.data for x in leaves(f([0.5, -2.0]))] for f in calls)
    assert eager == same
    assert compiled == pytest.approx(eager, **CLOSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_class_that_needs_arguments_is_named(place):
    with pytest.raises(TypeError, match=r"^Linear is a class that needs .* Pass .*: Linear\(...\)"):
        PLACES[place](nn.Linear)


def test_a_class_of_losses_stands_for_one_of_its_objects():
    X, y = [[0.5], [1.0], [-1.0]], [1.0, 2.0, -2.0]
    losses = []
    for loss in (nn.MSELoss, nn.MSELoss()):
        random.seed(1)
        model = MLP(1, [2, 1])
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        options = {"metrics": {"mse": loss}, "validation": (X, y), "progress": False}
        history = fit(model, loss, X, y, optimizer=optimizer, steps=2, **options)
        step = compile_step(loss, model, optimizer)
        losses.append([*history.losses, *history["val_mse"], step(X, y)])
    assert losses[0] == losses[1]
    with pytest.raises(TypeError, match="MLP is a class that needs arguments"):
        fit(MLP(1, [1]), MLP, X, y, steps=1, progress=False)


# ------------------------------------------------------------------------------------ batches

BATCHED = {  # name: (maker, sizes of one example)
    "Neuron": (lambda: nn.Neuron(3), (3,)),
    "Layer": (lambda: nn.Layer(3, 2), (3,)),
    "Layer of one": (lambda: nn.Layer(3, 1), (3,)),
    "MLP": (lambda: nn.MLP(3, [2, 1]), (3,)),
    "MLP with a bottleneck": (lambda: nn.MLP(3, [1, 3, 2]), (3,)),
    "Linear": (lambda: nn.Linear(3, 2), (3,)),
    "LayerNorm": (lambda: nn.LayerNorm(3), (3,)),
    "RMSNorm": (lambda: nn.RMSNorm(3), (3,)),
    "ReLU": (nn.ReLU, (3,)),
    "Softmax": (nn.Softmax, (3,)),
    "Conv1d": (lambda: nn.Conv1d(2, 1, 2), (2, 4)),
    "Conv2d": (lambda: nn.Conv2d(1, 2, 2), (1, 3, 3)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), (1, 4, 4)),
    "GRU": (lambda: nn.GRU(2, 2), (3, 2)),
    "CausalSelfAttention": (lambda: nn.CausalSelfAttention(4, 2), (2, 4)),
    "TransformerBlock": (lambda: nn.TransformerBlock(4, 2), (2, 4)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)), (3,)),
    "Sequential with an op": (lambda: nn.Sequential(relu, nn.Linear(3, 1), lambda x: x[0]), (3,)),
    "Sequential with Flatten": (
        lambda: nn.Sequential(nn.Conv2d(1, 2, 2), relu, nn.Flatten(), nn.Linear(8, 1)),
        (1, 3, 3),
    ),
    "Sequential in one": (
        lambda: nn.Sequential(nn.Sequential(nn.MLP(3, [2])), nn.Linear(2, 1)),
        (3,),
    ),
}


@pytest.mark.parametrize(("make", "sizes"), BATCHED.values(), ids=BATCHED)
def test_a_list_of_examples_gives_the_list_of_their_outputs(make, sizes):
    """Lists, tuples, lists of arrays, arrays and Values alike; eagerly and compiled."""
    random.seed(3)
    model = make()
    X = uniforms(random.Random(5), 3, *sizes)
    one_by_one = [model(x) for x in X]
    wanted = floats(one_by_one)
    batches = [X, tuple(map(tuple, X)), list(np.array(X)), np.array(X), tree_map(Value, X)]
    for batch in batches:
        assert floats(model(batch)) == wanted
        assert len(model(batch)) == 3
    assert depth_of(model(X)) == depth_of(one_by_one)
    assert floats(jit(lambda X: model(X), exact=True)(np.array(X))) == wanted
    assert len(model(X[:1])) == 1
    if not isinstance(one_by_one[0], tuple):  # vmap has an array for each place in the output
        places = np.moveaxis(np.array(vmap(model)(np.array(X))), -1, 0)
        assert places.ravel().tolist() == pytest.approx(wanted, **CLOSE)


def test_indices_of_an_embedding():
    table = nn.Embedding(5, 2)
    assert floats(table([3, 1])) == floats([table(3), table(1)])
    model = nn.Sequential(nn.Embedding(5, 2), nn.Flatten(), nn.Linear(6, 1))
    assert len(model([3, 1, 0])) == 1


# ---------------------------------------------------------------------------------- batch norm

NORMS = [{}, {"eps": 0.1, "momentum": 0.5}, {"affine": False}, {"track_running_stats": False}]
NORMS += [{"momentum": None}, {"momentum": 0.0}, {"momentum": 1.5}]


def pair_of_norms(options):
    ours, theirs = nn.BatchNorm1d(3, **options), torch.nn.BatchNorm1d(3, **options).double()
    if ours.weight is not None:
        for p, number in zip(ours.parameters(), (0.5, 2.0, -1.0, 0.1, -0.2, 0.3)):
            p.data = number
        theirs.weight.data = torch.tensor([0.5, 2.0, -1.0], dtype=torch.float64)
        theirs.bias.data = torch.tensor([0.1, -0.2, 0.3], dtype=torch.float64)
    return ours, theirs


@pytest.mark.parametrize("options", NORMS, ids=str)
def test_batch_norm_is_pytorchs(options):
    """Three batches in training, whose running statistics are then those of `eval()`."""
    ours, theirs = pair_of_norms(options)
    for seed in range(3):
        both(ours, theirs, uniforms(random.Random(seed), 4 + seed, 3))
    if theirs.running_mean is not None:
        assert floats(ours.running_mean) == pytest.approx(theirs.running_mean.tolist(), **CLOSE)
        assert floats(ours.running_var) == pytest.approx(theirs.running_var.tolist(), **CLOSE)
        ours.eval(), theirs.eval()
        X = uniforms(random.Random(9), 2, 3)
        both(ours, theirs, X)
        assert floats(ours(X[0])) == floats(ours(X)[0])
        assert floats(jit(lambda X: ours(X))(X)) == pytest.approx(floats(ours(X)), **CLOSE)


@pytest.mark.parametrize("momentum", ["0.1", [0.1], float("nan")])
def test_a_momentum_that_is_no_number_is_refused(momentum):
    with pytest.raises((TypeError, ValueError), match="momentum must be a number"):
        nn.BatchNorm1d(2, momentum=momentum)


def test_running_statistics_are_no_parameters_but_are_kept(tmp_path):
    import micrograd

    norm = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    norm(uniforms(random.Random(1), 5, 2))
    assert len(norm.parameters()) == 9 + 6
    micrograd.save(norm, tmp_path / "norm.safetensors")
    fresh = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    fresh.load_state_dict(norm.state_dict())
    loaded = micrograd.load(tmp_path / "norm.safetensors")
    row = [0.3, -0.7]
    wanted = floats(norm.eval()(row))
    for other in (copy.deepcopy(norm), fresh.eval(), loaded.eval()):
        assert floats(other(row)) == wanted
        assert len(other.parameters()) == 9 + 6


def test_in_eval_a_compiled_function_sees_later_statistics():
    norm = nn.BatchNorm1d(1)
    compiled = jit(lambda X: norm(X))
    X = [[1.0], [3.0]]
    norm.eval()
    before = floats(compiled(X))
    norm.train()(X)
    norm.eval()
    assert floats(compiled(X)) == pytest.approx(floats(norm(X)), **CLOSE)
    assert floats(compiled(X)) != before


def test_in_training_a_compiled_function_cannot_track():
    norm = nn.BatchNorm1d(1)
    with pytest.raises(TraceError, match="first, or train with fit or compile_step"):
        jit(lambda X: norm(X))([[1.0], [3.0]])
    assert floats(norm.running_mean) == [0.0]


def batch_model(**options):
    random.seed(4)
    norm = nn.BatchNorm1d(4, **options)
    return nn.Sequential(nn.Linear(2, 4), norm, nn.Tanh(), nn.Linear(4, 1), nn.Flatten())


@pytest.mark.parametrize("options", [{}, {"track_running_stats": False}, {"momentum": None}])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_compiled_step_trains_through_batch_norm(options, threads):
    """The steps of whole batches are the eager ones, and so are the running statistics."""
    X, y = uniforms(random.Random(2), 6, 2), [[1.0], [-1.0]] * 3
    loss, runs = nn.MSELoss(), []
    for compiled in (True, False):
        model = batch_model(**options)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        if compiled:
            step = compile_step(loss, model, optimizer, per_example=False, threads=threads)
            step.run(X, y, steps=3)
            with step.bound(X, y) as take:
                take(), take()
        else:
            for _ in range(5):
                optimizer.zero_grad()
                loss(model(X), y).backward()
                optimizer.step()
        norm = model.steps[1]
        runs.append(floats([*model.parameters(), *norm.running_mean, *norm.running_var]))
    # five steps of a network, whose sums are added in another order
    assert runs[0] == pytest.approx(runs[1], rel=1e-10, abs=1e-12)


def test_two_calls_in_a_step_move_the_statistics_twice():
    norm = nn.BatchNorm1d(1)
    model = nn.Sequential(norm, nn.Linear(1, 1), nn.BatchNorm1d(1), norm)
    twin = copy.deepcopy(model)
    X, y = [[1.0], [3.0], [7.0]], [[1.0], [0.0], [2.0]]
    loss = nn.MSELoss()
    compile_step(loss, model, optim.SGD(model.parameters()), per_example=False).run(X, y)
    loss(twin(X), y).backward()
    assert floats(model.state_dict()["steps.0.running_mean"]) == pytest.approx(
        floats(twin.state_dict()["steps.0.running_mean"]), **CLOSE
    )


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_resumed_run_goes_on_with_its_statistics(engine, tmp_path):
    """A run of six steps, and one of three that is resumed, end in the same bits."""
    X, y = uniforms(random.Random(2), 6, 2), [[1.0], [-1.0]] * 3
    how = {"per_example": False, "batch_size": 4, "engine": engine, "progress": False}
    whole, half, resumed = batch_model(), batch_model(), batch_model()
    fit(whole, nn.MSELoss(), X, y, steps=6, **how)
    path = tmp_path / "run.safetensors"
    fit(half, nn.MSELoss(), X, y, steps=3, checkpoint=path, **how)
    fit(resumed, nn.MSELoss(), X, y, steps=6, checkpoint=path, **how)
    assert resumed.state_dict() == whole.state_dict()


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("per_example", [True, False])
def test_fit_takes_a_loss_module(engine, per_example):
    """It is the function of the same loss; a batch goes through batch norm as one."""
    X, y = uniforms(random.Random(2), 6, 2), [1.0, -1.0] * 3
    runs = []
    for loss in (nn.MSELoss(), "mean_squared_error"):
        random.seed(4)
        model = nn.MLP(2, [3, 1])
        fit(model, loss, X, y, steps=3, engine=engine, per_example=per_example, progress=False)
        runs.append(floats(model.parameters()))
    assert runs[0] == runs[1]


def test_fit_gives_a_batch_to_batch_norm():
    """Both engines move the statistics once in each step."""
    X, y = uniforms(random.Random(2), 6, 2), [[1.0], [-1.0]] * 3
    means = []
    for engine in ("jit", "eager"):
        model = batch_model()
        sgd = optim.SGD(model.parameters(), lr=0.1)
        fit(model, nn.MSELoss(), X, y, optimizer=sgd, steps=4, per_example=False, engine=engine,
            progress=False)  # fmt: skip
        means.append(floats(model.steps[1].running_mean))
        assert len(model.eval()(X[0])) == 1
    assert means[0] == pytest.approx(means[1], rel=1e-10)
    assert means[0] != [0.0] * 4


# ------------------------------------------------------------ all state of a model, in a whole run

XS = uniforms(random.Random(2), 8, 2)
YS = [[1.0], [-1.0]] * 4
HELD_OUT = (uniforms(random.Random(8), 5, 2), [[1.0], [-1.0], [1.0], [1.0], [-1.0]])
RATE, STEPS = 0.5, 12  # large enough for the best validation to come before the last
# a dozen steps of a network, whose sums PyTorch adds in another order
ALIKE = {"rel": 1e-9, "abs": 1e-11}


def torch_run(model):
    """Return (state after each step, validation loss after each step) of PyTorch's own loop."""
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh(), torch.nn.Linear(4, 1)
    ).double()
    linear, _, _, last, _ = model.steps
    for mine, layer in ((linear, theirs[0]), (last, theirs[3])):
        for name, numbers in mine.state_dict().items():
            getattr(layer, name).data = torch.tensor(numbers, dtype=torch.float64)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=RATE)
    X, y, *held_out = (torch.tensor(x, dtype=torch.float64) for x in (XS, YS, *HELD_OUT))
    states, losses = [torch_state(theirs)], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(theirs.train()(X), y).backward()
        optimizer.step()
        states.append(torch_state(theirs))
        with torch.no_grad():
            held_out_loss = torch.nn.functional.mse_loss(theirs.eval()(held_out[0]), held_out[1])
        losses.append(held_out_loss.item())
    return states, losses


def torch_state(theirs):
    state = theirs.state_dict()
    return [x for name in state if "num_batches" not in name for x in state[name].ravel().tolist()]


def state_of(model):
    """Return all numbers of the model in PyTorch's order of names."""
    linear, norm, _, last, _ = model.steps
    groups = [linear.weight, linear.bias, norm.weight, norm.bias, norm.running_mean]
    return floats(leaves([*groups, norm.running_var, last.weight, last.bias]))


def run(engine, steps=STEPS, **options):
    model = batch_model()
    optimizer = optim.SGD(model.parameters(), lr=RATE)
    options |= {"per_example": False, "engine": engine, "progress": False, "validate_every": 1}
    options |= {"validation": HELD_OUT, "optimizer": optimizer, "steps": steps}
    return model, fit(model, nn.MSELoss(), XS, YS, **options)


ENGINES = pytest.mark.parametrize("engine", ["jit", "eager"])


@ENGINES
def test_a_whole_run_through_batch_norm_is_pytorchs(engine):
    """The model, each validation and each snapshot; the mode is what it was."""
    states, losses = torch_run(batch_model())
    model, history = run(engine, keep_every=1)
    assert state_of(model) == pytest.approx(states[-1], **ALIKE)
    assert history["val_loss"] == pytest.approx(losses, **ALIKE)
    assert all(module.training for module in (model, *model.steps))
    for step, state in list(enumerate(states))[1:]:
        copied, _ = run(engine, steps=step, start=history.at(step))
        assert state_of(copied) == pytest.approx(state, **ALIKE)


@ENGINES
def test_the_best_model_has_the_statistics_of_its_step(engine, tmp_path):
    states, losses = torch_run(batch_model())
    best = losses.index(min(losses)) + 1
    assert best < STEPS - 2
    model, history = run(engine, patience=2)
    assert (history.best.step, history.stopped) == (best, "early")
    assert state_of(model) == pytest.approx(states[best], **ALIKE)
    path = tmp_path / "run.safetensors"
    run(engine, steps=best + 1, patience=2, checkpoint=path)
    resumed, history = run(engine, patience=2, checkpoint=path)
    assert history.stopped == "early"
    assert state_of(resumed) == state_of(model)


@ENGINES
def test_a_fork_goes_on_with_the_statistics_of_its_snapshot(engine):
    model, history = run(engine, keep_every=5)
    for source in (history, pickle.loads(pickle.dumps(history)), copy.deepcopy(history)):
        fork, _ = run(engine, start=source.at(5))
        assert state_of(fork) == state_of(model)
    with pytest.raises(ShapeError, match="The snapshot does not fit"):
        plain = nn.Sequential(nn.Linear(2, 4), nn.LayerNorm(4), nn.Tanh(), nn.Linear(4, 1))
        fit(plain, nn.MSELoss(), XS, YS, per_example=False, steps=9, start=history.at(5),
            optimizer=lambda p: optim.SGD(p, lr=RATE), progress=False)  # fmt: skip


@ENGINES
def test_a_run_that_diverges_has_the_last_good_statistics(engine):
    model = batch_model()

    def loss(model, X, y):
        outputs = model(X)
        distance = nn.MSELoss()(outputs, y)
        return distance + 0.0 * (model.steps[3].bias[0] + 0.07 - outputs[0][0] * 0.0).log()

    model.steps[3].bias[0].data = 0.0
    options = {"per_example": False, "engine": engine, "progress": False}
    optimizer = optim.SGD([model.steps[3].bias[0]], lr=0.02)
    with pytest.raises(Diverged) as caught:
        fit(model, loss, XS, [[-9.0]] * 8, steps=50, optimizer=optimizer, **options)
    steps = len(caught.value.history.losses)
    twin = batch_model()
    for _ in range(steps):
        twin(XS)
    assert steps > 0
    assert floats(model.steps[1].running_mean) == pytest.approx(
        floats(twin.steps[1].running_mean), **ALIKE
    )


def test_a_model_keeps_the_modes_of_its_parts():
    """A part in evaluation mode stays there; a validation sets no attribute for good."""
    model = batch_model()
    model.steps[1].eval()
    options = {"per_example": False, "progress": False, "validation": HELD_OUT}
    fit(model, nn.MSELoss(), XS, YS, steps=2, **options)
    assert [module.training for module in model.steps[:3]] == [True, False, True]
    assert "training" not in vars(model)


def test_a_negative_beta_is_refused():
    with pytest.raises(ValueError, match="beta"):
        nn.SmoothL1Loss(beta=-1.0)


def test_a_sequence_of_ops_alone_takes_numbers_however_nested():
    model = nn.Sequential(relu, nn.ReLU())
    assert model.example_depth is None
    assert model([[1.0, -2.0], [-3.0, 4.0]]) == [[1.0, 0.0], [0.0, 4.0]]
