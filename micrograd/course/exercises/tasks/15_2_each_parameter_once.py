"""Each parameter once

A network is a list of layers here, and a layer is a list of neurons. A neuron has its weights in
the list `neuron.w`, and a bias, `neuron.b`. The same neuron may stand in several places: then it
learns from all of them. Write `parameters(layers)`. It returns a list of all weights and biases:
layer by layer, neuron by neuron, the weights first and then the bias. Each of them is in it exactly
once, or a step of training would move it twice. Two parameters may happen to have equal numbers.
"""

import random

from micrograd import Value


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)


def parameters(layers):
    # <solution>
    collected = []
    for layer in layers:
        for neuron in layer:
            for p in [*neuron.w, neuron.b]:
                if p not in collected:
                    collected.append(p)
    return collected
    # </solution>


if __name__ == "__main__":
    shared = Neuron(2)
    print(len(parameters([[shared, Neuron(2)], [shared]])), "and it should be 6")


# <checker>
from micrograd.course.exercises.checking import Wrong, show, unchanged

HINTS = (
    "Two loops, one in the other, reach each neuron: for layer in layers, for neuron in layer.",
    "The Values of a neuron are [*neuron.w, neuron.b]. Go through them, too.",
    "Append a Value only if it is not in your list yet: if p not in collected.",
)
LOOP = """
collected = []
for layer in layers:
    for neuron in layer:
        for p in [*neuron.w, neuron.b]:
            if p not in collected:
                collected.append(p)
return collected
"""
TEST = "            if p not in collected:\n                collected.append(p)"
RIGHT = [
    """
    every = [p for layer in layers for neuron in layer for p in [*neuron.w, neuron.b]]
    return list(dict.fromkeys(every))
    """,
    """
    collected, known = [], set()
    for layer in layers:
        for neuron in layer:
            for p in (*neuron.w, neuron.b):
                if id(p) not in known:
                    known.add(id(p))
                    collected += [p]
    return tuple(collected)
    """,
    """
    seen = {}
    for neuron in sum(layers, []):
        for p in neuron.w + [neuron.b]:
            seen.setdefault(id(p), p)
    return list(seen.values())
    """,
    """
    neurons = []
    for layer in layers:
        neurons += [neuron for neuron in layer if not any(neuron is other for other in neurons)]
    parts = []
    for neuron in dict.fromkeys(neurons):
        parts.extend(neuron.w)
        parts.append(neuron.b)
    return parts
    """,
]
WRONG = {
    LOOP.replace(TEST, "            collected.append(p)"): "is in the list twice",
    LOOP.replace("p not in collected", "p.data not in [q.data for q in collected]"): (
        "equal numbers"
    ),
    LOOP.replace("[*neuron.w, neuron.b]", "neuron.w"): "the biases are missing",
    LOOP.replace("[*neuron.w, neuron.b]", "[neuron.b]"): "the weights are missing",
    LOOP.replace("[*neuron.w, neuron.b]", "[neuron.b, *neuron.w]"): "order",
    LOOP.replace("return collected", "return list(set(collected))"): "order",
    LOOP.replace("return collected", "    return collected"): "the first layer alone",
    LOOP.replace("return collected", "        return collected"): "the first neuron alone",
    LOOP.replace("[*neuron.w, neuron.b]", "[neuron.w, neuron.b]"): "a list within the list",
    LOOP.replace("collected.append(p)", "collected.append(p.data)"): "plain numbers",
    LOOP.replace(TEST, "            collected.append(Value(p.data))"): "copies",
    LOOP.replace("for layer in layers:\n", "for layer in layers[-1:]:\n"): "the last layer alone",
    LOOP.replace("in layer:\n", "in layer:\n        neuron.w.append(neuron.b)\n"): (
        "belongs to the caller"
    ),
    """
    flat = [neuron for layer in layers for neuron in layer]
    return [p for neuron in flat if flat.count(neuron) == 1 for p in [*neuron.w, neuron.b]]
    """: "left out altogether",
    LOOP.replace("return collected", "return set(collected)"): "a list",
    """
    known, collected = [], []
    for layer in layers:
        for neuron in layer:
            if neuron in known:
                break
            known.append(neuron)
            collected += [*neuron.w, neuron.b]
    return collected
    """: "after a known one",
    """
    collected = []
    for layer in layers:
        for neuron in layer:
            if neuron.b in collected:
                return collected
            collected += [*neuron.w, neuron.b]
    return collected
    """: "after a known one",
    """
    collected = []
    for layer in layers:
        for neuron in layer:
            if collected and neuron.b is collected[-1]:
                continue
            collected += [*neuron.w, neuron.b]
    return collected
    """: "is in the list twice",
    LOOP.replace("collected = []\n", "").replace(
        "    for neuron", "    collected = []\n    for neuron"
    ): "the last layer alone",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "A dict keeps its keys in order, each once, and finds them without going through "
    "all. A Value is a key by its identity, so equal numbers do no harm.",
}


def network(Neuron, sizes):
    """Return layers of new neurons; `sizes` has for each layer the inputs of its neurons."""
    return [[Neuron(nin) for nin in layer] for layer in sizes]


def all_of(layers):
    """Return the parameters of all neurons in order, those of a shared neuron again and again."""
    return [p for layer in layers for neuron in layer for p in [*neuron.w, neuron.b]]


def once(values):
    """Return the values, each at its first place only."""
    return list({id(value): value for value in values}.values())


def first_of_each_number(values):
    """Return the values, but of several with equal numbers the first one only."""
    chosen = {}
    for value in values:
        chosen.setdefault(value.data, value)
    return list(chosen.values())


