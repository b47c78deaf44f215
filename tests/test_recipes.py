"""A forgotten step of a recipe in CONTRIBUTING.md is noticed, here or by the tests it names."""

import re
from pathlib import Path

import micrograd
from micrograd import OPS, nn
from tests.support.cases import cases

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
OPERATORS = ("add", "sub", "mul", "div", "neg", "pow", "abs")  # written + - * / - ** abs()
LAYERS = [name for name in nn.__all__ if isinstance(getattr(nn, name), type) and name != "Module"]
TESTS = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")}
CALLED = {file: set(re.findall(r"\b(\w+)\(", text)) for file, text in TESTS.items()}


@cases("name", [name for name in OPS if name not in OPERATORS])
def test_an_op_can_be_imported(name):
    assert name in micrograd.__all__
    assert getattr(micrograd, name) is OPS[name]


@cases("name", LAYERS)
def test_a_layer_prints_itself_and_has_tests(name):
    layer = getattr(nn, name)
    assert layer.__repr__ not in (object.__repr__, nn.Module.__repr__)
    tested = [file for file, names in CALLED.items() if name in names]
    assert len(tested) >= 2, (
        f"add rows to the tables of test_nn_layers.py and test_saving.py: {tested}"
    )


def test_what_the_guide_names_exists():
    for name in re.findall(r"[\w.]*(?:[\w-]+/)+\w*\.\w+", GUIDE):
        if not re.search(r"NN_|\bname\.|^build/", name):
            assert (ROOT / name).exists(), name
    for link in re.findall(r"\]\((.*?)\)", GUIDE):
        assert link.startswith("glossary:") or (ROOT / link).exists(), link
    for name in re.findall(r"`(test_\w+)`", GUIDE):
        assert any(f"def {name}(" in text for text in TESTS.values()), name
    nox = (ROOT / "noxfile.py").read_text("utf-8")
    for session in re.findall(r"nox -s (\w+)", GUIDE):
        assert f"def {session}(" in nox
