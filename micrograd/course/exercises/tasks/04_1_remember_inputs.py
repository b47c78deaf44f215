"""A Value that remembers

This class computes, but its results forget what they were computed from. Write + and * so that each
result keeps, in the tuple `inputs`, the two Values that it was made of, first `self` and then
`other`; and in `op` the sign of the operation, "+" or "*". The Values themselves stay as they are.

Then write operations(x): how many operations were needed to compute x from its leaves. A leaf needs
none; d = a * b + c needs 2. Leaves may be used repeatedly, but no result is used twice here.
"""


class Value:
    def __init__(self, data, inputs=(), op=""):
        self.data = data
        self.inputs = inputs
        self.op = op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        # <solution>
        return Value(self.data + other.data, (self, other), "+")
        # </solution>

    def __mul__(self, other):
        # <solution>
        return Value(self.data * other.data, (self, other), "*")
        # </solution>


def operations(x):
    # <solution>
    count = 1 if x.op else 0
    for one in x.inputs:
        count += operations(one)
    return count
    # </solution>


# <checker>
from micrograd.course.exercises.checking import STAYS, Wrong, compare, number, show

HINTS = (
    "__init__ takes the inputs behind the data, as a tuple: Value(data, (self, other), ...).",
    "The third argument is the sign, a text. For operations(x): what do you know if it is known "
    "for each of the inputs?",
    "operations(x) is 0 for a leaf. Else it is 1, and the operations of each of its inputs.",
)
ADD = 'return Value(self.data + other.data, (self, other), "+")'
TIMES = 'return Value(self.data * other.data, (self, other), "*")'
COUNT = """
count = 1 if x.op else 0
for one in x.inputs:
    count += operations(one)
return count
"""
SEEN = """
seen = set()

def go(node):
    if node.inputs and node not in seen:
        seen.add(node)
        for one in node.inputs:
            go(one)

go(x)
return len(seen)
"""
RIGHT = (
    (
        'out = Value(self.data + other.data)\nout.inputs, out.op = (self, other), "+"\nreturn out',
        'return Value(op="*", data=other.data * self.data, inputs=(self, other))',
        "if not x.inputs:\n    return 0\nreturn 1 + sum(operations(one) for one in x.inputs)",
    ),
    (
        ADD.replace("(self, other)", "[self, other]"),
        TIMES,
        "waiting, count = [x], 0\nwhile waiting:\n    node = waiting.pop()\n"
        "    count += bool(node.inputs)\n    waiting.extend(node.inputs)\nreturn count",
    ),
    (ADD, TIMES, SEEN),
)
WRONG = {
    ("return Value(self.data + other.data)", TIMES, COUNT): "forgets its inputs",
    ("return self.data + other.data", TIMES, COUNT): "has to be a Value",
    (ADD.replace("return ", ""), TIMES, COUNT): "is there a return?",
    (ADD.replace("(self, other)", "(self.data, other.data)"), TIMES, COUNT): "the numbers",
    (
        ADD.replace("(self, other)", "(Value(self.data), Value(other.data))"),
        TIMES,
        COUNT,
    ): "copies",
    (ADD.replace("(self, other)", "(other, self)"), TIMES, COUNT): "in the wrong order",
    (ADD.replace("(self, other)", "{self, other}"), TIMES, COUNT): "a set",
    (ADD.replace("(self, other)", "self"), TIMES, COUNT): "have to be a tuple",
    ("return Value(self.data + other.data, self, other)", TIMES, COUNT): "have to be a tuple",
    ('return Value(self.data + other.data, "+", (self, other))', TIMES, COUNT): "are a text",
    (ADD.replace("(self, other)", "(self,)"), TIMES, COUNT): "other is missing",
    (ADD.replace("(self, other)", "(other,)"), TIMES, COUNT): "self is missing",
    (ADD.replace(', "+"', ""), TIMES, COUNT): "op is not kept",
    (ADD.replace('"+"', '"*"'), TIMES, COUNT): "the sign of the other operation",
    (ADD.replace('"+"', '"add"'), TIMES, COUNT): "is a sign",
    (ADD, TIMES.replace("self.data * other", "self.data + other"), COUNT): "adds",
    (ADD, TIMES.replace('"*"', '"+"'), COUNT): "the sign of the other operation",
    ("self.data += other.data\nself.op = '+'\nreturn self", TIMES, COUNT): "changes an operand",
    (
        "self.inputs = (self, other)\nreturn Value(self.data + other.data, (self, other), '+')",
        TIMES,
        COUNT,
    ): "changes an operand",
    (ADD, TIMES, "return len(x.inputs)"): "inputs of x alone",
    (ADD, TIMES, COUNT.replace("1 if x.op else 0", "1")): "leaves are counted",
    (ADD, TIMES, SEEN.replace("node.inputs and ", "")): "leaves are counted",
    (
        ADD,
        TIMES,
        "def count(node, seen=operations.__dict__.setdefault('seen', set())):\n"
        "    if node in seen or not node.inputs:\n        return 0\n    seen.add(node)\n"
        "    return 1 + sum(count(one) for one in node.inputs)\n\nreturn count(x)",
    ): "does something stay",
    (
        ADD,
        TIMES,
        "state = operations.__dict__\nstate['count'] = state.get('count', 0) + bool(x.inputs)\n"
        "for one in x.inputs:\n    operations(one)\nreturn state['count']",
    ): "goes on from the one before",
    (
        ADD,
        TIMES,
        "def leaves(x):\n    return set().union(*map(leaves, x.inputs)) if x.inputs else {x}\n\n"
        "return len(leaves(x)) - 1",
    ): "these are the different leaves",
    (ADD, TIMES, COUNT.replace("1 if x.op else 0", "0")): "always 0",
    (ADD, TIMES, "return 1 if x.op else 0"): "only the last operation",
    (ADD, TIMES, COUNT.replace("x.inputs:", "x.inputs[:1]:")): "only the first input",
    (
        ADD,
        TIMES,
        "if not x.inputs:\n    return 0\nleft, right = x.inputs\n"
        "return 1 + max(operations(left), operations(right))",
    ): "the longest way",
    (ADD, TIMES, COUNT.replace("x.inputs:", "x.inputs[1:]:")): "only the second input",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "A function that calls itself for the inputs visits the whole graph. Lesson 9 walks "
    "along a graph in the same way, and there it has to notice nodes that are used twice.",
}
PAIRS = [(2.0, -3.0), (0.0, 4.5), (-1.5, -1.5)]


