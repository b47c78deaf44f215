"""Python's errors in the terms of a learner: the usual causes, in one table.

Rule: a row says what happened for sure, and asks about the cause; an error without a row keeps
Python's own text.
"""

import errno
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from micrograd.course import messages
from micrograd.course.exercises.limits import FILE_MEGABYTES
from micrograd.support.wording import nearest, plural

VALUE_ONLY = "only a Value has that. Is .data taken too early, or a number put in a Value's place?"


@dataclass(frozen=True)
class Row:
    """An error: its class, a pattern of its text, and the sentence for it."""

    kind: type[Exception]
    pattern: str
    sentence: str | Callable[[re.Match], str]


def call_for_each(match: re.Match) -> str:
    return (
        f"a list has no `.{match[1]}`: its items may have it. Go through the list, and do it for "
        "each item."
    )


def operands(match: re.Match) -> str:
    """Return the sentence for an operator between two kinds of things."""
    operator, left, right = match[1], match[2], match[3]
    kinds = {left, right}
    if "NoneType" in kinds:
        return (
            f"one side of `{operator}` is None: does a function lack its return, or is a grad "
            "still None?"
        )
    if "function" in kinds or "method" in kinds or "builtin_function_or_method" in kinds:
        return (
            f"one side of `{operator}` is a function that is not called: are its parentheses "
            "missing?"
        )
    if left == "int" and right == "list" and operator == "+":
        return "sum() starts at 0, and 0 + a list is an error: write sum(lists, []), or use a loop."
    if "list" in kinds or "tuple" in kinds:
        return f"`{operator}` does not work on a whole list: do it for each item, in a loop."
    if left == "int" and right == "Value" and operator == "+":
        return (
            "a number + a Value does not work here, since this class has no `__radd__`: put the "
            "Value first. sum() starts at 0, so it does the same unless it starts at a Value."
        )
    if "Value" in kinds and kinds & {"int", "float"}:
        return (
            f"this class has no `{operator}` between a Value and a plain number: where you want "
            "the number of a Value, write its .data."
        )
    if kinds == {"Value"}:
        return f"this class has no `{operator}` for Values: where you want numbers, write .data."
    return f"`{operator}` does not work between {left} and {right}."


def no_attribute(match: re.Match) -> str:
    kind, name = match[1], match[2]
    if kind in ("float", "int"):
        return f"`.{name}` is asked of a plain number, but {VALUE_ONLY}"
    if kind == "NoneType":
        return (
            f"`.{name}` is asked of None: does a function that is called lack its return, or was "
            "something never set?"
        )
    if kind in ("function", "method"):
        return f"`.{name}` is asked of a function: are the parentheses of its call missing?"
    return f"a {kind} has no `.{name}`."


def wrong_count(match: re.Match) -> str:
    name, takes, given = match[1], int(match[2]), int(match[4])
    sentence = f"{name} gets {plural(given, 'argument')}, but takes {takes}"
    if given == takes + 1:
        return f"{sentence}: is `self` missing in its def, or is there an argument too many?"
    return f"{sentence}."


