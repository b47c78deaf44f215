"""Tests of how the checker names a mistake: relations, rules, repairs, small graphs, errors.

Rule: each table has its own: a mistake, and words of the sentence that it must be told.
"""

import ast
import contextlib
import itertools
import math
import random
import sys
import textwrap

import pytest

from micrograd.course.exercises import time_limit
from micrograd.course.exercises.causes import Cause, cause_of_both
from micrograd.course.exercises.checking import (
    Unexplained,
    Wrong,
    both_numbers,
    compare,
    refuse_lost_grads,
    refuse_one_list,
    show,
    unchanged,
    without_reasons,
)
from micrograd.course.exercises.code_rules import kept_defaults, signs_behind
from micrograd.course.exercises.edits import apply, code
from micrograd.course.exercises.expression_edits import (
    comparisons,
    data_keys,
    indices,
    lost_graphs,
    missing_calls,
    shared,
    signs,
    wrong_words,
)
from micrograd.course.exercises.graphs import Graph, Run, compare_graphs, doublings, random_graph
from micrograd.course.exercises.names_in_code import containers_in
from micrograd.course.exercises.parenthesis_edits import parentheses, power_signs, powers_of_sums
from micrograd.course.exercises.relations import OF_A_QUANTITY, OF_THE_RIGHT_NUMBER
from micrograd.course.exercises.running import run_checks
from micrograd.course.exercises.shrinking import shrink, size
from micrograd.course.exercises.statement_edits import first_places, state_outside
from micrograd.course.exercises.task import Task
from micrograd.course.exercises.time_limit import TakesTooLong, by_line, by_timer
from micrograd.course.exercises.unused_names import unused_names
from micrograd.engine import Value
from tests.support.cases import cases

POINTS = [(1.3, 2.7), (-0.6, 1.9), (2.2, -3.1), (0.4, 0.9)]


def right(x, y):
    return x * y + 0.7


def told(answer, points=POINTS, **more):
    """Return the sentence about a function that should be `right`."""
    with pytest.raises(Wrong) as caught:
        compare(answer, right, points, "z", "x = {}, y = {}", **more)
    return str(caught.value)


@cases("relation", OF_THE_RIGHT_NUMBER, lambda one: one.name)
def test_a_relation_to_the_right_number_is_told(relation):
    points = [(x, abs(y)) for x, y in POINTS if x > 0] + [(0.8, 0.3)]
    if relation.name == "absolute":
        points = POINTS
    sentence = told(lambda x, y: float(relation.compute(right(x, y))), points)
    assert f"z {relation.singular}" in sentence


@cases("relation", OF_A_QUANTITY, lambda one: one.name)
def test_a_relation_to_a_quantity_is_told(relation):
    quantities = {"quantities": lambda x, y: {"out.grad": x + y * y}}
    answer = lambda x, y: relation.compute(right(x, y), x + y * y)  # noqa: E731
    assert relation.singular.format(q="out.grad") in told(answer, **quantities)


PATTERNS = {
    "the numbers of the example written in": lambda x, y: right(1.3, 2.7),
    "right to a few digits": lambda x, y: right(x, y) * (1 + 1e-5 * x),
    "3.7 times": lambda x, y: 3.7 * right(x, y),
    "too large by 0.25": lambda x, y: right(x, y) + 0.25,
    "is nan somewhere": lambda x, y: float("nan") if x < 0 else right(x, y),
}


@cases("pattern", PATTERNS)
def test_a_pattern_is_told(pattern):
    assert pattern in told(PATTERNS[pattern])


def test_rounding_is_told_only_of_rounded_numbers():
    for change, question in ((lambda z: round(z, 4), True), (lambda z: z * 1.00001, False)):
        with pytest.raises(Unexplained, match="right to a few digits only") as caught:
            points = [(1.3,), (2.9,), (5.3,)]
            compare(lambda x, f=change: f(x / 7), lambda x: x / 7, points, "z", "x = {}")
        assert ("is something rounded?" in str(caught.value)) == question


