"""Models as files: the same numbers come back, PyTorch reads them, and what is damaged is refused."""

import errno
import io
import json
import math
import random
import re
import struct
from collections import OrderedDict, namedtuple
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from micrograd import MLP, Module, Op, Value, errors, load, nn, save
from micrograd.nn import (
    GPT,
    GRU,
    RNN,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    MaxPool2d,
    RMSNorm,
    Sequential,
    TransformerBlock,
)
from micrograd.ops import FAMILIES, relu, tanh
from micrograd.saving.model_file import read_about
from micrograd.saving.tensor_file import read_tensors, write_tensors
from micrograd.support import files
from micrograd.support.nest import leaves
from tests.support.floats import parameter_bits
from tests.support.numbers import normals

ACTIVATIONS = [
    *(nn.ReLU(), nn.LeakyReLU(0.2), nn.ELU(), nn.GELU(), nn.SiLU(), nn.Tanh(), nn.Sigmoid()),
    *(nn.Identity(), nn.Softmax(-1), nn.LogSoftmax(), nn.Flatten()),
]
LOSSES = [
    *(nn.MSELoss(), nn.L1Loss("sum"), nn.HuberLoss(delta=2.0), nn.SmoothL1Loss(beta=0.5)),
    *(nn.CrossEntropyLoss(), nn.NLLLoss(), nn.BCELoss(), nn.BCEWithLogitsLoss()),
    *(nn.HingeEmbeddingLoss(2.0), nn.Loss("none"), nn.Activation()),
]

# fmt: off
MODELS = {  # name: (maker, an input)
    "MLP":        (lambda: MLP(3, [4, 1], activation="tanh"), normals(3)),
    "MLP, out":   (lambda: MLP(3, [4, 2], output_activation="sigmoid"), normals(3)),
    "Sequential": (lambda: Sequential(Linear(3, 4), relu, Linear(4, 2, bias=False), LayerNorm(2)), normals(3)),
    "Dropout":    (lambda: Sequential(Linear(3, 4), Dropout(0.3)).eval(), normals(3)),
    "RMSNorm":    (lambda: Sequential(RMSNorm(3), RMSNorm(3, weights=False)), normals(3)),
    "BatchNorm":  (lambda: Sequential(Linear(3, 2), nn.BatchNorm1d(2), nn.Softplus(2.0)).eval(), normals(3)),
    "activations": (lambda: Sequential(*ACTIVATIONS), normals(3)),
    "Embedding":  (lambda: Embedding(5, 3), 4),
    "RNN":        (lambda: RNN(2, 3), normals(4, 2)),
    "GRU":        (lambda: GRU(2, 3), normals(3, 2)),
    "Conv1d":     (lambda: Conv1d(1, 2, 2), normals(1, 4)),
    "Conv2d":     (lambda: Sequential(Conv2d(1, 2, 2), tanh, MaxPool2d(2)), normals(1, 5, 5)),
    "block":      (lambda: TransformerBlock(4, 2, 5), normals(2, 4)),
    "GPT":        (lambda: GPT(5, 3, size=4, heads=2), [1, 0, 4]),
}
# fmt: on


def build(make):
    random.seed(3)
    return make()


@pytest.mark.parametrize("make, x", MODELS.values(), ids=MODELS)
def test_a_model_comes_back_to_the_bit(make, x, tmp_path):
    model = build(make)
    path = save(model, tmp_path / "model.safetensors", {"note": "ähm", "numbers": [1, 2.5]})
    again = load(path)
    assert repr(again) == repr(model)
    assert str(again(x)) == str(model(x))
    assert [name for name, _ in again.named_parameters()] == [
        name for name, _ in model.named_parameters()
    ]
    assert (
        parameter_bits(load(path, model=build(make)))
        == parameter_bits(again)
        == parameter_bits(model)
    )
    assert read_about(path) == {"note": "ähm", "numbers": [1, 2.5]}


def test_modules_without_parameters_keep_their_settings(tmp_path):
    """Beside a parameter, without which there would be nothing to save."""
    model = Linear(1, 1)
    model.losses = nn.ModuleList(LOSSES)
    model.scales = nn.ModuleDict({"p": nn.Parameter(2.0)})
    again = load(save(model, tmp_path / "model.safetensors"))
    assert [type(x) for x in again.losses] == [type(x) for x in LOSSES]
    assert list(map(vars, again.losses)) == list(map(vars, LOSSES))
    assert again.state_dict() == model.state_dict()


