"""The state that compiled functions depend on: a change is seen, and a traced function makes none.

Rule: the judge is the same function without any compiler. A kind of change is a row of a table, and
each row is tried with every interpreter.
"""

import array
import copy
import dataclasses
import functools
import gc
import math
import operator
import pickle
import random
import threading
import time
import types
import warnings
import weakref
from collections import ChainMap, UserDict, UserList, deque
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
import pytest

from micrograd import MLP, Module, Value, compile_step, fit, grad, jit, nn, optim, vmap
from micrograd.errors import TraceError
from micrograd.transforms import accesses
from micrograd.transforms.accesses import SLOTS
from micrograd.transforms.compilations import MOST_STATES
from micrograd.transforms.met_values import MetValues
from micrograd.transforms.namespaces import Slots
from micrograd.transforms.state import State
from tests.support.cases import cases, check_each

# -------------------------------------------------------------------------- one function, many ways


def by_step(f):
    """Return `f` computed as the loss of a compiled step that changes nothing."""
    dummy = Value(0.0)
    step = compile_step(lambda _, x: f(x) + 0.0 * dummy, None, optim.SGD([dummy], lr=0.0))
    return lambda x: step([x])


def data_of(g):
    return lambda x: g(x).data


def of_one_row(g):
    return lambda x: float(g([x])[0])


COMPILED = {
    "jit": lambda f: data_of(jit(f)),
    "exact": lambda f: data_of(jit(f, exact=True)),
    "jit of jit": lambda f: data_of(jit(jit(f))),
    "vmap": lambda f: of_one_row(vmap(f)),
    "vmap of jit": lambda f: of_one_row(vmap(jit(f))),
    "compile_step": by_step,
}
DERIVATIVES = {
    "grad of jit": lambda f: grad(jit(f)),
    "jit of grad": lambda f: data_of(jit(grad(f))),
}
EVERY_WAY = COMPILED | DERIVATIVES


def eager(name, f):
    """Return what a compiled `f` should return, from the eager engine."""
    return grad(f) if name in DERIVATIVES else lambda x: f(Value(x)).data


# ---------------------------------------------------------------------------- a change that is seen


class Net(Module):
    rate = 1.0

    def __init__(self):
        self.w, self.scale, self.power = Value(3.0), 2.0, 2
        self.parts = {"a": [Value(1.0), Value(2.0)], "b": (nn.Linear(1, 1), [0.5])}
        self.mode, self.mask, self.names = "square", np.array([1.0, 2.0]), {"x"}
        self.layers = [nn.Linear(1, 1), nn.LayerNorm(1)]
        self.log = []

    def __call__(self, x):
        y = self.w * x**self.power * self.scale * self.rate
        y = y + sum(v * x for v in self.parts["a"]) + self.parts["b"][0]([x])[0]
        y = y + self.parts["b"][1][0] + x * self.mask[0] + len(self.names) * x
        for layer in self.layers:
            y = y + layer([x])[0]
        return y.tanh() if self.mode == "tanh" else y if self.training else -y


class Slotted:
    __slots__ = ("scale",)

    def __init__(self):
        self.scale = 2.0


@dataclass
class Settings:
    scale: float = 2.0


SCALE, NET, TABLE, CONFIG = 2.0, Net(), [1.0, 2.0], types.SimpleNamespace(scale=2.0)
MODULE = types.ModuleType("settings_of_a_user")
MODULE.scale = 2.0


def helper(x):
    return x * SCALE


def with_default(x, factors=(TABLE,)):
    return x * factors[0][0]


def set_global(name, x):
    globals()[name] = x


def attribute(name, x, make=Net):
    """Return a case: a model, and an attribute of it that is set."""

    def case():
        net = make()
        return lambda z: net(z), lambda: setattr(net, name, x)

    return case


def in_model(change):
    def case():
        net = Net()
        return lambda z: net(z), lambda: change(net)

    return case


def attribute_deleted():
    net = Net()
    net.rate = 2.0
    return lambda x: net(x), lambda: delattr(net, "rate")


def on_object(make):
    def case():
        settings = make()
        return lambda x: x * settings.scale, lambda: setattr(settings, "scale", -0.5)

    return case


def closed_over():
    scale = 2.0

    def change():
        nonlocal scale
        scale = 7.0

    return lambda x: x * scale, change


def closed_over_and_deleted():
    scale = 2.0

    def change():
        nonlocal scale
        del scale

    def f(x):
        try:
            return x * scale
        except NameError:
            return -x

    return f, change


def closed_over_list():
    numbers = [1.0, 2.0]
    return lambda x: x * sum(numbers), lambda: numbers.append(4.0)


def closed_over_array():
    numbers = np.array([1.0, 2.0])

    def change():
        numbers[0] = 9.0

    return lambda x: x * float(numbers.sum()), change


def closed_over_deque():
    numbers = deque([1.0, 2.0], maxlen=2)
    return lambda x: x * sum(numbers), lambda: numbers.append(4.0)


def signed_zero():
    signs = [0.0]
    return lambda x: x * math.copysign(1.0, signs[0]), lambda: signs.__setitem__(0, -0.0)


def global_number(f):
    return lambda: (f, lambda: set_global("SCALE", SCALE + 1.0))


def bound_method():
    class Trainer:
        def __init__(self):
            self.factor = 2.0

        def loss(self, x):
            return self.inner(x) * x

        def inner(self, x):
            return x * self.factor

    trainer = Trainer()
    return trainer.loss, lambda: setattr(trainer, "factor", -3.0)


def computed_property():
    class Thing:
        base = 2.0

        @property
        def scale(self):
            return self.base * 2.0

    thing = Thing()
    return lambda x: x * thing.scale, lambda: setattr(thing, "base", 5.0)


def late(owner, name, read):
    """Return a case: a name that is there after the change alone, and is read if it is."""

    def case():
        holder = owner()
        return lambda x: x * read(holder), lambda: setattr(holder, name, 3.0)

    return case


def try_scale(holder):
    try:
        return holder.scale
    except AttributeError:
        return 2.0


def user_module():
    return types.ModuleType("another_module_of_a_user")


def late_global(text):
    """Return a case: a global name that is there after the change alone."""

    def case():
        space = {"__name__": "a_module_of_the_user"}
        exec(text, space)
        return space["f"], lambda: space.update(FACTOR=3.0)

    return case


def late_variable():
    def f(x):
        try:
            return x * factor
        except NameError:
            return x * 2.0

    def change():
        nonlocal factor
        factor = 3.0

    if f is None:
        factor = 0.0
    return f, change


