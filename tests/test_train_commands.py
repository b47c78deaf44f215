"""`micrograd train`, `sample` and `info`, as a user runs them, in a folder of their own."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from micrograd import MLP, load, losses, save
from micrograd.cli.app import app
from micrograd.models import RECIPES, char_gpt
from micrograd.models.recipes import Recipe
from micrograd.training import History
from tests.support.commands import CliRunner
from tests.support.processes import interruptible_micrograd

pytestmark = pytest.mark.slow

WROTE = ["model.safetensors", "history.csv", "curve.png", "learnt.png", "checkpoint.safetensors"]


def run(folder, *arguments):
    """Run the command in the folder, in this process; `run_as_typed` starts one of its own."""
    environment = {"COLUMNS": "100", "NO_COLOR": "1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, arguments, prog_name="micrograd", env=environment)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def run_as_typed(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "micrograd", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def gpt(tmp_path_factory):
    """A folder with a GPT that was trained for a moment on a text of one's own."""
    folder = tmp_path_factory.mktemp("gpt")
    (folder / "words.txt").write_text("ähre\nbar\n\nrabe\n  bär\n", encoding="utf-8-sig")
    done = run(folder, "train", "gpt", "--file", "words.txt", "--steps", "150", "--samples", "4")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_without_a_name_the_models_are_listed(tmp_path):
    done = run(tmp_path, "train")
    for name in ("moons", "yinyang", "points", "sine", "digits", "gpt", "FILE.csv"):
        assert name in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_help_has_examples(tmp_path):
    for command in ("train", "sample", "info"):
        done = run(tmp_path, command, "--help")
        assert re.search(rf"Examples\s+.*micrograd {command}", done.stdout, re.S)


def test_a_model_is_trained_and_everything_is_written(tmp_path):
    done = run_as_typed(tmp_path, "train", "points", "--seed", "3")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "micrograd-points"
    for name in WROTE:
        assert f"wrote micrograd-points/{name}" in done.stdout
        assert (folder / name).stat().st_size > 0
    assert {path.name for path in folder.iterdir()} == set(WROTE)
    assert load(folder / "model.safetensors")([2.0, 3.0, -1.0]).data > 0.8
    assert len((folder / "history.csv").read_text().splitlines()) == 201
    said = run(tmp_path, "info", "micrograd-points/model.safetensors").stdout
    assert "the lecture's four points" in said
    assert "micrograd.load('micrograd-points/model.safetensors')" in said


def test_engines_and_seeds(tmp_path):
    found = {}
    for engine in ("jit", "eager"):
        done = run(tmp_path, "train", "points", "--engine", engine, "--json", "--steps", "30")
        found[engine] = json.loads(done.stdout)
    losses = {engine: found[engine]["training"]["loss"] for engine in found}
    assert losses["jit"] == pytest.approx(losses["eager"], rel=1e-9)
    assert found["jit"]["files"] == [f"micrograd-points/{name}" for name in (*WROTE,)]
    other = json.loads(
        run(tmp_path, "train", "points", "--json", "--steps", "30", "--seed", "1").stdout
    )
    assert other["training"]["loss"] != losses["jit"]


def test_resume_goes_on(tmp_path):
    new = run(tmp_path, "train", "points", "--steps", "30", "--resume")
    assert "no checkpoint yet, so --resume begins" in new.stderr.replace("\n", " ")
    done = run(tmp_path, "train", "points", "--steps", "50", "--resume")
    assert "no checkpoint yet" not in done.stderr.replace("\n", " ")
    assert "after step 30 of 50" in done.stderr.replace("\n", "")
    at_once = json.loads(run(tmp_path, "train", "points", "--steps", "50", "--json").stdout)
    assert f"{at_once['training']['loss']:.4g}" in done.stdout
    wrote = set(re.findall(r"^wrote micrograd-points/(\S+)", done.stdout, re.M))
    assert wrote == {*WROTE, "checkpoint.safetensors.previous"}


