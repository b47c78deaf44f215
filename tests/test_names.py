"""Names that users of other libraries guess: they exist, or the error says what to write.

Rule: an attribute that does not exist is an AttributeError, so that `hasattr` and the default of
`getattr` work, and its message has a sentence from the table or the most similar names.
"""

import builtins
import copy
import pickle
import re
from importlib import import_module

import pytest

import micrograd
from micrograd import MLP, Module, Value, data, losses, nn, optim, vmap
from micrograd.support import foreign_keywords, foreign_names
from micrograd.support.unknown_attributes import UnknownAttribute
from tests.support.cases import cases

OWNERS = {
    "ROOT": micrograd,
    "NN": nn,
    "OPTIM": optim,
    "LR_SCHEDULER": optim.lr_scheduler,
    "LOSSES": losses,
    "DATA": data,
    "VALUE": Value(2.0),
    "MODULE": MLP(1, [1]),
    "OPTIMIZER": optim.SGD([Value(1.0)]),
}
TABLES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": table
    for module in (foreign_names, foreign_keywords)
    for name, table in vars(module).items()
    if name.isupper()
}
ROWS = [(table, name) for table in OWNERS for name in getattr(foreign_names, table)]


@cases("table, name", ROWS)
def test_a_foreign_name_says_what_to_write(table, name, monkeypatch):
    """Also that of a module of ours, micrograd.sklearn, until somebody has imported it."""
    owner = OWNERS[table]
    if table == "ROOT":
        monkeypatch.delattr(owner, name, raising=False)
    with pytest.raises(AttributeError) as error:
        getattr(owner, name)
    assert str(error.value).endswith(
        f"no attribute {name!r}. {getattr(foreign_names, table)[name]}"
    )
    assert not hasattr(owner, name)
    assert getattr(owner, name, None) is None


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_the_sentences_name_exists(table):
    """Each `optim.X` in a sentence is looked up, and each is a sentence in the imperative."""
    homes = {"micrograd": micrograd, "nn": nn, "optim": optim, "losses": losses, "data": data}
    for name, sentence in table.items():
        verb = r"(A Value|Ask|Call|Define|Give|Leave it out|Pass|Put|Set|Write)\b"
        assert re.search(rf"(?:^|[.,] ){verb}", sentence) and sentence.endswith("."), name
        for path in re.findall(r"\b((?:micrograd|nn|optim|losses|data)(?:\.\w+)+)", sentence):
            first, *rest = path.split(".")
            owner = homes[first]
            for part in rest:
                owner = getattr(owner, part, None) or import_module(f"{owner.__name__}.{part}")
        for function in re.findall(r"(?<![.\w])([a-z_]+)\(", sentence):
            known = (micrograd, optim, builtins, __builtins__)
            own = {
                "backward",
                "deepcopy",
                "penalty",
                "model",
                "exp",
                "cos",
                "sin",
                "forward",
                "__call__",
                "f",
                "log",
            }
            assert function in own or any(hasattr(room, function) for room in known), sentence


NEAR = [
    (lambda: micrograd.Valeu, "module 'micrograd' has no attribute 'Valeu'. Did you mean Value?"),
    (
        lambda: micrograd.losss,
        "has no attribute 'losss'. Did you mean losses?",
    ),
    (lambda: nn.linear, "module 'micrograd.nn' has no attribute 'linear'. Did you mean Linear?"),
    (lambda: nn.Conv3d, "module 'micrograd.nn' has no attribute 'Conv3d'. Did you mean Conv"),
    (
        lambda: optim.adamw,
        "has no attribute 'adamw'. Did you mean AdamW",
    ),
    (lambda: losses.crossentropy, "has no attribute 'crossentropy'. Did you mean cross_entropy"),
    (lambda: data.spiral, "has no attribute 'spiral'. Did you mean spirals?"),
    (lambda: micrograd.qqqq, "module 'micrograd' has no attribute 'qqqq'."),
]


@pytest.mark.parametrize(("look_up", "message"), NEAR)
def test_a_similar_name_is_suggested(look_up, message):
    with pytest.raises(UnknownAttribute) as error:
        look_up()
    assert message in str(error.value)


def test_what_a_user_sets_is_there():
    v, model = Value(2.0), MLP(1, [1])
    v.value, model.predict = 7.0, abs
    assert v.value == 7.0 and model.predict(-1) == 1
    for copied in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert (copied.value, copied.data) == (7.0, 2.0)


def test_what_a_subclass_defines_is_there():
    class Net(Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 1)

        def forward(self, x, scale=1.0):
            return self.inner(x)[0] * scale

    class Number(Value):
        def clip(self):
            return 5.0

    net = Net()
    assert net([1.0, 2.0], scale=2.0).data == net.forward([1.0, 2.0]).data * 2.0
    assert Number(1.0).clip() == 5.0


def test_a_module_without_a_forward_says_what_to_define():
    with pytest.raises(AttributeError, match=r"Define forward\(self, x\), or __call__"):
        Module()(1.0)


def test_pytorchs_names_of_a_value():
    v = Value(3.0)
    y = v.square()
    y.backward(retain_graph=True)
    y.backward(retain_graph=False)
    assert (y.item(), type(y.item()), v.grad) == (9.0, float, 12.0)
    v.zero_grad()
    assert v.grad == 0.0
    assert Value(2.0, requires_grad=True).data == 2.0


def test_what_requires_no_grad_is_no_parameter(tmp_path):
    model = MLP(2, [2, 1])
    for p in model.layers[0].parameters():
        p.requires_grad = False
    head = model.layers[1].parameters()
    assert model.parameters() == head
    assert len(copy.deepcopy(model).parameters()) == len(head) == len(model.parameters()) == 3
    assert len(model.state_dict()) == 6
    micrograd.save(model, tmp_path / "model.safetensors")
    loaded = micrograd.load(tmp_path / "model.safetensors")
    assert len(loaded.parameters()) == 3
    assert loaded.state_dict() == model.state_dict()
    assert not Value(2.0, requires_grad=False).requires_grad


def test_manual_seed():
    models = []
    for _ in range(2):
        micrograd.manual_seed(3)
        models.append(MLP(2, [2, 1]).state_dict())
    assert models[0] == models[1]
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0, got 'a'"):
        micrograd.manual_seed("a")


@pytest.mark.parametrize("name", ["in_axes", "in_dims", "out_axes", "static_argnums"])
def test_vmap_says_what_to_write_for_the_keywords_of_jax(name):
    with pytest.raises(TypeError, match=rf"vmap\(\) has no parameter '{name}'. Leave it out: "):
        vmap(Value, **{name: 0})