TRY_FACTOR = "def f(x):\n try: return x * FACTOR\n except NameError: return x"
LATE = {  # a name that is new
    "a late attribute": late(lambda: types.SimpleNamespace(other=1.0), "scale", try_scale),
    "hasattr": late(
        lambda: types.SimpleNamespace(other=1.0),
        "scale",
        lambda holder: holder.scale if hasattr(holder, "scale") else 2.0,
    ),
    "late in a class": late(lambda: type("A", (), {"other": 1.0}), "scale", try_scale),
    "late in a module": late(user_module, "scale", try_scale),
    "late in a function": late(lambda: lambda: 0, "scale", try_scale),
    "a late global": late_global(TRY_FACTOR),
    "globals()": late_global("def f(x):\n return x * globals().get('FACTOR', 2.0)"),
    "a late variable": late_variable,
}


def in_partial():
    numbers = [2.0]
    return functools.partial(lambda ns, x: x * ns[0], numbers), lambda: numbers.insert(0, 3.0)


def method_in_c():
    scales = {"x": 2.0}
    read = scales.get
    return lambda x: x * read("x"), lambda: scales.update(x=3.0)


def lookup_in_c():
    holder = types.SimpleNamespace(scale=2.0)
    read = holder.__getattribute__
    return lambda x: x * read("scale"), lambda: setattr(holder, "scale", 3.0)


def decorated():
    scale = [2.0]

    def twice(f):
        @functools.wraps(f)
        def g(x):
            return f(x) * scale[0]

        return g

    return twice(lambda x: x * x), lambda: scale.__setitem__(0, 3.0)


def by_name():
    net = types.SimpleNamespace(first=2.0)
    return lambda x: x * getattr(net, "fir" + "st"), lambda: setattr(net, "first", 4.0)


def all_parameters():
    net = MLP(1, [1])
    net.extra = []
    penalty = lambda x: sum((p * p for p in net.parameters()), x)  # noqa: E731
    return penalty, lambda: net.extra.append(Value(2.0))


class Numbers(list):
    scale = 2.0


def list_of_ones_own():
    numbers = Numbers([1.0])
    return lambda x: x * numbers[0] * numbers.scale, lambda: setattr(numbers, "scale", 3.0)


def number_of(read):
    """Return a case: a Value whose number is looked at, and set."""

    def case():
        w = Value(2.0)
        w.grad = 3.0
        return lambda x: read(w, x), lambda: (setattr(w, "data", -1.0), setattr(w, "grad", 0.5))

    return case


def a_class():
    class Constants:
        scale = 2.0

    return lambda x: x * Constants.scale, lambda: setattr(Constants, "scale", 3.0)


def own(make, change):
    """Return a case: an object of its own, a function of it and of x, and a change of it."""

    def case():
        thing, read = make()
        return lambda x: read(thing, x), lambda: change(thing)

    return case


def reorder(entries):
    entries["first"] = entries.pop("first")


def chain(functions, x):
    for f in functions.values():
        x = f(x)
    return x


def frozen_parameter():
    net = MLP(1, [2])
    penalty = lambda x: sum((p * p for p in net.parameters()), x)  # noqa: E731
    return penalty, lambda: setattr(net.parameters()[0], "requires_grad", False)


def named_value():
    v = Value(2.0)
    v.share = 0.5
    return v


def with_number(x, factor=2.0):
    return x * factor


def replaced(name, make):
    """Return a case: a function of the user's in whose place another one's code is put."""

    def case():
        f = types.FunctionType(with_number.__code__, globals(), "f", (2.0,))
        return lambda x: f(x), lambda: setattr(f, name, make())

    return case


def shadowed_builtin():
    space = {"__name__": "a_module_of_the_user"}
    exec("def f(x): return x * abs(-2.0)", space)
    return space["f"], lambda: space.update(abs=lambda x: 7.0)


class Kind(type):
    scale = 2.0


class Scaled(Value):
    __slots__ = ("scale",)
    shift = 1.0

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.scale = 2.0

    @property
    def shifted(self):
        return self.shift + 1.0


def matched(settings, x):
    match settings:
        case Settings(scale=scale):
            return x * scale


def read_with(read):
    return own(lambda: (Settings(), read), lambda settings: setattr(settings, "scale", 5.0))


def in_a_container(make, change):
    return own(lambda: (make(), lambda entries, x: x * entries[0]), change)


def reference():
    settings = Settings()
    known = weakref.ref(settings)
    return lambda x: x * known().scale, lambda: setattr(settings, "scale", 5.0)


def set_first(entries):
    entries[0] = 5


def objects_in_turn(entries):
    """Set an entry twice, so that the second object may stand where the original stood."""
    entries[0] = None
    entries[0] = float("5.0")


def context_variable(x):
    variable = ContextVar("scale")
    variable.set(x)
    return variable


class Local(threading.local):
    def __init__(self):  # in each thread
        self.scale = 2.0


TRIANGLE = {"first": lambda x: x + 1.0, "second": lambda x: x * 2.0}

