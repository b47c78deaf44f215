"""Messages of jit and vmap: what happened, why, and what to do."""


def compiled_twice(name: str) -> str:
    return (
        f"{name} is compiled, so the graph of its gradient is not there to differentiate again. "
        "Write grad(grad(f)) or hessian(f) of the compiled function instead."
    )


def machine_code_stays(name: str) -> str:
    return (
        f"the result of {name}(...) remembers machine code, which cannot be written to a file. "
        "Save its number, y.data, or call the function without jit."
    )


def unequal_examples(counts) -> str:
    if not counts:
        return "vmap needs an argument with an axis of examples: a list or an array."
    return f"the arguments have {' and '.join(map(str, counts))} examples: they need equally many."


def chance_in_jit() -> str:
    return (
        "a compiled function would draw its random numbers once, when it is traced, and use them "
        "for ever. Write model.eval() to switch Dropout off, or train with compile_step or fit, "
        "which draw anew for every example."
    )
