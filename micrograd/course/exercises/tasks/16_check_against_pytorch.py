"""The same loss, in PyTorch

`loss_and_grads(logits, target)` takes a list of floats and the number of the right class, and lets
PyTorch compute what the exercise before did: the negative log-likelihood of the target under the
softmax of the logits, in double precision. It returns (loss, [the gradient of each logit]), floats
and not tensors. For [0.0, 3.0, -2.0, 1.0] and the target 3 the loss is 2.1755153626167147.
`torch.log_softmax(x, dim=0)` are the logarithms of all probabilities.
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

from micrograd.course.exercises.checking import Wrong, close, near, numbers, recognise, shown

NEEDS = 12
HINTS = (
    "A tensor of the logits is the leaf. What has to be said as it is made, for it to have grads?",
    "dtype=torch.float64 and requires_grad=True; then the loss, its backward(), the leaf's grad.",
    "The loss is -torch.log_softmax(x, dim=0)[target]; .item() and .tolist() take numbers out.",
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
    LEAF + LOSS + BACK + "return loss.item()": "two things are wanted",
    "x = torch.tensor(logits, dtype=torch.float64)\n" + LOSS + BACK + RETURN: "requires_grad=True",
    LEAF + "loss = -torch.softmax(x, dim=0)[target]\n" + BACK + RETURN: "without the log",
    LEAF + LOSS + BACK + LOSS + BACK + RETURN: "backward() twice",
}
COLAB = [0.0, 3.0, -2.0, 1.0]


def shares(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def made(logits, target):
    """The learner's loss and gradients, as one list of floats."""
    try:
        found = loss_and_grads(list(logits), target)
    except AttributeError as error:
        if "NoneType" in str(error):
            raise Wrong(
                "a grad is None: is loss.backward() called before it is read, and is it the grad "
                "of the tensor that was made with requires_grad=True?"
            ) from None
        raise
    except RuntimeError as error:
        if "does not require grad" in str(error):
            raise Wrong("no tensor asks for a gradient: requires_grad=True is missing.") from None
        raise
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    if not isinstance(found, list | tuple) or len(found) != 2:
        raise Wrong(f"two things are wanted, (loss, [gradients]), and {shown(found)} came back.")
    loss, grads = found
    if not isinstance(loss, float):
        raise Wrong(f"the loss has to be a float, as by .item(), and is {shown(loss)}.")
    if grads is None:
        raise Wrong("the grad is None: backward() has to be called on the loss first.")
    if not isinstance(grads, list | tuple) or not all(isinstance(x, float) for x in grads):
        raise Wrong(f"the gradients have to be floats, as by .tolist(), and are {shown(grads)}.")
    return [loss, *numbers(grads, len(logits))]


def answer(logits, target):
    """The right one."""
    ps = shares(logits)
    return [-math.log(ps[target]), *(p - (i == target) for i, p in enumerate(ps))]


def compare(logits, target):
    found, right, ps = made(logits, target), answer(logits, target), shares(logits)
    p = ps[target]
    mistakes = {
        "the minus is missing: loss and gradients have the other sign": [-x for x in right],
        "backward() twice, or on two losses: the grads have added up": [
            right[0],
            *(2 * x for x in right[1:]),
        ],
        "-p, without the log of it": [-p, *(p * x for x in right[1:])],
    }
    recognise(found, mistakes)
    for other in range(len(logits)):
        if other != target:
            sentence = f"the wrong target: {other} in place of {target}"
            recognise(found, {sentence: answer(logits, other)})
    what = f"[loss, *gradients] of {logits} and the target {target}"
    if not all(close(x, y, 1e-9) for x, y in zip(found, right)):
        recognise(
            found,
            {"right to seven digits only: ask for torch.float64 when the tensor is made": right},
            1e-5,
        )
    near(found, right, what)


def check_the_numbers_of_the_colab():
    """loss_and_grads([0.0, 3.0, -2.0, 1.0], 3)"""
    compare(COLAB, 3)


def check_other_logits():
    """other logits, and every target"""
    chance = random.Random(16)
    for count in (2, 3, 5):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        for target in range(count):
            compare(logits, target)


# </checker>
