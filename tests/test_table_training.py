"""Training on tables, predicting for others, and the commands: on data whose answer is known.

Rule: what a user types is run as a user runs it, in a folder of one's own.
"""

import csv
import json
import math
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer

from micrograd import load
from micrograd.cli import app
from micrograd.cli.results import RunOptions
from micrograd.cli.tables import TableOptions, read_layers, train_csv
from micrograd.saving.model_file import read_about, save
from micrograd.tables import messages, metrics, plots
from micrograd.tables.prediction import most_likely, predict_table
from micrograd.tables.training import train_table
from tests.support.commands import CliRunner
from tests.support.processes import interruptible

SCRIPT = Path(sys.executable).with_name("micrograd")
PNG = b"\x89PNG\r\n\x1a\n"
FILES = ["checkpoint.safetensors", "curve.png", "metrics.json", "model.safetensors"]


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def write(name, header, rows):
    with open(name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return name


def read_rows(name):
    with open(name, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def blobs(count=240, seed=1):
    """Three kinds: two lie apart, the third lies on the first and is told by its colour."""
    chance, rows = random.Random(seed), []
    for i in range(count):
        kind = i % 3
        x = [chance.gauss(4.0 if kind == 1 else 0.0, 0.7) for _ in range(2)]
        rows.append([*x, "red" if kind == 2 else chance.choice(["blue", ""]), "abc"[kind]])
    return rows


def plane(count=240, seed=1):
    """y = 100 + 30 x - 20 z, and 50 more for one category, under a little noise."""
    chance, rows = random.Random(seed), []
    for _ in range(count):
        x, z, c = chance.gauss(0, 1), chance.gauss(5, 2), chance.choice("pq")
        rows.append([x, z, c, 100 + 30 * x - 20 * z + 50 * (c == "p") + chance.gauss(0, 1)])
    return rows


def write_kinds():
    return write("kinds.csv", ["x1", "x2", "colour", "kind"], blobs())


@pytest.fixture
def kinds():
    return write_kinds()


@pytest.fixture
def amounts():
    return write("amounts.csv", ["x", "z", "c", "y"], plane())


def train(path, target, layers=None, task="auto", out="out", **changes):
    epochs = changes.pop("epochs", None)
    run = RunOptions(Path(out), None, 0, "jit", resume=False, as_json=False)
    train_csv(Path(path), TableOptions(target, layers, task, epochs), replace(run, **changes))


def run(*arguments):
    return CliRunner().invoke(app.app, [*map(str, arguments)], prog_name="micrograd")


def refused(result):
    """The one sentence, after a check that it is one and that nothing else was said."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("error: ") == 1
    return result.stderr.split("error: ")[1].strip()


# ---------------------------------------------------------------------------------------- learning


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_classes_are_told_apart(kinds, engine):
    layers = (8,) if engine == "eager" else (32, 16)  # eager steps are slow
    epochs = 15 if engine == "eager" else 200
    found = train_table(kinds, "kind", layers, engine=engine, epochs=epochs, progress=False)
    assert found.scores["accuracy"] >= 0.9
    assert found.scores["baseline"]["accuracy"] == pytest.approx(1 / 3, abs=0.05)
    assert sum(of["rows"] for of in found.scores["classes"].values()) == 48
    assert found.results()["task"] == "classify"


@pytest.mark.slow
def test_amounts_are_learned(amounts):
    found = train_table(amounts, "y", progress=False)
    assert found.scores["r2"] >= 0.95
    assert found.scores["rmse"] < 0.25 * found.scores["baseline"]["rmse"]
    assert found.results()["rows"] == {"training": 154, "validation": 38, "held_out": 48}


@pytest.mark.slow
@pytest.mark.parametrize("target, path", [("kind", "kinds"), ("y", "amounts")])
def test_the_same_seed_gives_the_same_model(request, target, path):
    path = request.getfixturevalue(path)
    results = []
    for seed in (1, 1, 2):
        found = train_table(path, target, (4,), seed=seed, epochs=3, progress=False)
        results.append((found.model.state_dict(), found.scores))
    assert results[0] == results[1] != results[2]


@pytest.mark.slow
def test_it_stops_before_the_noise_is_learned():
    chance = random.Random(5)
    rows = [[chance.random(), chance.random()] for _ in range(100)]
    found = train_table(write("noise.csv", ["x", "y"], rows), "y", epochs=1000, progress=False)
    assert found.history.stopped == "early"


def test_a_run_goes_on_where_it_was(kinds, tmp_path):
    how = {"layers": (4,), "checkpoint": tmp_path / "c.safetensors", "progress": False}
    whole = train_table(kinds, "kind", (4,), epochs=6, progress=False)
    train_table(kinds, "kind", epochs=3, **how)
    rest = train_table(kinds, "kind", epochs=6, resume=True, **how)
    assert rest.model.state_dict() == whole.model.state_dict()
    assert rest.history.losses == whole.history.losses


def test_without_a_checkpoint_a_run_begins_anew(kinds, tmp_path):
    path = tmp_path / "c.safetensors"
    found = train_table(kinds, "kind", (4,), epochs=1, checkpoint=path, resume=True, progress=False)
    assert f"There is no checkpoint {path}, so training started from the beginning." in found.notes


# ------------------------------------------------------------------------------------------ scores


def test_scores_of_classes():
    found = metrics.classification([0, 0, 1, 1], [0, 1, 1, 1], ["a", "b", "c"], 1)
    assert found == {
        "accuracy": 0.75,
        "baseline": {"class": "b", "accuracy": 0.75},
        "classes": {
            "a": {"precision": 0.5, "recall": 1.0, "rows": 1},
            "b": {"precision": 1.0, "recall": 2 / 3, "rows": 3},
            "c": {"precision": None, "recall": None, "rows": 0},
        },
        "confusion": [[1, 0, 0], [1, 2, 0], [0, 0, 0]],
    }


@pytest.mark.parametrize(
    "predicted, right, rmse, mae, r2",
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 0.0, 0.0, 1.0),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], math.sqrt(2 / 3), 2 / 3, 0.0),
        ([3.0, 4.0], [0.0, 0.0], math.sqrt(12.5), 3.5, None),
        ([1e300, 0.0], [0.0, 0.0], 1e300 / math.sqrt(2), 5e299, None),
    ],
)
def test_scores_of_amounts(predicted, right, rmse, mae, r2):
    found = metrics.regression(np.array(predicted), np.array(right), 0.0)
    # means and a root of three numbers: a few roundings
    assert (found["rmse"], found["mae"]) == pytest.approx((rmse, mae), rel=1e-15)
    assert found["r2"] == (None if r2 is None else pytest.approx(r2, abs=1e-15))


@pytest.mark.slow
def test_scores_are_those_of_scikit_learn(kinds, amounts):
    from sklearn import metrics as sklearn_metrics

    chance = np.random.default_rng(0)
    right, predicted = chance.integers(0, 3, 50), chance.integers(0, 3, 50)
    found = metrics.classification(predicted, right, list("abc"), 0)
    assert found["confusion"] == sklearn_metrics.confusion_matrix(right, predicted).tolist()
    assert found["accuracy"] == sklearn_metrics.accuracy_score(right, predicted)
    precision, recall, *_ = sklearn_metrics.precision_recall_fscore_support(right, predicted)
    assert [of["precision"] for of in found["classes"].values()] == precision.tolist()
    assert [of["recall"] for of in found["classes"].values()] == recall.tolist()
    right, predicted = chance.normal(size=50), chance.normal(size=50)
    found = metrics.regression(predicted, right, 0.0)
    # sums of fifty numbers in another order
    assert found["r2"] == pytest.approx(sklearn_metrics.r2_score(right, predicted), rel=1e-12)
    assert found["mae"] == pytest.approx(
        sklearn_metrics.mean_absolute_error(right, predicted), rel=1e-12
    )


# ---------------------------------------------------------------------------------------- pictures


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_confusion_shows_its_counts():
    figure = plots.draw_confusion([[9, 1], [0, 0]], ["a", "$b$"], 0.9)
    axes = figure.axes[0]
    assert texts(figure) == ["9", "1", "0"]
    assert axes.get_title() == "Held-out rows: 90.0 % of 10 right"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", r"\$b\$"]


@pytest.mark.parametrize(
    "count, named, counted", [(20, True, True), (21, True, False), (41, False, False)]
)
def test_a_confusion_of_many_classes(count, named, counted):
    names = [f"class {i}" for i in range(count)]
    figure = plots.draw_confusion(np.eye(count, dtype=int).tolist(), names, 1.0)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert (labels == names, bool(texts(figure))) == (named, counted)


@pytest.mark.parametrize(
    "name, shown",
    [
        ("a\n b", "a b"),
        ("x" * 22, "x" * 22),
        ("x" * 23, "x" * 21 + "…"),
        ("$1", r"\$1"),
        ("größe", "größe"),
        ("東京", ""),
    ],
)
def test_names_in_pictures(name, shown):
    assert plots.short_name(name) == shown


@pytest.mark.parametrize("count", [1, 301, 3001])
@pytest.mark.parametrize("r2, title", [(0.5, "R² = 0.500"), (None, "Held-out rows")])
def test_a_fit_shows_every_row(count, r2, title):
    numbers = np.arange(count, dtype=float)
    figure = plots.draw_fit(numbers, numbers + 1, "東京", r2)
    axes = figure.axes[0]
    assert len(axes.collections[0].get_offsets()) == count
    assert axes.get_xlabel() == "the target, true"
    assert title in axes.get_title()


def test_a_curve_is_of_epochs():
    figure = plots.draw_run([2.0, 1.0], {"step": [2], "loss": [1.5]}, 1_000)
    assert "1,000 steps" in figure.axes[0].get_title()


# --------------------------------------------------------------------------------------- the files


@pytest.mark.slow
def test_what_is_written_for_classes(kinds, capsys):
    train(kinds, "kind")
    assert sorted(os.listdir("out")) == sorted([*FILES, "confusion.png"])
    for name in ("curve.png", "confusion.png"):
        assert Path("out", name).read_bytes().startswith(PNG)
    said = capsys.readouterr().out
    assert all(f"wrote {Path('out', name)}" in said for name in [*FILES, "confusion.png"])
    assert "kind (classify)" in said
    assert "precision" in said
    assert "note: Column 'colour'" in said
    results = json.loads(Path("out/metrics.json").read_text())
    assert results["held_out"]["accuracy"] >= 0.9
    assert f"accuracy {100 * results['held_out']['accuracy']:.1f} %" in said


@pytest.mark.slow
def test_what_is_written_for_amounts(amounts, capsys):
    train(amounts, "y", layers="8", epochs=20)
    assert sorted(os.listdir("out")) == sorted([*FILES, "fit.png"])
    assert Path("out/fit.png").read_bytes().startswith(PNG)
    said = capsys.readouterr().out
    assert "y (regress)" in said
    assert "RMSE" in said
    assert json.loads(Path("out/metrics.json").read_text())["held_out"]["r2"] > 0


@pytest.mark.slow
def test_scores_that_are_not_defined_are_dashes(capsys):
    rows = [[i % 7, 1 if i % 5 == 2 else i] for i in range(6)]
    train(write("few.csv", ["x", "y"], rows), "y", task="regress", epochs=1)
    assert "R²" in capsys.readouterr().out
    assert json.loads(Path("out/metrics.json").read_text())["held_out"]["r2"] is None


@pytest.mark.slow
def test_json_is_all_that_is_said(kinds, capsys):
    train(kinds, "kind", layers="4", epochs=2, as_json=True)
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert said.err == ""
    assert found["files"] == [
        str(Path("out", name))
        for name in [
            "model.safetensors",
            "curve.png",
            "confusion.png",
            "metrics.json",
            "checkpoint.safetensors",
        ]
    ]
    assert found.items() >= json.loads(Path("out/metrics.json").read_text()).items()


@pytest.mark.slow
def test_the_model_says_what_it_is(kinds):
    train(kinds, "kind", layers="4", epochs=2)
    about = read_about("out/model.safetensors")
    assert about["kind"] == "table"
    assert about["what"] == "'kind' from 3 columns of kinds.csv"
    assert about["results"].keys() == {"accuracy", "held-out rows"}
    assert about["encoding"]["target"] == {
        "name": "kind",
        "classes": ["a", "b", "c"],
        "frequent": 2,
        "kind": "classes",
    }


@pytest.mark.slow
def test_pictures_of_another_task_do_not_stay(capsys):
    rows = [[i % 7, i % 2] for i in range(40)]
    write("t.csv", ["x", "y"], rows)
    train("t.csv", "y", layers="2", epochs=2, task="regress")
    train("t.csv", "y", layers="2", epochs=2, task="classify")
    assert set(os.listdir("out")) >= {"confusion.png", "metrics.json"}
    assert "fit.png" not in os.listdir("out")


@pytest.mark.slow
def test_a_model_for_another_target_is_replaced_only_by_force(capsys):
    rows = [[i % 7, i % 2, (i * i) % 3] for i in range(40)]
    write("t.csv", ["x", "y", "z"], rows)
    train("t.csv", "y", layers="2", epochs=2)
    command = ["train", "t.csv", "--target", "z", "--layers", "2", "--epochs", "2", "--out", "out"]
    assert refused(run(*command)) == (
        "out holds another model ('y' from 2 columns of t.csv), which this run would replace. "
        "Choose another folder with --out, or write --force to replace it."
    )
    assert run(*command, "--force").exit_code == 0
    assert read_about("out/model.safetensors")["name"] == "z"


# -------------------------------------------------------------------------------------- predicting


@pytest.mark.slow
@pytest.mark.parametrize("path, target", [("kinds", "kind"), ("amounts", "y")])
def test_a_saved_model_predicts_the_same(request, path, target):
    path = request.getfixturevalue(path)
    found = train_table(path, target, (8,), epochs=30, progress=False)
    save(found.model, "m.safetensors", found.metadata())
    predictions = predict_table("m.safetensors", path)
    model, held_out = load("m.safetensors"), found.examples.split.held_out
    for i in held_out[:5]:
        outputs = model(found.examples.X[i].tolist())
        goal = found.examples.encoding.target
        if found.examples.classes:
            best = max(range(3), key=lambda k: outputs[k].data)
            assert predictions.values[i] == goal.classes[best]
        else:  # compiled, sums are taken in another order
            value = goal.values(outputs.data)
            assert predictions.values[i] == pytest.approx(value, rel=1e-9)
    if found.examples.classes:
        right = [row[-1] for row in read_rows(path)[1:]]
        hits = [predictions.values[i] == right[i] for i in held_out]
        assert sum(hits) / len(hits) == found.scores["accuracy"]


def test_probabilities_are_those_of_softmax():
    places, found = most_likely(np.array([[0.0, math.log(3.0)], [1000.0, 0.0], [2.0, 2.0]]))
    assert places.tolist() == [1, 0, 0]
    assert found == pytest.approx([0.75, 1.0, 0.5], rel=1e-15)


@pytest.fixture(scope="module")
def trained_folder(tmp_path_factory):
    """Return a folder in which a model of the kinds was trained, once for all tests."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_kinds()
        train("kinds.csv", "kind", as_json=True)
    return folder


@pytest.fixture
def trained(kinds, trained_folder):
    """Return a folder of the test's own with that model, beside its table."""
    return shutil.copytree(trained_folder / "out", Path("out"))


NEW = "x2;note;x1;colour\n0,1;first;0,2;red\n4;second;4;green\nfoo;third;4;\n"


@pytest.mark.slow
def test_predict_writes_the_table_with_predictions(trained, capsys):
    capsys.readouterr()
    Path("new.csv").write_text(NEW)
    result = run("predict", trained, "new.csv", "-o", "deep/p.csv")
    assert result.exit_code == 0, result.output
    rows = [line.split(";") for line in Path("deep/p.csv").read_text().splitlines()]
    assert rows[0] == ["x2", "note", "x1", "colour", "prediction", "probability"]
    assert [row[:4] for row in rows[1:]] == [line.split(";") for line in NEW.splitlines()[1:]]
    assert [row[4] for row in rows[1:3]] == ["c", "b"]
    assert all(1 / 3 <= float(row[5]) <= 1 for row in rows[1:])
    said = " ".join(result.stdout.split())
    assert f"wrote {Path('deep', 'p.csv')} 3 predictions" in said
    assert "Line 4, column 'x2': 'foo' is not a number, but 66 % of the column are" in said
    assert "Column 'x2': 1 missing value (line 4) filled in with" in said
    assert "'green' (line 3) is not among the 3 categories of the training rows" in said
    assert "Column 'colour': 1 missing value (line 4) became a category of its own" in said
    printed = run("predict", trained, "new.csv", "-o", "-")
    assert printed.stdout.splitlines() == Path("deep/p.csv").read_text().splitlines()
    assert "Line 4, column 'x2': 'foo' is not a number" in " ".join(printed.stderr.split())


@pytest.mark.slow
def test_predict_keeps_a_column_that_is_called_prediction(trained):
    write("new.csv", ["x1", "x2", "colour", "prediction"], [[0, 0, "red", "mine"]])
    assert run("predict", trained / "model.safetensors", "new.csv").exit_code == 0
    header, row = read_rows("predictions.csv")
    assert header[3:] == ["prediction", "prediction (2)", "probability"]
    assert row[3:5] == ["mine", "c"]


@pytest.mark.slow
def test_predict_amounts(amounts):
    train(amounts, "y", as_json=True)
    write("new.csv", ["x", "z", "c"], [[0, 5, "p"], [1, 5, "q"]])
    assert run("predict", "out", "new.csv").exit_code == 0
    header, *rows = read_rows("predictions.csv")
    assert header == ["x", "z", "c", "prediction"]
    # 100 + 0 - 100 + 50 and 100 + 30 - 100; the data have a deviation of some 56, and noise of 1
    assert [float(row[-1]) for row in rows] == pytest.approx([50, 30], abs=10)


@pytest.mark.slow
def test_a_misspelt_target_is_named_before_the_folder():
    """The folder holds the model of the right target, which nobody wants to replace."""
    write("t.csv", ["x", "species"], [[i, "ab"[i % 2]] for i in range(40)])
    train("t.csv", "species", layers="2", epochs=2)
    message = refused(run("train", "t.csv", "--target", "speices", "--out", "out"))
    assert message.startswith("t.csv has no column 'speices'. Did you mean 'species'?")


@pytest.mark.slow
def test_a_column_that_the_model_knows_is_not_meant_by_another_name():
    rows = [[i, i % 3, i % 2] for i in range(40)]
    write("t.csv", ["wet", "weight", "y"], rows)
    train("t.csv", "y", layers="2", epochs=2)
    write("new.csv", ["weight", "Wet"], [row[:2] for row in rows])
    assert "lacks columns that the model was trained on: 'wet' (is it 'Wet'?). Add" in refused(
        run("predict", "out", "new.csv")
    )
    write("new.csv", ["weight", "other"], [row[:2] for row in rows])
    assert "was trained on: 'wet'. Add" in refused(run("predict", "out", "new.csv"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments, words",
    [
        (
            ["out", "short.csv"],
            "short.csv lacks columns that the model was trained on: 'x2' (is it 'X2'?), 'colour' "
            "(is it 'color'?). Add them, or rename the columns to these names.",
        ),
        (["out", "no.csv"], "cannot read 'no.csv': No such file or directory."),
        (["no", "short.csv"], "cannot read 'no': No such file or directory."),
        (["short.csv", "short.csv"], "short.csv is not a safetensors file, or only the beginning"),
        (
            ["other.safetensors", "short.csv"],
            "The model in other.safetensors was not trained on a table.",
        ),
        (["out", "kinds.csv", "-o", "out"], "cannot write to 'out': Is a directory. Name another"),
    ],
)
def test_predict_refuses(trained, arguments, words):
    write("short.csv", ["x1", "X2", "color"], [[1, 2, "red"]])
    save(load(trained / "model.safetensors"), "other.safetensors")
    assert refused(run("predict", *arguments)).startswith(words)
    assert not Path("predictions.csv").exists()


def test_many_columns_that_are_missing_are_cut_short():
    words = messages.columns_not_there("t.csv", [f"c{i}" for i in range(20)], ["x"], True)
    assert "'c7' and 12 more" in words


# ----------------------------------------------------------------------------------- the commands


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "No target was chosen. Write --target 'kind', or another column of kinds.csv: "),
        (["--target", "Kinds"], "kinds.csv has no column 'Kinds'. Did you mean 'kind'? Its "),
        (
            ["--target", "kind", "--layers", "8,x"],
            "'8,x' is not a list of layer sizes. Write whole ",
        ),
        (
            ["--target", "kind", "--layers", "1000,1000"],
            "The table gives 5 inputs, and a network of them has 1,010,003 parameters, more than "
            "the 500,000 that are trained in a reasonable time. Remove columns, or choose smaller "
            "--layers.",
        ),
        (["--target", "kind", "--layers", "0"], "'0' is not a list of layer sizes. Write whole "),
        (["--target", "kind", "--task", "regress"], "The target 'kind' contains text ('a'), so it"),
        (["--target", "kind", "--out", "kinds.csv"], "cannot write to 'kinds.csv': "),
    ],
)
def test_train_refuses(kinds, arguments, words):
    assert refused(run("train", "kinds.csv", *arguments)).startswith(words)