def two_strange_numbers(x, y):
    return math.nan if x < 0 else math.inf


UNEXPLAINED = {
    "two strange numbers": (two_strange_numbers, {}, "inf, and should be 4.21."),
    "a quantity that is always the same": (
        lambda x, y: math.sin(x * y) + 2,
        {"quantities": lambda x, y: {"out.grad": 2.0}},
        "1.63987, and should be 4.21.",
    ),
    "a mistake that gives no number": (
        lambda x, y: math.sin(x * y) + 2,
        {"mistakes": {"it divides by 0": lambda x, y: 1 / (x - x)}},
        "1.63987, and should be 4.21.",
    ),
}


@cases("name", UNEXPLAINED)
def test_what_follows_no_pattern_is_told_as_it_is(name):
    answer, more, ending = UNEXPLAINED[name]
    assert told(answer, **more) == f"for x = 1.3, y = 2.7, z is {ending}"


LISTS = [([1.3, 2.7, -0.4],), ([0.6, -1.9, 3.1, 0.2],), ([2.2, -3.1],)]
ORDERED = {
    "in the reverse order": lambda xs: xs[::-1],
    "the smallest first": sorted,
    "the largest first": lambda xs: sorted(xs, reverse=True),
    "one place too early": lambda xs: xs[1:] + xs[:1],
    "running totals": lambda xs: list(itertools.accumulate(xs)),
    "what the first should be": lambda xs: xs[:1] * len(xs),
    "number 0 is 1.69, and should be 1.3": lambda xs: [x * x for x in xs],
}


@cases("order", ORDERED)
def test_an_order_is_told(order):
    with pytest.raises(Wrong, match=order):
        compare(ORDERED[order], list, LISTS, "number {}", "xs = {}")


NAMED = {
    "c, a, b stand in the places of a, b, c": lambda x, y: [x - y, x * y, x + y],
    "b is what a should be": lambda x, y: [x * y, x * y, x - y],
    "c is what b and c should be together": lambda x, y: [x * y, x + y, 2 * x],
    "b and c are swapped": lambda x, y: [x * y, x - y, x + y],
}


@cases("relation", NAMED)
def test_a_relation_between_names_is_told(relation):
    with pytest.raises(Wrong, match=relation):
        compare(NAMED[relation], lambda x, y: [x * y, x + y, x - y], POINTS, "a b c", "{}, {}")


def test_nothing_is_told_by_coincidence():
    """At one point -2 may be the wrong sign, 4 too small, or many other things."""
    assert (
        told(lambda x, y: -2.7, [(1.0, 2.0)]) == "for x = 1, y = 2, z is -2.7, and should be 2.7."
    )
    rows = {"a sentence": lambda x, y: 1.0}
    assert "a sentence" not in told(lambda x, y: 1.0 if x > 0 else 7.0, mistakes=rows)


def test_numbers_that_look_equal_get_more_digits():
    assert "2.70000001, and should be 2.7" in told(lambda x, y: right(x, y) + 1e-8, [(1.0, 2.0)])


def test_numbers_that_look_equal_in_all_digits_are_shown_as_they_look():
    assert both_numbers(1.0, 1.0 + 1e-14) == "1, and should be 1"


class NoText:
    def __repr__(self):
        raise ValueError


def test_what_has_no_text_is_shown_by_its_class():
    assert show(NoText()) == "a NoText"


def test_the_right_numbers_are_named_too():
    with pytest.raises(Unexplained, match=r"db is 9, and should be 2; da and dc are right"):
        compare(lambda: [1.0, 9.0, 3.0], lambda: [1.0, 2.0, 3.0], [()], "da db dc", "here")
    with pytest.raises(Unexplained, match="da and dc are swapped"):
        compare(
            lambda x: [3 * x, 2 * x, x * x],
            lambda x: [x * x, 2 * x, 3 * x],
            [(1.3,), (0.7,)],
            "da db dc",
            "x = {}",
        )