def test_a_gpt_of_ones_own_text(gpt):
    folder, said = gpt
    lines = said.splitlines()
    new = lines[lines.index(next(line for line in lines if line.startswith("wrote"))) - 4 :][:4]
    assert set("".join(new)) <= set("ährebar")
    model = "micrograd-words/model.safetensors"
    first = run(folder, "sample", model, "--count", "4").stdout.splitlines()
    assert first == new
    assert run(folder, "sample", model, "--count", "4", "--seed", "5").stdout.splitlines() != new
    assert run(folder, "sample", "micrograd-words", "--count", "4").stdout.splitlines() == new
    assert "micrograd sample micrograd-words/model" in run(folder, "info", "micrograd-words").stdout


def test_a_gpt_of_other_sizes_cannot_be_resumed(gpt):
    folder, _ = gpt
    before = (folder / "micrograd-words" / "model.safetensors").read_bytes()
    done = run(folder, "train", "gpt", "--file", "words.txt", "--width", "8", "--resume")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Write --context 16 --width 16 --layers 1 to continue it, or leave out" in done.stderr
    assert (folder / "micrograd-words" / "model.safetensors").read_bytes() == before


def test_a_gpt_is_measured_on_documents_that_it_has_not_seen(tmp_path):
    lines = [f"{'ab' * (i % 3 + 1)}{'c' * (i % 4)}" for i in range(40)]
    (tmp_path / "lines.txt").write_text("\n".join(lines))
    options = ("--steps", "20", "--context", "5", "--width", "4", "--samples", "1", "--json")
    done = run(tmp_path, "train", "gpt", "--file", "lines.txt", *options)
    found = json.loads(done.stdout)
    (loss,) = found["validation"].values()
    assert 0.0 < loss < 3.0  # a character in three is guessed with 1.1
    model = load(tmp_path / "micrograd-lines" / "model.safetensors")
    assert (model.context, len(model.tokens.weight[0])) == (5, 4)


def test_documents_are_held_out_once():
    documents = [str(i) for i in range(95)]
    training, held_out = char_gpt.hold_out(documents, seed=1)
    assert (len(training), len(held_out)) == (86, 9)
    assert sorted([*training, *held_out]) == sorted(documents)
    assert char_gpt.hold_out(documents, seed=1) == (training, held_out)
    assert char_gpt.hold_out(documents[:9], seed=1) == (documents[:9], [])


@pytest.mark.parametrize("command", [["demo"], ["train", "moons"], ["train", "gpt"]])
def test_an_interrupt_before_the_first_step_writes_nothing(monkeypatch, tmp_path, command):
    def interrupted(*_, **__):
        return History(stopped="interrupted")

    monkeypatch.setattr(Recipe, "train", interrupted)
    monkeypatch.setattr(char_gpt, "train", interrupted)
    done = run(tmp_path, *command, "--out", "out")
    assert (done.returncode, done.stdout) == (130, "")
    assert "interrupted before its first step, so nothing was written." in done.stderr
    assert not (tmp_path / "out").exists()


def test_scores_stand_in_the_column_of_what_they_were_measured_on(tmp_path):
    run(tmp_path, "train", "moons", "--steps", "30", "--json")
    told = json.loads((run(tmp_path, "train", "moons", "--steps", "30", "--json")).stdout)
    model = load(tmp_path / "micrograd-moons" / "model.safetensors")
    for column, (X, y) in zip(("training", "validation"), RECIPES["moons"].data(0)):
        outputs = [model(row).data for row in X]
        assert told[column]["loss"] == pytest.approx(losses.hinge(outputs, y))
        assert told[column]["accuracy"] == losses.accuracy(outputs, y)