@pytest.mark.slow
def test_resuming_another_run_is_refused(trained):
    result = run(
        "train", "kinds.csv", "--target", "kind", "--out", "out", "--layers", "3", "--resume"
    )
    assert result.exit_code == 2
    assert (
        "checkpoint.safetensors belongs to another run: the model is another one" in result.stderr
    )
    assert (
        "Write the options of that run, name another folder with --out, or leave" in result.stderr
    )
    assert "misshapen" not in result.stderr


@pytest.mark.parametrize("text, sizes", [("32,16", (32, 16)), ("8", (8,)), (" 4 , 2", (4, 2))])
def test_layers_in_words(text, sizes):
    assert read_layers(text) == sizes


@pytest.mark.slow
def test_an_interrupted_run_keeps_what_was_reached(kinds, monkeypatch):
    from micrograd.training.loop import Training

    def report(self):
        if self.done >= 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Training, "report", report)
    with pytest.raises(typer.Exit) as caught:
        train(kinds, "kind", layers="4")
    assert caught.value.exit_code == 130
    assert sorted(os.listdir("out")) == sorted([*FILES, "confusion.png"])
    results = json.loads(Path("out/metrics.json").read_text())
    assert results["stopped"] == "interrupted"
    assert results["steps"] >= 5


@pytest.mark.slow
def test_an_interrupt_while_pictures_are_drawn_keeps_the_model(monkeypatch):
    write("t.csv", ["x", "y"], [[i, "ab"[i % 2]] for i in range(40)])
    monkeypatch.setattr("micrograd.tables.pictures_of", interrupt)
    result = run("train", "t.csv", "--target", "y", "--epochs", "2", "--out", "out")
    assert result.exit_code == 130
    assert set(os.listdir("out")) >= {"model.safetensors", "checkpoint.safetensors"}
    assert "wrote out/model.safetensors" in result.stdout.replace(os.sep, "/")
    assert run("predict", "out", "t.csv").exit_code == 0