FIRST_FORMAT = Path(__file__).parent / "files" / "model-1.safetensors"


def test_a_file_of_the_first_format_is_read():
    """It holds GPT(5, 3, size=4, heads=2) after random.seed(3), with tied weights and containers."""
    wanted = build(lambda: GPT(5, 3, size=4, heads=2))
    wanted.head.weight = wanted.tokens.weight
    model = load(FIRST_FORMAT)
    numbers = [p.data for p in wanted.parameters()]
    # random.gauss calls C's log and cos, which differ by an ulp between platforms
    assert [p.data for p in model.parameters()] == pytest.approx(numbers, rel=1e-15)
    assert model.head.weight is model.tokens.weight
    assert model.more == (1, {"a": [None, True]}, {3: ()})


def test_the_first_format_is_still_what_is_written(tmp_path):
    assert save(load(FIRST_FORMAT), tmp_path / "m").read_bytes() == FIRST_FORMAT.read_bytes()


def test_the_order_of_json_keys_means_nothing(tmp_path):
    tensors, metadata = read_tensors(FIRST_FORMAT)
    backwards = json.loads(json.dumps(metadata), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    again = load(write_tensors(tmp_path / "m", tensors, backwards))
    assert parameter_bits(again) == parameter_bits(load(FIRST_FORMAT))


layer_0 = {f"{name}_l0": name for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}

# fmt: off
IN_TORCH = {  # name: (ours, PyTorch's, {their name: ours}, an input)
    "Linear":    (lambda: Linear(3, 2), lambda torch: torch.nn.Linear(3, 2), {}, normals(3)),
    "LayerNorm": (lambda: LayerNorm(3), lambda torch: torch.nn.LayerNorm(3), {}, normals(3)),
    "Embedding": (lambda: Embedding(5, 3), lambda torch: torch.nn.Embedding(5, 3), {}, 4),
    "Conv2d":    (lambda: Conv2d(1, 2, 2), lambda torch: torch.nn.Conv2d(1, 2, 2), {}, normals(1, 4, 4)),
    "RMSNorm":   (lambda: RMSNorm(3), lambda torch: torch.nn.RMSNorm(3), {}, normals(3)),
    "Conv1d":    (lambda: Conv1d(1, 2, 2), lambda torch: torch.nn.Conv1d(1, 2, 2), {}, normals(1, 4)),
    "RNN":       (lambda: RNN(2, 3), lambda torch: torch.nn.RNN(2, 3), layer_0, normals(4, 2)),
    "GRU":       (lambda: GRU(2, 3), lambda torch: torch.nn.GRU(2, 3), layer_0, normals(4, 2)),
    "two":       (lambda: Sequential(Linear(3, 4), relu, Linear(4, 2)),
                  lambda torch: torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)),
                  {f"{i}.{what}": f"steps.{i}.{what}" for i in (0, 2) for what in ("weight", "bias")}, normals(3)),
}
# fmt: on


@pytest.mark.parametrize("make, theirs, names, x", IN_TORCH.values(), ids=IN_TORCH)
def test_pytorch_reads_the_file_and_computes_the_same(make, theirs, names, x, tmp_path, torch):
    from safetensors.torch import load_file

    model, net = build(make), theirs(torch).double()
    state = load_file(save(model, tmp_path / "m.safetensors"))
    net.load_state_dict({name: state[names.get(name, name)] for name in net.state_dict()})
    kind = torch.long if isinstance(x, int) else torch.float64
    wanted, got = net(torch.tensor(x, dtype=kind)), model(x)
    if isinstance(got, tuple):  # all states, and the last one
        wanted, got = wanted[0], got[0]
    wanted, got = wanted.detach().numpy(), np.array(got, object).astype(float)
    # PyTorch adds some ten products in another order: a few ulps.
    assert got == pytest.approx(wanted, rel=1e-14, abs=1e-15)


