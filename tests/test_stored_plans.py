"""Plans on disk: another process traces nothing, and whatever a plan depends on is in its key.

Rule: a program is a text. Each ingredient is a change of it, of which the key must know.
"""

import builtins
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from pickle import PicklingError
from unittest.mock import Mock

import numpy as np
import pytest

from micrograd import Value, losses, nn
from micrograd.compiler.codegen import cache
from micrograd.ops import OPS
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
    "a text of an object's, by %": (
        "exp(x) * SCALE",
        "exp(x) * float('%.9s' % OBJECT)",
        "class Kind:\n def __str__(self): return '2.0'\nOBJECT = Kind()\n",
    ),
    "the order of a set of texts": (
        "exp(x) * SCALE",
        "exp(x) * len(TEXTS)",
        "TEXTS = {'a', 'b'}\n",
    ),
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
    "the text of an array":        ("exp(x) * SCALE", "exp(x) * len(str(BIG))"),
    "a text by NumPy":             ("exp(x) * SCALE", "exp(x) * len(np.array2string(BIG))"),
    "a hash":                      ("exp(x) * SCALE", "exp(x) * hash('a')"),
    "a method that is a hash":     ("exp(x) * SCALE", "exp(x) * 'a'.__hash__()"),
    "a file that NumPy reads": (
        "exp(x) * SCALE",
        "exp(x) * len(np.fromregex('/dev/null', 'a', [('x', float)])) if SCALE > 9 else exp(x)",
    ),
    "a clock of NumPy's":          ("exp(x) * SCALE", "exp(x) * len([np.datetime64('now')])"),
    "a setting of NumPy's":        ("exp(x) * SCALE", "exp(x) * len(np.geterr())"),
    "where an array stands":       ("exp(x) * SCALE", "exp(x) * (BIG.ctypes.data > 0)"),
    "whether arrays overlap":      ("exp(x) * SCALE", "exp(x) * np.shares_memory(BIG, BIG)"),
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
    "an op of the user's in the table": (
        "exp(x) * SCALE",
        "MINE(x)",
        "from micrograd.ops import OPS, Op\n"
        "MINE = OPS['mine'] = Op('mine', 'mine', lambda x: x, (lambda x, out: 1.0,))\n",
    ),
    "an op of the user's that says it is of a family": (
        "exp(x) * SCALE",
        "MINE(x)",
        "from micrograd.ops import Op\n"
        "MINE = Op('pow 2', 'mine', lambda x: x, (lambda x, out: 1.0,), family='pow')\n",
    ),
}