# fmt: off
CHANGES = {  # name: function that makes (a function of x, a change of what it reads)
    "attribute":           attribute("scale", 5.0),
    "to a zero":           attribute("scale", 0.0),
    "an int":              attribute("power", 3),
    "a text":              attribute("mode", "tanh"),
    "a class's default":   attribute("rate", 4.0),
    "an array, another":   attribute("mask", np.array([3.0, 4.0])),
    "a parameter, another":attribute("w", Value(-1.0)),
    "a list, another":     attribute("layers", [nn.Linear(1, 1)]),
    "training":            attribute("training", False),
    "eval()":              in_model(lambda net: net.eval()),
    "in a dict":           in_model(lambda net: net.parts.update(a=[Value(7.0)])),
    "list in a dict":      in_model(lambda net: net.parts["a"].append(Value(7.0))),
    "list in a tuple":     in_model(lambda net: net.parts["b"][1].__setitem__(0, 1.5)),
    "module in a tuple":   in_model(lambda net: setattr(net.parts["b"][0], "bias", None)),
    "parameter in a list": in_model(lambda net: net.parts["a"].__setitem__(0, Value(9.0))),
    "layer replaced":      in_model(lambda net: net.layers.__setitem__(0, nn.Linear(1, 1))),
    "layer appended":      in_model(lambda net: net.layers.append(nn.Linear(1, 1))),
    "layer removed":       in_model(lambda net: net.layers.pop(0)),
    "array in place":      in_model(lambda net: net.mask.__setitem__(0, 5.0)),
    "a set":               in_model(lambda net: net.names.add("y")),
    "attribute deleted":   attribute_deleted,
    "closed over":         closed_over,
    "closed over, deleted":closed_over_and_deleted,
    "closed-over list":    closed_over_list,
    "closed-over array":   closed_over_array,
    "closed-over deque":   closed_over_deque,
    "sign of a zero":      signed_zero,
    "global":              global_number(lambda x: x * SCALE),
    "global of a helper":  global_number(lambda x: helper(x)),
    "global list":         lambda: (lambda x: x * sum(TABLE), lambda: TABLE.append(1.0)),
    "global model":        lambda: (lambda x: NET(x), lambda: setattr(NET, "scale", NET.scale + 1)),
    "global object":       lambda: (lambda x: x * CONFIG.scale,
                                    lambda: setattr(CONFIG, "scale", CONFIG.scale + 1.0)),
    "in a module":         lambda: (lambda x: x * MODULE.scale,
                                    lambda: setattr(MODULE, "scale", MODULE.scale + 1.0)),
    "a default":           lambda: (with_default, lambda: TABLE.insert(0, TABLE[0] + 1.0)),
    "object":              on_object(lambda: types.SimpleNamespace(scale=2.0)),
    "slots":               on_object(Slotted),
    "dataclass":           on_object(Settings),
    "method":              bound_method,
    "property":            computed_property,
    "partial":             in_partial,
    "method of a dict":    method_in_c,
    "__getattribute__":    lookup_in_c,
    "decorated":           decorated,
    "getattr":             by_name,
    "parameters()":        all_parameters,
    "a class":             a_class,
    "a list of one's own": list_of_ones_own,
    "data":                number_of(lambda w, x: x * w.data),
    "grad":                number_of(lambda w, x: x * w.grad),
    "data, half of it":    number_of(lambda w, x: x * (0.5 * w.data)),
    "float":               number_of(lambda w, x: x * float(w)),
    "math":                number_of(lambda w, x: x * math.exp(w)),
    "if":                  number_of(lambda w, x: x if w > 0.0 else -x),
    "if data":             number_of(lambda w, x: x if w.data >= 0.0 else -x),
    "text":                number_of(lambda w, x: x if "2" in f"{w.data:.1f}" else -x),
    "math of data":        number_of(lambda w, x: x * math.exp(w.data)),
    "C code":              number_of(lambda w, x: x * math.fsum([w.data, w.grad])),
    "text by %":           number_of(lambda w, x: x * float("%.3f" % w.data)),  # noqa: UP031
    "a method of floats":  number_of(lambda w, x: x if w.data.hex() > "0" else -x),
    "in a set":            number_of(lambda w, x: x if w.data in {2.0} else -x),
    "NumPy":               number_of(lambda w, x: x * float(np.exp(w.data))),
    "copied":              number_of(lambda w, x: x * copy.copy(w)),
    "a frozen parameter":  frozen_parameter,
    "label":               own(lambda: (Value(2.0), lambda v, x: x if v.label else -x),
                               lambda v: setattr(v, "label", "v")),
    "a Value's attribute": own(lambda: (named_value(), lambda v, x: x * v.share * v),
                               lambda v: setattr(v, "share", 4.0)),
    "slot of a subclass":  own(lambda: (Scaled(2.0), lambda v, x: x * v * v.scale),
                               lambda v: setattr(v, "scale", 4.0)),
    "property of one":     own(lambda: (Scaled(2.0), lambda v, x: x * v.shifted),
                               lambda v: setattr(v, "shift", 4.0)),
    "order of a dict":     own(lambda: (dict(TRIANGLE), chain), reorder),
    "code of a function":  replaced("__code__", lambda: (lambda x, factor: x + factor).__code__),
    "another default":     replaced("__defaults__", lambda: (3.0,)),
    "a builtin's name":    shadowed_builtin,
    "default of the base": own(lambda: (type("Sub", (Net,), {})(), lambda net, x: net(x)),
                               lambda net: setattr(type(net), "rate", 7.0)),
    "class of a class":    own(lambda: (Kind("C", (), {}), lambda c, x: x * c.scale),
                               lambda c: setattr(c, "scale", 3.0)),
    "attrgetter":          read_with(lambda c, x: x * operator.attrgetter("scale")(c)),
    "asdict":              read_with(lambda c, x: x * dataclasses.asdict(c)["scale"]),
    "match":               read_with(matched),
    "weak reference":      reference,
    **LATE,
    "UserDict":            in_a_container(lambda: UserDict({0: 2.0}), set_first),
    "UserList":            in_a_container(lambda: UserList([2.0]), set_first),
    "ChainMap":            in_a_container(lambda: ChainMap({}, {0: 2.0}), set_first),
    "bytearray":           in_a_container(lambda: bytearray([2]), set_first),
    "array.array":         in_a_container(lambda: array.array("d", [2.0]), set_first),
    "array of objects":    in_a_container(lambda: np.array([2.0, None]), objects_in_turn),
    "shape of an array":   own(lambda: (np.eye(2, 3), lambda a, x: x * float(a[1][1])),
                               lambda a: a.resize((3, 2), refcheck=False)),
    "zero in a tuple":     own(lambda: ([(0.0, 1)], lambda t, x: x * math.copysign(1.0, t[0][0])),
                               lambda t: t.__setitem__(0, (-0.0, 1))),
    "context variable":    own(lambda: (context_variable(2.0), lambda v, x: x * v.get()),
                               lambda v: v.set(4.0)),
    "default of one":      own(lambda: (ContextVar("scale", default=2.0), lambda v, x: x * v.get()),
                               lambda v: v.set(4.0)),
    "one that is unset":   own(lambda: (ContextVar("scale"), lambda v, x: x * v.get(2.0)),
                               lambda v: v.set(4.0)),
    "list in one":         own(lambda: (context_variable([2.0]), lambda v, x: x * v.get()[0]),
                               lambda v: v.get().append(v.get().pop() + 1.0)),
    "list in a default":   own(lambda: (ContextVar("scale", default=[2.0]),  # noqa: B039
                                        lambda v, x: x * v.get()[0]),
                               lambda v: v.get().append(v.get().pop() + 1.0)),
    "of a thread":         on_object(Local),
    "a model":             lambda: (lambda n: (n, lambda: setattr(n, "scale", 4.0)))(Net()),
}
# fmt: on


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
@cases("way", EVERY_WAY)
def test_a_change_of_what_the_function_reads_is_seen(case, way):
    f, change = case()
    compiled, wanted = EVERY_WAY[way](f), eager(way, f)
    results = []
    for make in (lambda: None, change):
        make()
        results.append(wanted(0.75))
        # a sum of ten terms, fused and reordered: a few times 1e-16 of its terms
        assert compiled(0.75) == pytest.approx(results[-1], rel=1e-12, abs=1e-12)
    assert results[0] != results[1] or way in DERIVATIVES  # a term that is added has no derivative