def test_neurons_are_rows_in_pytorch(tmp_path, torch):
    from safetensors.torch import load_file

    model = build(lambda: MLP(3, [4, 2], activation="tanh"))
    state = load_file(save(model, tmp_path / "m.safetensors"))
    assert list(state) == sorted(model.state_dict())
    assert {x.dtype for x in state.values()} == {torch.float64}
    x = torch.tensor(normals(3), dtype=torch.float64)
    for i, nout in enumerate((4, 2)):
        names = [f"layers.{i}.neurons.{j}" for j in range(nout)]
        weight = torch.stack([state[f"{name}.w"] for name in names])
        x = weight @ x + torch.stack([state[f"{name}.b"] for name in names])
        x = x if i else x.tanh()
    # PyTorch adds in another order, as above.
    assert [y.data for y in model(normals(3))] == pytest.approx(x.tolist(), rel=1e-14, abs=1e-15)


def test_a_nan_keeps_its_sign_and_payload(tmp_path):
    model = MLP(1, [1])
    written = [b"\x01\0\0\0\0\0\xf8\xff", b"\x2a\0\0\0\0\0\xf8\x7f"]
    for p, eight in zip(model.parameters(), written):
        (p.data,) = struct.unpack("<d", eight)
    again = load(save(model, tmp_path / "m"))
    assert [struct.pack("<d", p.data) for p in again.parameters()] == written


def test_numbers_at_the_edge_keep_their_bits(tmp_path):
    model = MLP(5, [1])
    edge = [-0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, math.nan]
    for p, x in zip(model.parameters(), edge):
        p.data = x
    assert parameter_bits(load(save(model, tmp_path / "m"))) == [x.hex() for x in edge]


def tied_lists(model):
    model.head.weight = model.tokens.weight


def tied_rows(model):
    model.head.weight = [*model.tokens.weight[:4], [Value(0.5) for _ in range(4)]]


def tied_values(model):
    model.first, model.row = model.tokens.weight[0][0], (model.tokens.weight[1][1], Value(2.0))
    model.flat = leaves(model.positions.weight)


def tied_modules(model):
    model.positions = model.tokens


@pytest.mark.parametrize("tie", [tied_lists, tied_rows, tied_values, tied_modules])
def test_tied_parameters_stay_tied(tie, tmp_path):
    model = build(lambda: GPT(5, 5, size=4, heads=2))
    tie(model)
    again = load(save(model, tmp_path / "m"))
    assert [name for name, _ in again.named_parameters()] == [
        name for name, _ in model.named_parameters()
    ]
    assert again.state_dict() == model.state_dict()
    assert (again.head.weight is again.tokens.weight) == (tie is tied_lists)
    assert (again.positions is again.tokens) == (tie is tied_modules)


class Mine(Module):
    """A user's class, with a tuple, a dict and a function."""

    def __init__(self):
        self.parts = (Linear(2, 1), {"more": Linear(1, 1)})
        self.f = lambda x: x

    def __call__(self, x):
        return self.f(self.parts[1]["more"](self.parts[0](x)))


def test_a_users_class_is_loaded_into_an_instance(tmp_path):
    path = save(build(Mine), tmp_path / "m.safetensors")
    with pytest.raises(
        ValueError, match=r"contains a Mine, a class of your own.* load\(path, model=Mine\(...\)\)"
    ):
        load(path)
    assert parameter_bits(load(path, model=Mine())) == parameter_bits(build(Mine))
    model = Sequential(Linear(2, 2), lambda x: x)
    model.others = (Linear(2, 1), {"a": 1})
    with pytest.raises(ValueError, match=r"steps.1 was a function, which a file cannot hold"):
        load(save(model, tmp_path / "n.safetensors"))


class ByHand(Module):
    """A network as lists of numbers: its layers have unequal sizes, a name has a slash."""

    def __init__(self):
        sizes = [(2, 3), (3, 1)]
        self.w = [[[Value(random.random()) for _ in range(n)] for _ in range(m)] for n, m in sizes]
        self.b = [[Value(random.random())], Value(random.random()), []]
        self.more = {"a/b": Value(0.5)}


def test_lists_of_unequal_lengths_are_written_part_by_part(tmp_path):
    model = build(ByHand)
    path = save(model, tmp_path / "m")
    found = {name: list(x.shape) for name, x in safetensors.numpy.load_file(path).items()}
    assert found == {"w.0": [3, 2], "w.1": [1, 3], "b.0": [1], "b.1": [], "more.a/b": []}
    assert parameter_bits(load(path, model=ByHand())) == parameter_bits(model)
    write_tensors(path, {"w.0": np.zeros((3, 2)), "other": np.zeros(1)}, {})
    with pytest.raises(errors.ShapeError, match=r"missing w\n  unexpected other\n  unexpected w.0"):
        load(path, model=model)


