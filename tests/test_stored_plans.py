"""Plans on disk: another process traces nothing, and whatever a plan depends on is in its key.

Rule: a program is a text. Each ingredient is a change of it, of which the key must know.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from micrograd import Value, losses
from micrograd.compiler.codegen import cache
from micrograd.support.randomness import seeded
from micrograd.training.steps import stored_plans
from micrograd.transforms import digest_of, rolled_functions

PROGRAM = """
import math
import numpy as np
from micrograd import MLP, Module, Value, compile_step, losses, nn, optim
from micrograd.ops import exp, tanh

SCALE, TABLE, BIG = 0.5, [0.1, 0.2, 0.0], np.arange(10_000.0)
FACTORS = {"first": 1.0, "second": 2.0}

class Base(Module):
    slope = 0.25

    def bend(self, x):
        return tanh(x) * self.slope

class Net(Base):
    def __init__(self):
        self.body = MLP(3, [3, 2], activation="tanh")
        self.dropout = nn.Dropout(0.5)
        self.gain, self.kept = 1.5, Value(0.75)

    @property
    def twice(self):
        return 2.0 * self.gain

    def __call__(self, x):
        return [self.bend(y) * self.twice for y in self.dropout(self.body(x))]

def make_loss(power):
    def loss(model, x, y=0.0, *, weight=1.0):
        first, second = model(x)
        out = first * TABLE[0] + second * FACTORS["second"] + helper(first) * BIG[9_999]
        return weight * (out - y) ** power + model.kept * math.pi + TABLE[2] * first
    return loss

def helper(x):
    return exp(x) * SCALE

