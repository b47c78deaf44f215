"""Is this model learning, and if not, why? Told from the graph of its loss, in sentences.

Rule: only what is there is read: data, grads and partials. A threshold is a name at the top.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import hypot, isfinite, sqrt

from micrograd.engine import read_data
from micrograd.graph import partials, topological_order
from micrograd.ops import relu, sigmoid, tanh

FLAT = 0.01  # a partial below which hardly anything gets through
MANY = 0.9  # a share of nodes from which on it is worth a sentence
STEEP, FADED = 1e3, 1e-3  # of the grads of the first layer, compared with those of the last

# op: (the partial up to which nothing gets through, what that is called)
GATES = {relu: (0.0, "closed"), tanh: (FLAT, "saturated"), sigmoid: (FLAT, "saturated")}


@dataclass(frozen=True)
class Diagnosis:
    """Sentences about what is wrong; true if there is none."""

    findings: tuple[str, ...]

    def __bool__(self):
        return not self.findings

    def __str__(self):
        return "\n".join(self.findings) or "nothing is wrong that can be seen here."


def diagnose(model, loss) -> Diagnosis:
    """What stands in the way of learning, after `loss.backward()`.

    Numbers that are not finite and where they began; parameters that are not used or get no grad;
    ops that let nothing through; grads that explode or vanish on the way to the first layer.

    >>> from micrograd import MLP
    >>> model = MLP(2, [1])
    >>> loss = model([1.0, 2.0]) ** 2
    >>> loss.backward()
    >>> print(diagnose(model, loss))
    nothing is wrong that can be seen here.
    """
    order = topological_order(loss)
    named = dict(model.named_parameters())
    findings = [*origin(order), *unused(named, set(order))]
    if loss.grad == 0.0:
        findings.append("loss.backward() has not been run: nothing is known of the grads.")
    else:
        used = {name: p for name, p in named.items() if p in set(order)}
        findings += gates(order)
        findings += [*without_grad(used), *layers(used)] if moving(used) else [NOTHING_MOVES]
    return Diagnosis(tuple(findings))


NOTHING_MOVES = "every grad is 0: a minimum of the loss, or zero_grad() undid backward()."


def moving(used: dict) -> bool:
    return any(p.grad != 0.0 for p in used.values())


def origin(order: list):
    """Where the first number that is not finite came from."""
    bad = [node for node in order if not isfinite(node.data)]
    first = next((x for x in bad if all(isfinite(i.data) for i in x.inputs)), None)
    if first is None:
        return
    name = f" {first.label!r}" if first.label else ""
    line = f", at {first.made_at}" if hasattr(first, "made_at") else ""
    if first.inputs:
        inputs = ", ".join(f"{x.data:g}" for x in first.inputs)
        what = f"{first.op.name} of {inputs} gave{name} {first.data}{line}"
    else:
        what = f"the leaf{name} is {first.data}{line}"
    yield f"{len(bad):,} of {len(order):,} numbers are not finite. The first: {what}."


def unused(named: dict, reached: set):
    idle = [name for name, p in named.items() if p not in reached]
    if idle:
        yield f"the loss does not use {some(idle)}: a training step does not move them."


def gates(order: list):
    """Activations that let nothing through, counted op by op."""
    all_of, shut = Counter(), Counter()
    for node in order:
        if node.op in GATES:
            all_of[node.op] += 1
            shut[node.op] += abs(partials(node, read_data)[0]) <= GATES[node.op][0]
    for op, count in all_of.items():
        if shut[op] >= MANY * count:
            limit, word = GATES[op]
            slope = f"|slope| <= {limit:g}" if limit else "slope 0"
            which = f"{shut[op]:,} of {count:,} {op.symbol}"
            yield f"{which} are {word} ({slope}): hardly any grad gets through."


def without_grad(used: dict):
    """Modules, or neurons, all of whose parameters have a grad of 0: they do not learn."""
    owners = defaultdict(list)
    for name, p in used.items():
        owners[owner(name)].append(p)
    dead = [name for name, ps in owners.items() if all(p.grad == 0.0 for p in ps)]
    if dead:
        yield (
            f"{some(dead)} got no grad at all: dead on this data. If no data wakes them, "
            "try other first weights or a smaller learning rate."
        )


def layers(used: dict):
    """Whether grads grow or fade from the last layer to the first."""
    squares = defaultdict(list)
    for name, p in used.items():
        if name.startswith("layers."):
            squares[name.split(".")[1]].append(p.grad)
    sizes = [hypot(*grads) / sqrt(len(grads)) for grads in squares.values()]
    if len(sizes) > 1 and sizes[-1] > 0.0:
        ratio = sizes[0] / sizes[-1]
        if ratio > STEEP:
            yield f"grads explode: those of the first layer are {ratio:.0e} times the last one's."
        if 0.0 < ratio < FADED:
            yield f"grads vanish: those of the first layer are {ratio:.0e} times the last one's."


def owner(name: str) -> str:
    """The module that a parameter belongs to: "layers.0.neurons.3" of "layers.0.neurons.3.w.1"."""
    path = name.split(".")
    while path and path[-1].isdigit():
        path.pop()
    return ".".join(path[:-1]) or name


def some(names: list[str], most: int = 5) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
