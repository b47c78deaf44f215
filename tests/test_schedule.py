"""Which nodes run together: by level, by agenda, and when the second way is offered.

Rule: a node is (signature, its dependencies). A table of small graphs has the groups of both ways.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd.compiler.schedule import by_agenda, by_level, levels_of, schedules

SHARED, VARYING = (False, "mul"), (True, "mul")


def nodes(text):
    """Return (signatures, dependencies) for a text.

    "a b0 a01" has the signatures (True, "a"), (True, "b"), (True, "a") and the dependencies [], [0]
    and [0, 1].
    """
    words = text.split()
    return [(True, word[0]) for word in words], [[int(x) for x in word[1:]] for word in words]


def both(text):
    signatures, dependencies = nodes(text)
    levels = levels_of(dependencies)
    groupings = by_level(signatures, levels), by_agenda(signatures, levels, dependencies)
    return [[members for _, members in groups] for groups in groupings]


GRAPHS = {
    "nothing": ("", [], []),
    "one": ("a", [[0]], [[0]]),
    "side by side": ("a a a", [[0, 1, 2]], [[0, 1, 2]]),
    "two kinds": ("a b a b", [[0, 2], [1, 3]], [[0, 2], [1, 3]]),
    "a chain": ("a a0 a1", [[0], [1], [2]], [[0], [1], [2]]),
    "states (h) and readouts of them (r)": (
        "h r0 h0 r2 h2 r4",
        [[0], [1], [2], [3], [4], [5]],
        [[0], [2], [4], [1, 3, 5]],
    ),
    "the same node twice": ("a b00", [[0], [1]], [[0], [1]]),
}


@pytest.mark.parametrize(("text", "levels", "agenda"), GRAPHS.values(), ids=GRAPHS)
def test_the_groups(text, levels, agenda):
    by_levels, by_an_agenda = both(text)
    assert sorted(by_levels) == sorted(levels)
    assert by_an_agenda == agenda


def test_a_second_way_is_offered_if_it_saves_a_quarter():
    assert [len(groups) for groups in schedules(*nodes("h r0 h0 r2 h2 r4"))] == [6, 4]
    assert [len(groups) for groups in schedules(*nodes("a b0 c"))] == [3]


def test_nodes_that_examples_share_come_first():
    for groups in schedules([VARYING, SHARED, VARYING, SHARED], [[], [], [0], [1]]):
        assert [members for _, members in groups] == [[1], [3], [0], [2]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 100), max_size=3))))
def test_every_node_comes_once_and_after_its_dependencies(drawn):
    signatures = [(True, kind) for kind, _ in drawn]
    dependencies = [[x % i for x in inputs] if i else [] for i, (_, inputs) in enumerate(drawn)]
    levels = levels_of(dependencies)
    for groups in (by_level(signatures, levels), by_agenda(signatures, levels, dependencies)):
        when = {i: turn for turn, (_, members) in enumerate(groups) for i in members}
        assert sorted(when) == list(range(len(drawn)))
        assert all(when[x] < when[i] for i, inputs in enumerate(dependencies) for x in inputs)
        for _, members in groups:
            assert len({signatures[i] for i in members}) == 1
