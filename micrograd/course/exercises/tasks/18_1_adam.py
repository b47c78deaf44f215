"""One step of Adam

Adam (Kingma and Ba, 2015) keeps two running means for each parameter: m, of its grads, and v, of
their squares. `adam_step(p, grad, m, v, t, lr, beta1, beta2, eps)` makes step number t (the first
is t = 1), all in floats, and returns the new (p, m, v):

- the new m is beta1 times the old m plus 1 - beta1 times the grad; the new v is the same with beta2
  and the square of the grad;
- both start at 0, so they are too small at first: for the move of this step only, m is divided by
  1 - beta1**t and v by 1 - beta2**t (return the undivided ones);
- p goes down by lr * (the divided m) / (the square root of the divided v, plus eps).

adam_step(2.0, 0.5, 0.0, 0.0, 1, 0.1, 0.9, 0.99, 0.0) is (1.9, 0.05, 0.0025), but for rounding.
"""


def adam_step(p, grad, m, v, t, lr, beta1, beta2, eps):
    # <solution>
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mean = m / (1 - beta1**t)
    square = v / (1 - beta2**t)
    p = p - lr * mean / (square**0.5 + eps)
    return p, m, v
    # </solution>


# <checker>
import random

from micrograd import Value
from micrograd.course.exercises.checking import Unexplained, compare, numbers
from micrograd.optim import Adam

HINTS = (
    "Write five lines: the new m and v, both corrected, the new p. Return m and v uncorrected.",
    "m = beta1 * m + (1 - beta1) * grad, and v is the same with beta2 and grad**2.",
    "p - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t))**0.5 + eps): eps stays outside.",
)
M, V = "m = beta1 * m + (1 - beta1) * grad\n", "v = beta2 * v + (1 - beta2) * grad**2\n"
CORRECT = "a, b = m / (1 - beta1**t), v / (1 - beta2**t)\n"
MOVE = "return p - lr * a / (b**0.5 + eps), m, v"
RIGHT = (
    "import math\nm += (1 - beta1) * (grad - m)\nv += (1 - beta2) * (grad * grad - v)\n"
    "rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)\n"
    "return p - rate * m / (math.sqrt(v) + eps * math.sqrt(1 - beta2**t)), m, v",
    M + V + "m_hat = m / (1 - beta1**t)\nv_hat = v / (1 - beta2**t)\n"
    "p -= lr * m_hat / (v_hat**0.5 + eps)\nreturn [p, m, v]",
)
WRONG = {
    M + V + "return p - lr * m / (v**0.5 + eps), m, v": "bias correction",
    M + V + "a, b = m, v\nif t == 1:\n    a, b = m / (1 - beta1), v / (1 - beta2)\n"
    + MOVE: "in the first step only",
    M + V + CORRECT + "return p - lr * a / (b + eps) ** 0.5, m, v": "eps is inside",
    M + V.replace("**2", "") + CORRECT + "return p - lr * a / (abs(b) ** 0.5 + eps), m, v": (
        "mean of the squares"
    ),
    M + V + CORRECT.replace("**t", "**(t + 1)") + MOVE: "the first step is t = 1",
    M + V + CORRECT.replace("**t", "**(t - 1)") + MOVE: "the first step is t = 1",
    M + V + "m, v = m / (1 - beta1**t), v / (1 - beta2**t)\n"
    "return p - lr * m / (v**0.5 + eps), m, v": "for the move only",
    M.replace("(1 - beta1)", "beta1").replace("beta1 * m", "(1 - beta1) * m", 1)
    + V.replace("(1 - beta2)", "beta2").replace("beta2 * v", "(1 - beta2) * v", 1)
    + CORRECT + MOVE: "swapped",
    M + V + "rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)\n"
    "return p - rate * m / (v**0.5 + eps), m, v": "eps is added to the root of the uncorrected v",
    M + V + CORRECT + MOVE.replace("p - lr", "p + lr"): "uphill",
    M + V + CORRECT + MOVE.replace("b**0.5", "b"): "the root of v is missing",
    M + V + CORRECT + MOVE.replace("a /", "grad /"): "the move uses the grad",
    M + V + CORRECT + MOVE.replace("lr * ", ""): "lr",
    M + V + CORRECT + MOVE.replace(", m, v", ""): "expected a list of 3",
    M + V + CORRECT + "return lr * a / (b**0.5 + eps), m, v": "p",
    M + V + CORRECT.replace("beta2**t", "beta1**t") + MOVE: "beta1",
    M + V.replace("(1 - beta2) * grad**2", "((1 - beta2) * grad) ** 2") + CORRECT + MOVE: (
        "parentheses are missing in `((1 - beta2) * grad) ** 2`"
    ),
    M + V.replace("beta2", "beta1") + CORRECT + MOVE: "beta1 instead of beta2",
    M + V + CORRECT.replace("**t", " * t") + MOVE: "root of a negative number",
    M + V + CORRECT.replace("**t", " * t") + MOVE.replace("b**", "abs(b) ** "): "it is `**` here",
    M + V + "a, b = m / (1 - beta1) ** t, v / (1 - beta2) ** t\n"
    + MOVE: "parentheses are missing in `(1 - beta1) ** t`",
    M + V + "a, b = m / 1 - beta1**t, v / 1 - beta2**t\n"
    + MOVE.replace("b**", "abs(b) ** "): "only one of two parts",
    M.replace("(1 - beta1)", "1 - beta1") + V.replace("(1 - beta2)", "1 - beta2") + CORRECT
    + MOVE.replace("b**", "abs(b) ** "): "missing around `1 - beta1`",
    M + V.replace("(1 - beta2) * grad**2", "(grad * (1 - beta2)) ** 2") + CORRECT + MOVE: (
        "parentheses are missing in `(grad * (1 - beta2)) ** 2`"
    ),
    M.replace("(1 - beta1) * ", "") + V.replace("(1 - beta2) * ", "") + CORRECT + MOVE: "1 - beta",
    M + V + CORRECT + "return p - lr * a / b**0.5 + eps, m, v": "parentheses",
    M + V + CORRECT + MOVE.replace("**0.5", "^0.5"): "a power is `**`",
    M + V + CORRECT + MOVE.replace("m, v", "v, m"): "swapped",
    M.replace("m = ", "") + V + CORRECT + MOVE: "is not used",
    M + V + CORRECT + "print(p - lr * a / (b**0.5 + eps), m, v)": "return it",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "Both corrections can be put into the rate, but then eps has to be scaled as well: "
    "that is how fast libraries compute it.",
}
CASES = [
    (1.5, -0.4, 0.3, 0.7, 3, 0.1, 0.8, 0.9, 0.05), (0.6, 1.3, -0.5, 0.2, 2, 0.07, 0.85, 0.97, 0.02),
    (-1.1, 0.9, 0.4, 1.6, 5, 0.2, 0.6, 0.75, 0.1), (2.0, 0.5, 0.0, 0.0, 1, 0.1, 0.9, 0.99, 0.0),
    (2.0, -3.0, 0.0, 0.0, 1, 0.1, 0.9, 0.99, 0.01), (0.3, 0.0, 0.2, 0.4, 4, 0.1, 0.8, 0.9, 0.03),
]  # fmt: skip
PLACE = "p, grad, m, v = {}, {}, {}, {}, t = {}, lr = {}, betas {} and {}, eps = {}"