def test_the_callers_lists_stay():
    with pytest.raises(Wrong, match="belongs to the caller"):
        compare(lambda xs: xs.pop(), lambda xs: xs[-1], [([1.0, 2.0],)], "x", "xs = {}")
    with pytest.raises(Wrong, match="belongs to the caller"):
        compare(lambda xs: xs[0].pop(), lambda xs: xs[0][-1], [([[1.0, 2.0]],)], "x", "xs = {}")


def test_a_new_value_in_a_callers_list_is_told():
    values = [Value(1.0), Value(2.0)]
    with (
        pytest.raises(Wrong, match="is replaced by a new one"),
        unchanged(parameters=values),
    ):
        values[1] = Value(3.0)
    with pytest.raises(Wrong, match="work on a new list"), unchanged(parameters=values):
        values.reverse()


# ------------------------------------------------------------------------------- rules and repairs

TASK = '''"""A slope

Write it.
"""

import math


def f(a, b):
    # <solution>
    total = a * b - 3 * a
    total += b / (a + 2)
    return total
    # </solution>


# <checker>
from micrograd.course.exercises.checking import compare

HINTS = ("a", "b", "c")
WRONG = {}


def check_f(f):
    """the numbers"""
    points = [(1.3, 2.7), (-0.6, 1.9), (2.2, -3.1), (3, 2), (0.0, 0.5)]
    compare(f, lambda a, b: a * b - 3 * a + b / (a + 2), points, "f", "a = {}, b = {}")


# </checker>
'''
BEGIN, ADD, END = "total = a * b - 3 * a\n", "total += b / (a + 2)\n", "return total"
ANSWERS = {
    BEGIN + ADD.replace("+=", "=+") + END: "line 11: `=` and `+` are in the wrong order",
    BEGIN + ADD.replace("+=", "=") + END: "line 11: `total = ...` replaces what was there",
    BEGIN + ADD.replace("+=", "-=") + END: "line 11: `-=` is wrong for `total`: it is `+=` here",
    BEGIN + ADD + "print(total)": "line 12: print only shows the result: return it",
    BEGIN + ADD + "total": "line 12: `total` only names a function",
    BEGIN + ADD.replace("/", "//") + END: "line 11: `//` in `b // (a + 2)` rounds down",
    BEGIN + ADD.replace("(a + 2)", "a + 2") + END: "parentheses are missing",
    BEGIN + ADD + END.replace("total", "total - b * a + 3 * b + b * a - 3"): (
        "parentheses are missing around `a - 3`"
    ),
    BEGIN.replace("3 * a", "3 * b") + ADD + END: "line 10: with `a` in place of `b` it is right",
    BEGIN.replace("- 3", "+ 3") + ADD + END: "the wrong sign",
    BEGIN.replace("3 * a", "3")
    + ADD
    + END: "line 10: in `a * b - 3` only one of two parts has `a`",
    BEGIN.replace("3", "4") + ADD + END: "line 10: the number 4 is wrong: it has to be 3",
    BEGIN + ADD + ADD + END: "`total += b / (a + 2)` does not belong there",
    BEGIN + ADD + "return round(total, 3)\n": "line 12: `round()` loses digits of `total`",
    "parts = [[0.0]] * 2\nparts[0][0] += a * b - 3 * a\nparts[1][0] += b / (a + 2)\n"
    "return parts[0][0] + parts[1][0]": "`[[0.0]] * 2` is one and the same object",
    BEGIN + END: "a line is missing here, which changes `total`",
    ADD + BEGIN + END: "`total` is used before it gets a value",
    BEGIN + ADD.replace("b /", "b ^ ") + END: "in Python a power is `**`",
    BEGIN + ADD + "for i in range(2):\n    total = total + 0\n    return total\n": "",
    BEGIN + ADD.replace("+= b", "+= math.sin(b)") + END: "`math.sin()` does not belong around `b`",
    "if a == 0:\n    return 1.0\n" + BEGIN + ADD + END: "`if a == 0: return 1.0` does not belong",
    "if a == 3:\n    return None\n" + BEGIN + ADD + END: "None was returned",
    BEGIN.replace("a * b", "-a * b") + ADD + END: "the minus in front of `a`",
    "import random\n" + BEGIN.replace("3", "random.uniform(2, 4)") + ADD + END: "f is",
    BEGIN + ADD + "value = total + 1\nreturn abs(total) + 3": "line 12: `value` gets a value that",
}


