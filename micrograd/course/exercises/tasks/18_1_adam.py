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
from micrograd.course.exercises.checking import Wrong, near, numbers, recognise
from micrograd.optim import Adam

HINTS = (
    "Write five lines: the new m and v, both corrected, the new p. Return m and v uncorrected.",
    "m = beta1 * m + (1 - beta1) * grad, and v is the same with beta2 and grad**2.",
    "p - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t))**0.5 + eps): eps stays outside.",
)
WRONG = {
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return p - lr * m / (v**0.5 + eps), m, v
    """: "bias correction",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - lr * a / (b + eps) ** 0.5, m, v
    """: "eps is inside",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad
    a, b = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - lr * a / (abs(b) ** 0.5 + eps), m, v
    """: "mean of the squares",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
    return p - lr * a / (b**0.5 + eps), m, v
    """: "the first step is t = 1",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1 ** (t - 1)), v / (1 - beta2 ** (t - 1))
    return p - lr * a / (b**0.5 + eps), m, v
    """: "the first step is t = 1",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - lr * m / (v**0.5 + eps), m, v
    """: "for the move only",
    """
    m = (1 - beta1) * m + beta1 * grad
    v = (1 - beta2) * v + beta2 * grad**2
    a, b = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - lr * a / (b**0.5 + eps), m, v
    """: "swapped",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1**t), v / (1 - beta2**t)
    return p + lr * a / (b**0.5 + eps), m, v
    """: "uphill",
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - lr * a / (b + eps), m, v
    """: "the root of v is missing",
}


def three(*inputs):
    """Return the learner's p, m and v. Wrong unless they are three floats."""
    try:
        answer = adam_step(*inputs)
    except ZeroDivisionError:
        raise Wrong(
            "this divides by 0: the first step is t = 1, and 1 - beta**1 is not 0."
        ) from None
    if isinstance(answer, tuple | list) and any(isinstance(x, complex) for x in answer):
        raise Wrong(
            "this takes the root of a negative number: do you write 1 - beta2**t, with a power?"
        )
    return numbers(answer, 3, plain=True)


def check_a_step_in_between():
    """adam_step(1.5, -0.4, 0.3, 0.7, 3, 0.1, 0.8, 0.9, 0.05): the new m and v, then the new p"""
    p, grad, m, v, t, lr, beta1, beta2, eps = inputs = 1.5, -0.4, 0.3, 0.7, 3, 0.1, 0.8, 0.9, 0.05
    answer, mean, square = three(*inputs), 0.8 * m + 0.2 * grad, 0.9 * v + 0.1 * grad**2
    a, b = mean / (1 - beta1**t), square / (1 - beta2**t)
    only = "the corrected m and v are for the move only: return the uncorrected ones"
    swapped = "beta and 1 - beta are swapped: keep most of the old mean"
    recognise(answer[1], {only: a, swapped: 0.2 * m + 0.8 * grad})
    near(answer[1], mean, "the new m")
    squares = "v is the mean of the squares: use grad**2 instead of grad"
    recognise(answer[2], {only: b, swapped: 0.1 * v + 0.9 * grad**2, squares: 0.9 * v + 0.1 * grad})
    near(answer[2], square, "the new v")
    one_off = "t is off by one: the first step is t = 1, so use t as it is"
    recognise(
        answer[0],
        {
            "this goes uphill: p moves against the mean of the grads": p + lr * a / (b**0.5 + eps),
            "the bias correction is missing: use m / (1 - beta1**t), and the same for v": (
                p - lr * mean / (square**0.5 + eps)
            ),
            "the bias correction of v is missing: use v / (1 - beta2**t)": (
                p - lr * a / (square**0.5 + eps)
            ),
            "the bias correction of m is missing: use m / (1 - beta1**t)": (
                p - lr * mean / (b**0.5 + eps)
            ),
            "eps is inside the root: add it after the root": p - lr * a / (b + eps) ** 0.5,
            "the root of v is missing": p - lr * a / (b + eps),
            "the move uses the grad itself: use its mean, m": (p - lr * grad / (b**0.5 + eps)),
            one_off: p - lr * mean / (1 - beta1**4) / ((square / (1 - beta2**4)) ** 0.5 + eps),
            f"{one_off} ": (
                p - lr * mean / (1 - beta1**2) / ((square / (1 - beta2**2)) ** 0.5 + eps)
            ),
        },
    )
    near(answer[0], p - lr * a / (b**0.5 + eps), "the new p")


def check_the_first_step():
    """the first step, from m = v = 0 at t = 1: p moves by lr, whatever the grad"""
    for grad in (0.5, -3.0, 40.0):
        wanted = [2.0 - (0.1 if grad > 0 else -0.1), 0.1 * grad, 0.01 * grad**2]
        answer = three(2.0, grad, 0.0, 0.0, 1, 0.1, 0.9, 0.99, 0.0)
        near(answer, wanted, f"adam_step(2, {grad:g}, 0, 0, 1, 0.1, 0.9, 0.99, 0)")


def check_thirty_steps():
    """thirty steps with random grads, compared with micrograd.optim.Adam"""
    chance = random.Random(25)
    w, state = Value(1.3), (1.3, 0.0, 0.0)
    adam = Adam([w], lr=0.03, betas=(0.85, 0.97), eps=0.02)
    for t in range(1, 31):
        w.grad = chance.gauss(0.4, 1.0)
        adam.step()
        p, m, v = state
        state = three(p, w.grad, m, v, t, 0.03, 0.85, 0.97, 0.02)
        near(state[0], w.data, f"p after step {t}")


# </checker>