def three(adam_step, *inputs):
    """Return the learner's p, m and v. Wrong unless they are three floats."""
    answer = adam_step(*inputs)
    if isinstance(answer, tuple | list) and any(isinstance(x, complex) for x in answer):
        text = "this takes the root of a negative number, but the new v and 1 - beta2**t are above"
        raise Unexplained(f"{text} 0: check how you compute them.", "root of a negative number")
    return numbers(answer, 3, plain=True)


def means(grad, m, v, beta1, beta2):
    return beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


def right(p, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = means(grad, m, v, beta1, beta2)
    return [p - lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps), m, v]


def move(formula):
    """Return the step with another move, as formula(m, v, corrected m, corrected v, ...)."""

    def step(p, grad, m, v, t, lr, beta1, beta2, eps):
        m, v = means(grad, m, v, beta1, beta2)
        a, b = m / (1 - beta1**t), v / (1 - beta2**t)
        return [formula(p, m, v, a, b, lr, eps, grad), None, None]

    return step


def other_t(change):
    def step(p, grad, m, v, t, lr, beta1, beta2, eps):
        m, v = means(grad, m, v, beta1, beta2)
        t += change
        return [p - lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps), None, None]

    return step


def corrected_once(p, grad, m, v, t, lr, beta1, beta2, eps):
    """Return the step of one who corrects m and v in the first step, and in no later one."""
    if t == 1:
        return right(p, grad, m, v, t, lr, beta1, beta2, eps)
    m, v = means(grad, m, v, beta1, beta2)
    return [p - lr * m / (v**0.5 + eps), m, v]


def mean(formula):
    """Return the step with other means, as formula(m, v, grad, beta1, beta2, t)."""
    return lambda p, grad, m, v, t, lr, beta1, beta2, eps: [
        None, *formula(m, v, grad, beta1, beta2, t)
    ]  # fmt: skip


