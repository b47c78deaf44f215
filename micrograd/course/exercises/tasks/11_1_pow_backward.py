"""A power, and what it passes back

This `Value` can add and multiply. Teach it a**n, where n is a plain number (3, -1, 0.5). In
`__pow__` make `out`, the Value of the power, which remembers self as its input, and define the
function `_backward`, which adds to self.grad what self receives. With a = Value(2.5), after
`(a**4).backward()`, a.grad is 62.5.
"""


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs
        self._backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        # <solution>
        out = Value(self.data**n, (self,))

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        # </solution>
        out._backward = _backward
        return out

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# <checker>
import math

from micrograd.course.exercises.checking import Wrong, compare

HINTS = (
    "Look at `__mul__`: it makes out, and a `_backward` for two inputs. Here there is one input.",
    "The slope of x**n is n * x**(n - 1); the chain rule multiplies it by out.grad.",
    "out = Value(self.data**n, (self,)); then add the slope times out.grad to self.grad.",
)
FORWARD = """
out = Value(self.data**n, (self,))
def _backward():
    """
RIGHT = (
    FORWARD + "self.grad = self.grad + out.grad * n * pow(self.data, n - 1)",
    FORWARD.replace("(self,)", "[self]") + "self.grad += out.grad * (n * self.data ** (n - 1))",
)
WRONG = {
    FORWARD + "self.grad += n * self.data**n * out.grad": "one less than n",
    FORWARD + "self.grad += self.data ** (n - 1) * out.grad": "n comes down in front",
    FORWARD + "self.grad = n * self.data ** (n - 1) * out.grad": "= instead of +=",
    FORWARD + "self.grad =+ n * self.data ** (n - 1) * out.grad": "in the wrong order",
    FORWARD + "self.grad += n * self.data ** (n - 1)": "out.grad is missing",
    """
    out = Value(self.data**n)
    def _backward():
        self.grad += n * self.data ** (n - 1) * out.grad
    """: "remember a * b",
    FORWARD.replace("(self,)", "(self, n)") + "self.grad += n * out.grad": "without n",
    FORWARD + "self.grad += n * self.data ** n - 1 * out.grad": "parentheses",
    FORWARD + "slope = n * self.data**n - 1\n    self.grad += slope * out.grad": (
        "missing around `n - 1`"
    ),
    FORWARD + "self.grad += n * out.data / self.data * out.grad": "divides by 0",
    FORWARD + "self.grad += n * self.data * out.grad": "exponent is missing",
    FORWARD + "self.grad += (n - 1) * self.data ** (n - 1) * out.grad": "in front unchanged",
    FORWARD + "self.grad += n * self.data ^ (n - 1) * out.grad": "a power is `**`",
    FORWARD + "self.grad += out.data * out.grad": "the power itself",
    FORWARD + "self.grad -= n * self.data ** (n - 1) * out.grad": "sign",
    FORWARD + "self.grad += n * self.data ** (n + 1) * out.grad": "one less than n",
    FORWARD + "self.grad += n * self ** (n - 1) * out.grad": "Value",
    FORWARD.replace("**n", " * n") + "self.grad += n * self.data ** (n - 1) * out.grad": "power",
    FORWARD + "pass": "a receives nothing",
    FORWARD + "import math\n    self.grad += out.data * math.log(self.data) * out.grad": (
        "with a log"
    ),
    "self.data = self.data**n\n" + FORWARD.replace("self.data**n", "self.data")
    + "self.grad += n * self.data ** (n - 1) * out.grad": "changes the data of its input",
    """
    out = Value(1.0)
    for _ in range(n):
        out = out * self
    return out
    """: "may be any number",
    "data = 1.0\nfor _ in range(int(n)):\n    data *= self.data\n"
    + FORWARD.replace("self.data**n", "data") + "self.grad += n * self.data ** (n - 1) * "
    "out.grad": "n is used as a count",
    FORWARD + "self.grad += n * (self.data * out.grad) ** (n - 1)": "out.grad is inside the power",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "n * out.data / self.data is the same slope, but not at 0. 1 / x, roots and squares "
    "are all this one operation.",
}
POWERS = [
    (2.5, 4), (0.7, -2), (4.0, 0.5), (-3.0, 3), (1.9, 2.5), (-1.3, 2), (0.0, 2), (1.7, 1),
    (2.2, -1),
]  # fmt: skip


COUNTED = "n is used as a count, and may be any number, such as 0.5 or -2: use self.data**n"


def grads(Value, f, *point):
    """Return the grads of leaves at this point, after backward() of f of them."""
    leaves = [Value(x) for x in point]
    f(*leaves).backward()
    return [x.grad for x in leaves]