def check_a_sum(Value):
    """c = a + b: its data, its inputs and its op"""
    examine(Value, lambda a, b: a + b, "+", "*")


def check_a_product(Value):
    """c = a * b: its data, its inputs and its op"""
    examine(Value, lambda a, b: a * b, "*", "+")


def examine(Value, operation, sign, other_sign):
    """Raise Wrong unless the results of the operation remember what they were computed from."""
    for x, y in PAIRS:
        a, b = Value(x), Value(y)
        before = [dict(vars(a)), dict(vars(b))]
        c = operation(a, b)
        if [vars(a), vars(b)] != before:
            text = f"a {sign} b changes an operand: make a new Value, and leave self as it is."
            raise Wrong(text, "an operand is changed")
        if not isinstance(c, Value):
            ask = ": is there a return?" if c is None else "."
            raise Wrong(f"a {sign} b has to be a Value, and is {show(c)}{ask}", "no Value")
        compare_data(c, x, y, sign)
        examine_inputs(c, a, b, sign)
        if c.op == other_sign:
            raise Wrong(f'in op of a {sign} b is the sign of the other operation, "{c.op}".', "op")
        if not c.op:
            raise Wrong(f'op is not kept in a {sign} b: pass "{sign}" on to Value.', "no op")
        if c.op != sign:
            raise Wrong(f'op is a sign, "{sign}", and here it is {show(c.op)}.', "another op")


def compare_data(c, x, y, sign):
    results = {"+": x + y, "*": x * y}
    right, other = results[sign], results["+" if sign == "*" else "*"]
    answer = number(c.data)
    if answer != right:
        text = f"a {sign} b is {show(answer)} for a = {x} and b = {y}, and should be {right}"
        if answer == other:
            verb = {"+": "multiplies", "*": "adds"}[sign]
            raise Wrong(f"{sign} {verb}: {text}.", "the other operation")
        raise Wrong(f"{text}.", "wrong data")


