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
import random

from micrograd.course.exercises.checking import Wrong, near, number, recognise, slope

HINTS = (
    "Look at `__mul__`: it makes out, and a `_backward` for two inputs. Here there is one input.",
    "The slope of x**n is n * x**(n - 1); the chain rule multiplies it by out.grad.",
    "out = Value(self.data**n, (self,)); then add the slope times out.grad to self.grad.",
)
FORWARD = """
out = Value(self.data**n, (self,))
def _backward():
    """
WRONG = {
    FORWARD + "self.grad += n * self.data**n * out.grad": "one less than n",
    FORWARD + "self.grad += self.data ** (n - 1) * out.grad": "n comes down in front",
    FORWARD + "self.grad = n * self.data ** (n - 1) * out.grad": "= instead of +=",
    FORWARD + "self.grad += n * self.data ** (n - 1)": "out.grad is missing",
    """
    out = Value(self.data**n)
    def _backward():
        self.grad += n * self.data ** (n - 1) * out.grad
    """: "remember a * b",
    FORWARD.replace("(self,)", "(self, n)") + "self.grad += n * out.grad": "without n",
    FORWARD + "self.grad += n * self.data ** n - 1 * out.grad": "parentheses",
}


def grads(f, *point):
    """Return the grads of leaves at this point, after backward() of f of them."""
    leaves = [Value(x) for x in point]
    f(*leaves).backward()
    return [x.grad for x in leaves]


def check_the_data():
    """the data of a**n, for several a and n"""
    inputs = (Value(2.5) ** 4).inputs
    if not isinstance(inputs, tuple | list) or not all(type(x) is Value for x in inputs):
        raise Wrong(
            "the inputs of out must be a tuple of Values: write (self,), with a comma, without n."
        )
    for a, n in ((2.5, 4), (0.7, -2), (4.0, 0.5), (-3.0, 3)):
        near(number(Value(a) ** n), a**n, f"the data of Value({a})**{n}")


def check_one_power():
    """a.grad after (a**4).backward(), at a = 2.5"""
    answer, a = grads(lambda a: a**4, 2.5)[0], 2.5
    recognise(
        answer,
        {
            "the exponent of the slope is one less than n: n * x**(n - 1)": 4 * a**4,
            "n comes down in front, as a factor: n * x**(n - 1), not x**(n - 1)": a**3,
            "n comes down in front unchanged: only the exponent is lowered": 3 * a**3,
            "this is the power itself: take its slope": a**4,
            "a receives nothing: _backward must add to self.grad": 0.0,
            "the parentheses around the exponent, n - 1, are missing": 4 * a**4 - 1,
            "the sign is reversed": -4 * a**3,
        },
    )
    near(answer, 4 * a**3, "a.grad after (a**4).backward(), at a = 2.5")


def check_a_power_on_the_way():
    """a**3 * b, where the power is not the last operation"""
    answer, a, b = grads(lambda a, b: a**3 * b, 1.5, 7.0), 1.5, 7.0
    wanted = [3 * a**2 * b, a**3]
    recognise(
        answer,
        {
            "the factor out.grad is missing: a power need not be the last operation": [
                3 * a**2,
                a**3,
            ],
            "out.grad is added: multiply by it": [3 * a**2 + b, a**3],
        },
    )
    near(answer, wanted, "[a.grad, b.grad] of a**3 * b, at 1.5 and 7")


def check_a_power_of_a_product():
    """(a * b)**3, where the power has to remember its input"""
    answer, a, b = grads(lambda a, b: (a * b) ** 3, 1.5, 0.7), 1.5, 0.7
    forgets = "a and b receive nothing: a power has to remember a * b, as in Value(..., (self,))"
    recognise(answer, {forgets: [0.0, 0.0]})
    near(answer, [3 * (a * b) ** 2 * b, 3 * (a * b) ** 2 * a], "[a.grad, b.grad] of (a * b)**3")


def check_used_twice():
    """a**3 + a**2, where a is used twice"""
    answer, a = grads(lambda a: a**3 + a**2, 1.7)[0], 1.7
    recognise(answer, {"this looks like = instead of +=: a is used twice in a**3 + a**2": 3 * a**2})
    near(answer, 3 * a**2 + 2 * a, "a.grad of a**3 + a**2, at a = 1.7")


def check_other_exponents():
    """(a**n * b + a)**m, with negative and fractional exponents, compared with slopes"""
    chance = random.Random(10)
    for n, m in ((-1, 2), (0.5, -2), (2.5, 0.5), (-3, 1.5), (1, 3)):
        point = [chance.uniform(0.6, 2.0), chance.uniform(0.6, 2.0)]

        def f(a, b, n=n, m=m):
            return (a**n * b + a) ** m

        slopes = [slope(f, point, i) for i in range(2)]
        where = f"a = {point[0]:.4f} and b = {point[1]:.4f}"
        near(grads(f, *point), slopes, f"the gradient of (a**{n} * b + a)**{m}, at {where}", 1e-5)


# </checker>