@pytest.mark.slow
@cases("answer", ANSWERS)
def test_a_repair_names_the_mistake(answer):
    task = Task(write_task(TASK))
    findings = run_checks(task, task.with_answers([answer]), "answer.py")
    wrong = [finding.wrong for finding in findings if finding.wrong]
    assert ANSWERS[answer] in " ".join(wrong)
    assert bool(wrong) == bool(ANSWERS[answer])


@pytest.mark.slow
@cases("limit", [by_timer, lambda seconds: by_line(seconds, __file__)])
def test_a_trial_that_does_not_end_is_given_up(limit):
    """The learner's `except Exception` does not hold it."""

    def search():
        for _ in range(10_000_000):
            with contextlib.suppress(Exception):
                math.sqrt(2.0)

    with pytest.raises(TakesTooLong), limit(0.05):
        search()


def test_a_limit_by_lines_looks_only_at_the_file(monkeypatch):
    """The watcher is called by hand: Python measures no coverage inside of one."""
    watchers, clock = [], iter([0.0, 0.0, 0.5, 1.5])
    monkeypatch.setattr(sys, "settrace", watchers.append)
    monkeypatch.setattr(time_limit.time, "process_time", clock.__next__)
    with by_line(1.0, "/another/file"):
        assert watchers[0](sys._getframe(), "line", None) is None
    with by_line(1.0, __file__):
        watch, frame = watchers[-1], sys._getframe()
        assert watch(frame, "line", None) is watch
        with pytest.raises(TakesTooLong):
            watch(frame, "line", None)
    assert watchers[1] == watchers[3] == sys.gettrace()


MISPLACED = "parentheses are missing in `{}`, or stand in the wrong place"
EDITS = {
    "-a ** 2": (power_signs, ["in `-a ** 2` the power comes before the minus: parentheses are "
                              "missing"], ["(-a) ** 2"]),
    "-(a * 2)": (power_signs, [], []),
    "2 * [[0.0]]": (shared, ["`2 * [[0.0]]` is one and the same object several times: a "
                             "comprehension makes a new one for each place"],
                    ["[[0.0] for _ in range(2)]"]),
    "a if b else c": (comparisons, ["the two cases of `a if b else c` are exchanged"],
                      ["c if b else a"]),
    "len(a)": (signs, [], []),
    "sin(a)": (signs, ["the sign of `sin(a)` is wrong"], ["-sin(a)"]),
    "table[j][i]": (indices, ["the indices in `table[j][i]` are in the wrong order"],
                    ["table[i][j]"]),
    "a * (1 - b)": (parentheses, [], []),
    "(b - 1) * a": (parentheses, [], []),
    "a * (b + c + d)": (parentheses, [], []),
    "(2 * a) ** 2": (parentheses, [MISPLACED.format("(2 * a) ** 2")] * 2,
                     ["2 * a ** 2", "a * 2 ** 2"]),
    "x ** 2 - y": (powers_of_sums, [MISPLACED.format("x ** 2 - y")], ["(x - y) ** 2"]),
}  # fmt: skip


@cases("shown", EDITS)
def test_an_edit_of_an_expression_says_what_was_wrong(shown):
    rule, sentences, codes = EDITS[shown]
    edits = list(rule(ast.parse(shown).body[0].value))
    assert [text for _, text, _, _ in edits] == sentences
    assert [code(new) for _, _, new, _ in edits] == codes


def list_outside(tree, words):
    return state_outside(tree.body[0], ["parts = []"])


