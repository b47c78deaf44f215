"""Whether a model is learning, and if not, why: sentences about the graph of its loss.

Rule: a diagnosis reads data, grads and partials, and computes nothing else. A threshold is a name
at the top.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, isfinite, sqrt
from typing import Protocol

from micrograd.engine import Value, read_data
from micrograd.explaining import messages
from micrograd.explaining.naming import label_of, owner_of
from micrograd.graph import partials, topological_order
from micrograd.ops import Op, relu, sigmoid, tanh
from micrograd.support.listing import abbreviate
from micrograd.support.numbers import format_number
from micrograd.support.text_result import TextResult

FLAT = 0.01  # the size of a partial below which hardly any grad gets through
MANY = 0.9  # the share of closed activations that is worth a sentence
STEEP, FADED = 1e3, 1e-3  # grads of the first layer, compared with those of the last
MOST_NAMES = 5  # of parameters or modules in a sentence

# op: (the size of the partial up to which it is closed, and the word for that)
ACTIVATIONS = {relu: (0.0, "closed"), tanh: (FLAT, "saturated"), sigmoid: (FLAT, "saturated")}

NO_GRADS = "every grad is 0: the loss is at a minimum, or zero_grad() undid backward()."


@dataclass(frozen=True, repr=False)
class Diagnosis(TextResult):
    """Sentences about what is wrong; true if there are none."""

    findings: tuple[str, ...]

    def __bool__(self) -> bool:
        return not self.findings

    def __str__(self) -> str:
        return "\n".join(self.findings) or "no problem found."


class Model(Protocol):
    """Anything whose parameters have names, as every `nn.Module` is."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]: ...


def diagnose(model: Model, loss: Value) -> Diagnosis:
    """Return what stands in the way of learning, after `loss.backward()`.

    It finds numbers that are not finite, and where they began; parameters that the loss does not
    use, or that get no grad; activations that let nothing through; and grads that explode or vanish
    on the way to the first layer. Raises TypeError for anything but a module and a Value.

    >>> from micrograd import MLP
    >>> model = MLP(2, [1])
    >>> loss = model([1.0, 2.0]) ** 2
    >>> loss.backward()
    >>> print(diagnose(model, loss))
    no problem found.
    """
    if not hasattr(model, "named_parameters"):
        raise TypeError(messages.not_a_model(model))
    order = topological_order(loss)
    in_graph = set(order)
    parameters = dict(model.named_parameters())
    used = {name: p for name, p in parameters.items() if p in in_graph}
    unused = [name for name in parameters if name not in used]
    findings = [*first_nonfinite(order), *unused_parameters(unused)]
    if loss.grad == 0.0:
        findings.append("loss.backward() has not been run, so there are no grads to look at.")
    else:
        findings += [*closed_activations(order), *grad_findings(used)]
    return Diagnosis(tuple(findings))


def grad_findings(used: Mapping[str, Value]) -> Iterator[str]:
    if not any_gradient(used):
        yield NO_GRADS
        return
    yield from modules_without_grad(used)
    yield from exploding_or_vanishing(used)


def any_gradient(used: Mapping[str, Value]) -> bool:
    return any(p.grad != 0.0 for p in used.values())


def first_nonfinite(order: Sequence[Value]) -> Iterator[str]:
    """Say where the first number that is not finite came from."""
    bad = [node for node in order if not isfinite(node.data)]
    first = next((x for x in bad if all(isfinite(i.data) for i in x.inputs)), None)
    if first is not None:
        count = f"{len(bad):,} of {len(order):,} numbers are not finite"
        yield f"{count}. The first: {origin_of(first)}."


def origin_of(node: Value) -> str:
    """Return how a number came about: "log of -1 gave nan, at line.py:3: y = x.log()"."""
    label = label_of(node)
    name = f" {label!r}" if label else ""
    line = f", at {node.made_at}" if hasattr(node, "made_at") else ""
    if not node.op:
        return f"the leaf{name} is {node.data}{line}"
    inputs = ", ".join(format_number(x.data) for x in node.inputs)
    return f"{node.op.name} of {inputs} gave{name} {node.data}{line}"


def unused_parameters(names: Sequence[str]) -> Iterator[str]:
    if names:
        few = abbreviate(names, MOST_NAMES)
        yield f"the loss does not use {few}: a training step does not change them."


def closed_activations(order: Sequence[Value]) -> Iterator[str]:
    """Count, op by op, the activations that let hardly any grad through."""
    count: Counter[Op] = Counter()
    closed: Counter[Op] = Counter()
    for node in order:
        if node.op in ACTIVATIONS:
            limit, _ = ACTIVATIONS[node.op]
            count[node.op] += 1
            closed[node.op] += abs(partials(node, read_data)[0]) <= limit
    for op in count:
        if closed[op] >= MANY * count[op]:
            limit, word = ACTIVATIONS[op]
            slope = f"|slope| <= {format_number(limit)}" if limit else "slope 0"
            share = f"{closed[op]:,} of {count[op]:,} {op.symbol}"
            yield f"{share} are {word} ({slope}): hardly any grad gets through."


def modules_without_grad(used: Mapping[str, Value]) -> Iterator[str]:
    """Name the modules (or neurons) all of whose parameters have a grad of 0: they do not learn."""
    grads = defaultdict(list)
    for name, p in used.items():
        grads[owner_of(name) or name].append(p.grad)
    dead = [owner for owner, own in grads.items() if not any(own)]
    if dead:
        yield (
            f"{abbreviate(dead, MOST_NAMES)} got no grad at all: dead on this data. If no other "
            "data wakes them, try other initial weights or a smaller learning rate."
        )


def exploding_or_vanishing(used: Mapping[str, Value]) -> Iterator[str]:
    """Compare the size of the grads in the first layer with that in the last."""
    grads = defaultdict(list)
    for name, p in used.items():
        if name.startswith("layers."):
            grads[name.split(".")[1]].append(p.grad)
    sizes = [hypot(*own) / sqrt(len(own)) for own in grads.values()]
    if len(sizes) > 1 and sizes[-1] > 0.0:
        ratio = sizes[0] / sizes[-1]
        times = f"those of the first layer are {ratio:.0e} times the last one's"
        if ratio > STEEP:
            yield f"grads explode: {times}."
        if 0.0 < ratio < FADED:
            yield f"grads vanish: {times}."
