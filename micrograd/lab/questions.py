"""Questions about a run: say what will happen, then see it.

Rule: a question is made by a function of a run and of the point that is held, which computes the
answer first: from the graph of the example, or from a fork that takes the steps in question. The
run itself is left as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd.lab import messages, naming
from micrograd.lab.example_graph import ExampleGraph
from micrograd.lab.experiment import is_finite
from micrograd.lab.messages import LabError
from micrograd.lab.run import Run
from micrograd.support.wording import plural

if TYPE_CHECKING:
    from micrograd.lab.session import Session

ROUNDING = 0.02  # by which an answer may differ, as a share of the numbers that it comes from
AHEAD = 50  # steps that a fork is ahead
SAME = 0.01  # losses that differ by less, as a share, are about the same
LOWER, HIGHER, ABOUT = "lower", "higher", "about the same"
DIRECTIONS = (LOWER, HIGHER)


@dataclass(frozen=True)
class Question:
    """A question, its answer and the sentence that explains it.

    With `choices` the answer is the number of one of them, and without it is a number, which may
    differ by `tolerance`.
    """

    text: str
    answer: float
    explanation: str
    choices: tuple[str, ...] = ()
    tolerance: float = 0.0

    def is_right(self, answer: float) -> bool:
        return abs(answer - self.answer) <= self.tolerance


def choice(text: str, choices: tuple[str, ...], right: str, explanation: str) -> Question:
    return Question(text, choices.index(right), explanation, choices)


def number(text: str, answer: float, explanation: str, *terms: float) -> Question:
    """Return a question for a number; `terms` are those it is added up from."""
    size = sum(map(abs, terms)) or abs(answer)
    return Question(text, answer, explanation, tolerance=ROUNDING * size + 0.001)


def short(x: float) -> str:
    return f"{x:.3g}"


# ---------------------------------------------------------------------------- what a fork shows


def mean_loss(run: Run, steps: int = 0, **changes: Any) -> float:
    """Return the loss over all points `steps` steps from now, inf if the run stops before."""
    fork = run.fork(**changes)
    fork.advance(steps)
    whole = fork.fork(batch_size=None, rate=0.0)  # its loss is that of all examples
    return float(whole.losses[-1]) if whole.advance(1) else math.inf


def compare(loss: float, other: float) -> str:
    """Return how the other loss is, compared with the first."""
    if abs(other - loss) <= SAME * abs(loss):
        return ABOUT
    return LOWER if other < loss else HIGHER


def next_step(run: Run, held: int, turn: int) -> Question | None:
    """Ask whether the loss falls in the next step."""
    now, then = mean_loss(run), mean_loss(run, 1)
    if now == then:
        return None
    text = f"The loss over all points is {short(now)}. Will it be lower or higher after one step?"
    right = LOWER if then < now else HIGHER
    why = "A step goes downhill, and it was short enough"
    if right == HIGHER:
        why = "The step was so long that it landed higher than it began, or it saw other examples"
    return choice(text, DIRECTIONS, right, f"It is {short(then)} then. {why}.")


def larger_rate(run: Run, held: int, turn: int) -> Question | None:
    """Ask what ten times the rate would do."""
    rate = run.experiment.rate
    if run.experiment.mistake or not 0.0 < rate <= 100.0:
        return None
    now, other = mean_loss(run, AHEAD), mean_loss(run, AHEAD, rate=10 * rate)
    text = (
        f"The run goes on for {AHEAD} steps, once with the rate {rate:g}, once with {10 * rate:g}. "
        "With the larger rate, will the loss be lower, higher, or about the same?"
    )
    seen = f"It is {short(now)} with {rate:g}, and {short(other)} with {10 * rate:g}."
    why = "Longer steps help as long as they do not jump over the valley."
    return choice(text, (*DIRECTIONS, ABOUT), compare(now, other), f"{seen} {why}")


def no_zero_grad(run: Run, held: int, turn: int) -> Question | None:
    """Ask what happens without zero_grad from here on."""
    if run.experiment.mistake:
        return None
    now, other = mean_loss(run, AHEAD), mean_loss(run, AHEAD, mistake="no_zero_grad")
    text = (
        f"From here on zero_grad() is forgotten. After {AHEAD} steps, will the loss be lower, "
        "higher, or about the same as with it?"
    )
    seen = f"It is {short(now)} with zero_grad(), and {short(other)} without."
    why = "Each step goes along the sum of all grads since then, the old ones as well."
    return choice(text, (*DIRECTIONS, ABOUT), compare(now, other), f"{seen} {why}")


# ------------------------------------------------------------------- what one example's graph shows


def nudged_weight(run: Run, held: int, turn: int) -> Question | None:
    """Ask whether the loss grows with a weight, given its grad."""
    graph = ExampleGraph(run, held)
    graph.loss.backward()
    weights = [w for nodes in graph.layers[0] for w in nodes.neuron.w if w.grad]
    if not weights:
        return None
    weight = weights[turn % len(weights)]
    name, grad = graph.names[weight], weight.grad
    text = (
        f"For the point that you hold, the grad of {name} is {short(grad)}. If this weight becomes "
        "a little larger, will the loss of the point be lower or higher?"
    )
    right = HIGHER if grad > 0.0 else LOWER
    why = f"The grad is the slope: 0.001 more of {name} changes the loss by {short(0.001 * grad)}."
    return choice(text, DIRECTIONS, right, why)


def sum_of_neuron(run: Run, held: int, turn: int) -> Question | None:
    """Ask for a neuron's sum, given its weights and inputs."""
    graph = ExampleGraph(run, held)
    nodes = graph.layers[0][turn % len(graph.layers[0])]
    if len(nodes.inputs) > 3:
        return None
    terms = [(w.data, x.data) for w, x in zip(nodes.neuron.w, nodes.inputs)]
    bias, total = nodes.neuron.b.data, nodes.total.data
    given = [f"{graph.names[w]} = {short(w.data)}" for w in (*nodes.neuron.w, nodes.neuron.b)]
    given += [f"{graph.names[x]} = {short(x.data)}" for x in nodes.inputs]
    name = naming.sum_name(nodes.layer, nodes.index)
    text = f"For the point that you hold, {', '.join(given)}. Which number is the sum {name}?"
    products = " + ".join(f"{short(w)} * {short(x)}" for w, x in terms)
    why = f"{name} = {products} + {short(bias)} = {short(total)}."
    return number(text, total, why, bias, *[w * x for w, x in terms])