def test_containers_come_back_as_they_were(tmp_path):
    model = Sequential()
    model.more = (Linear(2, 1), {"a": [1, None, "b", True, 2.5], 3: (), None: ((),)})
    model.w = (Value(1.0), [Value(2.0)])
    again = load(save(model, tmp_path / "m"))
    assert type(again.more) is tuple
    assert again.more[1] == model.more[1]
    assert (type(again.w), type(again.w[1])) == (tuple, list)


def test_numbers_of_numpy_come_back_as_pythons(tmp_path):
    again = load(save(Linear(np.int64(3), np.array([1, 2]).max()), tmp_path / "m"))
    assert (repr(again), type(again.nin), type(again.nout)) == ("Linear(3, 2)", int, int)


Pair = namedtuple("Pair", "x y")


@pytest.mark.parametrize("what", [Pair(1, 2), OrderedDict(a=1), {1, 2}, math.sin, Value(1.0) + 1])
def test_what_a_file_cannot_hold_is_named(what, tmp_path):
    model = Sequential(Linear(2, 1))
    model.what = [what]
    path = save(model, tmp_path / "m")
    with pytest.raises(
        ValueError, match=rf"what.0 was a {type(what).__name__}, which a file cannot"
    ):
        load(path)
    assert parameter_bits(load(path, model=model)) == parameter_bits(model)


def test_a_key_that_a_file_cannot_hold_is_named(tmp_path):
    model = Sequential()
    model.what = {(1, 2): Linear(2, 1)}
    with pytest.raises(ValueError, match=r"what.\(1, 2\) was a tuple, which a file cannot hold"):
        load(save(model, tmp_path / "m"))


def test_a_layer_of_a_later_version(tmp_path, monkeypatch):
    monkeypatch.setattr(nn, "LSTM", type("LSTM", (Linear,), {}), raising=False)
    path = save(nn.LSTM(2, 1), tmp_path / "m")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="later version"):
        load(path)


def test_an_op_that_is_not_registered(tmp_path, monkeypatch):
    swish = Op("swish", "swish({})", lambda x: x, (lambda x, out: 1.0,))
    monkeypatch.setitem(__import__("micrograd").OPS, "swish", swish)
    path = save(Sequential(swish), tmp_path / "m")
    assert load(path).steps == [swish]
    cube = FAMILIES["pow"](3)
    assert load(save(Sequential(cube), tmp_path / "n")).steps == [cube]
    monkeypatch.delitem(__import__("micrograd").OPS, "swish")
    with pytest.raises(ValueError, match="No op is called 'swish'"):
        load(path)


# ------------------------------------------------------------------------------------------ bad files


def changed(change):
    def write(path):
        save(build(lambda: MLP(2, [3, 1])), path)
        path.write_bytes(change(path.read_bytes()))

    return write


def later(path):
    write_tensors(path, {"w": np.zeros(2)}, {})
    text = path.read_bytes()
    path.write_bytes(text.replace(b'\\"format\\": 1', b'\\"format\\": 9'))


def bfloat16(path):
    torch = pytest.importorskip("torch")  # NumPy has no such numbers
    from safetensors.torch import save_file

    save_file({"w": torch.zeros(2, dtype=torch.bfloat16)}, path)


def nested(x, depth):
    """Return the JSON of lists in lists, as deep as that, around `x`."""
    for _ in range(depth):
        x = {"list": [x]}
    return x


