"""A learner's file as the checks see it: its names, and its Values, whatever their style.

Rule: nothing here knows a stage. The names that a stage's text asks for are asked for here, and a
missing one is told as not written yet.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from traceback import extract_tb
from typing import Any

from micrograd.course.build.near_misses import near_miss
from micrograd.course.exercises.checking import Unexplained, Wrong, near, recognise, show

NOT_WRITTEN = "not written yet"  # the misconception of what is missing
INPUTS = ("_prev", "inputs", "_inputs", "prev", "_children", "children", "parents", "_parents")
OPS = ("_op", "op")
PYTHONS = ("__module__", "__dict__", "__weakref__", "__doc__", "__firstlineno__")
# (part of Python's error, the sentence for learners, the misconception)
ERRORS = (
    (r"\w+\(\) takes no arguments", "the class has no `__init__` that takes a number: is it "
     "spelled with two underscores on each side?", "__init__ is misspelled"),
    (r"__init__\(\) takes 1 positional argument but \d", "`__init__` takes only self: it needs the "
     "number as well, `def __init__(self, data):`.", "__init__ takes no number"),
    (r"__repr__ returned non-string|__str__ returned non-string", "`__repr__` must return a text, "
     "and here it returns something else: is it `return f\"...\"`, and not print?",
     "__repr__ does not return a text"),
    (r"__init__\(\) takes 2 positional arguments but \d", "`__init__` takes only the number: give "
     "it two more, `_children=()` and `_op=\"\"`, for what an op hands over.",
     "__init__ takes no inputs"),
    (r"__init__\(\) missing", "`Value(2.0)` must work with the number alone: give the other "
     "arguments of `__init__` a default, such as `_children=()`.", "arguments without a default"),
    (r"must be real number, not Value", "a function of `math` got a Value, and takes a float. In "
     "the method of an op, hand it `.data`; anywhere else, call the Value's own method, such as "
     "`act.tanh()`.", "math of a Value"),
    (r"not supported between instances of '(Value' and '(int|float)|(int|float)' and 'Value)'",
     "Values cannot be compared by `>` or max(). Compare their `.data`; where grads must flow, "
     "use relu().", "Values are compared"),
    (r"unhashable type: '(\w+)'", "Python cannot put a Value into a set, because the class "
     "compares by its numbers: of a dataclass, write `@dataclass(eq=False)`.",
     "Values cannot be hashed"),
    (r"unsupported operand type\(s\) for \+: 'int' and 'Value'", "`1 + a` calls `a.__radd__`, as "
     "the int does not know how; `sum()` needs it, too, for it starts at 0.", "no __radd__"),
    (r"unsupported operand type\(s\) for \^", "in Python a power is `**`; `^` is something else.",
     "^ for a power"),
    (r"'(int|float)' object has no attribute '(data|grad|_backward|_prev)'", "a plain number "
     "stands where a Value should: wrap it, `other if isinstance(other, Value) else "
     "Value(other)`.", "a number is not wrapped"),
    (r"can only concatenate str", "a text and a number cannot be added: write an f-string, "
     "`f\"Value(data={self.data})\"`, or str(self.data).", "a text plus a number"),
    (r"<locals>\.\w+\(\) missing", "`_backward` takes no arguments: a function inside a method "
     "sees self, other and out.", "_backward takes arguments"),
    (r"'Value' object is not callable", "a Value is called like a function. `loss = loss(...)` "
     "makes a Value of the name `loss`, so its next call fails: call the result `total`. Elsewhere "
     "a `*` may be missing in front of a parenthesis.", "a Value is called"),
    (r"'NoneType' object is not callable", "`_backward` is None: write `out._backward = "
     "_backward`, without parentheses, which would call it at once.", "_backward is called"),
)  # fmt: skip


STORE = "`__init__` must store it on self."


class Learner:
    """The names of a learner's file; one that is missing is told as not written yet."""

    def __init__(self, names: dict[str, Any]):
        self.names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self.names:
            raise not_written(f"there is no `{name}`", near_miss(name, self.defined()))
        return self.names[name]

    def has(self, name: str) -> bool:
        """Return whether the file defines the name, such as "Value.backward"."""
        owner, _, method = name.partition(".")
        if owner not in self.names:
            return False
        if not method:
            return True
        return method in methods_of(self.names[owner])

    def defined(self) -> list[str]:
        """Return the functions and classes that the file defines."""
        return [name for name, x in self.names.items() if callable(x) and name != "__builtins__"]

    def require(self, names: Iterable[str]) -> None:
        """Raise Wrong unless the file defines all names."""
        for name in names:
            owner, _, method = name.partition(".")
            if owner not in self.names:
                note = near_miss(owner, self.defined())
                raise not_written(f"the file has no `{owner}`", note)
            if not self.has(name):
                own = [each for each in methods_of(self.names[owner]) if each not in PYTHONS]
                note = near_miss(method, own, self.defined())
                raise not_written(f"`{owner}` has no `{method}`", note)

    def value(self, x: Any, text: str) -> Any:
        """Return x. Raises Wrong unless it is one of the learner's Values; `text` names it."""
        if x is None:
            raise Wrong(f"`{text}` gives None: the method has no return.", "there is no return")
        if callable(x) and hasattr(x, "__name__") and not isinstance(x, self.Value):
            raise Wrong(
                f"`{text}` gives the function `{x.__name__}` itself: its parentheses are missing, "
                f"`{x.__name__}()`.",
                "a method is not called",
            )
        if not isinstance(x, self.Value):
            raise Wrong(
                f"`{text}` gives {kind_of(x)}, and not a Value: it must make a Value, and so must "
                "everything that is computed from Values.",
                "a float is returned",
            )
        if not is_number(x.data):
            raise Wrong(
                f"`{text}` is a Value whose data is {kind_of(x.data)}: it must be a plain number, "
                "computed from `.data` of the inputs.",
                "data is not a number",
            )
        return x

    def data(self, x: Any, text: str) -> float:
        """Return the data of x. Raises Wrong unless it is a Value."""
        return float(self.value(x, text).data)