model = Net()
loss = make_loss(2)
penalty = None
parameters = model.body.parameters()
optimizer = optim.AdamW(parameters, lr=0.01)
options = dict()
step = compile_step(loss, model, optimizer, penalty=penalty, **options)
X, y = np.full((8, 3), 0.5), np.zeros(8)
"""

# fmt: off
CHANGES = {  # of what the key has to see: (a part of the program, what stands there instead)
    "the loss":                    ("(out - y)", "(out + y)"),
    "a function that it calls":    ("exp(x) *", "exp(x) +"),
    "a variable closed over":      ("make_loss(2)", "make_loss(4)"),
    "a default":                   ("y=0.0", "y=1.0"),
    "a keyword's default":         ("weight=1.0", "weight=2.0"),
    "a global number":             ("SCALE, TABLE, BIG = 0.5", "SCALE, TABLE, BIG = 0.75"),
    "an entry of a list":          ("[0.1, 0.2, 0.0]", "[0.3, 0.2, 0.0]"),
    "the sign of a zero":          ("[0.1, 0.2, 0.0]", "[0.1, 0.2, -0.0]"),
    "an entry of a dict":          ('"second": 2.0', '"second": 3.0'),
    "the order of a dict": (
        '{"first": 1.0, "second": 2.0}',
        '{"second": 2.0, "first": 1.0}',
    ),
    "a number in a large array":   ("np.arange(10_000.0)", "np.arange(10_000.0) * 2"),
    "an attribute of a class":     ("slope = 0.25", "slope = 0.5"),
    "a method of a base":          ("tanh(x) * self", "exp(x) * self"),
    "an enumeration's member":     (
        "exp(x) * SCALE",
        "exp(x) * Mode.A",
        "import enum; Mode = enum.IntEnum('Mode', {'A': 3})",
    ),
    "a property":                  ("2.0 * self.gain", "3.0 * self.gain"),
    "an attribute":                ("self.gain, self.kept = 1.5", "self.gain, self.kept = 2.5"),
    "a module's setting":          ("Dropout(0.5)", "Dropout(0.25)"),
    "a mode":                      ("parameters = ", "model.eval(); parameters = "),
    "a width":                     ("[3, 2]", "[5, 2]"),
    "a depth":                     ("[3, 2]", "[3, 4, 2]"),
    "an activation":               ('activation="tanh"', 'activation="relu"'),
    "a shared parameter": (
        "parameters = ",
        "model.body.layers[1].neurons[0].w = model.body.layers[0].neurons[0].w; parameters = ",
    ),
    "a frozen parameter": (
        "parameters = ",
        "model.body.layers[0].neurons[0].b.requires_grad = False; parameters = ",
    ),
    "the order of parameters":     ("model.body.parameters()", "model.body.parameters()[::-1]"),
    "fewer parameters":            ("model.body.parameters()", "model.body.parameters()[1:]"),
    "the optimizer":               ("optim.AdamW", "optim.Adam"),
    "an optimizer's setting":      ("lr=0.01)", "lr=0.01, weight_decay=0.5)"),
    "a penalty": (
        "penalty = None",
        "penalty = lambda model: model.body.layers[0].neurons[0].b ** 2",
    ),
    "clipping":                    ("dict()", "dict(clip=0.5)"),
    "the type of numbers":         ("dict()", "dict(dtype='float32')"),
    "the number of threads":       ("dict()", "dict(threads=2)"),
    "unrolling":                   ("dict()", "dict(unroll=True)"),
    "the shape of an example":     ("MLP(3, ", "MLP(2, "),
    "the number of examples":      ("(8, 3), 0.5), np.zeros(8)", "(9, 3), 0.5), np.zeros(9)"),
}

SAME = {  # what the plan does not depend on
    "nothing":                     ("", ""),
    "the place in the file":       ("import math", "\n\n\nimport math"),
    "the rate":                    ("lr=0.01", "lr=0.02"),
    "a comment":                   ("    return loss", "    # a comment\n    return loss"),
    "a name that is not read":     ("model = Net()", "model = Net(); history = [1, 2, 3]"),
    "the numbers of parameters": (
        "model = Net()",
        "model = Net(); [p.__setattr__('data', 0.5) for p in model.parameters()]",
    ),
    "a constant parameter's":      ("Value(0.75)", "Value(0.8)"),
}

INVISIBLE = {  # to a key: then no plan is kept
    "a file": (
        "exp(x) * SCALE",
        "exp(x) * len(open('/dev/null').read() + 'a')",
    ),
    "a clock": (
        "exp(x) * SCALE",
        "exp(x) * float(time.time() > 0)",
        "import time",
    ),
    "a clock's function": (
        "exp(x) * SCALE",
        "exp(x) * float(time() > 0)",
        "from time import time",
    ),
    "a draw":                      ("exp(x) * SCALE", "exp(x) * random.random()", "import random"),
    "a draw of NumPy's":           ("exp(x) * SCALE", "exp(x) * np.random.rand()"),
    "the environment":             ("exp(x) * SCALE", "exp(x) * len(os.environ)", "import os"),
    "an import inside": (
        "return exp(x) * SCALE",
        "import os; return exp(x) * len(os.sep)",
    ),
    "an object of a library's": (
        "exp(x) * SCALE",
        "exp(x) * len(PATH.parts)",
        "import pathlib; PATH = pathlib.Path('a')",
    ),
    "a hash":                      ("exp(x) * SCALE", "exp(x) * hash('a')"),
    "a text that is run":          ("exp(x) * SCALE", "exp(x) * eval('1.0')"),
    "a method of Value's": (
        "exp(x) * SCALE",
        "x.mine()",
        "from micrograd import Value; Value.mine = lambda x: x",
    ),
    "a function in the package": (
        "exp(x) * SCALE",
        "losses.hinge(x, 1.0)",
        "from micrograd import losses; losses.hinge = lambda x, y: x * y",
    ),
    "an iterator": (
        "exp(x) * SCALE",
        "exp(x) * next(COUNT)",
        "COUNT = iter([1.0] * 100)",
    ),
    "an op of the user's": (
        "exp(x) * SCALE",
        "MINE(x)",
        "from micrograd.ops import Op; MINE = Op('mine', 'mine({})', abs, (lambda x, out: 1.0,))",
    ),
}
# fmt: on


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """Keep the plans of small models as well, in a folder of one's own."""
    monkeypatch.setattr(rolled_functions, "FEWEST_PARAMETERS", 0)
    monkeypatch.setenv("MICROGRAD_CACHE", str(tmp_path / "cache"))


def program(old="", new="", before=""):
    """Return the names of the program, with one change."""
    assert old in PROGRAM
    text = before + PROGRAM.replace(old, new) if old else PROGRAM
    names = {"__name__": "program"}
    with seeded(1):
        exec(compile(text, "program.py", "exec"), names)
    return names


def train(names):
    """Return (the losses of three steps, the grads after them, whether the plan came from disk)."""
    step = names["step"]
    width = len(names["model"].body.layers[0].neurons[0].w)
    found = step.run(names["X"][:, :width], names["y"], steps=3)
    grads = [p.grad for p in names["parameters"]]
    return found, grads, "trace" not in step.latest.times