# fmt: off
BAD = {  # name: (how it is written, exception, part of the message)
    "none":      (lambda path: None, OSError, "No such file"),
    "folder":    (lambda path: path.mkdir(), OSError, "directory"),
    "empty":     (lambda path: path.write_bytes(b""), errors.DamagedFile, "not a safetensors file, or only"),
    "text":      (lambda path: path.write_text("weights"), errors.DamagedFile, "not a safetensors file"),
    "truncated": (changed(lambda text: text[:-8]), errors.DamagedFile, "only the beginning of one"),
    "flipped":   (changed(lambda text: text[:-1] + bytes([text[-1] ^ 1])), errors.DamagedFile, "is damaged"),
    "stranger":  (lambda path: safetensors.numpy.save_file({"w": np.zeros(2)}, path), ValueError, r"not the structure of their model. .*load\(path, model="),
    "bfloat16":  (bfloat16, ValueError, r"numbers of kind BF16, .*x.double\(\)"),
    "complex":   (lambda path: safetensors.numpy.save_file({"w": np.zeros(2, np.complex64)}, path), ValueError, "numbers of kind complex"),
    "other use": (lambda path: safetensors.numpy.save_file({"w": np.zeros(2)}, path, {"micrograd": "[1]"}), errors.DamagedFile, "is damaged"),
    "no digest": (lambda path: safetensors.numpy.save_file({"w": np.zeros(2)}, path, {"micrograd": '{"format": 1}'}), errors.DamagedFile, "is damaged"),
    "later":     (later, ValueError, "later version"),
    "deep":      (lambda path: safetensors.numpy.save_file({"w": np.zeros(2)}, path, {"micrograd": "[" * 100_000}), errors.DamagedFile, "is damaged"),
    "deep dict": (lambda path: safetensors.numpy.save_file({"w": np.zeros(2)}, path, {"micrograd": '{"a":' * 100_000}), errors.DamagedFile, "is damaged"),
    "deep model": (lambda path: write_tensors(path, {}, {"model": nested({"list": []}, 450)}), ValueError, "nested too deeply .*Sequential"),
}
# fmt: on


@pytest.mark.parametrize("write, exception, said", BAD.values(), ids=BAD)
def test_files_that_are_refused(write, exception, said, tmp_path):
    path = tmp_path / "model.safetensors"
    write(path)
    with pytest.raises(exception, match=said):
        load(path)


# fmt: off
JUNK = [
    None, 3, -1, "x", [], {}, [1, 2], [[1, 2]], True, {"list": []}, {"values": 0, "shape": []}, {"op": 3},
    {"values": "a", "shape": 3}, {"values": 0, "shape": [10**9]}, {"values": -1, "shape": []}, {"values": 0, "shape": [10**9, 0]},
    {"class": "MLP"}, {"class": "Linear", "own": False, "parts": [["nin", {}]]}, {"same": "nowhere"},
    {"dict": [[{"list": []}, 1]]}, {"tuple": 3},
]
# fmt: on


def places(x):
    """Yield each (container, key) of some JSON."""
    for key in x if isinstance(x, dict) else range(len(x)) if isinstance(x, list) else ():
        yield x, key
        yield from places(x[key])


def test_a_structure_that_cannot_be_is_a_sentence(tmp_path):
    """Each part of the JSON in turn is replaced by junk; the digest is right."""
    tensors, metadata = read_tensors(save(build(lambda: MLP(1, [1, 1])), tmp_path / "m"))
    text, refused = json.dumps(metadata), 0
    for i in range(len(list(places(metadata["model"])))):
        other = json.loads(text)
        container, key = list(places(other["model"]))[i]
        container[key] = JUNK[i % len(JUNK)]
        path = write_tensors(tmp_path / "other", tensors, other)
        try:
            load(path)
        except ValueError as error:
            refused += 1
            assert str(path) in str(error) or "op is called" in str(error), other
    assert refused > 20


# fmt: off
REMEDIES = {  # name of the file: (another file beside it, what to do)
    "model.safetensors":      ("", "Copy it once more from where it came, or save the model again: save"),
    "checkpoint.safetensors": ("checkpoint.safetensors.previous", "The one before is beside it: use .*.previous"),
    "model.pt":               ("", "Convert a file of PyTorch there: .*torch.load"),
}
# fmt: on


