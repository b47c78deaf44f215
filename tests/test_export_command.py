"""`micrograd export`: formats x models, what each file computes in its own program, and mistakes.

Rule: a file is run by the program that it is for. Float32 is compared to 1e-5 of the largest:
2**-24 for each of some dozen roundings; float64 to 1e-12.
"""

import csv
import ctypes
import datetime
import json
import math
import os
import random
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from micrograd import MLP, OPS, Op, export, nn, save
from micrograd.cli import app, exports, train
from micrograd.export import FORMATS, export_file, input_shape, paths_of
from micrograd.export.arguments import DTYPES
from micrograd.export.dialects import DIALECTS
from micrograd.export.file_writers import WRITERS
from micrograd.export.jax_function import jax_precision
from micrograd.saving import read_tensors, write_tensors
from micrograd.support import files
from micrograd.support.locks import hold_lock
from micrograd.support.nest import leaves
from micrograd.training.checks import ENGINES
from tests.support.commands import CliRunner
from tests.support.onnx_sessions import session_of

ROWS = 3
# name: (how the model is made, the shape of a row, options)
MODELS = {
    "a network": (lambda: MLP(2, [16, 1]), (2,), []),
    "dropout": (lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5)), (3,), []),
    "a GPT": (lambda: nn.GPT(5, 4, size=4, heads=2), (4,), []),
    "images": (
        lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 2)),
        (2, 4, 4),
        ["--input", "2,4,4"],
    ),
}


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app.app, list(arguments), prog_name="micrograd")


def onnx(path, X):
    return session_of(path).run(None, {"x": X})[0]


def python(path, X):
    from safetensors.numpy import load_file

    arrays = load_file(f"{path}.safetensors")
    return runpy.run_path(path)["f"](arrays, X)


def stablehlo(path, X):
    jax = pytest.importorskip("jax")
    from jax import export

    with jax_precision(jax, str(X.dtype)):
        return np.asarray(export.deserialize(Path(path).read_bytes()).call(X))


def pt2(path, X):
    torch = pytest.importorskip("torch")
    return torch.export.load(path).module()(torch.from_numpy(X)).detach().numpy()


def c(path, X):
    """Compile a library, and call the function for each row."""
    compiler = shutil.which("cc") or pytest.skip("there is no C compiler")
    library = Path("out.so").absolute()
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, path, "-lm"], check=True)
    sizes = dict(re.findall(r"#define (\w+) (\d+)", Path(path).with_suffix(".h").read_text()))
    function = ctypes.CDLL(str(library)).out
    outputs, work = np.zeros(int(sizes["OUT_OUTPUTS"])), np.zeros(int(sizes["OUT_WORK"]) + 1)
    rows = []
    for row in X:
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (row.copy(), outputs, work)]
        function(*pointers)
        rows.append(outputs.copy())
    return np.array(rows)


PROGRAMS = {".onnx": onnx, ".py": python, ".stablehlo": stablehlo, ".pt2": pt2, ".c": c}
PACKAGES = {".onnx": "onnx", ".stablehlo": "jax", ".pt2": "torch"}


def test_every_format_is_tested():
    assert set(PROGRAMS) == set(FORMATS) == set(WRITERS)


def test_the_options_offer_what_there_is():
    """They are written out, so that a help page imports no target."""
    assert exports.DTYPES == DTYPES
    assert tuple(DIALECTS) == exports.DIALECTS
    assert train.ENGINES == ENGINES
    help_page = run("export", "--help").stdout
    assert all(ending in help_page for ending in FORMATS)


def test_info_imports_no_target():
    """It says what a model can become, and waits for no compiler."""
    save(MLP(2, [3, 1]), "model.safetensors")
    code = "import sys; sys.argv[1:] = ['info', 'model.safetensors']\n"
    code += "import atexit; atexit.register(lambda: print(sorted(sys.modules)))\n"
    code += "from micrograd.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "FILE ends in .onnx" in done.stdout
    assert "'micrograd.export.formats'" in done.stdout
    assert "'micrograd.export.arrays'" not in done.stdout


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ending", PROGRAMS)
def test_a_file_computes_what_the_model_does(ending, name):
    if ending in PACKAGES:
        pytest.importorskip(PACKAGES[ending])
    make, shape, options = MODELS[name]
    random.seed(1)
    model = make()
    save(model, "model.safetensors")
    result = run("export", "model.safetensors", f"out{ending}", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"wrote out{ending}" in result.stdout
    dtype = FORMATS[ending].dtype
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, (ROWS, *shape)) if name == "a GPT" else rng.normal(size=(ROWS, *shape))
    model.eval()
    wanted = np.array([[y.data for y in leaves(model(row))] for row in X.tolist()])
    found = PROGRAMS[ending](f"out{ending}", X.astype(dtype))
    assert found.dtype == dtype
    bound = 1e-12 if dtype == "float64" else 1e-5
    error = np.abs(np.asarray(found).reshape(ROWS, -1) - wanted).max()
    assert error <= bound * max(np.abs(wanted).max(), 1.0)


