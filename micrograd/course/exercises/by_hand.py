"""Backpropagation by hand: the right grads of an expression, and those that people write instead.

Rule: an expression is a list of edges, from the result backwards, and each knows its partial. The
usual mistakes follow from that; they are told for the first grad that is wrong.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.course.exercises.checking import (
    MOST_NAMED,
    Wrong,
    compare,
    join,
    number,
    show,
    verb,
)
from micrograd.course.exercises.relations import close

Numbers = dict[str, float]
SUM, MINUS, PRODUCT, TANH = "sum", "minus", "product", "tanh"


@dataclass(frozen=True)
class Edge:
    """The edge from a node to the `result` that it is an input of.

    `other` is the other input. `kind` is MINUS for what is taken away, and SUM also for what it is
    taken away from.
    """

    node: str
    result: str
    kind: str
    other: str = ""

    def partial(self, data: Numbers) -> float:
        """Return the partial of the result with respect to the node."""
        if self.kind == TANH:
            return 1.0 - data[self.result] ** 2
        if self.kind == PRODUCT:
            return data[self.other]
        return -1.0 if self.kind == MINUS else 1.0

    @property
    def rule(self) -> str:
        """The partial in words."""
        node, result = self.node, self.result
        if self.kind == TANH:
            return f"the partial of tanh is 1 - {result}**2, by its result {result}"
        if self.kind == PRODUCT:
            return f"{result} is a product, so {node} gets the other number, {self.other}"
        if self.kind == MINUS:
            return f"{node} is taken away in {result}: when {node} grows, {result} falls"
        return f"{node} is only added in {result}, so the partial is 1"


@dataclass(frozen=True)
class Mistake:
    """A wrong way to come to the grad of one node: a short name, a sentence, and the number."""

    name: str
    sentence: str
    predict: Callable[
        [float, Numbers], float
    ]  # from what has arrived, and the numbers of the nodes


def mistakes_at(edge: Edge) -> Iterator[Mistake]:
    """Yield the mistakes that people make at an edge, the most usual first."""
    node, result, other = edge.node, edge.result, edge.other
    name, arrived = f"grad_{node}", f"grad_{result}"

    def partial(data: Numbers) -> float:
        return edge.partial(data)

    if edge.kind == PRODUCT:
        text = f"{name} has {node}'s own number: {edge.rule}"
        yield Mistake("own number", text, lambda up, data: up * data[node])
        text = f"{name} is {arrived} handed on as it is, which is right for a sum: {edge.rule}"
        yield Mistake("handed on at a product", text, lambda up, data: up)
        text = f"{name} has the product {result} itself: {edge.rule}"
        yield Mistake("the product itself", text, lambda up, data: up * data[result])
    if edge.kind in (SUM, MINUS):
        text = f"{name} has the rule of a product: {edge.rule}"
        yield Mistake("a product's rule at a sum", text, lambda up, data: up * data[other])
        text = f"{name} has {node}'s own number in it, but the size of {node} does not matter: "
        yield Mistake("own number at a sum", text + edge.rule, lambda up, data: up * data[node])
    if edge.kind == MINUS:
        text = f"{name} has the wrong sign: {edge.rule}"
        yield Mistake("the minus is lost", text, lambda up, data: up)
    if edge.kind == TANH:
        yield from mistakes_at_tanh(edge)
    text = (
        f"{name} is the partial alone, the rate of {result}: multiply it by what has arrived at "
        f"{result}, {arrived}"
    )
    yield Mistake("the partial alone", text, lambda up, data: partial(data))
    text = (
        f"{name} is a sum of rates: each step multiplies a nudge, so multiply {arrived} by the "
        "partial instead of adding it"
    )
    yield Mistake("rates are added", text, lambda up, data: up + partial(data))
    text = f"{name} has the wrong sign: {edge.rule}; look at the signs of both factors"
    yield Mistake("wrong sign", text, lambda up, data: -up * partial(data))
    text = f"{name} is divided by the partial: multiply what has arrived at {result} by it"
    yield Mistake("divided", text, lambda up, data: up / partial(data))


def mistakes_at_tanh(edge: Edge) -> Iterator[Mistake]:
    node, result = edge.node, edge.result
    name = f"grad_{node}"
    text = f"{name} squares {node}, which goes into tanh: the partial is 1 - {result}**2"
    yield Mistake("1 - n**2", text, lambda up, data: up * (1 - data[node] ** 2))
    text = f"{name} is 1 - {result} without the square: the partial is 1 - {result}**2"
    yield Mistake("1 - o", text, lambda up, data: up * (1 - data[result]))
    text = f"{name} squares the whole of 1 - {result}: square {result} first, 1 - {result}**2"
    yield Mistake("(1 - o)**2", text, lambda up, data: up * (1 - data[result]) ** 2)
    text = f"{name} doubles {result} instead of squaring it: the partial is 1 - {result}**2"
    yield Mistake("1 - 2o", text, lambda up, data: up * (1 - 2 * data[result]))
    text = f"{name} takes tanh of {result}, which is a tanh already: the partial is 1 - {result}**2"
    yield Mistake("tanh of o", text, lambda up, data: up * (1 - math.tanh(data[result]) ** 2))
    text = f"{name} is {result}**2, and the 1 - is missing: the partial is 1 - {result}**2"
    yield Mistake("o**2", text, lambda up, data: up * data[result] ** 2)
    text = f"{name} is tanh itself: its slope is 1 - {result}**2"
    yield Mistake("tanh itself", text, lambda up, data: up * data[result])
    text = f"{name} is what has arrived, as if tanh were a sum: the partial is 1 - {result}**2"
    yield Mistake("handed on at tanh", text, lambda up, data: up)


# ---------------------------------------------------------------------------------------- checking


def right_grads(edges: Sequence[Edge], data: Numbers) -> list[float]:
    """Return the grads of the result and then of the node of each edge."""
    grads = {edges[0].result: 1.0}
    for edge in edges:
        grads[edge.node] = grads[edge.result] * edge.partial(data)
    return list(grads.values())


def examine_numbers(answers: Sequence[Any], edges: Sequence[Edge], data: Numbers) -> None:
    """Raise Wrong for the first grad that is not right, without giving its number away."""
    require_written(answers)
    wanted = right_grads(edges, data)
    numbers = [number(answer) for answer in answers]
    names = [f"grad_{edges[0].result}", *(f"grad_{edge.node}" for edge in edges)]
    if not close(numbers[0], 1.0, 1e-6):
        text = f"{names[0]} is {show(numbers[0])}: the result moves exactly as fast as itself."
        raise Wrong(text, "grad of the result")
    for i, edge in enumerate(edges):
        if not close(numbers[i + 1], wanted[i + 1], 2e-3):
            raise wrong_number(edge, numbers[i + 1], wanted, edges, data, names[: i + 1])


def require_written(answers: Any) -> Any:
    """Return the answers. Raises NotImplementedError if one of them is still an ellipsis."""
    if isinstance(answers, list) and any(answer is ... for answer in answers):
        raise NotImplementedError
    return answers


def wrong_number(
    edge: Edge, answer: float, wanted: list[float], edges: Sequence[Edge], data: Numbers,
    right: list[str],
) -> Wrong:  # fmt: skip
    """Return what is wrong with a grad, where all grads before it are right."""
    grads = dict(zip([edges[0].result, *(each.node for each in edges)], wanted))
    arrived = grads[edge.result]
    known = f"{join(right)} {verb(right, 'is', 'are')} right."
    if len(right) > MOST_NAMED:
        known = "The grads before it are right."
    for mistake in mistakes_at(edge):
        if close(answer, mistake.predict(arrived, data), 2e-3):
            return Wrong(f"{mistake.sentence}. {known}", mistake.name)
    text = (
        f"grad_{edge.node} is {show(answer)}, which is not what a nudge of {edge.node} says: "
        f"{edge.rule}. Multiply that by what has arrived at {edge.result}, {show(arrived)}."
    )
    return Wrong(f"{text} {known}", "not what a nudge says")


def compare_lines(
    grads: Callable[..., Any],
    edges: Sequence[Edge],
    data_of: Callable[..., Numbers],
    points: Sequence[Sequence[float]],
    at: str,
) -> None:
    """Raise Wrong, with the reason, unless grads(*point) are the right grads at all points."""
    result = edges[0].result
    names = " ".join([f"grad_{result}", *(f"grad_{edge.node}" for edge in edges)])
    mistakes = mistakes_at_the_result(result, len(edges), data_of)
    short = dict.fromkeys(mistakes, "grad of the result")
    for i, edge in enumerate(edges):
        for mistake in mistakes_at(edge):
            mistakes[mistake.sentence] = predictor(mistake, i, edges, data_of)
            short[mistake.sentence] = mistake.name
    try:
        compare(
            lambda *point: require_written(grads(*point)),
            lambda *point: right_grads(edges, data_of(*point)),
            *(points, names, at, mistakes),
        )
    except ZeroDivisionError as error:
        raise divided_by_zero(error) from None
    except Wrong as wrong:
        wrong.misconception = short.get(wrong.misconception, wrong.misconception)
        raise


def divided_by_zero(error: ZeroDivisionError) -> Wrong:
    """Return what is wrong with lines that divide, where one of the numbers is 0."""
    place = getattr(error, "place", "")
    text = "a line divides by a number that may be 0" + (f", as for {place}" if place else "")
    rule = "a factor's partial is the other factor itself, so no line needs to divide"
    return Wrong(f"{text}: {rule}.", "divided by 0")


def mistakes_at_the_result(
    result: str, count: int, data_of: Callable[..., Numbers]
) -> dict[str, Callable[..., Any]]:
    """Return {sentence: prediction} of what people write for the grad of the result itself."""
    rest = [None] * count
    same = f"begin with 1, because {result} moves exactly as fast as itself"
    return {
        f"grad_{result} is 0, and so nothing arrives anywhere: {same}": lambda *point: [0.0, *rest],
        f"grad_{result} is the number {result} and not a rate: {same}": (
            lambda *point: [data_of(*point)[result], *rest]
        ),
    }


def predictor(
    mistake: Mistake, i: int, edges: Sequence[Edge], data_of: Callable[..., Numbers]
) -> Callable[..., list[float | None]]:
    """Return what the grads are of one who makes the mistake at edge i, and none before."""

    def predict(*point: float) -> list[float | None]:
        data = data_of(*point)
        right = right_grads(edges, data)
        arrived = dict(zip([edges[0].result, *(edge.node for edge in edges)], right))
        wrong = mistake.predict(arrived[edges[i].result], data)
        return [*right[: i + 1], wrong, *[None] * (len(edges) - 1 - i)]

    return predict
