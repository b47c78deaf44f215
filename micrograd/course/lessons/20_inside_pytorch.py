# %% [markdown]
# # 20. Inside PyTorch, and an op of your own
#
# [The lecture, from 2:21:10 to 2:24:39](https://youtu.be/VMj-3S1tku0?t=8470)
#
# **Goal:** know what PyTorch computes in the backward pass of tanh, and add an op of your
# own, in PyTorch and here.
#
# ## Predict
#
# To go backwards through tanh, PyTorch needs the upstream gradient and one number that it
# saved on the way forward.

# %% tags=["question"]
ask(
    "saved_number",
    "Which number does PyTorch save for the way back through tanh?",
    "the output",
    proof="'the output' if saved == out.item() else 'the input'",
    choices=("the input", "the output", "both"),
    mistakes={
        "the input": "That would do, but tanh would have to be computed once more on the way back.",
        "both": "One of them is enough, and memory is what large networks run out of.",
    },
    why="The partial of tanh is 1 - out², so with the output nothing has to be computed again.",
    given="To go backwards through out = tanh(x), PyTorch needs the upstream gradient and one "
    "number that it saved on the way forward.",
)

# %% [markdown]
# ## The smallest code
#
# PyTorch's tensors know the function that made them. Ask the function of a tanh what it has
# saved.

# %%
import torch


def leaf(number):
    return torch.tensor(
        number,
        dtype=torch.float64,
        requires_grad=True,
    )


x = leaf(0.5)
out = torch.tanh(x)
saved = out.grad_fn._saved_result.item()
print(out.grad_fn.name())
print(f"saved {saved:.4f}, output {out.item():.4f}")

# %% [markdown]
# It is the output: the partial of tanh is 1 - out², so nothing has to be computed again.
#
# Where in PyTorch does that stand? The lecture searches its sources for it, through files and
# files. The trail begins in a table of all derivatives, `derivatives.yaml`, which PyTorch
# installs on your machine. This is its row for tanh:

# %%
import importlib.resources

package = importlib.resources.files("torchgen")
table = package / "packaged/autograd/derivatives.yaml"
text = table.read_text(encoding="utf-8")
start = text.index("- name: tanh(Tensor self)")
print(text[start:].split("\n\n")[0])

# %% [markdown]
# So what goes to the input, `self`, is `tanh_backward` of the upstream gradient and of the
# result. Its code for processors is in a file of C++, `ATen/native/cpu/BinaryOpsKernel.cpp`,
# where it is written once for each kind of number. For ordinary floats it is:
#
# ```cpp
# [=](scalar_t a, scalar_t b) -> scalar_t {
#   return a * (scalar_t{1} - b * b);
# }
# ```
#
# That is the line: a is the upstream gradient, and b is the output of tanh. All the rest is
# there to run this line on many numbers at once, on every kind of machine.

# %% tags=["question"]
ask(
    "kernel_line",
    "Let the output be 0.5 and the upstream gradient 3. What does this line return?",
    2.25,
    proof="kernel(3.0, 0.5)",
    mistakes={
        0.75: "That is the partial, 1 - b². It is multiplied by the upstream gradient, a.",
        1.5: "That is 3 · 0.5. The second factor is 1 minus the *square* of 0.5.",
        3.75: "That is a · (1 + b²).",
        2.75: "The upstream gradient multiplies the whole partial, 1 - b², and not only the 1.",
        -4.0: "There a and b have changed places: a is the upstream gradient.",
    },
    why="b² is a quarter, so it is three quarters of 3.",
    given="PyTorch's way back through tanh is one line: `a * (1 - b * b)`. Here a is the "
    "upstream gradient, and b is the output of tanh.",
)


# %%
def kernel(a, b):
    return a * (1.0 - b * b)


print(kernel(3.0, 0.5))

out.backward(torch.tensor(3.0, dtype=torch.float64))
print(f"{x.grad.item():.6f}")
print(f"{kernel(3.0, saved):.6f}")

# %% tags=["check"]
assert abs(x.grad.item() - kernel(3.0, saved)) < 1e-15

# %% [markdown]
# Now add an op that PyTorch lacks: √(1 + x²), an absolute value with its corner rounded off.
# By the chain rule its partial is 2x · 1/(2√(1 + x²)), which is x / out. PyTorch needs a
# class with two functions: forward, which saves what the way back will need, and backward,
# which gets the upstream gradient and returns the gradient of the input.


# %%
class SmoothAbs(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = (1.0 + x * x).sqrt()
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, grad_output):
        x, out = ctx.saved_tensors
        return grad_output * x / out


