"""The same loss, in PyTorch

`loss_and_grads(logits, target)` takes a list of floats and the number of the right class, and lets
PyTorch compute what you wrote in the previous exercise: the negative log-likelihood of the target
under the softmax of the logits, in double precision. It returns (loss, [the gradient of each
logit]), as floats and not as tensors. For [0.0, 3.0, -2.0, 1.0] and the target 3 the loss is
2.1755153626167147. `torch.log_softmax(x, dim=0)` gives the logarithms of all probabilities.
"""

import torch


def loss_and_grads(logits, target):
    # <solution>
    x = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    loss = -torch.log_softmax(x, dim=0)[target]
    loss.backward()
    return loss.item(), x.grad.tolist()
    # </solution>


# <checker>
import math
import random

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Wrong,
    close,
    near,
    numbers,
    recognise,
    show,
)

HINTS = (
    "A tensor of the logits is the leaf. What do you have to pass so that it gets a grad?",
    "Pass dtype=torch.float64 and requires_grad=True. Then compute the loss, call its backward(), "
    "and read the grad of the leaf.",
    "The loss is -torch.log_softmax(x, dim=0)[target]; .item() and .tolist() return plain numbers.",
)
LEAF = "x = torch.tensor(logits, dtype=torch.float64, requires_grad=True)\n"
LOSS = "loss = -torch.log_softmax(x, dim=0)[target]\n"
BACK, RETURN = "loss.backward()\n", "return loss.item(), x.grad.tolist()"
WRONG = {
    "x = torch.tensor(logits, requires_grad=True)\n" + LOSS + BACK + RETURN: "float64",
    LEAF + LOSS + RETURN: "grad is None",
    LEAF + "loss = -torch.log_softmax(x, dim=0)[target - 1]\n" + BACK + RETURN: "wrong target",
    LEAF + "loss = torch.log_softmax(x, dim=0)[target]\n" + BACK + RETURN: "minus is missing",
    LEAF + LOSS + BACK + "return loss, x.grad.tolist()": "item()",
    LEAF + LOSS + BACK + "return loss.item(), x.grad": "tolist()",
    LEAF + LOSS + BACK + "return loss.item(), list(x.grad)": "tolist()",
    LEAF + LOSS + BACK + "return loss.item()": "expected (loss, [gradients])",
    "x = torch.tensor(logits, dtype=torch.float64)\n" + LOSS + BACK + RETURN: "requires_grad=True",
    LEAF + "loss = -torch.softmax(x, dim=0)[target]\n" + BACK + RETURN: "without the log",
    LEAF + LOSS + BACK + LOSS + BACK + RETURN: "backward() twice",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run_loss(logits, target):
    """Return the learner's loss and gradients as one list of floats. Wrong if they are not."""
    try:
        answer = loss_and_grads(list(logits), target)
    except AttributeError as error:
        if "NoneType" in str(error):
            raise Wrong(
                "a grad is None: do you call loss.backward() before you read it, and do you read "
                "the grad of the tensor that was made with requires_grad=True?"
            ) from None
        raise
    except RuntimeError as error:
        if "does not require grad" in str(error):
            raise Wrong("no tensor asks for a gradient: requires_grad=True is missing.") from None
        raise
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong(f"expected (loss, [gradients]), got {show(answer)}.")
    loss, grads = answer
    if not isinstance(loss, float):
        raise Wrong(f"the loss has to be a float, but is {show(loss)}: use .item().")
    if grads is None:
        raise Wrong("the grad is None: call backward() on the loss first.")
    if not isinstance(grads, list | tuple) or not all(isinstance(x, float) for x in grads):
        raise Wrong(f"the gradients have to be floats, but are {show(grads)}: use .tolist().")
    return [loss, *numbers(grads, len(logits))]


def solution(logits, target):
    """Return the right loss and gradients, as one list."""
    ps = probabilities(logits)
    return [-math.log(ps[target]), *(p - (i == target) for i, p in enumerate(ps))]


def compare(logits, target):
    answer, right, ps = run_loss(logits, target), solution(logits, target), probabilities(logits)
    p = ps[target]
    mistakes = {
        "the minus is missing: loss and gradients have the wrong sign": [-x for x in right],
        "the grads have added up: do you call backward() twice, or on two losses": [
            right[0],
            *(2 * x for x in right[1:]),
        ],
        "this is -p, without the log": [-p, *(p * x for x in right[1:])],
    }
    recognise(answer, mistakes)
    for other in range(len(logits)):
        if other != target:
            sentence = f"this uses the wrong target: {other} instead of {target}"
            recognise(answer, {sentence: solution(logits, other)})
    what = f"[loss, *gradients] of {logits} and the target {target}"
    if not all(close(x, y, 1e-9) for x, y in zip(answer, right)):
        recognise(
            answer,
            {"this is right to only seven digits: pass dtype=torch.float64 to the tensor": right},
            1e-5,
        )
    near(answer, right, what)


def check_the_numbers_of_the_lecture():
    """loss_and_grads([0.0, 3.0, -2.0, 1.0], 3)"""
    compare(LECTURE, 3)


def check_other_logits():
    """other logits, and every target"""
    chance = random.Random(16)
    for count in (2, 3, 5):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        for target in range(count):
            compare(logits, target)


# </checker>