@pytest.mark.parametrize("name, said", REMEDIES.items(), ids=REMEDIES)
@pytest.mark.parametrize("read", [load, read_about])
def test_a_damaged_file_says_what_to_do(name, said, read, tmp_path):
    other, said = said
    (tmp_path / name).write_bytes(b"PK\3\4")
    if other:
        (tmp_path / other).write_text("")
    with pytest.raises(errors.DamagedFile, match=rf"or only the beginning of one\. {said}"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.json", "a.pt", "a.PTH", "a.npz", "deep.folder/a.pkl"])
def test_a_name_of_another_format_is_refused(name, tmp_path):
    right = re.escape(str((tmp_path / name).with_suffix(".safetensors")))
    with pytest.raises(
        ValueError, match=rf"save\(\) writes safetensors, .*save\(model, '{right}'\)"
    ):
        save(MLP(2, [1]), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("depth", [450, 3000])
def test_a_model_that_is_nested_too_deeply(depth, tmp_path):
    model = Sequential()
    inner = model.parts = []
    for _ in range(depth):
        inner.append([])
        inner = inner[0]
    with pytest.raises((ValueError, TypeError), match=r"nested too deeply|stored as JSON"):
        load(save(model, tmp_path / "m"))


@pytest.mark.slow
def test_any_bit_that_is_flipped_is_noticed(tmp_path):
    path = save(MLP(1, [1]), tmp_path / "m", {"note": 1})
    whole = path.read_bytes()
    for i, byte in enumerate(whole):
        path.write_bytes(whole[:i] + bytes([byte ^ 1 << i % 8]) + whole[i + 1 :])
        with pytest.raises(ValueError, match=re.escape(str(path))):
            load(path)


def test_a_file_of_another_model_names_the_entries(tmp_path):
    path = save(MLP(2, [3, 1]), tmp_path / "m")
    with pytest.raises(errors.ShapeError, match=r"layers.1.neurons.0.w"):
        load(path, model=MLP(2, [2, 1]))


def test_a_file_of_another_program_is_read_by_name(tmp_path, torch):
    from safetensors.torch import save_file

    layer = torch.nn.Linear(3, 2).double()
    save_file(layer.state_dict(), tmp_path / "m.safetensors")
    model = load(tmp_path / "m.safetensors", model=Linear(3, 2))
    assert model.state_dict()["weight"] == layer.weight.tolist()


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


class FullDisk(io.FileIO):
    write = full


@pytest.mark.parametrize("name, instead", [("replace", full), ("fdopen", FullDisk)])
def test_a_full_disk_leaves_the_old_file(name, instead, tmp_path, monkeypatch):
    path = save(MLP(2, [1]), tmp_path / "m")
    before = path.read_bytes()
    monkeypatch.setattr(files.os, name, instead)
    with pytest.raises(OSError, match="No space left"):
        save(MLP(2, [1]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_not_written_over(tmp_path):
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        save(MLP(2, [1]), tmp_path)


def test_something_else_than_a_module_is_refused():
    with pytest.raises(
        TypeError, match=r"expected a Module first, got the str 'm'. Write save\(model, 'model.saf"
    ):
        save("m", MLP(2, [1]))


def deep(depth=100_000):
    about = {}
    for _ in range(depth):
        about = {"a": about}
    return about


@pytest.mark.parametrize(
    "about",
    [{"x": {1}}, {"x": np.int64(1)}, {(1, 2): 3}, deep()],
    ids=["set", "numpy", "tuple", "deep"],
)
def test_metadata_that_is_not_json_is_refused(about, tmp_path):
    with pytest.raises(TypeError, match=r"is stored as JSON, .* arrays as x.tolist\(\)"):
        save(MLP(2, [1]), tmp_path / "m", about)
    assert not list(tmp_path.iterdir())


def test_arrays_come_back_in_float64(tmp_path):
    given = {"a": np.arange(3, dtype=np.float32), "b": np.zeros((0, 2)), "c": np.array(-0.0)}
    found, about = read_tensors(write_tensors(tmp_path / "m", given, {1: [math.inf], "1": 2}))
    assert {name: x.dtype for name, x in found.items()} == dict.fromkeys(given, np.dtype(float))
    assert {name: x.tolist() for name, x in found.items()} == {
        name: x.tolist() for name, x in given.items()
    }
    assert about["1"] == 2
    found["a"][0] = 1.0  # the arrays can be changed
    safetensors.numpy.save_file({"w": np.ones(2, np.float16)}, tmp_path / "n")
    assert read_tensors(tmp_path / "n")[0]["w"].dtype == float


def test_metadata_is_json(tmp_path):
    path = save(MLP(2, [1]), tmp_path / "m", {"a": 1})
    _, about = read_tensors(path)
    assert json.loads(json.dumps(about)) == about
    assert about["model"]["class"] == "MLP"


def test_a_setting_of_numpys_is_saved_as_its_number(tmp_path):
    save(Sequential(Linear(2, 2), Dropout(np.float64(0.25))), tmp_path / "model.safetensors")
    assert load(tmp_path / "model.safetensors").steps[1].p == 0.25