# fmt: off
ROWS = (
    Row(TypeError, r"for (?:\^|\^=|\*\* or pow\(\)\^): ", "`^` is no power: in Python a power "
        "is `**`."),
    Row(TypeError, r"unsupported operand type\(s\) for (\S+?)(?: or pow\(\))?: '(\w+)' and "
        r"'(\w+)'", operands),
    Row(TypeError, r"must be real number, not Value",
        "the functions of the module math take plain numbers, not Values: their result would have "
        "no graph. Use those of micrograd, or take .data where a number is meant."),
    Row(TypeError, r"must be real number, not (\w+)",
        lambda m: f"a function of the module math got a {m[1]}, and needs a plain number."),
    Row(TypeError, r"'NoneType' object is not callable",
        "None is called like a function. Was `_backward()` called where it had to be assigned: "
        "`out._backward = _backward`, without parentheses?"),
    Row(TypeError, r"'(Value|float|int|list|tuple)' object is not callable",
        lambda m: f"a {m[1]} is called like a function: is a `*` missing in front of a "
                  "parenthesis, or are there () in place of []?"),
    Row(TypeError, r"'(Value|float|int)' object is not (?:iterable|subscriptable)",
        lambda m: f"a list is needed, but there is one {m[1]}: is it an item of the list that you "
                  "mean, or the list itself?"),
    Row(TypeError, r"'NoneType' object is not (?:iterable|subscriptable)",
        "a list is needed, but there is None: does a function lack its return, or is it a grad "
        "that nothing has filled in? list.append, sort and reverse change the list, and return "
        "None."),
    Row(TypeError, r"'(\w+)' object is not (iterable|subscriptable)",
        lambda m: f"a list is needed, but there is a {m[1]}: is a function not called?"),
    Row(TypeError, r"can't multiply sequence by non-int",
        "a list cannot be multiplied by a number: multiply each item, in a loop."),
    Row(TypeError, r"can only concatenate str \(not \"(\w+)\"\) to",
        lambda m: f"a text and a {m[1]} cannot be added: write an f-string, or str() of it."),
    Row(TypeError, r"can only concatenate (\w+) \(not \"(\w+)\"\) to",
        lambda m: f"a {m[1]} and a {m[2]} cannot be added: put [] around a single item, or "
            f"append it."),
    Row(TypeError, r"bad operand type for (unary .|abs\(\)): '(list|tuple)'",
        "that does not work on a whole list: do it for each item, in a loop."),
    Row(TypeError, r"list indices must be integers or slices, not (\w+)",
        lambda m: f"a list is asked for item number ... with a {m[1]}: in `for x in xs`, x is the "
                  "item itself, and no number."),
    Row(TypeError, r"(\w[\w.]*\(\)) takes (\d+) positional arguments?( \S+)? ?but (\d+) "
        "(?:was|were) given", wrong_count),
    Row(TypeError, r"(\w[\w.]*\(\)) missing (\d+) required positional arguments?: (.*)",
        lambda m: f"{m[1]} is called without {m[3]}: is an argument missing, or is a class used "
                  "where its object is meant?"),
    Row(TypeError, r"'tuple' object does not support item assignment",
        "a tuple cannot be changed: make a list of it, or a new tuple."),
    Row(AttributeError, r"'(?:list|tuple)' object has no attribute '(\w+)'", call_for_each),
    Row(AttributeError, r"'(\w+)' object has no attribute '(\w+)'", no_attribute),
    Row(AttributeError, r"module 'math' has no attribute '(\w+)'", lambda m: f"the module math "
        f"has no `{m[1]}`."),
    Row(IndexError, r"index out of range",
        "an index is past the end of a list: items are counted from 0, so the last is number "
            "len - 1."),
    Row(IndexError, r"pop from empty list", "pop() is called on an empty list: does the loop "
        "end in time?"),
    Row(ZeroDivisionError, r"", "this divides by 0."),
    Row(OverflowError, r"math range error|too large", "this overflows: the result is too large "
        "for a float."),
    Row(ValueError, r"math domain error|expected a (?:positive|nonnegative) input",
        "the log or the root of a number that is not positive does not exist."),
    Row(ValueError, r"(?:not enough|too many) values to unpack \(expected (?:at least "
        r")?(\d+)(?:, got \d+)?\)",
        lambda m: f"{m[1]} names stand on the left of =, but there are more or fewer items to "
            f"the right of it."),
    Row(RecursionError, r"",
        "a function calls itself too many times, which Python stops after about 1000 calls: is "
            "there "
        "always an end, and does it go through the same nodes repeatedly?"),
    Row(UnboundLocalError, r"local variable '(\w+)'",
        lambda m: f"`{m[1]}` is used before it gets a value: an assignment anywhere in a function "
                  "makes it a name of that function."),
    Row(ModuleNotFoundError, r"No module named '([\w.]+)'", lambda m: f"there is no module "
        f"`{m[1]}` here."),
    Row(ImportError, r"cannot import name '(\w+)' from '([\w.]+)'", lambda m: f"`{m[2]}` has no "
        f"`{m[1]}`."),
)
# fmt: on


def describe_error(error: BaseException, path: str) -> str:
    """Return the error in one sentence, with the line of the learner's file.

    An error at a certain input, which `compare` notes, is told with that input.
    """
    lines = lines_in(error, path)
    if isinstance(error, SyntaxError):
        return f"line {error.lineno or 1}: {describe_syntax(error)}"
    if isinstance(error, NameError) and not lines and not isinstance(error, UnboundLocalError):
        return f"the file no longer defines `{error.name}`, which the starter did: put it back."
    where = f"line {lines[-1]}: " if lines else ""
    place = getattr(error, "place", "")
    return f"{where}{explain(error)}" + (f" That is so for {place}." if place else "")


def lines_in(error: BaseException, path: str) -> list[int]:
    """Return the lines of the learner's file that the error went through, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno or 1 for frame in frames if frame.filename == path]


def explain(error: BaseException) -> str:
    """Return the sentence for the error: that of its row, or Python's own."""
    text = describe_text(error)
    if isinstance(error, SystemExit):
        return messages.ended_early()
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return f"more than {FILE_MEGABYTES} megabytes of output: is there an endless loop?"
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return unknown_name(error)
    for row in ROWS:
        match = re.search(row.pattern, text) if isinstance(error, row.kind) else None
        if match:
            return row.sentence if isinstance(row.sentence, str) else row.sentence(match)
    sentence = f"{type(error).__name__}: {text}".rstrip(": .")
    return sentence if sentence.endswith("?") else f"{sentence}."


def unknown_name(error: NameError) -> str:
    """Return the sentence for a name that is not defined, with a similar one if there is one."""
    name = error.name or "?"
    if name in ("math", "random", "torch"):
        return f"`{name}` is not there: write `import {name}` at the top of the file."
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    known = [*frame.tb_frame.f_locals, *frame.tb_frame.f_globals] if frame else []
    similar = nearest(name, [one for one in known if not one.startswith("__")])
    more = f"do you mean `{similar[0]}`?" if similar else "is it spelt right, and made before?"
    return f"there is no `{name}` here: {more}"


def describe_syntax(error: SyntaxError) -> str:
    if isinstance(error, IndentationError):
        return f"the indentation is wrong ({error.msg}): lines of one block begin in one column."
    return f"this is not Python: {error.msg}."


def describe_text(error: BaseException) -> str:
    """Return the error's text in one line, although the `__str__` of a learner's class may fail."""
    try:
        return " ".join(str(error).split())
    except Exception as another:
        return f"its text cannot be shown, because __str__ raised a {type(another).__name__}"
