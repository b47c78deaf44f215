"""A user's program: a type checker finds nothing wrong in it, and knows the type of each result.

It is checked, and never run.
"""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import assert_type

import micrograd
from micrograd import (
    MLP,
    Layer,
    Module,
    Neuron,
    Op,
    Value,
    against_torch,
    compile_step,
    data,
    detect_anomaly,
    enable_grad,
    exp,
    fit,
    grad,
    gradcheck,
    gradients,
    hessian,
    jit,
    load,
    losses,
    maximum,
    nn,
    no_grad,
    optim,
    save,
    sigmoid,
    summary,
    take,
    tanh,
    value_and_grad,
    vmap,
    where,
)

# ------------------------------------------------------------------------------- the engine

a, b = Value(-4.0, label="a"), Value(2)
c = a * b + b**3 - 1.0 / a
c += 1
assert_type(c, Value)
assert_type(2 * a, Value)
assert_type(2.0**a, Value)
assert_type(-a, Value)
assert_type(abs(a), Value)
assert_type(a.tanh().relu().exp(), Value)
assert_type(a.maximum(0.0), Value)
assert_type(a > 0.0, bool)
assert_type(c.data, float)
assert_type(a.grad, float)
assert_type(a.detach(), Value)
assert_type(float(a), float)
c.backward()

assert_type(exp(a), Value)
assert_type(exp(1.0), float)
assert_type(maximum(a, 0.0), Value)
assert_type(where(a, b, 0.0), Value)
assert_type(sigmoid(tanh(0.5)), float)

assert_type(gradients(c, [a, b]), list[float])
assert_type(gradients(c, [a], create_graph=True), list[Value])

square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
assert_type(square(a), Value)
assert_type(square.name, str)


class Labelled(Value):
    """A subclass: its results have its class."""

    def shout(self) -> str:
        return self.label.upper()


assert_type(Labelled(1.0) + 1.0, Labelled)
(Labelled(1.0) * a).shout()

with no_grad():
    assert_type((a * b).data, float)
with enable_grad(), detect_anomaly():
    (a * b).backward()


@no_grad()
def predict(x: Value) -> Value:
    return x.tanh()


assert_type(predict(a), Value)

# ------------------------------------------------------------------------------- losses

scores = [a, b]
assert_type(losses.hinge(scores, [1, -1]), Value)
assert_type(losses.mean_squared_error(a, 1.0), Value)
assert_type(losses.mean_squared_error([0.5, 0.5], [1.0, 0.0]), float)
assert_type(losses.binary_cross_entropy(scores, [1, 0]), Value)
assert_type(losses.cross_entropy(scores, 1), Value)
assert_type(losses.cross_entropy([scores, scores], [0, 1]), Value)
assert_type(losses.softmax(scores), list[Value])
assert_type(losses.log_softmax([1.0, 2.0]), list[float])
assert_type(losses.l2_penalty(scores, alpha=1e-3), Value)
assert_type(losses.accuracy(scores, [1, -1]), float)
total = losses.hinge(scores, [1, -1]) + losses.l2_penalty(scores)
assert_type(total, Value)
total.backward()

# ------------------------------------------------------------------------------- modules


class Line(Module):
    """A module of one's own."""

    def __init__(self) -> None:
        self.slope, self.offset = Value(2.0), Value(1.0)

    def __call__(self, x: float | Value) -> Value:
        return self.slope * x + self.offset


line = Line()
assert_type(line(3.0), Value)
assert_type(line.train(), Line)
assert_type(line.eval().parameters(), list[Value])
assert_type(line.named_parameters(), list[tuple[str, Value]])
line.load_state_dict(line.state_dict())
line.zero_grad()

assert_type(Neuron(2, activation="tanh")([1.0, 2.0]), Value)
Layer(2, 3, init="xavier")([1.0, 2.0])
model = MLP(3, [4, 4, 1], activation=tanh, output_activation="tanh")
loss: Value = (model([2.0, 3.0, -1.0]) - 1.0) ** 2
loss.backward()

assert_type(nn.Linear(3, 2)([1.0, 2.0, 3.0]), list[Value])
assert_type(nn.Embedding(10, 4)(7), list[Value])
assert_type(nn.GPT(vocabulary=5, context=8)([3, 1, 4]), list[list[Value]])
assert_type(nn.RNN(2, 3)([[1.0, 2.0]]), tuple[list[list[Value]], list[Value]])
assert_type(nn.Conv1d(1, 2, kernel=3)([[0.0, 1.0, 2.0, 3.0]]), list[list[Value]])
nn.Sequential(nn.Linear(2, 3), tanh, nn.Dropout(0.1), nn.LayerNorm(3))([1.0, 2.0])
take([[1.0, 2.0], [3.0, 4.0]], 1)

# ------------------------------------------------------------------------------- training

X, y = data.moons(100, seed=1)
(train_X, train_y), (held_out_X, held_out_y) = data.split(X, y, validation=0.2)
for rows, labels in data.batches(train_X, train_y, size=10):
    losses.hinge([model(row) for row in rows], labels).backward()

optimizer = optim.Adam(model.parameters(), lr=optim.warm_up(optim.cosine_decay(0.1, 0.0, 100), 10))
optimizer.zero_grad()
optimizer.step()


class Signed(optim.Optimizer):
    """An optimizer of one's own."""

    def update(
        self, p: float, grad: float, state: tuple[float, ...], lr: float, t: int
    ) -> tuple[float, tuple[float, ...]]:
        return p - lr * (1.0 if grad > 0.0 else -1.0), state


Signed(model.parameters(), lr=0.1).step()


def example_loss(model: Module, x: Sequence[float], target: float) -> Value:
    return losses.hinge(model(x), target)


step = compile_step(example_loss, model, optim.SGD(model.parameters(), lr=0.1))
step(X, y)
step.run(X, y, steps=10)

history = fit(model, example_loss, X, y, steps=100, batch_size=10, progress=False)
print(history.losses[-1])
path = save(model, "moons.safetensors")
print(load(path)([0.5, 0.5]), summary(model, [0.5, 0.5]).parameters)

# ------------------------------------------------------------------------------- derivatives


def cube(x: Value) -> Value:
    return x**3


print(grad(cube)(2.0), value_and_grad(cube)(2.0), hessian(cube)(2.0), jit(cube)(2.0))
print(vmap(cube)([1.0, 2.0]))
if gradcheck(cube, 2.0) and against_torch(cube, 2.0):
    print(micrograd.explain(c), micrograd.tree(c), micrograd.diagnose(model, loss))
micrograd.draw(c).save("c.svg")
