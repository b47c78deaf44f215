"""Random programs: a program is data, a list of (row's name, inputs), which anything can run.

Rule: the rows come from the table, so a new row takes part by being in it. The examples are the
same in every run (`derandomize`).
"""

import functools

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from micrograd.ops import OPS
from tests.support.torch_ops import NO_GRADIENT

# Some rows are not defined everywhere. For their inputs at these places a program takes x² + 1/2.
GUARDED = {"log": (0,), "log1p": (0,), "sqrt": (0,), "div": (1,), "pow": (0,)}
SMOOTH = [name for name in OPS if name not in (*NO_GRADIENT, "sign", "where")]


def examples(count):
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# ------------------------------------------------------------------------------------- a program

numbers = st.floats(-2.0, 2.0, allow_subnormal=False).map(lambda x: round(x, 3))
# an input is the result of so many instructions ago, or a constant
back = st.one_of(st.integers(0, 3), st.integers(0, 40), numbers)


def instructions(names, first=back):
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(
            st.just(name), st.tuples(first, *[back] * (len(OPS[name].partials) - 1))
        )
    )


def programs(names, shortest, longest, first=back):
    """Return a strategy of (numbers to start from, program) with evenly distributed lengths."""
    one = instructions(names, first)
    lengths = st.integers(shortest, longest)
    lists = lengths.flatmap(lambda n: st.lists(one, min_size=n, max_size=n))
    return st.tuples(st.lists(numbers, min_size=1, max_size=4), lists)


def operand(x, results):
    """Return an input. An int counts back from the latest result, in a circle."""
    return results[-1 - x % len(results)] if isinstance(x, int) else x


def run(program, starts, apply, guard=True):
    """Return all results: `starts` first, then each instruction's, and their sum last.

    Each is squashed into (-1/2, 1/2), so that numbers and grads stay of the size of 1. The sum
    makes sure that every instruction is used.
    """
    results = list(starts)
    for name, places in program:
        inputs = [operand(x, results) for x in places]
        for place in GUARDED.get(name, ()) if guard else ():
            inputs[place] = apply("add", apply("mul", inputs[place], inputs[place]), 0.5)
        results.append(apply("mul", apply("tanh", apply(name, *inputs)), 0.5))
    return [*results, functools.reduce(lambda x, y: apply("add", x, y), results)]


def on_values(name, *inputs):
    return OPS[name](*inputs)


def share(seen):
    """Return the fraction of true entries; there must be at least 20."""
    assert len(seen) >= 20
    return sum(seen) / len(seen)