# Two programs that compute different numbers: (a text before, a factor, a part of either, what
# stands there in the second). Their keys differ, unless no plan is kept.
HELPERS = "import sys, types; helpers = sys.modules['helpers'] = types.ModuleType('helpers')\n"
OBJECT = "class Kind:\n def __init__(self, gain): self.gain = gain\nOBJECT = Kind(2.0)\n"
PAIRS = {
    "a function that says it is a library's": (
        "import functools, math\nS = 2.0\n@functools.wraps(math.exp)\ndef f(x): return x * S",
        "f(1.0)", "S = 2", "S = 3",
    ),
    "a function that remembers results": (
        "import functools\nS = 2.0\n@functools.lru_cache\ndef f(): return S\n#\nS = 4.0",
        "f()", "#", "f()",
    ),
    "an object that wraps a function": (
        "import functools\nclass Wrapper:\n"
        " def __init__(self, f, k): functools.update_wrapper(self, f); self.f, self.k = f, k\n"
        " def __call__(self, x): return self.k * self.f(x)\nf = Wrapper(lambda x: x, 2.0)",
        "f(1.0)", "2.0", "3.0",
    ),
    "a text of an object's": (
        OBJECT + "Kind.__str__ = lambda self: str(self.gain)",
        "float(f'{OBJECT}')", "2.0", "3.0",
    ),
    "code that makes an object": (
        OBJECT, "Kind(1.0).gain", "self.gain = gain", "self.gain = gain * 2",
    ),
    "a static method of a base": (
        "class Root:\n @staticmethod\n def f(x): return x * 2\nclass Kind(Root): pass",
        "Kind.f(1.0)", "* 2", "* 3",
    ),
    "a number in an enumeration": (
        "import enum\nclass Mode(enum.Enum):\n A = 2.0", "Mode.A.value", "2.0", "3.0",
    ),
    "a member of an enumeration": (
        "import enum\nclass Mode(enum.Enum):\n A = 2.0 #", "sum(x.value for x in Mode)",
        "#", "; B = 3.0",
    ),
    "a private slot": (
        "class Kind:\n __slots__ = ('__k',)\n def __init__(self): self.__k = 2.0\n"
        " def f(self): return self.__k\nOBJECT = Kind()",
        "OBJECT.f()", "2.0", "3.0",
    ),
    "a name put among Python's": (
        "import builtins\nbuiltins.PUT_THERE = 2.0", "PUT_THERE", "2.0", "3.0",
    ),
    "a module's own lookup": (
        HELPERS + "exec('def __getattr__(name): return 2.0', vars(helpers))",
        "helpers.gain", "2.0", "3.0",
    ),
    "a function of a library's that reads a name": (
        "import math\nS = 2.0\nmath.fabs = lambda x: x * S", "math.fabs(1.0)", "S = 2", "S = 3",
    ),
    "getattr by another name": (
        OBJECT + "find = getattr", "find(OBJECT, 'ga' + 'in')", "2.0", "3.0",
    ),
    "getattr of a class": (
        "NAME = 'gain'\nclass Kind:\n gain = 2.0", "getattr(Kind, NAME)", "2.0", "3.0",
    ),
    "getattr of a module": (
        HELPERS + "NAME = 'gain'; helpers.gain = 2.0", "getattr(helpers, NAME)", "2.0", "3.0",
    ),
    "getattr of a Value": (
        "NAME = 'gain'; from micrograd import Value; W = Value(1.0); W.gain = 2.0",
        "getattr(W, NAME)", "2.0", "3.0",
    ),
    "hasattr": (OBJECT + "#", "1.0 + hasattr(OBJECT, 'bonus')", "#", "OBJECT.bonus = 1"),
    "__getattribute__": (
        OBJECT + "NAME = 'gain'", "OBJECT.__getattribute__(NAME)", "2.0", "3.0",
    ),
    "a text that reads an attribute": (
        OBJECT + "TEXT = '{0.gain}'", "float(TEXT.format(OBJECT))", "2.0", "3.0",
    ),
    "an object as a key": (
        OBJECT + "DICT = {OBJECT: 1}", "[x.gain for x in DICT][0]", "2.0", "3.0",
    ),
    "a function as a key": (
        "S = 2.0\ndef f(x): return x * S\nDICT = {f: 1}", "[x(1.0) for x in DICT][0]",
        "S = 2", "S = 3",
    ),
    "the order of a set": (
        "SET = {0, 8}", "float(list(SET)[0] + 1)", "{0, 8}", "{8, 0}",
    ),
    "a function made a ufunc": (
        "import numpy\nS = 2.0\nf = numpy.frompyfunc(lambda x: x * S, 1, 1)", "f(1.0)",
        "S = 2", "S = 3",
    ),
    "a masked array": (
        "import numpy\nM = numpy.array([1.0, 2.0])", "float(M.sum())",
        "numpy.array([1.0, 2.0])", "numpy.ma.MaskedArray([1.0, 2.0], [True, False])",
    ),
    "the strides of an array": (
        "import numpy\nM = numpy.array([[1.0, 2.0], [3.0, 4.0]], order='C')",
        "float(M.ravel('K')[1])", "'C'", "'F'",
    ),
    "the kind of a method": (
        "class Kind:\n @staticmethod\n def f(x, y=2.0): return y", "len(str(Kind.f(3.0)))",
        "static", "class",
    ),
    "bytes of a class": (
        "class Kind(bytearray): pass\nOBJECT = Kind(bytes([2]))", "float(OBJECT[0])",
        "[2]", "[3]",
    ),
    "a number of a class with an attribute": (
        "class Kind(float): pass\nOBJECT = Kind(1.0); OBJECT.gain = 2.0", "OBJECT.gain",
        "2.0", "3.0",
    ),
    "what an exception holds": (
        "class Kind(Exception): pass\nOBJECT = Kind(2.0)", "OBJECT.args[0]", "2.0", "3.0",
    ),
    "what a fraction holds": (
        "import fractions\nclass Kind(fractions.Fraction): pass\nOBJECT = Kind(2)",
        "float(OBJECT)", "(2)", "(3)",
    ),
    "a dict of a class that hides its entries": (
        "class Kind(dict):\n def values(self): return []\n def __iter__(self): return iter([])\n"
        "OBJECT = Kind(gain=2.0)", "OBJECT['gain']", "2.0", "3.0",
    ),
    "what a dict makes": (
        "import collections\nS = 2.0\nDICT = collections.defaultdict(lambda: S)", "DICT['a']",
        "S = 2", "S = 3",
    ),
    "a method that is a partial": (
        "import functools\nclass Kind:\n def f(self, k, x): return x * k\n"
        " __call__ = functools.partialmethod(f, 2.0)\nOBJECT = Kind()",
        "OBJECT(1.0)", "2.0", "3.0",
    ),
    "a method that is an object": (
        OBJECT + "Kind.__call__ = lambda self, x: x * self.gain\n"
        "class Other: __call__ = Kind(2.0)\nOTHER = Other()",
        "OTHER(1.0)", "= Kind(2.0)\nO", "= Kind(3.0)\nO",
    ),
    "a file by another name": (
        "from numpy import loadtxt as table\nLINES = ['2.0']", "float(table(LINES))", "2.0", "3.0",
    ),
    "a text that is run by another name": (
        "S = 2.0\nfrom builtins import eval as run", "run('S')", "S = 2", "S = 3",
    ),
    "an attribute of a class of the package's": (
        "from micrograd import nn\nnn.Dropout.more = 2.0", "nn.Dropout.more", "2.0", "3.0",
    ),
    "a constant of the package's": (
        "from micrograd import losses\nlosses.MORE = 2.0", "losses.MORE", "2.0", "3.0",
    ),
    "a function of the package's under another name": (
        "from micrograd import losses\nlosses.MORE = losses.hinge", "losses.MORE(1.0, 0.5)",
        "= losses.hinge", "= losses.squared_error",
    ),
    "another class's name": (
        "class Kind: pass\nKind.__name__ = 'a'", "float(len(Kind.__name__))", "'a'", "'bb'",
    ),
    "another function's name": (
        "def f(): pass\nf.__name__ = 'a'", "float(len(f.__name__))", "'a'", "'bb'",
    ),
    "the line of a function": (
        "#\ndef f(): pass", "float(f.__code__.co_firstlineno)", "#", "#\n",
    ),
    "a subclass": (
        "class Root: pass\nclass Kind(Root): gain = 2.0", "Root.__subclasses__()[0].gain",
        "2.0", "3.0",
    ),
    "a registered subclass": (
        "import abc\nclass Root(abc.ABC): pass\nclass Kind: pass\nOBJECT = Kind()\n#",
        "1.0 + isinstance(OBJECT, Root)", "#", "Root.register(Kind)",
    ),
}