@pytest.mark.parametrize("way", COMPILED)
def test_each_thread_has_its_own_attributes_and_context_variables(way):
    local, variable, found = Local(), ContextVar("variable", default=3.0), []
    f = EVERY_WAY[way](lambda x: x * local.scale + variable.get())

    def other():
        local.scale = 5.0
        variable.set(7.0)
        found.append(f(0.5))

    found.append(f(0.5))
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert [*found, f(0.5)] == pytest.approx([4.0, 9.5, 4.0])


def test_a_state_that_returns_needs_no_other_trace():
    net, traces = Net(), []
    f = jit(lambda x: traces.append(0) or net(x))
    for mode in (True, False, True, False, True):
        net.train(mode)
        assert f(0.5).data == pytest.approx(net(Value(0.5)).data, rel=1e-12)
    assert len(traces) == len(f.specialisations) == 2


def test_what_no_code_reads_does_not_count():
    net, unread = Net(), [1.0]
    traces = []
    f = jit(lambda x: traces.append(0) or net(x))
    for i in range(4):
        f(0.5)
        net.log.append(i)
        net.best, unread[0] = float(i), float(i)
        net.w.data = float(i)
    assert len(traces) == 1


# ------------------------------------------------------------------------- a change that is refused


class Subject(Module):
    """A model with a parameter that has a grad, and with settings of each kind."""

    factor = 2.0

    def __init__(self):
        self.w, self.b = Value(3.0), Value(0.0)
        self.w.grad = 0.5
        self.mean, self.count, self.numbers = 0.25, 0, [1.0, 2.0]
        self.running = [Value(1.0)]
        self.drop = nn.Dropout(0.5).eval()
        self.options, self.tags = {"first": 1.0, "scale": 2.0}, {"a", "b"}
        self.queue, self.table = deque([1.0, 2.0]), np.array([1.0, 2.0])
        self.bytes = bytearray([1, 2])
        self.context, self.local = ContextVar("scale", default=2.0), Local()


ZEROS = {"w": 0.0, "b": 0.0, "running": [0.0]}


def add_to_data(net, x):
    net.w.data = net.w.data + x
    return net.w * x


def after_use(net, x):
    y = net.w * x
    net.w.data = 7.0
    return y


def running_mean(net, x):
    net.mean = net.mean * 0.9 + x
    return net.w * net.mean


def running_mean_of_values(net, x):
    net.running[0].data = 0.9 * net.running[0].data + 0.1 * x
    return net.w * x - net.running[0]


def other_parameter(net, x):
    y = net.running[0] * net.w * x
    net.running[0] = Value(5.0)
    return y


# fmt: off
SIDE_EFFECTS = {  # name: function of a model and of x that changes something
    "data plus x":     add_to_data,
    "data, first":     lambda net, x: (setattr(net.w, "data", 7.0), net.w * x)[1],
    "data, last":      after_use,
    "unused Value":    lambda net, x: (setattr(net.b, "data", 7.0), net.w * x)[1],
    "same data":       lambda net, x: (setattr(net.w, "data", float("3")), net.w * x)[1],
    "grad":            lambda net, x: (setattr(net.w, "grad", 7.0), net.w * x)[1],
    "zero_grad":       lambda net, x: (net.zero_grad(), net.w * x)[1],
    "grad from x":     lambda net, x: (setattr(net.b, "grad", x), net.w * x)[1],
    "load_state_dict": lambda net, x: (net.load_state_dict(ZEROS), net.w * x)[1],
    "running Values":  running_mean_of_values,
    "fails afterwards":lambda net, x: (setattr(net.w, "data", 7.0), 1 / 0),
}
SETTINGS = {  # what an eager function may change, and a traced one may not
    "running mean":    running_mean,
    "a counter":       lambda net, x: (setattr(net, "count", net.count + 1), net.w * x)[1],
    "in a list":       lambda net, x: (net.numbers.__setitem__(0, x), net.w * x)[1],
    "in a dict":       lambda net, x: (net.options.update(scale=x + 1.0), net.w * x)[1],
    "another Value":   other_parameter,
    "in a set":        lambda net, x: (net.tags.discard("a"), net.w * x)[1],
    "in a deque":      lambda net, x: net.queue.popleft() * net.w * x,
    "in a bytearray":  lambda net, x: (net.bytes.__setitem__(0, 9), net.w * net.bytes[1] * x)[1],
    "a dict's order":  lambda net, x: (reorder(net.options), net.w * x)[1],
    "a label":         lambda net, x: (setattr(net.w, "label", net.w.label + "s"), net.w * x)[1],
    "in an array":     lambda net, x: (net.table.__setitem__(0, 9.0), net.w * net.table[1] * x)[1],
    "of the class":    lambda net, x: (setattr(Subject, "factor", 4.0), net.w * net.factor * x)[1],
    "train()":         lambda net, x: (net.drop.train(), net.w * x)[1],
    "eval()":          lambda net, x: (net.eval(), net.w * x)[1],
    "pop":             lambda net, x: net.numbers.pop() * net.w * x,
    "in a context":    lambda net, x: (net.context.set(4.0), net.w * net.context.get() * x)[1],
    "in a thread":     lambda net, x: (net.local.__setattr__("scale", 4.0), net.local.scale * x)[1],
}
WAYS = {  # name: a call of the compiled function
    "jit":             lambda f, net: jit(f)(net, 2.0),
    "jit, closure":    lambda f, net: jit(lambda x: f(net, x))(2.0),
    "vmap":            lambda f, net: vmap(lambda x: f(net, x))([1.0, 2.0]),
    "grad of jit":     lambda f, net: grad(jit(lambda x: f(net, x)))(2.0),
    "jit of grad":     lambda f, net: jit(grad(lambda x: f(net, x)))(2.0),
    "compile_step":    lambda f, net: compile_step(f, net, optim.SGD([net.w]))([1.0, 2.0]),
    "penalty":         lambda f, net: compile_step(lambda net, x: net.w * x, net,
                           optim.SGD([net.w]), penalty=lambda net: f(net, 2.0))([1.0, 2.0]),
    "fit":             lambda f, net: fit(net, f, [1.0, 2.0], steps=3, progress=False),
}
EAGER_WAYS = {
    "grad":            lambda f, net: grad(lambda x: f(net, x))(2.0),
    "grad of grad":    lambda f, net: grad(grad(lambda x: f(net, x)))(2.0),
    "grad, argument":  lambda f, net: grad(f, argnums=1)(net, 2.0),
}
# fmt: on


