"""A curve through points: a loop by hand, with a schedule and clipping."""

import math
import random

from micrograd import MLP, losses, optim

random.seed(0)
X = [[x / 10] for x in range(-20, 20)]
y = [math.sin(x) for (x,) in X]

model = MLP(1, [16, 1], activation="tanh")
optimizer = optim.Adam(model.parameters(), lr=0.05)
for step in range(150):
    optimizer.lr = 0.05 * (1 - step / 150)
    predictions = [model(x) for x in X]
    loss = losses.mse(predictions, y)
    optimizer.zero_grad()
    loss.backward()
    optim.clip_grad_norm_(model.parameters(), max_norm=1.0)
    optimizer.step()
    if step % 50 == 0:
        print(f"step {step}: loss {loss.item():.4f}")
assert loss.item() < 0.05
