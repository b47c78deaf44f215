"""Programs that people guess, before they have read a page of ours.

Rule: a program in tests/guessed runs as it is, or after one edit; the error that asks for the edit
names what to write. Each program asserts what its author expects of it.
"""

import re
import warnings
from pathlib import Path

import pytest

import micrograd

FOLDER = Path(__file__).parent / "guessed"
NEEDS = {"sklearn": "sklearn", "pandas": "pandas", "grid": "sklearn"}  # by the file's first word

# fmt: off
EDITS = {  # program: (what is guessed, what is written instead, the error, the words that it names)
    "pytorch_xor": (
        'micrograd.save(model.state_dict(), "xor.pt")', 'micrograd.save(model, "xor.safetensors")',
        TypeError, ["save(model, "]),
    "pytorch_loader": (
        "from micrograd.data import DataLoader, moons\n\nmicrograd.manual_seed(0)\nX, y = moons(100, noise=0.1, seed=0)\nloader = DataLoader(X, y, batch_size=20, shuffle=True)",
        "from micrograd.data import batches, moons\n\nmicrograd.manual_seed(0)\nX, y = moons(100, noise=0.1, seed=0)\nloader = list(batches(X, y, size=20))",
        ImportError, ["batches(X, y, size="]),
    "sklearn_classifier": (
        "from micrograd import MLPClassifier", "from micrograd.sklearn import MLPClassifier",
        ImportError, ["from micrograd.sklearn import MLPClassifier"]),
    "keras_classifier": (
        'model.compile(optimizer="adam", loss="hinge", metrics=["accuracy"])\n'
        "history = model.fit(X, y, epochs=40, batch_size=16, validation_split=0.2, verbose=0)",
        "from micrograd import fit, optim\n"
        'history = fit(model, "hinge", X, y, optimizer=optim.Adam, epochs=40, batch_size=16, validation=0.2, metrics=["accuracy"], progress=False)',
        AttributeError, ['fit(model, "hinge", X, y', "optimizer=optim.Adam", "validation=0.2", 'metrics=["accuracy"]', "progress=False"]),
    "fit_moons": (
        'lr=0.01, validation_split=0.2,\n    early_stopping=True, metrics=["accuracy"], verbose=0, random_state=0,',
        'optimizer=lambda parameters: optim.Adam(parameters, lr=0.01),\n    validation=0.2, patience=10, metrics=["accuracy"], progress=False, seed=0,',
        TypeError, ["optimizer=lambda parameters: optim.Adam(parameters, lr=0.01)", "validation=0.2", "patience=10", "progress=False", "seed=0"]),
    "regression": (
        "losses.mse(predictions, y)", "losses.mean_squared_error(predictions, y)",
        AttributeError, ["losses.mean_squared_error"]),
    "pandas_table": (
        'frame["label"], epochs', 'np.unique(frame["label"], return_inverse=True)[1], epochs',
        ValueError, ["np.unique(y, return_inverse=True)[1]"]),
}
IMPORTS = {"fit_moons": "from micrograd import optim\n", "pandas_table": "import numpy as np\n"}
# fmt: on
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))


def run(name: str, source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a training that could go on
        exec(compile(source, f"{name}.py", "exec"), {"__name__": "__main__"})


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_guessed_program_needs_at_most_one_edit(name, tmp_path, monkeypatch):
    pytest.importorskip(NEEDS.get(name.partition("_")[0], "numpy"))
    monkeypatch.chdir(tmp_path)
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    if name not in EDITS:
        run(name, source)
        return
    guess, instead, exception, words = EDITS[name]
    assert source.count(guess) == 1
    with pytest.raises(exception) as caught:
        run(name, source)
    for written in words:
        assert written in str(caught.value)
        assert written in instead or written.replace("(y,", '(frame["label"],') in instead
    run(name, IMPORTS.get(name, "") + source.replace(guess, instead))


def test_there_are_ten_programs():
    assert len(PROGRAMS) == 10
    assert set(EDITS) <= set(PROGRAMS)


# fmt: off
IMPORTED = {  # a line: what the ImportError says
    "from micrograd import MLPClassifier":     "Write from micrograd.sklearn import MLPClassifier.",
    "from micrograd import fitt":              "Did you mean",
    "from micrograd.nn import Dense":          "Write nn.Linear(nin, nout).",
    "from micrograd.training import Histori":  "Did you mean",
}
# fmt: on


@pytest.mark.parametrize("line", IMPORTED)
def test_an_import_of_what_is_not_there_is_answered(line):
    """Python would say "cannot import name", and nothing else."""
    with pytest.raises(ImportError, match=re.escape(IMPORTED[line])):
        exec(line)


def test_a_name_that_is_not_there_is_no_import_elsewhere():
    assert not hasattr(micrograd, "fitt")
    with pytest.raises(AttributeError):
        micrograd.fitt  # noqa: B018
