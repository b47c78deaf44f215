# %% [markdown]
# # 20. Inside PyTorch, and an op of your own
#
# [The lecture, from 2:21:10](https://youtu.be/VMj-3S1tku0?t=8470)
#
# **Goal:** know what PyTorch computes in the backward pass of tanh, and add an op of your
# own, in PyTorch and here.
#
# ## Predict
#
# To go backwards through tanh, PyTorch needs the upstream gradient and one number that it
# saved on the way forward. Before you read on: did it save the input of tanh, or the output?
# What would be the advantage of each?

# %% [markdown]
# ## The smallest code
#
# PyTorch's tensors know the function that made them. Ask the function of a tanh what it has
# saved.

# %%
import torch

x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
out = torch.tanh(x)
saved = out.grad_fn._saved_result.item()
print(out.grad_fn.name(), saved)
assert saved == out.item()

# %% [markdown]
# It is the output. The partial of tanh is 1 - out², so nothing has to be computed again.
# Behind layers of C++, for every type of number and of machine, the backward pass of tanh is
# one line of maths: the upstream gradient times one minus the output squared. Give it an
# upstream gradient of 3.

# %%
out.backward(torch.tensor(3.0, dtype=torch.float64))
by_hand = 3.0 * (1.0 - saved * saved)
print(x.grad.item())
assert abs(x.grad.item() - by_hand) < 1e-15

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


t = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
SmoothAbs.apply(t).backward()
print(f"{t.grad.item():.4f}")

# %% [markdown]
# In our engine the same op is one row. The engine keeps the inputs and the output, and
# multiplies by the upstream gradient itself, so the row states the partial and nothing else.

# %%
from micrograd import Op, Value, sqrt

smooth_abs = Op(
    "smooth_abs", "smooth_abs({})", lambda x: sqrt(1.0 + x * x), (lambda x, out: x / out,)
)
v = Value(2.0)
smooth_abs(v).backward()
print(f"{v.grad:.4f}")
assert abs(v.grad - t.grad.item()) < 1e-15

# %% [markdown]
# They agree, but both rest on the same derivation. So get a second opinion: `gradcheck`
# nudges the input up and down and compares the slopes. PyTorch has a function of that name,
# too.

# %%
from micrograd import gradcheck

print(gradcheck(smooth_abs, 2.0))
assert gradcheck(smooth_abs, 2.0)
assert torch.autograd.gradcheck(SmoothAbs.apply, (t,))

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
wrong = Op("smooth_abs", "smooth_abs({})", lambda x: sqrt(1.0 + x * x), (lambda x, out: 0.5 / out,))
print(gradcheck(wrong, 2.0))
assert not gradcheck(wrong, 2.0)

# %% [markdown]
# `gradcheck` sees it at once. But try one more point, where 2x happens to be 1:

# %%
print(gradcheck(wrong, 0.5))
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

# %%
from micrograd import sigmoid

swish = Op(
    "swish",
    "swish({})",
    lambda x: x * sigmoid(x),
    (lambda x, out: sigmoid(x) + out * (1.0 - sigmoid(x)),),
)
assert all(gradcheck(swish, point) for point in (-1.7, 0.3, 2.2))
t = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
torch.nn.functional.silu(t).backward()
v = Value(0.3)
swish(v).backward()
print(f"{v.grad:.4f}")
assert abs(v.grad - t.grad.item()) < 1e-15

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.autograd.Function` is the class to extend, `ctx` is where you save what you need, and
# `grad_output` is the upstream gradient. The swish is `torch.nn.functional.silu`.

# %% [markdown]
# ## Recap
#
# - For tanh PyTorch saves the output; the gradient of the input is the upstream gradient
#   times one minus the output squared.
# - An op of your own is a forward and a backward function in PyTorch, and one row of the
#   table here.
# - Check every new partial with `gradcheck`, at several points: at one point, a wrong partial
#   can be right by chance.