STATEMENTS = {
    "total =+ a * b": (signs_behind, ["`=` and `+` are in the wrong order: `=+` assigns, `+=` "
                                      "changes what is there"], ["total += a * b"]),
    "total =~ a": (signs_behind, [], []),
    "def g(x, made=Counter()):\n    return made": (
        kept_defaults, ["the signature makes `made=Counter()` only once, and it stays from one "
                        "call to the next"] * 2,
        ["None", "if made is None: made = Counter()\nreturn made"]),
    "def g(made=[y for y in ()]):\n    return made": (
        kept_defaults, ["the signature makes `made=[y for y in ()]` only once, and it stays from "
                        "one call to the next"] * 2,
        ["None", "if made is None: made = [y for y in ()]\nreturn made"]),
    "def g(x=1):\n    return x": (kept_defaults, [], []),
    "def g(x):\n    return x": (list_outside, [], []),
    "def g(x):\n    parts.append(x)": (
        list_outside, ["make `parts` here, in the function: outside of it, `parts` keeps what it "
                       "holds from call to call"], ["parts = []\nparts.append(x)"]),
}  # fmt: skip


@cases("shown", STATEMENTS)
def test_an_edit_of_a_statement_says_what_was_wrong(shown):
    rule, sentences, codes = STATEMENTS[shown]
    edits = list(rule(ast.parse(shown), []))
    new = [edit.new if isinstance(edit.new, list) else [edit.new] for edit in edits]
    assert [edit.sentence for edit in edits] == sentences
    assert [
        "\n".join(code(ast.fix_missing_locations(each)) for each in one) for one in new
    ] == codes


def test_a_minus_before_a_power_may_be_a_wrong_sign_as_well():
    begin = "line 3: in `-a ** 2` the power comes before the minus: parentheses are missing"
    both = cause_of_both(Cause(f"{begin}.", "parentheses"))
    assert both == Cause(f"{begin}; or a sign is wrong there.", "a sign")


def test_a_trial_looks_for_no_reason():
    with without_reasons(), pytest.raises(Unexplained, match=r"is wrong for x = 1\.3"):
        compare(lambda x, y: -right(x, y), right, POINTS, "z", "x = {}, y = {}")


def test_two_repairs_that_are_as_good_are_both_told():
    solution = "total = a * b - 3 * a\n    total += b / (a + 2)\n    return total"
    text = TASK.replace(solution, "return a * a + 1 / b**2")
    task = Task(write_task(text.replace("a * b - 3 * a + b / (a + 2)", "a * a + 1 / b**2")))
    source = task.with_answers(["return a * a + -1 / b**2"])
    wrong = [one.wrong for one in run_checks(task, source, "answer.py")]
    assert "a sign is wrong, or parentheses are missing, in `-1 / b ** 2`" in wrong[0]


def test_no_power_is_undone_by_another():
    """(2 * a ** 0.5) ** 2 may be right, but says nothing about what is wrong."""
    tree = ast.parse("f((a * 2) ** 2 + b)")
    edits = list(missing_calls(tree, ["{} ** 0.5", "abs({})"]))
    powers = [code(edit.slot.content) for edit in edits if "0.5" in edit.name]
    assert "b" in powers and "a" not in powers and "a * 2" not in powers
    assert "a * 2" in [code(edit.slot.content) for edit in edits if "abs" in edit.name]


def test_a_lambda_keeps_its_argument():
    tree = ast.parse("sorted(xs, key=lambda x: x.data)")
    shown = {ast.unparse(edit.new) for edit in wrong_words(tree, ["ys", "x.grad"])}
    places = {code(edit.slot.content) for edit in wrong_words(tree, ["ys"])}
    assert shown == {"ys", "x.grad"} and "xs" in places and not {"x.data", "x"} & places