def everything(net):
    """Return all that a call might change."""
    numbers = [(p.data, p.grad) for p in (net.w, net.b, *net.running)]
    modes = vars(net).get("training"), vars(net.drop).get("training")
    held = list(net.numbers), list(net.options.items()), set(net.tags), list(net.queue)
    held = *held, net.context.get(), net.local.scale
    arrays = net.table.tolist(), list(net.bytes)
    settings = net.mean, net.count, net.running[0], net.w.label, Subject.factor
    return numbers, modes, held, arrays, settings


def ways_of(name):
    """Eager code may change settings of its own, and sets the same number without an effect."""
    return [*WAYS, *(EAGER_WAYS if name in SIDE_EFFECTS and name != "same data" else ())]


@pytest.mark.parametrize("name", SIDE_EFFECTS | SETTINGS)
def test_a_traced_function_changes_nothing(name):
    ways = ways_of(name)
    check_each(dict(zip(ways, ways)), lambda way: check_that_nothing_changes(name, way))


def check_that_nothing_changes(name, way):
    f = (SIDE_EFFECTS | SETTINGS)[name]
    net = Subject()
    before = everything(net)
    expected = ZeroDivisionError if name == "fails afterwards" else TraceError
    with pytest.raises(expected):
        (WAYS | EAGER_WAYS)[way](f, net)
    assert everything(net) == before
    assert jit(lambda x: net.w * x)(2.0).data == 6.0  # nothing is left behind


def test_a_traced_function_may_note_what_it_did():
    """A list that grows, and an attribute for a result, belong to the trace alone."""
    notes, net = [], Net()

    def f(x):
        notes.append("traced")
        net.out = x * net.scale
        return net.out

    g = jit(f)
    assert [g(x).data for x in (1.0, 2.0)] == [2.0, 4.0]
    assert notes == ["traced"]
    net.scale = 3.0
    assert g(1.0).data == 3.0
    assert notes == ["traced"] * 2


def test_a_traced_function_changes_no_sign_of_a_zero():
    class Shift:
        by = 0.0

    def f(x):
        Shift.by = -0.0
        return x + Shift.by

    with pytest.raises(TraceError, match="`by` of the class Shift"):
        jit(f)(1.0)
    assert math.copysign(1.0, Shift.by) == 1.0


def test_a_traced_function_changes_no_code():
    def double(x):
        return 2.0 * x

    def f(x):
        y = double(x)
        double.__code__ = (lambda x: 3.0 * x).__code__
        return y

    with pytest.raises(TraceError, match="the code or the defaults of double"):
        jit(f)(1.0)
    assert double(1.0) == 2.0


# ------------------------------------------------------------------------- settings of an optimizer


def two_steps(optimizer, change, compiled):
    """Return the parameters after two steps, with the change between them."""
    (w,) = optimizer.parameters
    step = compile_step(lambda _: w * w * 0.5, None, optimizer)
    for prepare in (lambda: None, lambda: change(optimizer)):
        prepare()
        if compiled:
            step()
        else:
            optimizer.zero_grad()
            (w * w * 0.5).backward()
            optimizer.step()
    return w.data


# fmt: off
OPTIMIZER_SETTINGS = {  # name: (optimizer, its setting, the setting's new value)
    "momentum off":     (lambda p: optim.SGD(p, lr=0.1, momentum=0.9), "momentum", 0.0),
    "momentum on":      (lambda p: optim.SGD(p, lr=0.1), "momentum", 0.9),
    "weight decay":     (lambda p: optim.SGD(p, lr=0.1), "weight_decay", 0.5),
    "nesterov":         (lambda p: optim.SGD(p, lr=0.1, momentum=0.9), "nesterov", True),
    "betas":            (lambda p: optim.Adam(p, lr=0.1), "betas", (0.5, 0.9)),
    "eps":              (lambda p: optim.Adam(p, lr=0.1), "eps", 0.5),
    "Adam's decay":     (lambda p: optim.Adam(p, lr=0.1), "weight_decay", 0.5),
    "AdamW's decay":    (lambda p: optim.AdamW(p, lr=0.1), "weight_decay", 0.5),
    "alpha":            (lambda p: optim.RMSprop(p, lr=0.1), "alpha", 0.5),
    "rmsprop momentum": (lambda p: optim.RMSprop(p, lr=0.1), "momentum", 0.5),
    "lr":               (lambda p: optim.SGD(p, lr=0.1), "lr", 0.5),
    "a schedule":       (lambda p: optim.SGD(p, lr=0.1), "lr", optim.linear_decay(1.0, 0.1, 5)),
}
# fmt: on


@pytest.mark.parametrize("make, name, x", OPTIMIZER_SETTINGS.values(), ids=OPTIMIZER_SETTINGS)
def test_a_setting_of_the_optimizer_is_seen(make, name, x):
    found = [
        two_steps(make([Value(1.0)]), lambda o: setattr(o, name, x), compiled)
        for compiled in (False, True)
    ]
    # compiled sums may be fused: within an ulp or two of numbers of the size of 1
    assert found[1] == pytest.approx(found[0], rel=1e-14)


def test_a_setting_of_a_users_optimizer_is_seen():
    class Scaled(optim.SGD):
        factor = 1.0

        def update(self, p, grad, state, lr, t):
            return p - lr * self.factor * grad, state

    def change(optimizer):
        optimizer.factor = 3.0

    eager, compiled = (
        two_steps(Scaled([Value(1.0)], lr=0.1), change, compiled) for compiled in (False, True)
    )
    assert compiled == pytest.approx(eager, rel=1e-14)