t = leaf(2.0)
SmoothAbs.apply(t).backward()
print(f"{t.grad.item():.4f}")

# %% [markdown]
# In our engine the same op is one row. The engine keeps the inputs and the output, and
# multiplies by the upstream gradient itself, so the row states the partial and nothing else.

# %%
from micrograd import Op, Value, sqrt


def forward(x):
    return sqrt(1.0 + x * x)


def partial(x, out):
    return x / out


row = ("smooth_abs", "smooth_abs({})", forward, (partial,))
smooth_abs = Op(*row)
v = Value(2.0)
smooth_abs(v).backward()
print(f"{v.grad:.4f}")

# %% tags=["check"]
assert abs(v.grad - t.grad.item()) < 1e-15

# %% [markdown]
# They agree, but both rest on the same derivation. So get a second opinion: `gradcheck`
# nudges the input up and down and compares the slopes. PyTorch has a function of that name,
# too.

# %%
from micrograd import gradcheck

print(gradcheck(smooth_abs, 2.0))
print(torch.autograd.gradcheck(SmoothAbs.apply, (t,)))

# %% tags=["check"]
assert gradcheck(smooth_abs, 2.0)

# %% [markdown]
# ## The picture
#
# The new op takes its place in a graph, next to the built-in ones.

# %%
from micrograd import draw

a, w = Value(2.0, label="a"), Value(-3.0, label="w")
y = smooth_abs(a * w + 4.0)
y.label = "y"
y.backward()
draw(y)

# %% [markdown]
# ## Break it
#
# The usual mistake is to forget the inner derivative: the root gives 1/(2 · out), but the
# factor 2x, the derivative of what is under the root, is missing. There is no error. There is
# a number, and it looks fine.


# %%
def wrong_partial(x, out):
    return 1 / (2 * out)


wrong_row = (*row[:3], (wrong_partial,))
wrong = Op(*wrong_row)
print(gradcheck(wrong, 2.0))

# %% tags=["check"]
assert not gradcheck(wrong, 2.0)

# %% [markdown]
# `gradcheck` sees it at once, at this point.

# %% tags=["question"]
ask(
    "lucky_point",
    "There is one x at which this wrong partial is right, so that no check can see the mistake. Which x? The partial should be x / out, and it is 1 / (2 · out).",
    0.5,
    proof="0.5 if gradcheck(wrong, 0.5) else 0.0",
    mistakes={
        0.0: "At 0 the right partial is 0, and the wrong one is 1/2.",
        1.0: "At 1 the right one is 1 / out, twice the wrong one.",
        2.0: "At 2 the right one is 2 / out, four times the wrong one.",
    },
    why="x / out equals 1 / (2 · out) where x is 1/2: the factor 2x that was forgotten is 1 there.",
    given="out = sqrt(1 + x²). Its partial with respect to x is x / out. Somebody writes 1 / (2 "
    "· out), and forgets the factor 2x, the derivative of what is under the root.",
)

# %%
print(gradcheck(wrong, 0.5))

# %% tags=["check"]
assert gradcheck(wrong, 0.5)

# %% [markdown]
# At 0.5 the wrong row is right by chance. A check tells you about the points that you gave
# it, and about no others. So check at several points, and avoid special ones such as 0 or 1.

# %% [markdown]
# ## Exercise
#
# Write the row of the *swish*, x · sigmoid(x). On paper: with s = sigmoid(x), whose partial
# is s · (1 - s), the product rule gives s + x · s · (1 - s). Which part of that is `out`? Use
# `out` in your row, then check the row at three points.

# %% tags=["solution"]
from micrograd import sigmoid


def swish_forward(x):
    return x * sigmoid(x)


def swish_partial(x, out):
    s = sigmoid(x)
    return s + out * (1.0 - s)


partials = (swish_partial,)
swish = Op("swish", "swish({})", swish_forward, partials)
for point in (-1.7, 0.3, 2.2):
    print(point, bool(gradcheck(swish, point)))

# %% tags=["check"]
t = leaf(0.3)
torch.nn.functional.silu(t).backward()
v = Value(0.3)
swish(v).backward()
assert abs(v.grad - t.grad.item()) < 1e-15

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.autograd.Function` is the class to extend, `ctx` is where you save what you need, and
# `grad_output` is the upstream gradient. The swish is `torch.nn.functional.silu`.

# %% [markdown]
# ## Recap
#
# - For tanh PyTorch saves the output; behind all its layers is one line, the upstream
#   gradient times one minus the output squared.
# - An op of your own is a forward and a backward function in PyTorch, and one row of the
#   table here.
# - Check every new partial with `gradcheck`, at several points: at one point, a wrong partial
#   can be right by chance.
