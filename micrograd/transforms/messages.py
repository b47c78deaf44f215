"""Messages of jit and vmap, and about their data: what happened, why, and what to do."""

from collections.abc import Sequence

from micrograd.support.source_line import user_line
from micrograd.support.wording import kind, plural


def compiled_twice(name: str) -> str:
    return (
        f"The gradient of {name} cannot be differentiated again: {name} is compiled, so its "
        "gradient has no graph. Write grad(grad(f)) or hessian(f) of the compiled function f."
    )


def no_such_argument(argnums: object, count: int) -> str:
    return (
        f"argnums says which argument to differentiate with respect to, got {argnums!r} for a call "
        f"with {plural(count, 'positional argument')}. Pass that argument by its position, not by "
        "its name, and write its number, which begins at 0, or a tuple of numbers."
    )


def machine_code_stays(name: str) -> str:
    return (
        f"The result of {name}(...) cannot be written to a file: it refers to machine code. "
        "Save its number, y.data, or call the function without jit."
    )


def unequal_examples(counts: Sequence[int]) -> str:
    if not counts:
        return (
            "vmap got no argument with an axis of examples, so it cannot tell how many there are. "
            "Pass the examples as a list or an array."
        )
    numbers = " and ".join(map(str, counts))
    return (
        f"The arguments of vmap have {numbers} examples, but each example needs an entry of every "
        "argument. Pass lists or arrays of the same length."
    )


def chance_in_jit() -> str:
    return (
        "A compiled function cannot draw random numbers: it would draw them once, when it is "
        "traced, and use them in every call. Write model.eval() to switch Dropout off, or train "
        "with compile_step or fit, which draw new numbers for every example."
    )


def numbers_drawn() -> str:
    return (
        "A compiled function cannot draw random numbers: it would draw them once, when it is "
        "traced, and use them in every call. Draw them outside, and pass them to the function as "
        "an argument; nn.Dropout draws new ones in each training step."
    )


def deep_recursion(name: str, count: int) -> str:
    return (
        f"While it was traced, {name} ran {count} times within itself, and Python stops there. End "
        "the recursion by a number that is known before the trace, such as a depth, or write a "
        "loop. For a recursion that does end, raise the limit: sys.setrecursionlimit(10_000)."
    )


def hidden_result(x: object) -> str:
    return (
        f"The function returned {kind(x)}, which holds traced numbers: nobody can replace them by "
        "results there. Return numbers, or lists, tuples, dicts or arrays of them."
    )


def setting_changed(what: str) -> str:
    return (
        f"at {user_line()}\n"
        f"a compiled function runs once, to be traced, so it cannot change anything: {what} would "
        "change that one time. Return the number from the function, or change it outside."
    )


def compiled_again(name: str, times: int, what: str) -> str:
    return (
        f"{name} was compiled {times} times, because something that it reads keeps changing: at "
        f"last {what}. Pass it to the function as an argument, or hold it in a Value."
    )


def not_numpys(x: object) -> str:
    return (
        f"A compiled function takes lists and arrays of NumPy, got {kind(x)}. "
        "Pass x.detach().numpy(), or x.tolist()."
    )


def vmap_by_position(names: Sequence[str]) -> str:
    return (
        f"The arguments of vmap are passed by position, got {', '.join(names)} by name. Write the "
        "arguments in the order of the function's parameters."
    )


def not_an_array(name: str, x: object) -> str:
    return (
        f"{name} must be rows of equally many numbers, got {kind(x)}, which NumPy cannot turn into "
        "an array. Look for a row that is shorter or longer than the others, or holds other things "
        "than numbers."
    )


def not_numbers(name: str, got: str) -> str:
    return (
        f"{name} must hold numbers, and it holds {got}. Turn them into numbers first: for texts, "
        f"np.unique({name}, return_inverse=True)[1] is the index of each one's class."
    )


def masked(name: str) -> str:
    return (
        f"{name} has masked entries, and an array has a number there all the same. Drop the "
        f"examples that have one, or fill it in: {name}.filled(0.0)."
    )


def no_rows(name: str, x: object) -> str:
    return (
        f"{name} must be rows, one for each example, got {kind(x)}. Pass a list or an array, such "
        "as list(rows), since the rows are read again in each epoch."
    )
