"""A number in a box

Everything you will build is made of one class: a box with
a number in it. Today the box only holds its number. In
later stages it also remembers where the number came from.

Write a class `Value` into your file:

- `Value(2.5)` makes a Value. Its attribute `data` is 2.5.
- `__repr__(self)` returns a text with the number in it,
  because Python shows `<__main__.Value object at 0x7f...>`
  without it. The lecture's text is `Value(data=2.5)`.

Try it in a terminal, in the folder of your file:

    python -i my_micrograd.py
    >>> Value(2.5)
    Value(data=2.5)
    >>> Value(-3.0).data
    -3.0

`python -i` runs your file and then lets you type. Ctrl-D
leaves it.
"""

from micrograd.course.build.learner import Learner, is_number, kind_of
from micrograd.course.exercises.checking import Wrong

LESSONS = (4,)
MINUTES = 8
OWNER = "Value"
NEEDS = ("Value", "Value.__init__", "Value.__repr__")
CODE = """
class Value:
    def __init__(self, data):
        self.data = data

    def __repr__(self):
        return f"Value(data={self.data})"
"""
HINTS = (
    "A class needs two methods here: `__init__` runs when you write Value(2.5), and `__repr__` "
    "when Python shows the object. Both names have two underscores on each side.",
    "In `__init__(self, data)` store the number on the object: self.data = data.",
    'The text is made by an f-string: return f"Value(data={self.data})".',
)
WRONG = {
    "def __init__(self, data):\n    Value.data = data": "stored on the class",
    "def __init__(self, data):\n    data = data": "self.data = data",
    "def __init__(self):\n    self.data = 0.0": "takes only self",
    "def __init__(self, data):\n    self.data = str(data)": "the text",
    "def __init__(self, data):\n    self.data = int(data)": "cut off",
    "def __init__(self, data):\n    self.data = abs(data)": "sign is lost",
    "def __init__(self, data):\n    self.data = [data]": "plain number",
    "def __init__(self, data):\n    self.value = data": "no attribute `data`",
    "def __init__(self, data, _children, _op):\n    self.data = data": "with the number alone",
    "def __repr__(self):\n    print(f'Value(data={self.data})')": "must return a text",
    "def __repr__(self):\n    return self.data": "must return a text",
    "def __repr__(self):\n    return 'Value(data={self.data})'": "f before the quotes",
    "def __repr__(self):\n    return 'Value(data=2.5)'": "same text for every Value",
    "def __repr__(self):\n    return 'Value(' + self.data + ')'": "f-string",
    "def __repr__(self):\n    return 'Value'": "does not show the number",
}
SHOWN = (2.5, -3.0)


def check(my: Learner) -> None:
    if not isinstance(my.Value, type):
        raise Wrong("`Value` must be a class: `class Value:`.", "Value is no class")
    package = str(my.Value.__module__).partition(".")[0]
    if package in ("micrograd", "torch"):
        raise Wrong(
            f"`Value` comes from the package {package}: take the import out, and write your own.",
            "Value is imported",
        )
    check_data(my)
    texts = [repr(my.Value(x)) for x in SHOWN]
    if any("self.data" in text or "{" in text for text in texts):
        raise Wrong(
            f"`Value(2.5)` shows {texts[0]!r}: there is no f before the quotes, or it is not in "
            "curly brackets.",
            "no f-string",
        )
    if texts[0] == texts[1]:
        ending = (
            "the same text for every Value."
            if "2.5" in texts[0]
            else "it does not show the number."
        )
        raise Wrong(f"`__repr__` returns {texts[0]!r}: {ending}", "repr shows no data")
    for x, text in zip(SHOWN, texts):
        if f"{x:.1f}" not in text:
            raise Wrong(f"`Value({x})` shows {text!r}: it does not show the number.", "repr")


def check_data(my: Learner) -> None:
    """Raise Wrong unless each Value keeps the number that it was made with."""
    first, second = my.Value(2.5), my.Value(-3.0)
    for value in (first, second):
        if "data" not in dir(value):
            raise Wrong(
                "a Value has no attribute `data`: write `self.data = data` in `__init__`.",
                "data is not stored",
            )
    if first.data == -3.0:
        raise Wrong(
            "after `a = Value(2.5)` and `b = Value(-3.0)`, a.data is -3.0: the number is stored on "
            "the class, which all Values share. Write `self.data`.",
            "data is stored on the class",
        )
    for value, x in ((first, 2.5), (second, -3.0), (my.Value(3), 3)):
        data = value.data
        if isinstance(data, str):
            raise Wrong(f"`Value({x}).data` is the text {data!r}, and should be the number.", "str")
        if not is_number(data):
            raise Wrong(
                f"`Value({x}).data` is {kind_of(data)}: it must be the plain number.", "no number"
            )
        if data != x:
            raise Wrong(f"`Value({x}).data` is {data!r}{reason(data, x)}.", "another number")


def reason(data: float, x: float) -> str:
    """Return what may have happened to the number."""
    if data == int(x):
        return ": what stands behind the point is cut off"
    return ": the sign is lost" if data == -x else f", and should be {x}"