def grad_of_weight(run: Run, held: int, turn: int) -> Question | None:
    """Ask for a weight's grad, given that of its neuron's sum."""
    graph = ExampleGraph(run, held)
    graph.loss.backward()
    learning = [nodes for nodes in graph.layers[0] if nodes.total.grad]
    if not learning:
        return None
    nodes = learning[turn % len(learning)]
    place = turn % len(nodes.inputs)
    upstream, x, weight = nodes.total.grad, nodes.inputs[place], nodes.neuron.w[place]
    name, total = graph.names[weight], naming.sum_name(nodes.layer, nodes.index)
    text = (
        f"For the point that you hold, the grad of {total} is {short(upstream)}, and "
        f"{graph.names[x]} is {short(x.data)}. Which number is the grad of {name}?"
    )
    factors = f"{short(upstream)} * {short(x.data)}"
    why = f"The partial of the sum with respect to {name} is its input, so the grad is {factors}"
    return number(text, weight.grad, f"{why} = {short(weight.grad)}.")


def updated_weight(run: Run, held: int, turn: int) -> Question | None:
    """Ask for a weight after a step of plain gradient descent."""
    fork = run.fork()
    if run.experiment.optimizer != "sgd" or run.experiment.mistake or not fork.advance(1):
        return None
    places = [i for i, grad in enumerate(fork.grads) if grad]
    if not places:
        return None
    place = places[turn % len(places)]
    graph = ExampleGraph(run, held)
    name = graph.names[graph.parameters[place]]
    old, grad, new = (float(x[place]) for x in (fork.before, fork.grads, fork.numbers))
    rate = run.experiment.rate
    text = (
        f"In the next step, {name} is {short(old)}, and its grad is {short(grad)}. The "
        f"rate is {rate:g}. Which number does the step make of it?"
    )
    why = f"p - rate * grad = {short(old)} - {rate:g} * {short(grad)} = {short(new)}."
    return number(text, new, why, old, rate * grad)


def silent_points(run: Run, held: int, turn: int) -> Question | None:
    """Ask for how many points a ReLU is 0."""
    if run.trainer.mistake.activation or run.experiment.activation != "relu":
        return None
    neurons = run.model.layers[0].neurons
    if len(run.model.layers) == 1:
        return None
    index = turn % len(neurons)
    count = sum(neurons[index](row).data == 0.0 for row in run.points.X)
    total = len(run.points.X)
    share = ("none", "fewer than half", "half or more", "all")
    limits = (count > 0, count * 2 >= total, count == total)
    right = share[limits.count(True)]
    name = naming.output_name(0, index)
    text = (
        f"The neuron {name} is a ReLU: 0 where its sum is negative. Look at its picture: for how "
        f"many of the {plural(total, 'point')} is it 0?"
    )
    why = f"It is 0 for {count} of {total}. Where it is 0, no grad passes through it."
    return choice(text, share, right, why)


QUESTIONS: tuple[Callable[[Run, int, int], Question | None], ...] = (
    next_step,
    nudged_weight,
    sum_of_neuron,
    silent_points,
    grad_of_weight,
    larger_rate,
    updated_weight,
    no_zero_grad,
)


# ------------------------------------------------------------------------------- the page's actions


def ask(session: Session) -> dict[str, Any]:
    """Return a question about the run that is shown; each call asks another one."""
    for _ in QUESTIONS:
        turn, place = divmod(session.turn, len(QUESTIONS))
        session.turn += 1
        question = QUESTIONS[place](session.run, session.held, turn)
        if question is not None:
            session.question = question
            return {"question": question.text, "choices": list(question.choices) or None}
    raise LabError(messages.no_question())


def answer(session: Session, choice: Any = None, number: Any = None) -> dict[str, Any]:
    """Return whether an answer is right, and why."""
    question: Question | None = session.question
    if question is None:
        raise LabError(messages.nothing_to_answer())
    given = choice if question.choices else number
    if not is_finite(given):
        raise LabError(messages.not_an_answer(bool(question.choices)))
    return {"right": question.is_right(float(given)), "sentence": question.explanation}