# fmt: off
LISTS = {  # name: after how many steps, a change of the list of parameters, given another Value
    "appended":        (0, lambda ps, v: ps.append(v)),
    "in front":        (0, lambda ps, v: ps.insert(0, v)),
    "replaced":        (0, lambda ps, v: ps.__setitem__(0, v)),
    "removed":         (3, lambda ps, v: ps.pop(0)),
    "reversed":        (3, lambda ps, v: ps.reverse()),
}
# fmt: on


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
@pytest.mark.parametrize("after, change", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("way", ["compiled", "eager", "both"])
def test_a_changed_list_of_parameters_is_seen(name, after, change, way):
    """Each parameter keeps its own state. The judge is PyTorch, one optimizer for each Value."""
    torch = pytest.importorskip("torch")
    options = {"lr": 0.1, **({"momentum": 0.9} if name == "SGD" else {})}
    values = [Value(1.0), Value(-2.0), Value(0.5)]
    tensors = [torch.tensor(x.data, dtype=torch.float64, requires_grad=True) for x in values]
    each = {v: getattr(torch.optim, name)([t], **options) for v, t in zip(values, tensors)}
    optimizer = getattr(optim, name)(values[:2], **options)

    def loss(_):
        return sum((k + 1.0) * v * v for k, v in enumerate(values))

    step = compile_step(loss, None, optimizer)
    for turn in range(6):
        if turn == after:
            change(optimizer.parameters, values[2])
        for k, (v, t) in enumerate(zip(values, tensors)):
            t.grad = None
            ((k + 1.0) * t * t).backward()
            if v in optimizer.parameters:
                each[v].step()
        if way == "compiled" or (way == "both" and turn % 2):
            step()
        else:
            for v in values:
                v.grad = 0.0
            loss(None).backward()
            optimizer.step()
    # a few roundings in each of six steps
    assert [v.data for v in values] == pytest.approx([t.item() for t in tensors], rel=1e-13)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_parameter_that_comes_late_is_refused(compiled):
    w, v = Value(1.0), Value(2.0)
    optimizer = optim.Adam([w], lr=0.1)
    step = compile_step(lambda _: w * w + v * v, None, optimizer)
    step()
    optimizer.parameters.append(v)
    before = w.data, v.data, optimizer.steps
    for _ in range(2):
        with pytest.raises(ValueError, match=r"after 1 step, so .* Adam\(\[\*parameters, p\]\)"):
            step() if compiled else optimizer.step()
    assert (w.data, v.data, optimizer.steps) == before
    optimizer.parameters.pop()
    step()
    assert optimizer.steps == 2


def test_a_list_beside_groups_is_refused():
    w, b, v = Value(1.0), Value(2.0), Value(3.0)
    optimizer = optim.SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.1, momentum=0.9)
    optimizer.param_groups[0]["params"].append(v)
    for x in (w, b, v):
        x.grad = 1.0
    optimizer.step()
    assert [x.data for x in (w, b, v)] == [0.9, 1.5, 2.9]
    optimizer.parameters.append(Value(4.0))
    with pytest.raises(ValueError, match=r"which no group would see.*param_groups\[0\]"):
        optimizer.step()


@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_a_callback_that_changes_the_optimizer_warns(engine):
    """It is called by the clock, so another machine would come to another result."""
    net = MLP(1, [1])
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1)
    options = {"optimizer": optimizer, "steps": 3, "engine": engine, "progress": False}
    with pytest.warns(UserWarning, match="about ten times a second, so the result depends"):
        fit(net, "mse", [[1.0]], [2.0], callbacks=[lambda _: scheduler.step()], **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(net, "mse", [[1.0]], [2.0], callbacks=[lambda history: None], **options)


STEPS = ["step", "fit, eager", "compiled", "bound", "fit"]  # the first two also take groups


@pytest.mark.parametrize(
    ("way", "in_groups"), [*((way, False) for way in STEPS), *((way, True) for way in STEPS[:2])]
)
def test_an_optimizer_refuses_a_parameter_that_was_frozen_later(way, in_groups):
    net = MLP(1, [1])
    parameters = net.parameters()
    optimizer = optim.SGD([{"params": parameters}] if in_groups else parameters, lr=0.1)
    before = [p.data for p in parameters]
    parameters[0].requires_grad = False
    step = None if in_groups else compile_step("mse", net, optimizer)
    options = {"optimizer": optimizer, "steps": 1, "progress": False}
    ways = {
        "step": optimizer.step,
        "compiled": lambda: step([[1.0]], [2.0]),
        "bound": lambda: step.bound([[1.0]], [2.0]).__enter__(),
        "fit": lambda: fit(net, "mse", [[1.0]], [2.0], **options),
        "fit, eager": lambda: fit(net, "mse", [[1.0]], [2.0], engine="eager", **options),
    }
    with pytest.raises(ValueError, match="Make it after you freeze some: SGD"):
        ways[way]()
    assert [p.data for p in parameters] == before


def test_fit_sees_a_setting_changed_between_two_calls_and_in_a_callback():
    found = []
    for engine in ("eager", "jit"):
        random.seed(2)
        net = MLP(1, [1])
        optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

        def train(optimizer=optimizer, net=net, engine=engine):
            options = {"optimizer": optimizer, "steps": 3, "engine": engine, "progress": False}
            fit(net, lambda m, x, y: (m(x) - y) ** 2, [[1.0], [2.0]], [1.0, 3.0], **options)

        train()
        optimizer.momentum = 0.0
        train()
        found.append([p.data for p in net.parameters()])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def test_a_change_within_a_block_warns():
    w = Value(1.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    step = compile_step(lambda _: w * w, None, optimizer)
    with (
        pytest.warns(UserWarning, match="did not see that `momentum` of a SGD changed"),
        step.bound() as take,
    ):
        take()
        optimizer.momentum = 0.0
        take()
    block = step.bound()
    with block as take:  # the next block sees it
        take()
    optimizer.momentum = 0.9
    before = w.data, optimizer.state[0][0]
    with block as take:
        take()
    velocity = 0.9 * before[1] + 2.0 * before[0]
    assert w.data == pytest.approx(before[0] - 0.1 * velocity, rel=1e-14)


# ------------------------------------------------------------------- random numbers, hidden results

PRIVATE, NUMPYS = random.Random(1), np.random.default_rng(1)
DRAWS = {
    "module": lambda x: x + random.gauss(0.0, 1.0),
    "method": lambda x, draw=random.random: x + draw(),
    "shuffle": lambda x: (random.shuffle([1, 2, 3]), x)[1],
    "seed": lambda x: (random.seed(1), x)[1],
    "instance": lambda x: x + PRIVATE.random(),
    "NumPy": lambda x: x + np.random.normal(),
    "generator": lambda x: x + NUMPYS.normal(),
    "method of a generator": lambda x, draw=NUMPYS.normal: x + draw(),
}


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_traced_function_draws_no_numbers(draw, way):
    """They would be drawn once. Nothing is used up, so that the next numbers are the same."""
    states = random.getstate(), PRIVATE.getstate(), NUMPYS.bit_generator.state
    numpys = np.random.get_state()[1].tolist()
    with pytest.raises(TraceError, match="cannot draw random numbers"):
        EVERY_WAY[way](draw)(0.5)
    assert (random.getstate(), PRIVATE.getstate(), NUMPYS.bit_generator.state) == states
    assert np.random.get_state()[1].tolist() == numpys


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Settings(x * 2.0),
        lambda x: {x * 2.0},
        lambda x: [1.0, types.SimpleNamespace(out=[x * 2.0])],
        lambda x: (x * i for i in range(3)),
        lambda x: map(abs, [x]),
    ],
    ids=["dataclass", "set", "nested", "generator", "map"],
)
def test_a_result_that_hides_traced_numbers_is_refused(f):
    with pytest.raises(TraceError, match="which holds traced numbers"):
        jit(f)(2.0)


