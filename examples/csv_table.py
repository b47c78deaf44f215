"""Learn to predict a column of a CSV file, save the model, and predict with what was saved.

The program first writes a table: the tread depth of a tyre after some kilometres on some road. It
prints the error on held-out rows, in millimetres, and predictions for two new rows, made by the
model that was read back from its file. `micrograd train FILE.csv --target COLUMN` does all of this
in one line.

Usage: python examples/csv_table.py [STEPS]
"""

import csv
import random
import sys
import tempfile
from pathlib import Path

from micrograd import MLP, fit, load, losses, no_grad, optim, save

ROADS = ["city", "country", "gravel"]
folder = Path(tempfile.mkdtemp())
random.seed(1)
with open(folder / "tyres.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["km", "road", "tread_mm"])
    for _ in range(200):
        km, road = random.randrange(50_000), random.choice(ROADS)
        worn = km / 10_000 * (1.0 + 0.5 * ROADS.index(road))
        writer.writerow([km, road, round(8.0 - worn + random.gauss(0, 0.1), 2)])


def numbers(row):
    """Return one number for the distance and one for each road: 1 for the road that it was."""
    return [float(row["km"]) / 50_000, *(float(row["road"] == road) for road in ROADS)]


with open(folder / "tyres.csv", newline="") as file:
    table = list(csv.DictReader(file))
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
model = MLP(4, [8, 1], activation="tanh", init="xavier")
history = fit(
    model,
    lambda model, x, y: losses.mean_squared_error(model(x), y),
    [numbers(row) for row in table],
    [float(row["tread_mm"]) for row in table],
    optimizer=lambda parameters: optim.Adam(parameters, lr=0.02),
    steps=steps,
    batch_size=20,
    validation=0.2,  # this share of the rows is held out
    progress=False,
)
print(f"typical error on held-out rows: {history.validation['loss'][-1] ** 0.5:.2f} mm")
saved = load(save(model, folder / "tyres.safetensors"))
with no_grad():
    for km, road in ((10_000, "city"), (30_000, "gravel")):
        tread = saved(numbers({"km": km, "road": road})).data
        print(f"{km} km, {road}: {tread:.1f} mm")