def test_a_word_by_which_nothing_is_asked_is_not_tried():
    tree = ast.parse("x, y = f(a), f(b)\nz = [y - x for j in xs if j != i]")
    found = wrong_words(tree, ["f(a)", "xs"])
    edits = [(code(edit.slot.content), code(edit.new)) for edit in found]
    assert ("y", "f(a)") not in edits and ("j", "xs") not in edits
    assert {("f(b)", "f(a)"), ("y", "xs"), ("j", "f(a)")} <= {*edits}


def test_an_abs_lacks_no_minus():
    found = [code(right) for _, _, right, _ in signs(ast.parse("abs(x)", mode="eval").body)]
    assert found == []


KEYS = {
    "{x.data: f(x) for x in xs}": ["x"],
    "table[x.data]": ["x"],
    "{f(x.data): x.data}": [],
}


@cases("shown", KEYS)
def test_data_that_is_a_key_is_told_as_a_key(shown):
    edits = list(data_keys(ast.parse(shown), []))
    assert [code(edit.new) for edit in edits] == KEYS[shown]
    others = {code(edit.slot.content) for edit in lost_graphs(ast.parse(shown), [])}
    assert others == (set() if edits else {"x.data"})


def test_the_place_of_the_first_is_named():
    tree = ast.parse("total = sum(ps[ys.index(y)] - y for y in ys)")
    edits = list(first_places(tree, []))
    apply(edits)
    wanted = ast.parse("total = sum(ps[its_place] - y for its_place, y in enumerate(ys))")
    assert ast.unparse(tree) == ast.unparse(wanted)
    assert list(first_places(ast.parse("[ps[xs.index(y)] for y in ys]"), [])) == []


def test_a_set_of_the_class_is_named():
    tree = ast.parse("class A:\n    seen = set()\n\n    def f(self):\n        return A.seen")
    lines = containers_in(tree)
    (edit,) = state_outside(tree.body[0].body[1], lines)
    assert lines == ["A.seen = set()", "self.seen = set()"]
    assert "make `A.seen` here, in the function" in edit.sentence
    assert ast.unparse(edit.new[0]) == "A.seen = set()"


MADE_OUTSIDE = ["parts = []", "parts: list = []", "parts = [x for x in ()]", "parts = list()"]


@cases("line", MADE_OUTSIDE)
def test_a_list_outside_of_the_function_is_named(line):
    task = Task(write_task(TASK))
    lines = ["parts.append(a * b - 3 * a)", "parts.append(b / (a + 2))", "return sum(parts)"]
    source = task.with_answers(["\n".join(lines)]).replace("def f", f"{line}\n\n\ndef f")
    wrong = [one.wrong for one in run_checks(task, source, "answer.py") if one.wrong]
    assert wrong[0].startswith("line 13: make `parts` here, in the function")


def test_a_number_outside_of_the_function_is_no_list():
    lines = "parts = {1}\nx: int\ny = 2\na, b = [], []\nz: dict = {}"
    assert containers_in(ast.parse(lines)) == ["parts = {1}", "z: dict = {}"]


USED = {
    "kept = parts\nkept += [7]\nreturn sum(parts)": [],
    "b = a": ["line 2: `b` gets a value that is never used."],
    "for x in xs:\n    return 1": ["line 2: `x` is never used."],
    "for x in xs:\n    return x": [],
    "for _ in xs:\n    return 1": [],
    "global count\ncount = 1": [],
}


@cases("lines", USED)
def test_only_a_name_that_nobody_reads_is_unused(lines):
    function = ast.parse("def g(a, xs, parts):\n" + textwrap.indent(lines, "    ")).body[0]
    assert [sentence for _, sentence in unused_names(function)] == USED[lines]


GIVEN = TASK.replace("    # <solution>", "    c = 2\n    c += a\n    # <solution>")
FOUND = {
    "`c = 2` was right as it was given: here it is `c = 5`": ("c = 2", "c = 5"),
    "`c += a` was right as it was given, and is missing here": ("    c += a\n", ""),
}