def test_other_threads_compute_while_one_traces():
    """Their reads do not count, and nobody puts back the numbers that they set."""
    net, wrong, ready = MLP(2, [4, 1]), [], threading.Event()
    counter = Value(0.0)

    def count():
        while not ready.is_set():
            counter.data = counter.data + 1.0
        y = net([0.5, -0.25])
        y.backward()
        wrong.extend(p for p in net.parameters() if type(p) is not Value)

    def f(x):
        before = counted()
        while counted() == before:
            time.sleep(0.001)
        return net(x) + counter * 0.0

    def counted():
        return SLOTS["data"].__get__(counter)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        y = jit(f)([0.5, -0.25])
    finally:
        ready.set()
        thread.join()
    assert wrong == [] and y.data == pytest.approx(net([0.5, -0.25]).data, rel=1e-12)


# ------------------------------------------------------------------------------------ other matters


class Compiling(Module):
    """A model that keeps compiled functions of its own."""

    def __init__(self):
        self.w = Value(2.0)
        self.fast = jit(self.product)
        self.rows = vmap(self.product)

    def product(self, x):
        return x * self.w

    def __call__(self, x):
        return self.fast(x) + self.rows([x])[0]


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_compiles_for_itself(clone):
    model = Compiling()
    assert model(1.0).data == 4.0
    twin = clone(model)
    twin.w.data = 5.0
    assert (twin(1.0).data, model(1.0).data) == (10.0, 4.0)
    step = compile_step(squared_product, model, optim.SGD(model.parameters(), lr=0.1))
    assert step([1.0]) == 4.0
    other = clone(step)
    assert other([1.0]) == step([1.0])
    assert other.definition.model.w.data == model.w.data != 2.0


def squared_product(model, x):
    return model.product(x) ** 2


def test_vmap_names_the_arguments_that_it_got_by_name():
    with pytest.raises(TypeError, match="by position, got w by name"):
        vmap(lambda x, w: x * w)([1.0], w=2.0)


class Record(dict):
    """A dict whose entries are attributes, and which raises KeyError for others."""

    def __getattr__(self, name):
        return self[name]


def test_an_object_that_raises_for_unknown_attributes_is_seen():
    settings = Record(scale=2.0)
    f = jit(lambda x: x * settings.scale)
    assert f(3.0).data == 6.0
    settings["scale"] = 5.0
    assert f(3.0).data == 15.0


def test_two_models_share_one_compiled_function():
    f = jit(lambda net, x: net(x))
    one, other = Net(), Net()
    for change in (lambda: None, lambda: setattr(one, "scale", 9.0), other.eval, one.eval):
        change()
        for net in (one, other):
            assert f(net, 0.5).data == pytest.approx(net(Value(0.5)).data, rel=1e-12)


def test_a_function_that_is_compiled_again_and_again_warns():
    net = Net()
    f = jit(lambda x: net(x))
    with pytest.warns(UserWarning, match=r"compiled 16 times, because .* `scale` of a Net"):
        for i in range(MOST_STATES + 3):
            net.scale = 1.0 + i
            assert f(0.5).data == pytest.approx(net(Value(0.5)).data, rel=1e-12)
    assert len(f.specialisations) == MOST_STATES


def test_threads_that_trace_one_model():
    """A trace replaces floats by equal ones; no thread takes that for a change."""
    net, wrong, ready = MLP(2, [8, 1]), [], threading.Barrier(4)
    wanted = net([0.5, -0.25]).data

    def work():
        ready.wait()
        for _ in range(5):
            y = jit(lambda x: net(x))([0.5, -0.25]).data
            if abs(y - wanted) > 1e-12:
                wrong.append(y)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_looking_for_attributes_of_values_makes_no_dicts():
    model = MLP(2, [2])
    State(model)
    assert not any(isinstance(x, dict) for x in gc.get_referents(*model.parameters()))


def test_the_state_of_a_library_is_not_walked():
    state = State(lambda x: np.sum(x) + math.pi + random.random())
    assert state.values == []
    assert state.containers.things == [{}]  # the attributes of the function
    assert state.is_current()


@pytest.mark.parametrize("seed", range(20))
def test_values_have_the_numbers_of_their_order_whatever_lists_they_are_met_in(seed):
    """The judge is a search. Lists overlap, repeat a Value, and are parts of each other."""
    draw, met = random.Random(seed), MetValues()
    values = [Value(float(i)) for i in range(12)]
    rows = [values[i : i + draw.randrange(1, 6)] for i in draw.sample(range(12), 6)]
    rows += [draw.choices(values, k=draw.randrange(1, 8)) for _ in range(3)]
    rows += [[*rows[0], *rows[1]], rows[2] * 2]
    new = [x for row in rows for x in met.add(row)]
    assert met.order == new == list(dict.fromkeys(x for row in rows for x in row))
    for row in rows:
        numbers = list(map(met.order.index, row))
        assert list(map(met.number_of, row)) == numbers
        runs = met.runs_of(row)
        if runs is not None:
            assert [first + i for first, length in runs for i in range(length)] == numbers
    assert None not in map(met.runs_of, (rows[0], met.order))
    assert (met.number_of(Value(0.0)), met.runs_of([Value(0.0)])) == (None, None)


def test_a_list_that_begins_as_another_and_holds_an_array_is_no_list_of_values():
    """Two arrays cannot be compared, nor an array with a Value."""
    a, b = Value(2.0), Value(3.0)
    row, mixed = [a, b], [a, np.array([1.0, 2.0])]
    assert State(lambda: (row, mixed)).values == [a, b]


@pytest.mark.parametrize("space", [{}, {"__name__": "program"}])
def test_code_that_reads_any_attribute_does_not_read_every_global_name(space):
    exec("unread = [1.0]\ndef f(x): return getattr(x, 'tanh')()", space)
    things = State(space["f"]).containers.things
    assert not any(thing is space["unread"] for thing in things)