def examine_inputs(c, a, b, sign):
    """Raise Wrong unless the inputs are a and b themselves."""
    inputs, place = c.inputs, f"the inputs of a {sign} b"
    if isinstance(inputs, str):
        text = f"{place} are a text: (self, other) comes before the sign in Value(...)."
        raise Wrong(text, "arguments exchanged")
    if not hasattr(inputs, "__iter__"):
        text = f"{place} have to be a tuple: (self, other) in parentheses of their own."
        raise Wrong(text, "no tuple")
    if isinstance(inputs, set | frozenset):
        text = f"{place} are a set, which has no order, and in a {sign} a only one element."
        raise Wrong(text, "a set")
    inputs = list(inputs)
    if not inputs:
        raise Wrong(f"a {sign} b forgets its inputs: pass (self, other) on to Value.", "no inputs")
    if any(isinstance(x, int | float) for x in inputs):
        text = f"{place} are the numbers: keep the Values, from which one can walk on."
        raise Wrong(text, "numbers instead of Values")
    if len(inputs) == 1:
        missing = "other" if inputs[0] is a else "self"
        raise Wrong(f"{missing} is missing in {place}.", "one input is missing")
    if len(inputs) == 2 and inputs[0] is b and inputs[1] is a:
        raise Wrong(f"{place} are in the wrong order: first self, then other.", "order")
    if len(inputs) != 2 or inputs[0] is not a or inputs[1] is not b:
        text = f"{place} are copies or other objects: keep self and other themselves."
        raise Wrong(text, "copies")


def expressions(Value):
    """Return expressions, by their texts, and how many operations each of them takes."""
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    return {
        "a": (a, 0),
        "a * b + c": (a * b + c, 2),
        "a + b": (a + b, 1),
        "c * (a + b * c)": (c * (a + b * c), 3),
        "(a + b) * (b + c) * (a * c)": ((a + b) * (b + c) * (a * c), 5),
        "a + (b + (c + (a + b)))": (a + (b + (c + (a + b))), 4),
        "(a + b) * (a + c)": ((a + b) * (a + c), 3),
    }


def so_far(rows, text):
    """Return how many operations this expression takes, and all those before it."""
    texts = list(rows)
    return sum(rows[one][1] for one in texts[: texts.index(text) + 1])


def check_the_count(Value, operations):
    """operations(x) for a leaf, for a * b + c and for other expressions"""
    rows = expressions(Value)
    compare(
        lambda text: operations(rows[text][0]),
        lambda text: float(rows[text][1]),
        [(text,) for text in rows],
        "the number of operations",
        lambda text: text,
        {
            "these are the inputs of x alone: go on to the inputs of the inputs": (
                lambda text: len(rows[text][0].inputs)
            ),
            "leaves are counted, too, but no operation made them": lambda text: nodes(
                rows[text][0]
            ),
            "leaves are counted, too, and no operation made them": (
                lambda text: len(different_nodes(rows[text][0]))
            ),
            "each count goes on from the one before: begin at 0 in each call of operations": (
                lambda text: so_far(rows, text)
            ),
            "these are the different leaves, without one: a leaf that is used twice is in two "
            "operations": lambda text: leaves(rows[text][0]) - 1,
            "it is always 0: each Value that has inputs counts 1": lambda text: 0,
            "only the last operation is counted: go on to the inputs": (
                lambda text: 1 if rows[text][0].op else 0
            ),
            "only the first input is followed: a result has two": lambda text: along(
                rows[text][0], 0
            ),
            "only the second input is followed: a result has two": (
                lambda text: along(rows[text][0], 1)
            ),
            "these are only the operations on the longest way to a leaf: add up those of both "
            "inputs": lambda text: depth(rows[text][0]),
        },
    )


def check_the_count_once_more(Value, operations):
    """operations(x) of the same x, two times"""
    a, b = Value(2.0), Value(-3.0)
    x = a * b + a
    counts = [operations(x), operations(x)]
    if counts[0] == 2 != counts[1]:
        text = f"{STAYS} operations(x) of the same x is 2, and then {show(counts[1])}."
        raise Wrong(text, "state stays")


def nodes(x):
    return 1 + sum(nodes(one) for one in x.inputs)


def different_nodes(x):
    return {x}.union(*map(different_nodes, x.inputs))


def leaves(x):
    return sum(not one.inputs for one in different_nodes(x))


def depth(x):
    return 1 + max(map(depth, x.inputs)) if x.inputs else 0


def along(x, i):
    return 1 + along(x.inputs[i], i) if x.inputs else 0


# </checker>
