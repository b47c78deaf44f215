"""Messages of the compiler: what happened, why, and what to do."""

from micrograd.support.source_line import user_line


def no_truth_value() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number is neither true nor false: `if`, `while`, `and` and `assert` would run "
        "once, before the numbers are known. Write where(c, x, y), relu(x) or maximum(x, y) in "
        "place of the branch (x < y is a mask, 1.0 or 0.0), or call the function without @jit."
    )


def no_index() -> str:
    return (
        f"at {user_line()}\n"
        "a list cannot be indexed by a traced number, which is not known yet. Write take(table, i) "
        "in place of table[i]; a number that never changes can be closed over instead of passed."
    )


def no_number_yet() -> str:
    return (
        f"at {user_line()}\n"
        "inside a compiled function a number is not known yet: float(), int(), round(), print() "
        "and .data would have nothing to show. Return it, and look at it outside: for an accuracy, "
        "return the scores."
    )


def leaked() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number was kept from another call and used after it. Return it from the compiled "
        "function instead of storing it."
    )


def long_trace(instructions: int, memory: int) -> str:
    return (
        f"tracing: {instructions:,} instructions so far, for which compiling may take "
        f"{memory / 1e9:.1f} GB. Ctrl-C stops. Write the loss of one example and let compile_step "
        "or vmap run the others: the program is then as long as for one."
    )
