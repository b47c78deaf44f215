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

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    compare,
    numbers,
    show,
    unchanged,
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
RIGHT = (
    LEAF + "loss = torch.logsumexp(x, 0) - x[target]\n" + BACK + RETURN,
    LEAF + LOSS + "(g,) = torch.autograd.grad(loss, x)\nreturn loss.item(), [i.item() for i in g]",
    "x = torch.tensor(logits, dtype=torch.double).requires_grad_()\n"
    "loss = torch.nn.functional.cross_entropy(x[None], torch.tensor([target]))\n" + BACK + RETURN,
)
WRONG = {
    "x = torch.tensor(logits, requires_grad=True)\n" + LOSS + BACK + RETURN: "float64",
    LEAF + LOSS + RETURN: "grad is None",
    LEAF + "loss = -torch.log_softmax(x, dim=0)[target - 1]\n" + BACK + RETURN: "the one before it",
    LEAF + "loss = torch.log_softmax(x, dim=0)[target]\n" + BACK + RETURN: "minus is missing",
    LEAF + LOSS + BACK + "return loss, x.grad.tolist()": "item()",
    LEAF + LOSS + BACK + "return loss.item(), x.grad": "tolist()",
    LEAF + LOSS + BACK + "return loss.item(), list(x.grad)": "tolist()",
    LEAF + LOSS + BACK + "return loss.item()": "expected (loss, [gradients])",
    "x = torch.tensor(logits, dtype=torch.float64)\n" + LOSS + BACK + RETURN: "requires_grad=True",
    LEAF + "loss = -torch.softmax(x, dim=0)[target]\n" + BACK + RETURN: "without the log",
    LEAF + LOSS + BACK + LOSS + BACK + RETURN: "backward() twice",
    LEAF + "loss = -torch.log_softmax(x, dim=0).sum()\n" + BACK + RETURN: "all classes",
    LEAF + "loss = -torch.log_softmax(x, dim=0).mean()\n" + BACK + RETURN: "mean",
    "x = torch.tensor(logits, dtype=torch.float64)\nlogs = torch.log_softmax(x, dim=0)\n"
    "return -logs[target].item(), torch.exp(logs).tolist()": "in place of the gradients",
    LEAF + LOSS + BACK + "return x.grad.tolist(), loss.item()": "the other way round",
}
AFTER = {
    "another": RIGHT[2],
    "remark": "cross_entropy is that loss under its own name, for a whole batch of rows.",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]
POINTS = [
    (LECTURE, 3), ([0.5, -1.2, 0.3], 1), ([0.5, -1.2, 0.3], 2), ([1.7, -0.4], 0),
    ([0.9, 0.9, -2.3, 0.2, 1.1], 2), ([0.9, 0.9, -2.3, 0.2, 1.1], 4),
]  # fmt: skip


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run(loss_and_grads, logits, target):
    """Return the learner's loss and gradients as one list of floats. Wrong if they are not."""
    kept = list(logits)
    try:
        with unchanged(logits=kept):
            answer = loss_and_grads(kept, target)
    except AttributeError as error:
        if "NoneType" in str(error):
            raise Wrong(
                "a grad is None: do you call loss.backward() before you read it, and do you read "
                "the grad of the tensor that was made with requires_grad=True?",
                "grad is None",
            ) from None
        raise
    except RuntimeError as error:
        if "does not require grad" in str(error):
            text = "no tensor asks for a gradient: requires_grad=True is missing."
            raise Wrong(text, "no requires_grad") from None
        raise
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong(f"expected (loss, [gradients]), got {show(answer)}.", "shape")
    loss, grads = answer
    if isinstance(loss, list) and isinstance(grads, float):
        raise Wrong("the two are the other way round: expected (loss, [gradients]).", "shape")
    if not isinstance(loss, float):
        raise Wrong(f"the loss has to be a float, but is {show(loss)}: use .item().", "no item()")
    if grads is None:
        text = "the grad is None: read the grad of the leaf x, after backward() of the loss."
        raise Wrong(text, "grad is None")
    if not isinstance(grads, list | tuple) or not all(isinstance(x, float) for x in grads):
        text = f"the gradients have to be floats, but are {show(grads)}: use .tolist()."
        raise Wrong(text, "no tolist()")
    return [loss, *numbers(grads, len(logits))]


def right(logits, target):
    """Return the right loss and gradients, as one list."""
    ps = probabilities(logits)
    return [-math.log(ps[target]), *(p - (i == target) for i, p in enumerate(ps))]


def without_log(logits, target):
    p, (_, *grads) = probabilities(logits)[target], right(logits, target)
    return [-p, *(p * g for g in grads)]


def check_all(loss_and_grads):
    """loss_and_grads([0.0, 3.0, -2.0, 1.0], 3), other logits and targets"""

    def seven_digits(logits, target):
        numbers_of_torch = run(loss_and_grads, logits, target)
        pairs = zip(numbers_of_torch, right(logits, target))
        if all(math.isclose(x, y, rel_tol=1e-5, abs_tol=1e-6) for x, y in pairs):
            return numbers_of_torch
        return [math.nan] * (len(logits) + 1)

    def all_classes(logits, target, share=1.0):
        ps = probabilities(logits)
        grads = [share * (len(ps) * p - 1) for p in ps]
        return [-share * sum(map(math.log, ps)), *grads]

    compare(
        lambda logits, target: run(loss_and_grads, logits, target),
        right,
        POINTS,
        "number {}",
        "[loss, *gradients] of {} and the target {}",
        {
            "the minus is missing: loss and gradients have the wrong sign": (
                lambda logits, target: [-x for x in right(logits, target)]
            ),
            "the grads have added up: do you call backward() twice, or on two losses?": (
                lambda logits, target: [
                    x if i == 0 else 2 * x for i, x in enumerate(right(logits, target))
                ]
            ),
            "these are the probabilities in place of the gradients: call backward() of the loss, "
            "and read the grad of the leaf": (
                lambda logits, target: [right(logits, target)[0], *probabilities(logits)]
            ),
            "this is -p, without the log": without_log,
            "this uses all classes: use only that of the target": all_classes,
            "this is the mean over all classes: use only that of the target": (
                lambda logits, target: all_classes(logits, target, 1 / len(logits))
            ),
            "this uses the wrong target, the one before it": (
                lambda logits, target: right(logits, (target - 1) % len(logits))
            ),
            "this uses class 0, whatever the target is": lambda logits, target: right(logits, 0),
            "this is right to only seven digits: pass dtype=torch.float64 to the tensor": (
                seven_digits
            ),
        },
    )


# </checker>