# fmt: off
BAD = {  # name: (arguments, what is said)
    "no such model":  (["train", "moon"], "There is no model called 'moon'. Did you mean moons?"),
    "other option":   (["train", "moons", "--target", "x"], "--target applies to a CSV file only."),
    "another":        (["train", "moons", "--file", "x.txt"], "--file applies to gpt only."),
    "steps, CSV":     (["train", "x.csv", "--target", "y", "--steps", "3"], "Use --epochs, the"),
    "no text":        (["train", "gpt", "--file", "none.txt"], "cannot read 'none.txt': No such"),
    "a folder":       (["train", "gpt", "--file", "."], "cannot read '.': Is a directory"),
    "no UTF-8":       (["train", "gpt", "--file", "latin.txt"], "latin.txt is not text in UTF-8"),
    "seed below 0":   (["train", "points", "--seed", "-1"], "--seed: expected a whole"),
    "empty text":     (["train", "gpt", "--file", "empty.txt"], "empty.txt has no text"),
    "no model":       (["info", "none.safetensors"], "No such file"),
    "no model file":  (["info", "empty.txt"], "empty.txt is not a safetensors file"),
    "sample of that": (["sample", "empty.txt"], "empty.txt is not a safetensors file"),
    "text":           (["train", "poems.txt"], "micrograd train gpt --file poems.txt. For a table"),
    "text, target":   (["train", "x.TXT", "--target", "y"], "--file x.TXT. For a table, rename"),
    "out is a file":  (["train", "points", "--out", "empty.txt"], "cannot write to 'empty.txt'"),
}
# fmt: on


def test_a_device_without_memory_ends_the_command_in_one_sentence(monkeypatch, tmp_path):
    def train(*arguments, **options):
        raise MemoryError("A step of 9 examples needs more memory.")

    monkeypatch.setattr(Recipe, "train", train)
    done = run(tmp_path, "train", "moons")
    assert (done.returncode, done.stderr) == (2, "error: A step of 9 examples needs more memory.\n")


@pytest.mark.parametrize("arguments, said", BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence(arguments, said, tmp_path):
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "latin.txt").write_text("bär\n", encoding="latin-1")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["empty.txt", "latin.txt"]


def test_another_model_is_replaced_only_by_force(tmp_path):
    run(tmp_path, "train", "points", "--steps", "2", "--out", "m")
    run(tmp_path, "train", "points", "--steps", "3", "--out", "m")  # the same model, again
    before = {path.name: path.read_bytes() for path in (tmp_path / "m").iterdir()}
    for options in ([], ["--resume"]):
        done = run(tmp_path, "train", "sine", "--steps", "2", "--out", "m", *options)
        assert done.returncode == 2
        assert done.stderr.strip() == (
            "error: m holds another model (the lecture's four points of three numbers), which this "
            "run would replace. Choose another folder with --out, or write --force to replace it."
        )
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "m").iterdir()}
    run(tmp_path, "train", "sine", "--steps", "2", "--out", "m", "--force")
    assert {path.name for path in (tmp_path / "m").iterdir()} == set(WROTE)


OTHER_RUNS = {  # name: (the arguments to resume with, part of the message)
    "model": (["sine"], "the model is another one, since these parameters do not fit: "),
    "seed": (["points", "--seed", "7"], "seed (then 0, now 7)"),
    "engine": (["points", "--engine", "eager"], "engine (then jit, now eager)"),
}


@pytest.mark.parametrize("arguments, said", OTHER_RUNS.values(), ids=OTHER_RUNS)
def test_resuming_another_run_is_refused_in_a_sentence(arguments, said, tmp_path):
    """The run was killed, so that there is a checkpoint and no model."""
    run(tmp_path, "train", "points", "--steps", "30", "--out", "m")
    for path in (tmp_path / "m").iterdir():
        if not path.name.startswith("checkpoint"):
            path.unlink()
    done = run(tmp_path, "train", *arguments, "--steps", "40", "--out", "m", "--resume")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert done.returncode == 2
    assert line.startswith("error: m/checkpoint.safetensors belongs to another run: ")
    assert said in line
    assert "Write the options of that run, name another folder with --out, or leave out" in line
    assert "resume=False" not in done.stderr
    assert len(line) < 350