@cases("sentence", FOUND)
def test_a_given_line_that_was_changed_is_named(sentence):
    task = Task(write_task(GIVEN.replace("b / (a + 2)", "b / c", 1)))
    changed = task.solution.replace(*FOUND[sentence])
    wrong = [one.wrong for one in run_checks(task, changed, "answer.py") if one.wrong]
    assert sentence in wrong[0]


def write_task(text):
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp(), "01_1_slope.py")
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_in_the_signature_is_named():
    solution = "total = a * b - 3 * a\n    total += b / (a + 2)\n    return total"
    task = Task(write_task(TASK))
    source = task.solution.replace("def f(a, b):", "def f(a, b, parts=[], *, more=set()):")
    source = source.replace(
        solution, "parts += [a * b - 3 * a, b / (a + 2)]\n    return sum(parts)"
    )
    wrong = [one.wrong for one in run_checks(task, source, "answer.py") if one.wrong]
    assert wrong[0].startswith(
        "line 9: the signature makes `parts=[]`, `more=set()` only once, and it stays"
    )


def test_what_fails_by_chance_is_no_state_that_stays():
    """The check draws a number, and only the second one is above 0.5."""
    last = "(0.0, 0.5)]"
    text = TASK.replace(last, f"{last}\n    points += [(random.random(), 1.0)]")
    text = text.replace("WRONG = {}", "WRONG = {}\nimport random\nrandom.seed(18)")
    task = Task(write_task(text))
    answer = "return (a * b - 3 * a + b / (a + 2)) * (2 if b == 1.0 and a > 0.5 else 1)"
    wrong = [one.wrong for one in run_checks(task, task.with_answers([answer]), "answer.py")]
    assert "is right the first time" not in wrong[0]
    assert "or a = 0.66" in wrong[0]


LATER = '''

def check_again(f):
    """the sign"""
    compare(lambda a: f(a, 1.0), lambda a: a - 3 * a + 1 / (a + 2), [(1.0,), (2.0,)], "f", "a = {}")


# </checker>
'''
LATER_FINDINGS = {
    "if b == 1.0:\n    raise NotImplementedError\nreturn f(a, b)": "this is not written yet.",
    "return -(a * b - 3 * a + b / (a + 2))": "this fails as well, often for the same reason",
    "return a * b - 3 * a + b * a * a / (a + 3) * (a + b) + 7 * b**3": "for a = 1, f is",
}


@pytest.mark.slow
@cases("answer", LATER_FINDINGS)
def test_once_a_mistake_is_named_no_reason_is_guessed(answer):
    task = Task(write_task(TASK.replace("\n\n# </checker>\n", LATER)))
    wrong = [one.wrong for one in run_checks(task, task.with_answers([answer]), "answer.py")]
    assert wrong[1].startswith(LATER_FINDINGS[answer])


NAMES_OF_ALL = {
    "every probability is twice": "probability {}",
    "the grad of every logit is twice": "the grad of logit {}",
}


@cases("sentence", NAMES_OF_ALL)
def test_a_relation_of_all_items_has_one_article(sentence):
    with pytest.raises(Wrong, match=sentence):
        compare(lambda xs: [2 * x for x in xs], list, LISTS, NAMES_OF_ALL[sentence], "xs = {}")


def test_a_list_of_the_caller_has_its_name():
    with pytest.raises(Wrong, match="your code changes the list `scores`"):
        compare(lambda scores: scores.pop(), lambda xs: xs[-1], [([1.0, 2.0],)], "x", "{}")
    with pytest.raises(Wrong, match="your code changes the list `argument 1`"):
        compare(lambda *lists: lists[0].pop(), lambda xs: xs[-1], [([1.0, 2.0],)], "x", "{}")


def test_one_list_for_all_is_refused():
    rows = [[1.0], [1.0], (2.0,), (2.0,)]
    refuse_one_list(rows, "row")
    with pytest.raises(Wrong, match="make a new list for each row"):
        refuse_one_list([*rows, rows[0]], "row")