@pytest.mark.parametrize("dialect", ["numpy", "jax", "torch"])
def test_a_file_of_python_runs_alone(dialect, folder):
    """It prints the outputs of two rows of ones, with nothing of micrograd."""
    pytest.importorskip(dialect)
    model = MLP(2, [3, 1])
    save(model, "model.safetensors")
    assert run("export", "model.safetensors", "out.py", "--dialect", dialect).exit_code == 0
    (folder / "micrograd.py").write_text("raise SystemExit('micrograd was imported')")
    done = subprocess.run([sys.executable, "out.py"], capture_output=True, text=True)
    assert done.stderr == ""
    printed = [float(number) for number in re.findall(r"-?\d+\.\d+", done.stdout)]
    assert printed == pytest.approx([model([1.0, 1.0]).data] * 2, abs=1e-4)  # digits are left out


@pytest.mark.parametrize("name", ["mødel 😀.py", 'a "b" \\.py'])
def test_a_file_of_python_finds_its_numbers_under_any_name(name):
    save(MLP(2, [3, 1]), "model.safetensors")
    assert run("export", "model.safetensors", name).exit_code == 0
    done = subprocess.run([sys.executable, name], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_stablehlo_is_for_every_platform():
    pytest.importorskip("jax")
    from jax import export

    save(MLP(2, [3, 1], activation="gelu"), "model.safetensors")
    assert run("export", "model.safetensors", "out.stablehlo").exit_code == 0
    platforms = export.deserialize(Path("out.stablehlo").read_bytes()).platforms
    assert set(platforms) >= {"cpu", "cuda", "tpu"}


def test_the_dtype_is_chosen():
    save(MLP(2, [3, 1]), "model.safetensors")
    assert run("export", "model.safetensors", "out.py", "--dtype", "float32").exit_code == 0
    assert python("out.py", np.ones((2, 2), "float32")).dtype == np.float32


TARGETS = {"price": "regress", "kind": "classify"}


def write_table(path, rows=60):
    """Write columns of all kinds, with names and categories that would end a comment."""
    rng = random.Random(1)
    lines = ['size m,"a */ ""b""",when,price,kind']
    for i in range(rows):
        size, hue = rng.gauss(5, 2), rng.choice(["red", "*/", "x\ty"])
        cells = size, f'"{hue}"', f"2021-{i % 12 + 1:02}-1{i % 9}", 3 * size, "AB"[size > 5]
        lines.append(",".join(map(str, cells)))
    Path(path).write_text("\n".join(lines) + "\n")


def rows_by_hand(path, lines):
    """Return the rows that the lines about the columns tell to make of the table."""
    with open(path, newline="") as file:
        table = list(csv.DictReader(file))
    parts = []
    for line in lines:
        if place := re.match(r"x\[(\d+):(\d+)\] = 1 at the place of (.*) among (.*), and 0", line):
            name, names = json_or_plain(place[3]), json.loads(f"[{place[4]}]")
            parts += [[row[name] == each for row in table] for each in names]
            assert len(parts) == int(place[2])
        elif place := re.match(r"x\[(\d+)\] = \((.*) ([+-]) (.*)\) / ([^,]*)", line):
            numbers = np.array([cell_by_hand(row, place[2]) for row in table])
            parts.append((numbers + float(place[3] + place[4])) / float(place[5]))
            assert len(parts) == int(place[1]) + 1
    return np.array(parts, float).T


def json_or_plain(name):
    return json.loads(name) if name.startswith('"') else name


def cell_by_hand(row, name):
    if not name.endswith(" of when"):
        return float(row[json_or_plain(name)])
    day = datetime.date.fromisoformat(row["when"])
    days = (day - datetime.date(1970, 1, 1)).days
    return {"days": days, "month": day.month, "weekday": day.weekday()}[name.split()[0]]


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_a_model_of_a_table_says_how_to_encode_and_decode(target):
    """The command prints enough to compute the predictions of `micrograd predict` by hand."""
    write_table("t.csv")
    options = ["--target", target, "--task", TARGETS[target], "--epochs", "2", "--out", "m"]
    assert run("train", "t.csv", *options).exit_code == 0
    result = run("export", "m", "out.py", "--json")
    assert result.exit_code == 0, result.stderr
    lines = json.loads(result.stdout)["columns"]
    y = python("out.py", rows_by_hand("t.csv", lines))
    assert run("predict", "m", "t.csv", "-o", "p.csv").exit_code == 0
    with open("p.csv", newline="") as file:
        wanted = [row["prediction"] for row in csv.DictReader(file)]
    if target == "price":
        scale, mean = re.fullmatch(r"price = y \* (.*) ([+-] .*)", lines[-1]).groups()
        found = y * float(scale) + float(mean.replace(" ", ""))
        assert found == pytest.approx([float(number) for number in wanted], rel=1e-12, abs=1e-12)
    else:
        names = re.fullmatch(r"kind = the one of (.*) whose y is the largest", lines[-1])[1]
        assert [json.loads(f"[{names}]")[place] for place in y.argmax(1)] == wanted


@pytest.mark.slow
def test_files_of_text_have_the_columns_at_their_head():
    compiler = shutil.which("cc") or pytest.skip("there is no C compiler")
    write_table("t.csv")
    assert run("train", "t.csv", "--target", "price", "--epochs", "1", "--out", "m").exit_code == 0
    for path in ("out.py", "out.c"):
        result = run("export", "m", path)
        assert "numbers in float64, made from the columns as follows:\n  x[0] = " in result.stdout
    assert Path("out.py").read_text().startswith('# x[0] = ("size m" - ')
    assert Path("out.h").read_text().startswith('/* x[0] = ("size m" - ')
    assert subprocess.run([sys.executable, "out.py"], capture_output=True).returncode == 0
    subprocess.run([compiler, "-std=c99", "-Wall", "-Werror", "-c", "out.c"], check=True)


def test_an_encoding_that_cannot_be_read_is_refused():
    save(MLP(2, [3, 1]), "model.safetensors", {"kind": "table", "encoding": {"features": 3}})
    result = run("export", "model.safetensors", "out.py")
    assert (result.exit_code, result.stderr[:7]) == (2, "error: ")
    assert not Path("out.py").exists()


def test_json_is_all_of_the_output():
    save(MLP(2, [3, 1]), "model.safetensors")
    result = run("export", "model.safetensors", "out.py", "--json")
    assert json.loads(result.stdout) == {
        "input": [2],
        "parameters": 13,
        "files": ["out.py", "out.py.safetensors"],
    }


@pytest.mark.parametrize("name", ["out.py", "out.py.safetensors"])
def test_nothing_is_overwritten_without_force(name, folder):
    save(MLP(2, [3, 1]), "model.safetensors")
    (folder / name).write_text("mine")
    result = run("export", "model.safetensors", "out.py")
    assert result.exit_code == 2
    assert result.stderr == f"error: {name} already exists. Use --force to overwrite it.\n"
    assert (folder / name).read_text() == "mine"
    assert run("export", "model.safetensors", "out.py", "--force").exit_code == 0
    assert (folder / name).read_bytes() != b"mine"


def test_info_says_what_a_model_can_become():
    save(MLP(2, [3, 1]), "model.safetensors")
    line = f"micrograd export model.safetensors FILE, where FILE ends in {', '.join(FORMATS)}"
    assert line in run("info", "model.safetensors").stdout
    save(nn.Conv1d(1, 1, 1), "other.safetensors")
    assert "other.safetensors FILE --input SIZES, where" in run("info", "other.safetensors").stdout


# ---------------------------------------------------------------------------------------- mistakes

# fmt: off
MISTAKES = {  # what is typed after `micrograd export`: a part of the sentence
    "model.safetensors out.onx":            "Did you mean .onnx? Choose one of .onnx, .py",
    "model.safetensors out":                "'out' does not end in a known format.",
    "model.safetensors -":                  "'-' does not end in a known format.",
    "absent.safetensors out.py":            "cannot read 'absent.safetensors': No such file",
    "text.safetensors out.py":              "text.safetensors is not a safetensors file",
    "later.safetensors out.py":             "was written by a later version of micrograd",
    "damaged.safetensors out.py":           "damaged.safetensors is damaged",
    "numbers.safetensors out.py":           "holds numbers, but not the structure of their model",
    "images.safetensors out.py":            "The shape of one row cannot be told from a Conv2d.",
    "images.safetensors out.py --input 2,7": "takes a list of 2 lists of lists, got a list of 2",
    "model.safetensors out.py --input 2,x": "--input: expected whole numbers such as 64 or 2,7,7",
    "model.safetensors out.py --input 0":   "--input: expected whole numbers",
    "model.safetensors out.py --input 3":   "takes 2 inputs, got 3.",
    "model.safetensors out.py --dtype half": "--dtype: 'half' is unknown. The choices are: float32",
    "model.safetensors out.py --dialect jx": "--dialect: 'jx' is unknown. Did you mean jax?",
    "model.safetensors out.pt2 --dialect jax": "--dialect applies to a file of Python",
    "model.safetensors text.safetensors/out.py": "cannot write to",
    "model.safetensors double.c":           "means something else in C",
    "own.safetensors out.py":               "gamma cannot be compiled, because its row does not",
}
# fmt: on


@pytest.fixture
def files_of_all_kinds(folder, monkeypatch):
    save(MLP(2, [3, 1]), "model.safetensors")
    save(nn.Conv2d(2, 3, 3), "images.safetensors")
    Path("text.safetensors").write_text("not a model")
    write_tensors("numbers.safetensors", {"w": np.ones(2)}, {})
    tensors, metadata = read_tensors("model.safetensors")
    write_tensors("later.safetensors", tensors, {**metadata, "model": {"later": 1}})
    content = bytearray(Path("model.safetensors").read_bytes())
    content[-1] ^= 1
    Path("damaged.safetensors").write_bytes(content)
    gamma = Op("gamma", "gamma({})", math.gamma, (lambda x, out: out,))
    monkeypatch.setitem(OPS, "gamma", gamma)
    save(MLP(2, [3, 1], activation="gamma"), "own.safetensors")
    return folder


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_one_sentence_and_no_file(line, files_of_all_kinds):
    before = sorted(files_of_all_kinds.iterdir())
    result = run("export", *line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert MISTAKES[line] in result.stderr
    assert sorted(files_of_all_kinds.iterdir()) == before


@pytest.mark.parametrize("ending", PACKAGES)
def test_a_missing_package_is_named(ending, monkeypatch):
    save(MLP(2, [3, 1]), "model.safetensors")
    package = PACKAGES[ending]
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    result = run("export", "model.safetensors", f"out{ending}")
    assert result.exit_code == 2
    line = f"This needs {package}, which is not installed. Run: pip install 'micrograd[{package}]'"
    assert result.stderr == f"error: {line}\n"


def make_pipe(path):
    os.mkfifo(path)


def link_to_device(path):
    path.symlink_to("/dev/full")


PLACES = {  # what is there already: how it is made, and what the error says
    "a folder": (Path.mkdir, "Is a directory"),
    "a full disk": (link_to_device, "it is a device or a pipe"),
    "a pipe": (make_pipe, "it is a device or a pipe"),
    "a loop": (lambda path: path.symlink_to(path.name), "symbolic links"),
}
FILES_OF = [path for ending in FORMATS for path in paths_of(Path(f"out{ending}"))]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", FILES_OF, ids=str)
def test_a_place_that_is_no_file_is_refused_and_nothing_is_written(path, place, folder):
    make, reason = PLACES[place]
    save(MLP(2, [3, 1]), "model.safetensors")
    make(folder / path)
    before = sorted(folder.iterdir())
    (out,) = [Path(f"out{end}") for end in FORMATS if path in paths_of(Path(f"out{end}"))]
    with pytest.raises(OSError, match=reason):
        export_file(MLP(2, [3, 1]), out)
    result = run("export", "model.safetensors", str(out), "--force")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot write to" in result.stderr and reason in result.stderr
    assert sorted(folder.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("path", FILES_OF, ids=str)
def test_the_model_itself_is_never_replaced(path, folder):
    save(MLP(2, [3, 1]), "model.safetensors")
    content = Path("model.safetensors").read_bytes()
    path.symlink_to("model.safetensors")
    (out,) = [f"out{end}" for end in FORMATS if path in paths_of(Path(f"out{end}"))]
    for name in ("model.safetensors", str(path)):
        result = run("export", name, out, "--force")
        assert result.exit_code == 2
        assert f"{path} is the file of the model itself" in result.stderr
    assert Path("model.safetensors").read_bytes() == content
    assert sorted(folder.iterdir()) == sorted([folder / path, folder / "model.safetensors"])


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".py", ".c"])
def test_exports_to_one_file_at_once_leave_whole_files(ending, folder):
    save(MLP(2, [3, 1]), "model.safetensors")
    command = [sys.executable, "-m", "micrograd", "export", "model.safetensors", f"out{ending}"]
    arguments = [*command, "--force"]
    others = [subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [other.communicate(timeout=60)[1] for other in others]
    codes = [other.returncode for other in others]
    assert 0 in codes, said
    for code, text in zip(codes, said):
        assert code == 0 or "is being written by another process" in text
    paths = paths_of(Path(f"out{ending}"))
    assert sorted(folder.iterdir()) == sorted(
        folder / each for each in [*paths, "model.safetensors"]
    )
    together = [path.read_bytes() for path in paths]
    assert run("export", "model.safetensors", f"out{ending}", "--force").exit_code == 0
    assert [path.read_bytes() for path in paths] == together


def test_each_file_is_written_once(monkeypatch):
    written, write = [], files.write
    monkeypatch.setattr(
        files, "write", lambda path, *rest: written.append(path) or write(path, *rest)
    )
    for ending in FORMATS:
        if ending in PACKAGES:
            pytest.importorskip(PACKAGES[ending])
        export_file(MLP(2, [3, 1]), f"out{ending}", notes=["x[0] is a length"])
    assert sorted(map(str, written)) == sorted(map(str, FILES_OF))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(folder):
    save(MLP(2, [3, 1]), "model.safetensors")
    (folder / "locked").mkdir(mode=0o500)
    result = run("export", "model.safetensors", "locked/out.py")
    assert result.exit_code == 2
    assert "cannot write to" in result.stderr


def test_a_read_only_file_is_named(folder):
    save(MLP(2, [3, 1]), "model.safetensors")
    (folder / "out.py").touch(mode=0o400)
    result = run("export", "model.safetensors", "out.py", "--force")
    assert result.exit_code == 2
    assert "the file is read-only" in result.stderr


@pytest.mark.parametrize("name", ["net.c", "net.py"])
def test_files_of_two_exports_do_not_mix(name, folder):
    """While one process writes a file and what belongs to it, another one is refused."""
    save(MLP(2, [3, 1]), "model.safetensors")
    paths = export_file(MLP(2, [2, 1]), name)
    before = [path.read_bytes() for path in paths]
    with hold_lock(folder / f".{name}.lock"):
        result = run("export", "model.safetensors", name, "--force")
    assert (result.exit_code, result.stdout) == (2, "")
    said = f"{name} is being written by another process ({os.getpid()})"
    text = " ".join(result.stderr.split())
    assert said in text
    assert text.endswith("Export again, or to another path. Name another place.")
    assert [path.read_bytes() for path in paths] == before
    assert run("export", "model.safetensors", name, "--force").exit_code == 0
    assert [path.read_bytes() for path in paths] != before
    assert not list(folder.glob(".*"))


# fmt: off
SHAPES = [
    (MLP(3, [2]),                                    (3,)),
    (nn.Layer(3, 2),                                 (3,)),
    (nn.Neuron(3),                                   (3,)),
    (nn.Linear(3, 2),                                (3,)),
    (nn.Sequential(nn.Sequential(nn.Linear(3, 2))),  (3,)),
    (nn.GPT(5, context=8),                           (8,)),
    (nn.Sequential(nn.ReLU()),                       None),
    (nn.Embedding(5, 2),                             None),
]
# fmt: on


@pytest.mark.parametrize("model, shape", SHAPES)
def test_a_model_tells_the_shape_of_a_row(model, shape):
    assert input_shape(model) == shape


def test_a_full_disk_is_one_sentence(monkeypatch):
    save(MLP(2, [2, 1]), "m.safetensors")
    full = mock.Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr(export, "export_file", full)
    result = run("export", "m.safetensors", "m.onnx")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.lstrip().startswith("error: cannot write to 'm.onnx': No space left on")
