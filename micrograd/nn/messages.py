"""Messages of modules: what happened, why, and what to do."""

from micrograd.support.wording import kind


def wrong_length(who: str, wants: int, got: int) -> str:
    return f"{who} takes {wants} inputs, got {got}: give it a list of {wants} numbers or Values."


def state_does_not_fit(problems) -> str:
    listed = "".join(f"\n  {problem}" for problem in problems)
    return f"this state is of another module, so nothing was loaded:{listed}"


def no_layers(nouts) -> str:
    return f"nouts is the list of the layers' sizes, as [16, 16, 1], got {kind(nouts)}."


def wrong_shape(layer: str, sizes, found: str) -> str:
    lengths = " of ".join(f"lists of {n}" if n else "lists" for n in sizes)
    wanted = lengths.replace("lists", "a list", 1)
    return f"{layer} takes {wanted} and got {found}."


def uneven_heads(size: int, heads: int) -> str:
    return f"{size} numbers cannot be shared out evenly among {heads} heads."


def too_long_a_text(tokens: int, context: int) -> str:
    return f"{tokens} tokens are more than the {context} that this model was made for."


def no_probability(p) -> str:
    return f"a share of what is dropped lies between 0 and 1 (not 1 itself), got {p!r}."


def not_a_module(x) -> str:
    return f"summary(model) is of a Module, as MLP(2, [16, 1]), got {kind(x)}."