def key(names):
    step = names["step"]
    state = step.definition.state()
    width = len(names["model"].body.layers[0].neurons[0].w)
    shapes = ((width,), ())
    kind = stored_plans.StepKind(step.dtype, step.threads, shapes, len(names["X"]))
    return stored_plans.key_of(step.definition, state, kind)


@pytest.mark.parametrize("change", CHANGES)
def test_the_key_sees(change):
    assert key(program()) is not None
    assert key(program()) != key(program(*CHANGES[change]))


@pytest.mark.parametrize("same", SAME)
def test_the_key_is_the_same_for(same):
    assert key(program()) == key(program(*SAME[same]))


@pytest.mark.parametrize("what", INVISIBLE)
def test_no_plan_is_kept_for(what, monkeypatch):
    monkeypatch.setattr(Value, "mine", None, raising=False)
    monkeypatch.setattr(losses, "hinge", losses.hinge)
    names = program(*INVISIBLE[what])
    assert digest_of(names["step"].definition.state()) is None


@pytest.mark.parametrize("kind", ["int", "float", "str"])
def test_a_number_of_a_class_of_the_users_is_seen(kind):
    change = ("exp(x) * SCALE", "exp(x) * float(MINE)")
    before = "class Kind({}):\n    pass\nMINE = Kind('{}')\n"
    first, second = [key(program(*change, before.format(kind, x))) for x in (1, 2)]
    assert None not in (first, second) and first != second


def test_a_function_of_a_library_that_somebody_replaced_is_seen(monkeypatch):
    before = key(program())
    monkeypatch.setattr("math.pi", 3.0)
    assert key(program()) not in (None, before)


@pytest.mark.parametrize("change", [*SAME, *CHANGES])
def test_a_plan_from_disk_gives_the_same_numbers(change):
    """Whatever was kept before by another program does not matter."""
    train(program())
    text = {**SAME, **CHANGES}[change]
    losses, grads, _ = train(program(*text))
    cache.folder().rename(cache.folder().with_name("old"))
    expected, expected_grads, is_found = train(program(*text))
    assert not is_found
    np.testing.assert_array_equal(losses, expected)
    assert grads == expected_grads
    again = train(program(*text))
    assert again[2]
    np.testing.assert_array_equal(again[0], expected)


def test_a_plan_can_be_read_as_any_other():
    first, second = program(), program()
    train(first), train(second)
    for name in ("program", "kernels", "ir"):
        assert str(getattr(first["step"], name)) == str(getattr(second["step"], name))
    assert first["step"].report().splitlines()[:-2] == second["step"].report().splitlines()[:-2]


@pytest.mark.parametrize("damage", [b"", b"x" * 100])
def test_a_damaged_plan_is_made_again(damage):
    expected, _, _ = train(program())
    for path in cache.folder().iterdir():
        path.write_bytes(damage)
    losses, _, is_found = train(program())
    assert not is_found
    np.testing.assert_array_equal(losses, expected)


def test_a_plan_that_cannot_be_read_is_made_again(monkeypatch):
    expected, _, _ = train(program())
    monkeypatch.setattr(stored_plans.StoredPlan, "unpack", lambda self, content: 1 / 0)
    losses, _, is_found = train(program())
    assert not is_found
    np.testing.assert_array_equal(losses, expected)


def test_a_small_model_is_traced(monkeypatch):
    monkeypatch.setattr(rolled_functions, "FEWEST_PARAMETERS", 1000)
    train(program())
    assert not train(program())[2]


SCRIPT = """
import json, sys
from micrograd.transforms import rolled_functions
rolled_functions.FEWEST_PARAMETERS = 0
{program}
found = step.run(X, y, steps=3).tolist()
json.dump([found, "trace" not in step.latest.times], sys.stdout)
"""


def test_a_second_process_traces_nothing(tmp_path):
    script = Path(tmp_path, "program.py")
    script.write_text(
        SCRIPT.format(program=PROGRAM).replace(
            "model = ", "import random; random.seed(1); model = "
        )
    )
    rows = [
        json.loads(subprocess.run([sys.executable, script], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    losses = [row[0] for row in rows]
    assert losses == [losses[0]] * 3
    assert [row[1] for row in rows] == [False, True, True]
