"""Messages of optimizers and schedules: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from micrograd.support.listing import abbreviate, quote
from micrograd.support.wording import kind, plural


def nothing_to_train() -> str:
    return "The optimizer received no parameters. Pass model.parameters()."


def nesterov_without_momentum() -> str:
    return "Nesterov's step looks ahead along the momentum, which is 0. Pass momentum=0.9."


def not_a_list_of_parameters(who: str, got: object) -> str:
    pass_them = f"{who}(model.parameters())"
    return f"{who} takes a list of Values to train, got {kind(got)}. Write {pass_them}."


def not_a_parameter(who: str, got: object) -> str:
    return (
        f"{who} can only train Values, which have a grad, got {kind(got)} among the parameters. "
        "Pass model.parameters(), or make a Value of the number: Value(1.0)."
    )


def not_a_leaf(who: str) -> str:
    return (
        f"{who} cannot train the result of an op, because the next forward pass computes it again. "
        "Pass the leaves that it is computed from, such as model.parameters()."
    )


def not_betas(got: object) -> str:
    return (
        f"betas must be two numbers of at least 0 and less than 1, got {got!r}. "
        "Adam's are betas=(0.9, 0.999)."
    )


def unknown_setting(who: str, name: object, known: Iterable[str]) -> str:
    return (
        f"A parameter group of {who} has no setting {name!r}. "
        f"It may have params, {abbreviate(known)}."
    )


def group_without_parameters() -> str:
    return (
        "A parameter group needs its parameters under 'params'. "
        'Write {"params": layer.parameters(), "lr": 0.01}.'
    )


def in_two_groups() -> str:
    return (
        "A parameter is in two groups, so that two rules would move it. "
        "List each parameter in one group."
    )


def state_of_another_optimizer(problems: Iterable[str]) -> str:
    listed = "".join(f"\n  {problem}" for problem in problems)
    return f"The state does not fit the optimizer, so nothing was loaded:{listed}"


def lr_is_a_schedule(who: str) -> str:
    return (
        f"{who} sets the learning rate, but the optimizer's lr is a schedule, which sets it, too. "
        "Give the optimizer a number, or use the schedule alone."
    )


def not_an_optimizer(who: str, got: object) -> str:
    return (
        f"{who} takes an optimizer as its first argument, got {kind(got)}. "
        f"Write {who}(SGD(model.parameters(), lr=0.1), ...)."
    )


def not_one_of(name: str, known: Iterable[str], got: object) -> str:
    return f"{name} must be one of {abbreviate(quote(known))}, got {got!r}."


def no_grads(who: str, got: object) -> str:
    return (
        f"{who} takes a list of Values, whose grads it changes, got {kind(got)}. "
        f"Write {who}(model.parameters(), 1.0)."
    )


def one_function_for_each_group(groups: int, functions: int) -> str:
    there_are = f"There are {plural(groups, 'parameter group')} but {plural(functions, 'function')}"
    return f"{there_are} in lr_lambda. Pass one function for each group, or one for all."


def not_smaller(factor: float) -> str:
    return f"factor must be less than 1, so that the rate falls, got {factor!r}. Write factor=0.1."


def list_beside_groups() -> str:
    return (
        "The optimizer has parameter groups, and its list `parameters` was changed, which no group "
        'would see. Change the list of a group: optimizer.param_groups[0]["params"].append(p).'
    )


def frozen_parameter(optimizer: str) -> str:
    return (
        "A parameter of the optimizer has requires_grad=False, but an optimizer moves all of its "
        f"parameters. Make it after you freeze some: {optimizer}(model.parameters())."
    )


def parameter_comes_late(optimizer: str, steps: int) -> str:
    return (
        f"A parameter was added to the optimizer after {plural(steps, 'step')}, so it would be at "
        f"another step than the others. Make a new optimizer: {optimizer}([*parameters, p])."
    )


def state_of_another_scheduler(who: str) -> str:
    return f"The state is that of another kind of scheduler. Pass what {who}.state_dict() returned."