def test_a_spoilt_checkpoint_is_told_in_a_sentence(tmp_path):
    run(tmp_path, "train", "points", "--steps", "30", "--out", "m")
    run(tmp_path, "train", "points", "--steps", "40", "--out", "m", "--resume")
    path = tmp_path / "m" / "checkpoint.safetensors"
    path.write_bytes(b"")
    info = run(tmp_path, "info", "m/checkpoint.safetensors")
    assert "use m/checkpoint.safetensors.previous." in info.stderr.replace("\n", " ")
    done = run(tmp_path, "train", "points", "--steps", "50", "--out", "m", "--resume")
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert line.startswith("warning: m/checkpoint.safetensors is not a safetensors file")
    assert line.endswith("Resuming from the previous one, m/checkpoint.safetensors.previous.")
    for each in (path, path.with_name(f"{path.name}.previous")):
        each.write_bytes(b"")
    done = run(tmp_path, "train", "points", "--steps", "50", "--out", "m", "--resume")
    assert done.returncode == 2
    assert "leave out --resume to start over" in done.stderr


def test_files_that_no_run_wrote_are_kept(tmp_path):
    (tmp_path / "curve.png").write_text("mine")
    done = run(tmp_path, "train", "points", "--steps", "2", "--out", ".")
    assert (done.returncode, "curve.png already exists. Use --force" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["curve.png"]
    assert run(tmp_path, "train", "points", "--steps", "2", "--out", ".", "--force").returncode == 0


def test_no_gpt_no_samples(tmp_path):
    run(tmp_path, "train", "points", "--steps", "2")
    done = run(tmp_path, "sample", "micrograd-points/model.safetensors")
    assert (done.returncode, "is not a GPT" in done.stderr) == (2, True)


def test_ctrl_c_leaves_a_usable_checkpoint(tmp_path):
    command = ["train", "points", "--engine", "eager", "--steps", "100000"]
    process = subprocess.Popen(
        interruptible_micrograd(*command),
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while process.poll() is None and not (tmp_path / "micrograd-points").exists():
        time.sleep(0.05)
    time.sleep(2.0)  # from the folder to the first step it is tenths of a second
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    for name in WROTE:
        assert (tmp_path / "micrograd-points" / name).exists()
    reached = int(re.search(r"steps\s+│\s+(\d+)", out)[1])
    command[-1] = str(reached + 5)
    done = run(tmp_path, *command, "--resume")
    assert f"after step {reached} of {reached + 5}" in done.stderr.replace(",", "").replace(
        "\n", ""
    )


ODD_METADATA = [
    {"results": 0.98},
    {"results": [1, 2]},
    {"results": {"accuracy": "high", "seconds": None, "loss": {"a": 1}}},
    {"what": 3, "name": 3, "trained": None},
    {"kind": ["a"]},
    {"kind": "gpt"},
    {"kind": "gpt", "characters": 3},
    {"kind": "table", "encoding": 3},
    {"kind": "table", "encoding": {"features": [3], "target": {}}},
    {"kind": "table", "encoding": {"features": [], "target": {"kind": "number", "form": {}}}},
]


@pytest.mark.parametrize("metadata", ODD_METADATA, ids=str)
def test_metadata_of_ones_own_are_shown_or_refused(metadata, tmp_path):
    """A user may save whatever JSON holds, and another version may have written the file."""
    save(MLP(2, [1]), tmp_path / "own.safetensors", metadata)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    for options in ([], ["--json"]):
        assert run(tmp_path, "info", "own.safetensors", *options).returncode == 0
    for command in (["sample", "own.safetensors"], ["predict", "own.safetensors", "t.csv"]):
        done = run(tmp_path, *command)
        assert (done.returncode, done.stderr[:7]) == (2, "error: ")
    if metadata.get("encoding"):
        assert "in a way that this version does not know. Train it again" in done.stderr


@pytest.mark.parametrize("listed", [3, [3, "curve.png"], ["thesis.txt", "curve.png"]], ids=str)
def test_a_run_removes_only_what_runs_write(listed, tmp_path):
    """The list of files stands in the model's file, which anybody may have written."""
    about = {"kind": "shipped", "name": "points", "files": listed}
    folder = tmp_path / "micrograd-points"
    folder.mkdir()
    save(MLP(2, [1]), folder / "model.safetensors", about)
    for name in ("thesis.txt", "confusion.png"):
        (folder / name).write_text("mine")
    done = run(tmp_path, "train", "points", "--steps", "1", "--force")
    assert done.returncode == 0, done.stderr
    assert (folder / "thesis.txt").read_text() == "mine"