TRACES = {  # that the first process leaves behind, and a second one would not: (before, a factor)
    "an attribute": (OBJECT + "def f():\n OBJECT.seen = 3.0\n return 1.0", "f()"),
    "a global name": ("def f():\n global SEEN\n SEEN = 3.0\n return 1.0", "f()"),
    "an attribute by its name": (OBJECT, "(setattr(OBJECT, 'seen', 3.0), 1.0)[1]"),
}
SETS = {  # in an order that Python draws anew in each process
    "a set of texts": "list({'a', 'bb'} | {'ccc'})[0]",
    "a set that is made of a list": "list(set(['a', 'bb', 'ccc']))[0]",
    "a constant set": "[x for x in {'a', 'bb', 'ccc'}][0]",
    "the keys that two dicts share": "list(FACTORS.keys() & FACTORS.keys())[0]",
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
    monkeypatch.setitem(OPS, "mine", OPS["exp"])
    names = program(*INVISIBLE[what])
    assert digest_of(names["step"].definition.state()) is None


@pytest.mark.parametrize("pair", PAIRS)
def test_two_programs_never_share_a_plan_that_differ_in(pair, monkeypatch):
    """Each key is made twice, so that it differs for no other reason."""
    undo_changes(monkeypatch)
    before, factor, old, new = PAIRS[pair]
    change = ("exp(x) * SCALE", f"exp(x) * ({factor})")
    assert old in before
    first, again = [key(program(*change, f"{before}\n")) for _ in range(2)]
    assert first == again
    second = key(program(*change, before.replace(old, new) + "\n"))
    assert first is None or first != second


def undo_changes(monkeypatch):
    """Put back, after the test, what the programs of the table change for all others."""
    monkeypatch.setattr(builtins, "PUT_THERE", 0.0, raising=False)
    monkeypatch.setattr(math, "fabs", math.fabs)
    monkeypatch.setitem(sys.modules, "helpers", None)
    monkeypatch.setattr(nn.Dropout, "more", 0.0, raising=False)
    monkeypatch.setattr(losses, "MORE", 0.0, raising=False)


@pytest.mark.parametrize("trace", TRACES)
def test_no_plan_is_kept_if_the_loss_leaves_behind(trace):
    before, factor = TRACES[trace]
    assert key(program("exp(x) * SCALE", f"exp(x) * {factor}", before + "\n")) is None


@pytest.mark.parametrize("name", SETS)
def test_no_plan_is_kept_if_the_loss_goes_over(name):
    assert key(program("exp(x) * SCALE", f"exp(x) * len({SETS[name]})")) is None


def test_a_set_in_which_the_loss_only_looks_is_no_obstacle():
    assert key(program("exp(x) * SCALE", "exp(x) * float('a' in {'a', 'bb', 'ccc'})")) is not None


@pytest.mark.parametrize("kind", ["int", "float", "str"])
def test_a_number_of_a_class_of_the_users_is_seen(kind):
    change = ("exp(x) * SCALE", "exp(x) * float(MINE)")
    before = "class Kind({}):\n    pass\nMINE = Kind('{}')\n"
    first, second = [key(program(*change, before.format(kind, x))) for x in (1, 2)]
    assert None not in (first, second) and first != second


CALLED = {  # what a global object calls: (a program before, a call, a part of it, another part)
    "a partial": (
        "from functools import partial\ndef times(k, x): return k * x\nF = partial(times, 2.0)\n",
        "F(1.5)",
        "2.0",
        "3.0",
    ),
    "a function in C": ("import math\nF = math.floor\n", "F(1.5)", "math.floor", "math.ceil"),
}


@pytest.mark.parametrize("name", CALLED)
def test_what_an_object_calls_is_seen(name):
    before, call, old, new = CALLED[name]
    change = ("exp(x) * SCALE", f"exp(x) * {call}")
    texts = before, before, before.replace(old, new)
    first, again, other = [key(program(*change, text)) for text in texts]
    assert first == again and None not in (first, other) and first != other


def test_no_plan_is_kept_if_a_function_of_pythons_stands_for_another(monkeypatch):
    monkeypatch.setattr(builtins, "ascii", repr)
    assert key(program()) is None


def test_no_plan_is_kept_without_a_home(monkeypatch):
    monkeypatch.delenv("MICROGRAD_CACHE")
    monkeypatch.setattr(cache, "cache_folder", Mock(side_effect=RuntimeError("no home")))
    cache.keep_entry("a key", b"content")
    assert cache.find_entry("a key") is None


def test_a_function_of_a_library_that_somebody_replaced_is_seen(monkeypatch):
    before = key(program())
    monkeypatch.setattr("math.pi", 3.0)
    assert key(program()) not in (None, before)


@pytest.mark.no_cover
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


OPTIMIZERS = [
    *("SGD(parameters, 0.01)", "SGD(parameters, 0.01, momentum=0.9)", "Adam(parameters, 0.01)"),
    *("AdamW(parameters, 0.01)", "RMSprop(parameters, 0.01)", "Adagrad(parameters, 0.01)"),
]


@pytest.mark.no_cover
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", ["", "threads=2", "clip=0.5"])
def test_a_plan_of_any_optimizer_gives_the_same_numbers(optimizer, dtype, options):
    """In float32 the numbers that all parameters share are a program of their own."""
    before = PROGRAM.replace("optim.AdamW(parameters, lr=0.01)", f"optim.{optimizer}")
    change = ("dict()", f"dict(dtype='{dtype}', {options})")
    runs = []
    for _ in range(2):
        names = {"__name__": "program"}
        with seeded(1):
            exec(compile(before.replace(*change), "program.py", "exec"), names)
        runs.append(train(names))
    (losses, grads, _), (again, grads_again, is_found) = runs
    assert is_found
    np.testing.assert_array_equal(again, losses)
    assert grads_again == grads


def test_a_plan_can_be_read_as_any_other():
    first, second = program(), program()
    train(first), train(second)
    for name in ("program", "kernels", "ir"):
        assert str(getattr(first["step"], name)) == str(getattr(second["step"], name))
    assert first["step"].report().splitlines()[:-2] == second["step"].report().splitlines()[:-2]


def flip(content, place):
    """Return the content with one bit of that byte changed."""
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def in_a_ring(paths):
    """Give each entry the content of another."""
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, [*contents[1:], contents[0]]):
        path.write_bytes(content)


