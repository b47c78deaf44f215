"""A classifier as a user of Keras writes it."""

from micrograd import data, nn

X, y = data.moons(200, noise=0.1, seed=0)

model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
model.compile(optimizer="adam", loss="hinge", metrics=["accuracy"])
history = model.fit(X, y, epochs=40, batch_size=16, validation_split=0.2, verbose=0)

assert history["loss"][-1] < history["loss"][0]
assert history["val_accuracy"][-1] > 0.7
