"""A run of `fit` with everything that people expect of such a function."""

from micrograd import MLP, data, fit, losses, summary

X, y = data.moons(200, noise=0.1, seed=0)
model = MLP(2, [16, 16, 1])
print(summary(model))

history = fit(
    model, "hinge", X, y, epochs=60, batch_size=20, lr=0.01, validation_split=0.2,
    early_stopping=True, metrics=["accuracy"], verbose=0, random_state=0,
)  # fmt: skip

print(f"{len(history)} steps, loss {history['loss'][-1]:.3f}, {history['val_accuracy'][-1]:.1%}")
figure = history.plot()
table = history.to_pandas()
predictions = [1 if model(x) > 0 else -1 for x in X]
assert losses.accuracy([model(x) for x in X], y) > 0.8
assert sum(p == t for p, t in zip(predictions, y)) > 160