def replace_each(paths, make):
    for path in paths:
        path.unlink()
        make(path)


def link_to(place):
    return lambda path: path.symlink_to(place)


def rewrite(change):
    """Return an attack that changes the content of each entry."""
    return lambda paths: [path.write_bytes(change(path.read_bytes())) for path in paths]


def left_by_a_crash(paths):
    """Half of an entry, under the name that it has until it is whole; the entry is missing."""
    for path in paths:
        path.with_name(f".{path.name}.abcdefgh").write_bytes(path.read_bytes()[:50])
        path.unlink()


# fmt: off
DAMAGE = {  # what happens to the files of the cache between two processes
    "empty":                  rewrite(lambda content: b""),
    "other bytes":            rewrite(lambda content: b"x" * 100),
    "half of it":             rewrite(lambda content: content[: len(content) // 2]),
    "one byte too few":       rewrite(lambda content: content[:-1]),
    "one byte too many":      rewrite(lambda content: content + b"x"),
    "a bit at the beginning": rewrite(lambda content: flip(content, 0)),
    "a bit of the content":   rewrite(lambda content: flip(content, cache.DIGEST)),
    "a bit in the middle":    rewrite(lambda content: flip(content, len(content) // 2)),
    "a bit at the end":       rewrite(lambda content: flip(content, -1)),
    "zeros":                  rewrite(lambda content: bytes(len(content))),
    "each is another":        in_a_ring,
    "missing":                lambda paths: replace_each(paths, lambda path: None),
    "a folder":               lambda paths: replace_each(paths, Path.mkdir),
    "a pipe":                 lambda paths: replace_each(paths, os.mkfifo),
    "a full disk":            lambda paths: replace_each(paths, link_to("/dev/full")),
    "a dead link":            lambda paths: replace_each(paths, link_to("nowhere")),
    "left by a crash":        left_by_a_crash,
    "the folder is missing":  lambda paths: shutil.rmtree(paths[0].parent),
}
TIMES = {"the clock went back": 2.0**32, "long ago": 0.0}
# fmt: on


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_plan_is_made_again(damage):
    expected, expected_grads, _ = train(program())
    DAMAGE[damage](sorted(cache.folder().iterdir()))
    losses, grads, is_found = train(program())
    assert not is_found
    np.testing.assert_array_equal(losses, expected)
    assert grads == expected_grads
    again, _, _ = train(program())
    np.testing.assert_array_equal(again, expected)


@pytest.mark.parametrize("time", TIMES)
def test_the_time_of_a_plan_does_not_matter(time):
    expected, _, _ = train(program())
    for path in cache.folder().iterdir():
        os.utime(path, (TIMES[time], TIMES[time]))
    losses, _, is_found = train(program())
    assert is_found
    np.testing.assert_array_equal(losses, expected)


def test_a_cache_that_is_deleted_meanwhile_is_made_again():
    """A step goes on, also for examples of other shapes, which are compiled then."""
    runs = []
    for is_deleted in (False, True):
        names = program()
        found = [*train(names)[0]]
        if is_deleted:
            shutil.rmtree(cache.folder())
        one = slice(0, 1)  # example, for which another step is compiled
        found += [*names["step"].run(names["X"][one], names["y"][one], steps=3)]
        runs.append([*found, *train(names)[0]])
        shutil.rmtree(cache.folder())
    assert runs[0] == runs[1]


def test_a_plan_that_cannot_be_read_is_made_again():
    expected, _, _ = train(program())
    names = program()
    assert cache.find_entry(key(names)) is not None
    cache.keep_entry(key(names), b"a plan of another version")
    losses, _, is_found = train(names)
    assert not is_found
    assert train(program())[2]
    np.testing.assert_array_equal(losses, expected)


def test_a_plan_that_cannot_be_written_is_made_each_time(monkeypatch):
    """A pickle names the class of an op, which another process may not find."""
    monkeypatch.setattr("pickle.dumps", Mock(side_effect=PicklingError("not found")))
    losses, _, _ = train(program())
    again, _, is_found = train(program())
    assert not is_found
    np.testing.assert_array_equal(again, losses)
    monkeypatch.undo()
    assert cache.find_entry(key(program())) is None


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


# fmt: off
PROCESSES = {  # how a process is started: (words before it, Python's options, its environment)
    "as usual":                   ("", [], {}),
    "without asserts":            ("", ["-O"], {}),
    "without docstrings":         ("", ["-OO"], {}),
    "no file may be written":     ("ulimit -f 0;", [], {}),
    "a folder that is read-only": ("chmod 500 .;", [], {"MICROGRAD_CACHE": "new"}),
    "a folder of the system's":   ("", [], {"MICROGRAD_CACHE": "/proc/micrograd"}),
    "a file for a folder":        ("", [], {"MICROGRAD_CACHE": "program.py"}),
    "a name that is too long":    ("", [], {"MICROGRAD_CACHE": "a" * 5000}),
    "a folder that is gone":      ("mkdir a; cd a; rmdir ../a;", [], {"MICROGRAD_CACHE": "."}),
    "no home":                    ("unset HOME MICROGRAD_CACHE;", [], {}),
    "an empty home":              ("unset MICROGRAD_CACHE;", [], {"HOME": ""}),
    "a home that is missing":     ("unset MICROGRAD_CACHE;", [], {"HOME": "/proc/nobody"}),
}
# fmt: on


def write_script(folder):
    text = SCRIPT.format(program=PROGRAM)
    script = Path(folder, "program.py")
    script.write_text(text.replace("model = ", "import random; random.seed(1); model = "))
    return script


def start(script, how):
    words, options, environment = PROCESSES[how]
    command = f'{words} exec "$0" "$@"'
    return subprocess.Popen(
        ["sh", "-c", command, sys.executable, *options, script],
        cwd=script.parent,
        env={**os.environ, "XDG_CACHE_HOME": str(script.parent / "xdg"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process):
    """Return (the losses, whether the plan came from disk) of a process that says nothing else."""
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    return json.loads(out)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the rows are for Linux")
@pytest.mark.parametrize("how", PROCESSES)
def test_a_process_has_the_same_numbers_with_whatever_cache(how, tmp_path):
    script = write_script(tmp_path)
    expected, _ = result(start(script, "as usual"))
    for _ in range(2):
        assert result(start(script, how))[0] == expected
    assert result(start(script, "as usual"))[0] == expected


@pytest.mark.slow
def test_processes_that_write_the_same_plan_at_once(tmp_path):
    script = write_script(tmp_path)
    processes = [start(script, "as usual") for _ in range(3)]
    losses = [result(process)[0] for process in processes]
    assert losses == [losses[0]] * 3
    assert result(start(script, "as usual")) == [losses[0], True]
    assert [path for path in cache.folder().iterdir() if path.name.startswith(".")] == []


def test_a_second_process_traces_nothing(tmp_path):
    script = write_script(tmp_path)
    rows = [result(start(script, "as usual")) for _ in range(3)]
    losses = [row[0] for row in rows]
    assert losses == [losses[0]] * 3
    assert [row[1] for row in rows] == [False, True, True]