def test_parameters_without_a_grad_are_counted():
    parameters = [Value(1.0) for _ in range(3)]
    parameters[0].grad = 2.0
    with pytest.raises(Wrong, match=r"^2 of 3 parameters have no grad: does the output not use"):
        refuse_lost_grads(parameters)
    refuse_lost_grads(parameters[:1])


def test_state_that_stays_is_told():
    task = Task(write_task(TASK))
    answer = (
        "f.calls = getattr(f, 'calls', 0) + 1\nreturn a * b - 3 * a + b / (a + 2) + f.calls // 6"
    )
    wrong = [one.wrong for one in run_checks(task, task.with_answers([answer]), "answer.py")]
    assert "it is right the first time" in wrong[0]


# ------------------------------------------------------------------------------------------ graphs


class Assigns:
    """A Value whose + assigns, as in the lecture's bug."""

    def __init__(self, data, inputs=(), partials=()):
        self.data, self.grad, self.inputs, self.partials = data, 0.0, inputs, partials

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def _backward(self):
        for x, partial in zip(self.inputs, self.partials):
            x.grad = partial * self.grad

    def backward(self):
        self.grad = 1.0
        for node in self.order():
            node._backward()

    def order(self):
        order = []

        def visit(node):
            if node not in order:
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        return reversed(order)


class EachPath(Assigns):
    """A Value that goes along every path."""

    def _backward(self):
        for x, partial in zip(self.inputs, self.partials):
            x.grad += partial * self.grad

    def order(self):
        for x in self.inputs:
            yield from x.order()


class Forgets(EachPath):
    order = Assigns.order

    def backward(self):
        for node in self.order():
            node._backward()


class WithLists(Assigns):
    """A Value whose inputs are a list."""

    def __init__(self, data, inputs=(), partials=()):
        super().__init__(data, list(inputs), partials)


class FailsOnThree(Assigns):
    """A Value that divides by 0 on a graph of three nodes."""

    def backward(self):
        assert 1 / (len(list(self.order())) - 3)
        super().backward()


GRAPHS = {
    WithLists: "in b = a + a with a = 2, a.grad is 1, and should be 2",
    FailsOnThree: "in b = a + a with a = 2, a.grad is 1, and should be 2",
    Assigns: "in b = a + a with a = 2, a.grad is 1, and should be 2",
    Forgets: "The grad of the root is not set to 1",
    EachPath: "its `_backward()` is never called",
}


@cases("value", GRAPHS, lambda one: one.__name__)
def test_the_smallest_graph_is_told(value):
    chance = random.Random(3)
    graphs = [random_graph(chance) for _ in range(10)]
    with pytest.raises(Wrong) as caught:
        compare_graphs(value, graphs)
    assert GRAPHS[value] in str(caught.value)


def test_every_path_of_a_long_chain_is_refused():
    with pytest.raises(Wrong, match=r"there are 2\*\*n of them"):
        compare_graphs(EachPath, [doublings(40)])


def test_shrinking_ends_at_a_graph_that_fails():
    chance = random.Random(4)

    def fails(graph):
        return sum(op == "*" for op, _, _ in graph.operations) >= 2

    for _ in range(20):
        graph = random_graph(chance, size=12)
        if fails(graph):
            assert size(shrink(graph, fails)) <= 5


def test_right_grads_are_no_facts():
    graph = Graph((2.0,), (("+", 0, 0),))
    assert Run(graph, [2.0, 1.0], [1, 0], 1.0).facts() == ""
    assert Run(graph, [1.0, 1.0], [1, 0], 1.0).facts() == (
        "in b = a + a with a = 2, a.grad is 1, and should be 2."
    )


def test_a_graph_is_an_expression():
    graph = Graph((2.0, -3.0), (("*", 0, 1), ("*", 2, 2), ("+", 2, 3)))
    assert str(graph) == "e = c + (c * c) with c = a * b, a = 2, b = -3"
    assert graph.grads() == [33.0, -22.0, -11.0, 1.0, 1.0]
