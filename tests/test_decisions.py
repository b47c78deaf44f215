"""The records of docs/decisions are complete, and what they refer to exists and still runs."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
EVERY_RECORD = pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)

# what makes each measurement quick enough for a test
QUICK = {
    "slots": {"nodes": 1000},
    "cycles": {"nodes": 100, "rounds": 1},
    "division": {"pairs": 1000},
    "sums": {"terms": 300, "calls": 1},
    "straight": {"counts": (20,)},
    "agenda": {"steps": 1},
    "passes": {"steps": 1},
    "bound": {"steps": 1},
    "calls": {"steps": 20},
    "rolled": {"context": 2, "steps": 1},
    "digest": {},
}


@pytest.fixture(scope="module")
def measures():
    spec = importlib.util.spec_from_file_location("measure", FOLDER / "measure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MEASURES


def test_numbers_follow_each_other_and_the_index_lists_all():
    assert [int(path.name[:3]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    index = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(\d{3})\]\((.*?)\) \| (.*) \|$", index, re.M)
    titles = {path.name: path.read_text("utf-8").splitlines()[0] for path in RECORDS}
    assert {name: f"# {number} {title}" for number, name, title in rows} == titles


@EVERY_RECORD
def test_a_record_has_its_four_sections_on_one_page(path):
    text = path.read_text("utf-8")
    headings = re.findall(r"^## (.*)", text, re.M)
    assert headings == ["Context", "Decision", "Measurement", "Consequences"]
    assert len(text.splitlines()) <= 60


@EVERY_RECORD
def test_what_a_record_refers_to_exists(path, measures):
    text = path.read_text("utf-8")
    for file in re.findall(r"\b(?:tests|docs|bench)/[\w/]+\.\w+", text):
        assert (ROOT / file).exists(), file
    for file in re.findall(r"`([\w/]+\.py)`", text):
        assert (ROOT / file).exists() or (ROOT / "micrograd" / file).exists(), file
    for link in re.findall(r"\]\((.*?)\)", text):
        assert (FOLDER / link).exists(), link
    for name in re.findall(r"measure\.py (\w+)", text):
        assert name in measures


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_measurement_runs(name, measures, capsys):
    measures[name](**QUICK[name])
    assert re.search(r"\d", capsys.readouterr().out)


def test_every_measurement_is_tried_and_quoted(measures):
    quoted = {
        name for path in RECORDS for name in re.findall(r"measure\.py (\w+)", path.read_text())
    }
    assert set(QUICK) == set(measures) == quoted
