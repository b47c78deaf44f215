"""A table of pandas, with text as the target."""

import pandas as pd

from micrograd import MLP, fit
from micrograd.data import moons

X, y = moons(120, noise=0.1, seed=1)
frame = pd.DataFrame(X, columns=["east", "north"])
frame["label"] = ["up" if target > 0 else "down" for target in y]

model = MLP(2, [16, 2], activation="tanh")
history = fit(
    model, "cross_entropy", frame[["east", "north"]], frame["label"], epochs=100, batch_size=20,
    validation=0.2, metrics=["accuracy"], progress=False,
)  # fmt: skip

curves = history.to_pandas()
assert curves["loss"].iloc[-1] < curves["loss"].iloc[0]
assert curves["validation_accuracy"].max() > 0.6