def power(Value, a, n):
    """Return the learner's Value(a)**n. Wrong if n is used as a count, or the input changes."""
    x = Value(a)
    try:
        out = x**n
    except TypeError as error:
        if "interpreted as an integer" not in str(error):
            raise
        raise Wrong(f"{COUNTED}.", "n as a count") from None
    if x.data != a:
        text = "this changes the data of its input: compute the power, and leave self.data alone."
        raise Wrong(text, "the input is changed")
    return out


def check_the_data(Value):
    """the data of a**n, for several a and n"""
    inputs = (Value(2.5) ** 4).inputs
    if not isinstance(inputs, tuple | list) or not all(type(x) is Value for x in inputs):
        raise Wrong(
            "the inputs of out must be a tuple of Values: write (self,), with a comma, without n."
        )
    compare(
        lambda a, n: power(Value, a, n),
        lambda a, n: a**n,
        POWERS,
        "out.data",
        "out = Value({})**{}",
        {
            "that is a product, a * n: a power is self.data**n": lambda a, n: a * n,
            "base and exponent are exchanged": lambda a, n: n**a,
            COUNTED: lambda a, n: a ** max(int(n), 0),
        },
    )


def check_one_power(Value):
    """a.grad after (a**n).backward(), and after (a**n * b).backward()"""
    compare(
        lambda a, n, b: grads(Value, lambda a, b: a**n * b, a, b),
        lambda a, n, b: [n * a ** (n - 1) * b, a**n],
        [(a, n, b) for (a, n), b in zip(POWERS, (7.0, 1.4, 2.3, -0.6, 3.1, -0.8, 1.1, 2.6, -1.7))],
        "a.grad b.grad",
        "a = {}, n = {}, b = {}, and backward() of a**n * b",
        {
            "the exponent of the slope is one less than n: n * x**(n - 1)": (
                lambda a, n, b: [n * a**n * b, None]
            ),
            "the exponent of the slope is one less than n, not one more: n * x**(n - 1)": (
                lambda a, n, b: [n * a ** (n + 1) * b, None]
            ),
            "n comes down in front, as a factor: n * x**(n - 1), not x**(n - 1)": (
                lambda a, n, b: [a ** (n - 1) * b, None]
            ),
            "n comes down in front unchanged: only the exponent is lowered": (
                lambda a, n, b: [(n - 1) * a ** (n - 1) * b, None]
            ),
            "the exponent is missing: the slope is n * x**(n - 1)": (
                lambda a, n, b: [n * a * b, None]
            ),
            "this is the power itself: take its slope": lambda a, n, b: [a**n * b, None],
            "a receives nothing: _backward must add its slope times out.grad to self.grad": (
                lambda a, n, b: [0.0, None]
            ),
            "the parentheses around the exponent, n - 1, are missing": (
                lambda a, n, b: [n * a**n - 1 * b, None]
            ),
            "that is the slope of n**x or exp, with a log: the slope of x**n has none": (
                lambda a, n, b: [a**n * math.log(a) * b, None]
            ),
            "the sign is reversed": lambda a, n, b: [-n * a ** (n - 1) * b, None],
            "the factor out.grad is missing: a power need not be the last operation": (
                lambda a, n, b: [n * a ** (n - 1), None]
            ),
            "out.grad is inside the power: multiply the slope, n * x**(n - 1), by it": (
                lambda a, n, b: [n * (a * b) ** (n - 1), None]
            ),
            "out.grad is added: multiply by it": lambda a, n, b: [n * a ** (n - 1) + b, None],
        },
        lambda a, n, b: {"n": n, "out.grad": b},
    )


def check_a_power_of_a_product(Value):
    """(a * b)**n, where the power has to remember its input"""
    compare(
        lambda a, b, n: grads(Value, lambda a, b: (a * b) ** n, a, b),
        lambda a, b, n: [n * (a * b) ** (n - 1) * b, n * (a * b) ** (n - 1) * a],
        [(1.5, 0.7, 3), (2.3, 0.4, -1), (1.1, 1.9, 0.5)],
        "a.grad b.grad",
        "a = {}, b = {}, and backward() of (a * b)**{}",
        {
            "a and b receive nothing: a power has to remember a * b, as in Value(..., (self,))": (
                lambda a, b, n: [0.0, 0.0]
            ),
        },
    )


def check_used_twice(Value):
    """a**n + a**m, where a is used twice"""
    compare(
        lambda a, n, m: grads(Value, lambda a: a**n + a**m, a)[0],
        lambda a, n, m: n * a ** (n - 1) + m * a ** (m - 1),
        [(1.7, 3, 2), (0.8, -1, 0.5), (2.4, 1.5, 4)],
        "a.grad",
        "a = {}, and backward() of a**{} + a**{}",
        {
            "this looks like = instead of +=: one of the two uses of a is lost": (
                lambda a, n, m: n * a ** (n - 1)
            ),
            "this looks like = instead of +=: one of two uses of a is lost": (
                lambda a, n, m: m * a ** (m - 1)
            ),
        },
    )


# </checker>