def up_to_known(layers):
    """Return the parameters if the rest of a layer is left out after a known neuron."""
    known, chosen = [], []
    for layer in layers:
        for neuron in layer:
            if neuron in known:
                break
            known.append(neuron)
            chosen += all_of([[neuron]])
    return chosen


def up_to_the_first(layers):
    """Return the parameters if all is left out after the first neuron that is known."""
    flat = [neuron for layer in layers for neuron in layer]
    count = next((i for i, neuron in enumerate(flat) if neuron in flat[:i]), len(flat))
    return all_of([flat[:count]])


AFTER_KNOWN = "neurons are left out that stand after a known one: leave out that one alone"
EQUAL = "parameters with equal numbers are taken for the same: compare the Values, not their data"


def places(values):
    return [id(value) for value in values]


def examine(parameters, layers, mistakes):
    """Raise Wrong unless parameters(layers) has each parameter once."""
    wanted = once(all_of(layers))
    kept = {f"layers_{i}": layer for i, layer in enumerate(layers)}
    weights = {f"neuron_w_{i}": n.w for i, n in enumerate(n for layer in layers for n in layer)}
    with unchanged(layers=layers, **kept, **weights):
        answer = parameters(layers)
    answer = in_form(answer, wanted)
    seen = places(all_of(layers))
    mistakes = {
        **mistakes,
        EQUAL: first_of_each_number(wanted),
        f"{AFTER_KNOWN}, and go on in its layer": up_to_known(layers),
        f"{AFTER_KNOWN}, and go on": up_to_the_first(layers),
        "what stands in two places is left out altogether: keep it once": [
            value for value in wanted if seen.count(id(value)) == 1
        ],
    }
    for sentence, mistake in mistakes.items():
        if places(answer) == places(mistake) != places(wanted):
            raise Wrong(sentence if sentence.endswith("?") else f"{sentence}.", sentence)
    examine_values(answer, wanted)


def in_form(answer, wanted):
    """Return the answer as a list. Raises Wrong unless it is one of Values."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    if not isinstance(answer, list | tuple):
        text = f"return a list of all parameters, got {show(answer)}"
        is_set = isinstance(answer, set | frozenset)
        raise Wrong(f"{text}: a set has no order." if is_set else f"{text}.", "shape")
    if not answer and wanted:
        text = f"the list is empty, and there are {len(wanted)} parameters."
        raise Wrong(text, "an empty list")
    if any(hasattr(each, "w") for each in answer):
        raise Wrong("these are neurons: take their weights and their bias.", "neurons")
    if any(isinstance(each, list) for each in answer):
        text = "there is a list within the list: put each weight into the list of all, not neuron.w"
        raise Wrong(f"{text} itself.", "a list within the list")
    if any(isinstance(each, float) for each in answer):
        text = (
            "these are plain numbers: to change them would not change the network. Take the Values."
        )
        raise Wrong(text, "plain numbers")
    if not set(places(answer)) & set(places(wanted)) and answer:
        text = "these are copies, or no parameters of this network: take the Values themselves."
        raise Wrong(text, "copies")
    return list(answer)


def examine_values(answer, wanted):
    """Raise Wrong if a parameter is there twice, or missing, or at another place."""
    seen, right = places(answer), places(wanted)
    if len(set(seen)) < len(seen):
        twice = next(value for value in answer if seen.count(id(value)) > 1)
        text = f"a parameter is in the list twice: {show(twice.data)} would move twice in a step"
        raise Wrong(f"{text}. Its neuron stands in two places.", "a parameter twice")
    missing = [value for value in wanted if id(value) not in seen]
    if missing:
        text = f"{len(missing)} of {len(wanted)} parameters are missing, the first of which is"
        raise Wrong(f"{text} {show(missing[0].data)}.", "parameters missing")
    if len(seen) > len(right):
        raise Wrong(f"there are {len(seen) - len(right)} too many.", "too many")
    if seen != right:
        text = "the order is another one: layer by layer, neuron by neuron, the weights, then the"
        raise Wrong(f"{text} bias.", "another order")


def check_all_of_them(parameters, Neuron):
    """a network of three layers, 2, 3 and 1 neurons, none of them shared"""
    layers = network(Neuron, [[3, 3], [2, 2, 2], [3]])
    neurons = [neuron for layer in layers for neuron in layer]
    mistakes = {
        "the biases are missing": [w for neuron in neurons for w in neuron.w],
        "the weights are missing": [neuron.b for neuron in neurons],
        "this is the first layer alone: is the return inside the loop?": all_of(layers[:1]),
        "this is the first neuron alone: is the return inside the loop?": all_of([neurons[:1]]),
        "this is the last layer alone: go on with one list": all_of(layers[-1:]),
    }
    examine(parameters, layers, mistakes)


def check_equal_numbers(parameters, Neuron):
    """parameters that happen to have equal numbers"""
    layers = network(Neuron, [[2, 2], [2]])
    for layer in layers:
        for neuron in layer:
            for w in neuron.w:
                w.data = 0.5
    examine(parameters, layers, {})


def check_a_shared_neuron(parameters, Neuron):
    """neurons that stand in two layers, or twice in one"""
    shared, other, third = Neuron(2), Neuron(2), Neuron(2)
    for layers in (
        [[shared, other], [shared]],
        [[shared, other, shared]],
        [[shared], [shared]],
        [[shared, other], [shared, third]],
        [[shared, other], [third, other, Neuron(2)], [Neuron(2)]],
    ):
        examine(parameters, layers, {})


def check_an_empty_network(parameters):
    """a network without layers, and one with an empty layer"""
    examine(parameters, [], {})
    examine(parameters, [[]], {})


# </checker>