def test_a_variable_around_the_function_may_be_bound_later():
    is_ready = [False]
    f = jit(lambda x: x * scale if is_ready[0] else x)
    assert f(3.0).data == 3.0
    scale = 2.0
    is_ready[0] = True
    assert f(3.0).data == 6.0


def test_a_traced_function_binds_no_variable_around_it():
    total = 0.5

    def f(x):
        nonlocal total
        total = total + 1.0
        return x * total

    with pytest.raises(TraceError, match="a variable that the function closes over"):
        jit(f)(2.0)
    assert total == 0.5


def test_a_traced_function_deletes_no_variable_around_it():
    total = 0.5

    def f(x):
        nonlocal total
        y = x * total
        del total
        return y

    with pytest.raises(TraceError, match="a variable that the function closes over"):
        jit(f)(2.0)
    assert total == 0.5


def test_a_refused_trace_leaves_no_name_before_a_builtin():
    space = {"__name__": "a_module_of_the_user", "calls": 1.0}
    exec("def f(x):\n global abs, calls\n abs, calls = 3.0, calls + 1\n return x * abs", space)
    with pytest.raises(TraceError, match="calls"):
        jit(space["f"])(2.0)
    assert space["calls"] == 1.0 and "abs" not in space


# what a refused trace wrote: (code that makes `holder`, code of the function, what stays)
LEFT_BEHIND = {
    "a global name": ("holder = 1", "global NEW; NEW = x", "holder"),
    "a global function's": ("holder = 1\ndef g(x):\n global NEW\n NEW = x", "g(x)", "holder"),
    "an unread global": ("holder, NEW = 1, 2.0", "global NEW; NEW = x", "holder, NEW"),
    "a deleted global": ("holder, NEW = 1, 2.0", "global NEW; del NEW", "holder, NEW"),
    "an attribute": ("holder = Plain()", "holder.new = x", "vars(holder)"),
    "an unread attribute": ("holder = Plain()", "holder.unread = x", "vars(holder)"),
    "a deleted attribute": ("holder = Plain()", "del holder.unread", "vars(holder)"),
    "setattr": ("holder = Plain()", "setattr(holder, 'new', x)", "vars(holder)"),
    "in a class": ("holder = Plain", "holder.new = x", "sorted(vars(holder))"),
    "of a function": ("def holder(): pass", "holder.new = x", "vars(holder)"),
    "of a module": ("holder = types.ModuleType('m')", "holder.new = x", "sorted(vars(holder))"),
    "of a Value": ("holder = Value(1.0)", "holder.new = holder * x", "vars(holder)"),
    "of a Value with others": (
        "holder = Value(1.0); holder.unread = 2.0",
        "holder.unread = holder * x",
        "vars(holder)",
    ),
    "in a list": ("holder = [1.0]", "holder.append(x)", "holder"),
    "in a dict": ("holder = {'a': 1.0}", "holder['b'] = x", "holder"),
    "in a set": ("holder = {1.0}", "holder.add(2.0)", "holder"),
    "an emptied list": ("holder = [1.0]", "holder.clear()", "holder"),
    "a layer": ("holder = nn.MLP(1, [1])", "holder.layers.append(x)", "len(holder.layers)"),
}
REFUSED = """
class Plain:
    def __init__(self):
        self.unread = 1.0

{}

def f(x):
    {}
    return x if x > 0.0 else -x
"""


@pytest.mark.parametrize("compiled", [jit, vmap])
@cases("name", LEFT_BEHIND)
def test_a_refused_trace_leaves_nothing_behind(name, compiled):
    before, write, shown = LEFT_BEHIND[name]
    space = {"__name__": "a_module_of_the_user", "types": types, "Value": Value, "nn": nn}
    exec(REFUSED.format(before, write), space)
    state = repr(eval(shown, space)), set(space) - {"__builtins__"}
    for _ in range(2):
        with pytest.raises(TraceError, match="neither true nor false"):
            compiled(space["f"])(np.array([2.0]) if compiled is vmap else 2.0)
        assert (repr(eval(shown, space)), set(space) - {"__builtins__"}) == state


def test_a_refused_trace_leaves_no_variable_behind():
    def f(x):
        nonlocal late
        late = x
        return x if x > 0.0 else -x

    if f is None:
        late = 0.0
    with pytest.raises(TraceError, match="neither true nor false"):
        jit(f)(2.0)
    with pytest.raises(ValueError, match="empty"):
        f.__closure__[0].cell_contents  # noqa: B018


def test_an_attribute_that_is_set_to_the_default_of_its_class_is_no_change():
    net = Subject()

    def f(x):
        net.factor = Subject.factor
        return net.w * net.factor * x

    assert [jit(f)(x).data for x in (2.0, 3.0)] == [12.0, 18.0]


def test_the_slots_of_an_object_are_its_attributes():
    slots = Slots(Slotted(), {"scale", "unset"})
    assert (len(slots), slots["scale"], slots.get("unset"), slots.get("other")) == (
        2,
        2.0,
        None,
        None,
    )


def test_a_traced_function_may_read_the_class_of_values():
    """Its descriptor is another one while a trace notes who reads numbers."""
    seen = []
    f = jit(lambda x: (seen.append(Value.data), x * 2.0)[1])
    assert f(3.0).data == 6.0
    (slot,) = seen
    assert slot.__get__(Value(5.0)) == 5.0


def test_a_dict_may_note_a_result_and_is_read_all_the_same():
    notes = {"scale": 2.0}

    def f(x):
        notes["out"] = x * notes["scale"]
        return notes["out"]

    g = jit(f)
    assert g(3.0).data == 6.0
    notes["scale"] = 5.0
    assert g(3.0).data == 15.0


def test_a_number_that_is_read_again_and_again_warns():
    w = Value(1.0, label="w")
    f = jit(lambda x: x * w.data)
    with pytest.warns(UserWarning, match=r"compiled 16 times, because .* `data` of "):
        for i in range(MOST_STATES):
            w.data = 1.0 + i
            assert f(0.5).data == 0.5 * w.data


@pytest.mark.parametrize("slot", ["data", "grad"])
def test_ctrl_c_before_a_trace_leaves_the_slots_of_values(slot, monkeypatch):
    """It comes while the slots are replaced, the first of them or the second."""

    def interrupted(name):
        if name == slot:
            raise KeyboardInterrupt
        return noted(name)

    noted = accesses.NotedSlot
    monkeypatch.setattr(accesses, "NotedSlot", interrupted)
    with pytest.raises(KeyboardInterrupt):
        jit(lambda x: x * 2.0)(1.0)
    assert {name: vars(Value)[name] for name in SLOTS} == SLOTS
    assert accesses.at_work == []