def interrupt(*_):
    raise KeyboardInterrupt


def test_a_run_that_was_interrupted_at_once(kinds, monkeypatch):
    from micrograd.training.loop import Training

    def begin(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Training, "begin", begin)
    with pytest.raises(typer.Exit):
        train(kinds, "kind", layers="4")
    assert json.loads(Path("out/metrics.json").read_text())["steps"] == 0
    assert not Path("out/curve.png").exists()


@pytest.mark.slow
def test_the_commands_as_typed():
    rows = [
        [f"{x:.3f}", f"{y:.3f}", colour, {"a": "東京"}.get(kind, kind)]
        for x, y, colour, kind in blobs()
    ]
    write("kinds.csv", ["x1", "x2", "colour", "kind"], rows)
    one = subprocess.run(
        [SCRIPT, "train", "kinds.csv", "--target", "kind", "--json"], capture_output=True, text=True
    )
    assert one.returncode == 0, one.stderr
    found = json.loads(one.stdout)
    assert found["held_out"]["accuracy"] >= 0.9
    assert sorted(os.listdir()) == ["kinds.csv", "micrograd-kinds"]
    two = subprocess.run(
        [SCRIPT, "predict", "micrograd-kinds", "kinds.csv"], capture_output=True, text=True
    )
    assert two.returncode == 0, two.stderr
    assert len(read_rows("predictions.csv")) == 241
    assert (one.stderr, two.stderr) == ("", "")


INTERRUPTED = """
import os, signal
from micrograd import cli
from micrograd.training.loop import Training
report = Training.report
Training.report = lambda run: (report(run), os.kill(os.getpid(), signal.SIGINT))
cli.main()
"""


@pytest.mark.slow
def test_ctrl_c_as_typed(amounts):
    command = interruptible(INTERRUPTED, "train", amounts, "--target", "y")
    first = subprocess.run(command, capture_output=True, text=True)
    assert first.returncode == 130, first.stderr
    assert "then it was interrupted" in first.stdout
    assert sorted(os.listdir("micrograd-amounts")) == sorted([*FILES, "fit.png"])
    again = run("train", amounts, "--target", "y", "--resume")
    assert again.exit_code == 0, again.output
    assert "resuming from" in again.stderr
