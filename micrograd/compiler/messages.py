"""Messages of the compiler: what happened, why, and what to do."""

from micrograd.support.source_line import user_line


def no_truth_value() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number is neither true nor false: `if`, `while`, `and` and `assert` would run "
        "once, before the numbers are known. Write where(c, x, y), relu(x) or maximum(x, y) in "
        "place of the branch (x < y is a mask, 1.0 or 0.0). A function without @jit may branch."
    )


def no_equality() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number cannot be compared by == or !=, because between Values these ask whether "
        "both are the same object. Write equal(x, y), which is 1.0 or 0.0, or 1.0 - equal(x, y)."
    )


def no_index() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number cannot index a list, because its value is not known yet. Write "
        "take(table, i) in place of table[i]. A number that never changes need not be an argument: "
        "let the function close over it."
    )


def no_number_yet() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number has no value yet, so float(), int(), round(), print() and .data cannot "
        "show one. Compute with operators and micrograd's functions, such as exp(x) instead of "
        "math.exp(x). To look at a number, return it from the compiled function; for an accuracy, "
        "return the scores."
    )


def leaked() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number was used after the call that made it. It has no value outside that call. "
        "Return it from the compiled function instead of storing it."
    )


def long_trace(instructions: int, memory: int) -> str:
    return (
        f"tracing: {instructions:,} instructions so far, which may take {memory / 1e9:.1f} GB to "
        "compile. Ctrl-C stops. A program for one example is much shorter: write the loss of one "
        "example and let compile_step or vmap run it for the others."
    )


def no_side_effect() -> str:
    return (
        f"at {user_line()}\n"
        "a compiled function runs once, to be traced, so it cannot change anything: setting .data "
        "or .grad, zero_grad() and backward() would happen that one time. Return the loss and do "
        "the rest outside, or use compile_step, which updates the parameters as well."
    )
