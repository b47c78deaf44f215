"""A network trained on a table: it predicts a class or an amount.

Rule: rows are held out before anything is computed from them, and the scores come from them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.nn import MLP
from micrograd.optim import AdamW
from micrograd.support.randomness import seeded
from micrograd.tables import messages, metrics, notes
from micrograd.tables.encoding import Classes
from micrograd.tables.preparation import Examples, prepare
from micrograd.training import History, cross_entropy_loss, fit, predict, squared_error_loss

LAYERS = (32, 16)
EPOCHS = 200
# AdamW's settings, tried on six of scikit-learn's tables with six seeds: a third of the rate is as
# good and takes twice the steps; without decay, or with he's weights, tables of few rows do worse.
RATE, DECAY = 0.003, 0.3
MOST_PARAMETERS = 500_000  # a network of 320,000 took 1.4 GB, and more than a minute to compile
PATIENCE = 20  # validations without a better loss before training ends
SMALLEST, LARGEST = 8, 256  # sizes of a minibatch; in between an epoch has 32 steps


@dataclass
class Trained:
    """The result of `train_table`. `scores` come from the held-out rows; `epoch` counts steps."""

    model: MLP
    examples: Examples
    history: History
    epoch: int
    scores: dict
    source: str
    seed: int

    @property
    def notes(self) -> list[str]:
        """The changes to the table, in sentences."""
        return self.examples.table.notes

    def results(self) -> dict:
        """Return the facts of the run, as JSON."""
        target, shares = self.examples.encoding.target, self.examples.split
        return {
            "target": target.name,
            "task": "classify" if self.examples.classes else "regress",
            "rows": {share: len(places) for share, places in vars(shares).items()},
            "inputs": self.examples.encoding.width,
            "parameters": len(self.model.parameters()),
            "steps": self.history.first + len(self.history.losses),
            "stopped": self.history.stopped,
            "seconds": round(self.history.seconds[-1], 3) if self.history.seconds else 0.0,
            "seed": self.seed,
            "held_out": self.scores,
            "notes": self.notes,
        }

    def metadata(self) -> dict:
        """Return what the model's file says about it, with the encoding that predictions need."""
        encoding = self.examples.encoding
        count = len(encoding.features)
        numbers = {name: x for name, x in self.scores.items() if not isinstance(x, dict | list)}
        return {
            "kind": "table",
            "name": encoding.target.name,
            "source": self.source,
            "what": f"{encoding.target.name!r} from {count} columns of {self.source}",
            "results": {**numbers, "held-out rows": len(self.examples.split.held_out)},
            "trained": date.today().isoformat(),
            "encoding": encoding.to_json(),
        }


def train_table(
    path: Path | str,
    target: str,
    layers: Sequence[int] = LAYERS,
    task: str = "auto",
    *,
    seed: int = 0,
    engine: str = "jit",
    epochs: int = EPOCHS,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: bool = True,
) -> Trained:
    """Train a network that predicts the column `target` of a CSV file, and return it with its run.

    `layers` are the sizes of the hidden layers. `task` is "classify", "regress" or "auto", which
    takes texts and few whole numbers for classes. A fifth of the rows is held out; a fifth of the
    others decides when to stop, after at most `epochs` passes. With `resume` the training continues
    from `checkpoint`.

    Raises TableError for a table that cannot be read or learned from, and what `fit` raises.
    """
    examples = prepare(path, target, task, seed)
    if resume and checkpoint and not checkpoint.exists():
        examples.table.notes.append(notes.no_checkpoint(checkpoint))
    with seeded(seed):
        model = build_model(examples, layers)
    count = len(examples.split.training)
    size = min(max(count // 32, SMALLEST), LARGEST, count)
    history = fit(
        model,
        cross_entropy_loss if examples.classes else squared_error_loss,
        *examples.rows(examples.split.training),
        optimizer=lambda parameters: AdamW(parameters, lr=RATE, weight_decay=DECAY),
        epochs=epochs,
        batch_size=size,
        engine=engine,
        validation=examples.rows(examples.split.validation),
        patience=PATIENCE,
        seed=seed,
        checkpoint=checkpoint,
        resume=resume,
        progress=progress,
    )
    scores = score(model, examples)
    return Trained(model, examples, history, count // size, scores, Path(path).name, seed)


def build_model(examples: Examples, layers: Sequence[int]) -> MLP:
    """Return a network with an output for each class, or one output for an amount.

    Raises TableError if it would take gigabytes and many minutes to compile.
    """
    inputs = examples.X.shape[1]
    outputs = len(examples.classes) if examples.classes else 1
    sizes = [*layers, outputs]
    parameters = sum((nin + 1) * nout for nin, nout in zip([inputs, *layers], sizes))
    if parameters > MOST_PARAMETERS:
        message = messages.too_many_inputs(inputs, parameters, MOST_PARAMETERS)
        raise errors.TableError(message)
    return MLP(inputs, sizes, init="xavier")


def score(model: MLP, examples: Examples) -> dict:
    """Return the scores on the held-out rows, beside a baseline that ignores the inputs.

    The baseline predicts the most frequent class of the training rows, or their mean.
    """
    X, truth = examples.rows(examples.split.held_out)
    outputs = predict(model, X)
    if examples.classes:
        target = examples.encoding.target
        assert isinstance(target, Classes)
        predicted = outputs.argmax(axis=1)
        return metrics.classification(predicted, truth, target.classes, target.frequent)
    mean = float(examples.amounts(np.zeros(1))[0])  # an output of 0 stands for the mean
    return metrics.regression(examples.amounts(outputs), examples.amounts(truth), mean)


def held_out_amounts(model: MLP, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Return the true and the predicted amounts of the held-out rows."""
    X, truth = examples.rows(examples.split.held_out)
    return examples.amounts(truth), examples.amounts(predict(model, X))