def with_old_means(p, grad, m, v, t, lr, beta1, beta2, eps):
    """Return the step of one who moves p before m and v are new."""
    root = (v / (1 - beta2**t)) ** 0.5
    moved = p - lr * m / (1 - beta1**t) / (root + eps) if root + eps else None
    return [moved, None, None]


def correct(m, v, grad, beta1, beta2, t):
    m, v = means(grad, m, v, beta1, beta2)
    return m / (1 - beta1**t), v / (1 - beta2**t)


MISTAKES = {
    "the corrected m and v are for the move only: return the uncorrected ones": mean(correct),
    "beta and 1 - beta are swapped: keep most of the old mean": mean(
        lambda m, v, g, b1, b2, t: ((1 - b1) * m + b1 * g, (1 - b2) * v + b2 * g**2)
    ),
    "the factor 1 - beta is missing in the means": mean(
        lambda m, v, g, b1, b2, t: (b1 * m + g, b2 * v + g**2)
    ),
    "v is the mean of the squares: use grad**2 instead of grad": mean(
        lambda m, v, g, b1, b2, t: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g)
    ),
    "v is the mean of the squares: use grad**2 instead of abs(grad)": mean(
        lambda m, v, g, b1, b2, t: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * abs(g))
    ),
    "v uses beta1 instead of beta2": mean(
        lambda m, v, g, b1, b2, t: (b1 * m + (1 - b1) * g, b1 * v + (1 - b1) * g**2)
    ),
    "m and v are swapped in what is returned": mean(
        lambda m, v, g, b1, b2, t: means(g, m, v, b1, b2)[::-1]
    ),
    "this goes uphill: p moves against the mean of the grads": move(
        lambda p, m, v, a, b, lr, eps, g: p + lr * a / (b**0.5 + eps)
    ),
    "only the move is returned: subtract it from p": move(
        lambda p, m, v, a, b, lr, eps, g: lr * a / (b**0.5 + eps)
    ),
    "the bias correction is missing: use m / (1 - beta1**t), and the same for v": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * m / (v**0.5 + eps)
    ),
    "the bias correction is there in the first step only: divide m and v in each step": (
        corrected_once
    ),
    "the bias correction of v is missing: use v / (1 - beta2**t)": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * a / (v**0.5 + eps)
    ),
    "the bias correction of m is missing: use m / (1 - beta1**t)": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * m / (b**0.5 + eps)
    ),
    "eps is inside the root: add it after the root": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * a / (b + eps) ** 0.5
    ),
    "eps is added to the root of the uncorrected v: correct v first, then add eps to the root": (
        move(lambda p, m, v, a, b, lr, eps, g: p - lr * a * (v / b) ** 0.5 / (v**0.5 + eps))
    ),
    "parentheses are missing: eps belongs to the denominator, too": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * a / b**0.5 + eps
    ),
    "the root of v is missing": move(lambda p, m, v, a, b, lr, eps, g: p - lr * a / (b + eps)),
    "the move uses the grad itself: use its mean, m": move(
        lambda p, m, v, a, b, lr, eps, g: p - lr * g / (b**0.5 + eps)
    ),
    "p moves by the old m and v: renew both first": with_old_means,
    "lr is missing in the move": move(lambda p, m, v, a, b, lr, eps, g: p - a / (b**0.5 + eps)),
    "t is off by one: the first step is t = 1, so use t as it is, and no t + 1": other_t(1),
    "t is off by one: the first step is t = 1, so use t as it is, and no t - 1": other_t(-1),
}


def check_steps(adam_step):
    """the new p, m and v, in the first step, where m = v = 0 and t = 1, and in later ones"""
    compare(
        lambda *inputs: three(adam_step, *inputs),
        right,
        CASES,
        "p m v",
        PLACE,
        MISTAKES,
        lambda p, grad, m, v, t, lr, beta1, beta2, eps: {"lr": lr, "p": p, "t": t},
    )


def check_thirty_steps(adam_step):
    """thirty steps with random grads, compared with micrograd.optim.Adam"""
    chance = random.Random(25)
    w, state = Value(1.3), (1.3, 0.0, 0.0)
    adam = Adam([w], lr=0.03, betas=(0.85, 0.97), eps=0.02)
    for t in range(1, 31):
        w.grad = chance.gauss(0.4, 1.0)
        adam.step()
        p, m, v = state
        state = three(adam_step, p, w.grad, m, v, t, 0.03, 0.85, 0.97, 0.02)
        compare(lambda p=state[0]: p, lambda: w.data, [()], "p", f"step {t} of thirty")


# </checker>