def methods_of(kind: Any) -> set[str]:
    """Return the names that a class defines, without what every class has."""
    if not isinstance(kind, type):
        return set(dir(kind))
    return {name for each in kind.__mro__ if each is not object for name in vars(each)}


def not_written(what: str, note: str = "") -> Wrong:
    """Return the error that says what is missing; the note names what may be meant for it."""
    return Wrong(f"{what} yet: {note or 'this is not written yet.'}", NOT_WRITTEN)


def is_number(x: Any) -> bool:
    return hasattr(x, "__float__") and not isinstance(x, str) and not hasattr(x, "data")


def kind_of(x: Any) -> str:
    """Return what x is, for a sentence: "the float 2.0"."""
    return "None" if x is None else f"the {type(x).__name__} {show(x)}"


# ------------------------------------------------------------------------------- a Value's parts


def attributes(node: Any) -> dict[str, Any]:
    """Return the attributes of an object, also of one with `__slots__`."""
    slots = [name for each in type(node).__mro__ for name in getattr(each, "__slots__", ())]
    inside = {name: getattr(node, name) for name in slots if hasattr(node, name)}
    return {**inside, **getattr(node, "__dict__", {})}


def inputs_of(node: Any) -> list[Any]:
    """Return what the node remembers as its inputs, under any of the usual names."""
    held = attributes(node)
    names = [name for name in INPUTS if name in held]
    names += [name for name, x in held.items() if isinstance(x, tuple | list | set | frozenset)]
    if not names:
        what = "a Value has no `_prev`, the inputs that it was computed from,"
        raise not_written(what, near_miss("_prev", held) or STORE)
    content = held[names[0]]
    if content is None:
        return []
    if not isinstance(content, tuple | list | set | frozenset | dict):
        raise Wrong(
            f"`{names[0]}` is {kind_of(content)}: it must hold the inputs together, as a tuple or "
            "a set.",
            "inputs are no collection",
        )
    return list(content)


def op_of(node: Any) -> str:
    """Return the sign of the op that made the node, "" for none."""
    held = attributes(node)
    for name in OPS:
        if name in held:
            return str(held[name] or "")
    note = next((f"there is a `{name}`: the name must be `_op`." for name in held
                 if name.strip("_").startswith("op")), "")  # fmt: skip
    raise not_written("a Value has no `_op`, the sign of the op that made it,", note)


def nodes_below(root: Any) -> list[Any]:
    """Return all nodes that the root was computed from, and itself, each once."""
    nodes, seen = [root], {id(root)}
    for node in nodes:
        for x in inputs_of(node):
            if id(x) not in seen:
                seen.add(id(x))
                nodes.append(x)
    return nodes


# --------------------------------------------------------------------------------- comparisons


def compare_grads(
    text: str, pairs: Sequence[tuple[str, Any]], expected: Sequence[float], mistakes: dict
) -> None:
    """Raise Wrong unless each Value's grad is as expected, and say which of them are right.

    `pairs` are (name, Value). `mistakes` is {sentence: the grads that the mistake leads to}.
    """
    answer = [float(grad_of(x, name)) for name, x in pairs]
    recognise(answer, mistakes)
    right = [name for (name, _), x, y in zip(pairs, answer, expected) if equal(x, y)]
    for (name, _), x, y in zip(pairs, answer, expected):
        if not equal(x, y):
            note = f" {list_names(right)} right." if right else ""
            digits = 12 if show(x) == show(y) else 6
            raise Unexplained(
                f"{text}: {name}.grad is {show(x, digits)}, and should be {show(y, digits)}.{note}"
            )


def list_names(names: Sequence[str]) -> str:
    """Return "a.grad is", or "a.grad and b.grad are"."""
    texts = [f"{name}.grad" for name in names]
    return f"{texts[0]} is" if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]} are"


def grad_of(x: Any, name: str) -> float:
    """Return the grad of a Value. Raises Wrong unless it is a number."""
    if not hasattr(x, "grad"):
        raise not_written("a Value has no `grad`", near_miss("grad", attributes(x)) or STORE)
    if not is_number(x.grad):
        raise Wrong(
            f"{name}.grad is {kind_of(x.grad)}: a grad is a plain number, and starts at 0.0.",
            "the grad is no number",
        )
    return float(x.grad)


def equal(x: float, y: float) -> bool:
    """Return whether two numbers are the same, but for rounding."""
    try:
        near(x, y, "")
    except Wrong:
        return False
    return True


# ------------------------------------------------------------------------------- Python's errors


def explain_error(error: Exception, path: str) -> Wrong | None:
    """Return the mistake behind one of Python's errors, in the learner's terms; None if unknown.

    `path` is that of the learner's file.
    """
    if isinstance(error, RecursionError):
        return Wrong(f"{place_of(error, path)} calls itself without end.", "endless recursion")
    for pattern, sentence, misconception in ERRORS:
        if re.search(pattern, str(error)):
            return Wrong(f"{sentence} (Python: {error})", misconception)
    return None


def place_of(error: Exception, path: str) -> str:
    """Return the function of the learner's file in which the error is, and its line."""
    frames = [each for each in extract_tb(error.__traceback__) if each.filename == path]
    return f"line {frames[-1].lineno}: `{frames[-1].name}`" if frames else "a function"


Check = Callable[[Learner], None]
