"""The models that ship with their data: engines agree on each, each learns, and the GPT writes.

Rule: the bound on a metric is a little below what was measured, and far above what a model reaches
that does not learn.
"""

import random

import pytest

from micrograd import data, losses
from micrograd.cli import messages
from micrograd.models import char_gpt, plots
from micrograd.models.recipes import RECIPES
from micrograd.nn import GPT
from micrograd.training import fit
from micrograd.training.history import History
from micrograd.training.loop import build_seeded
from micrograd.transforms import with_plain_numbers

AGREE = {"rel": 1e-9, "abs": 1e-12}  # the same bound, and for the same reason, as in test_fit

# fmt: off
GOOD = {  # recipe: (metric, at least or at most, measured)
    "moons":   ("accuracy", 0.97, 1.0),
    "yinyang": ("accuracy", 0.94, 0.976),
    "points":  ("accuracy", 1.0, 1.0),
    "sine":    ("root mean square error", 0.13, 0.102),  # the noise alone is 0.1
    "digits":  ("accuracy", 0.97, 0.978),
}
# fmt: on


def test_there_is_a_bound_for_each():
    assert GOOD.keys() == RECIPES.keys()


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name, metric, bound, measured", [(k, *v) for k, v in GOOD.items()])
def test_each_learns_as_well_as_it_should(name, metric, bound, measured):
    recipe = RECIPES[name]
    history = recipe.train(build_seeded(recipe.make, 0), recipe.steps, 0, progress=False)
    reached = history.validation[metric][-1]
    assert reached <= bound if measured < bound else reached >= bound


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_engines_agree_on_each_after_many_steps(recipe):
    """After a hundred, but of the digits: one step of theirs takes 0.2 s in the eager engine."""
    (X, y), _ = recipe.data(0)
    steps = 10 if recipe.name == "digits" else 100
    found = {}
    for engine in ("jit", "eager"):
        model = build_seeded(recipe.make, 0)
        history = fit(
            model, recipe.loss, X[:12], y[:12], steps=steps, batch_size=1, engine=engine,
            optimizer=lambda ps: recipe.optimizer(ps, steps), penalty=recipe.penalty,
            progress=False,
        )  # fmt: skip
        found[engine] = [*history.losses, *(p.data for p in model.parameters())]
    assert found["jit"] == pytest.approx(found["eager"], **AGREE)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_has_a_picture(recipe):
    _, (X, y) = recipe.data(0)
    figure = recipe.picture(build_seeded(recipe.make, 0), X, y)
    assert figure.axes


@pytest.mark.parametrize("count", [0, 1, 399, 400])
def test_the_curve_of_a_long_run_shows_its_mean(count):
    numbers = [1.0 + (i % 2) for i in range(count)]
    figure = History(losses=numbers).plot()
    _, *means = figure.axes[0].lines
    assert len(means) == (count >= 400)
    for line in means:
        assert line.get_ydata() == pytest.approx([1.5] * (count - 19))  # of 20 steps each


# ----------------------------------------------------------------------------------------- the data


def test_the_sine_is_one():
    X, y = data.sine(500, noise=0.0, seed=1)
    assert all(-3.1416 < x < 3.1416 for (x,) in X)
    assert data.sine(500, noise=0.0, seed=1) == (X, y)
    assert max(y) > 0.99


@pytest.mark.slow
def test_the_digits_are_scikit_learns():
    X, y = data.digits()
    assert (len(X), len(X[0]), len(y), set(y)) == (1797, 64, 1797, set(range(10)))
    assert {x for row in X for x in row} <= {i / 16 for i in range(17)}


def test_the_names_are_lower_case_and_each_once():
    names = data.first_names()
    assert names[:2] == ["mary", "patricia"]
    assert len(set(names)) == len(names) > 5000
    assert {character for name in names for character in name} == set("abcdefghijklmnopqrstuvwxyz")


EXTRA = [(data.digits, "sklearn.datasets"), (data.first_names, "names")]


@pytest.mark.parametrize("make, module", EXTRA)
def test_what_is_missing_is_said_with_the_line_that_installs_it(make, module, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd\[models\]'"):
        make()


# -------------------------------------------------------------------------------------------- texts

DOCUMENTS = ["anna", "ben", "bea", "nabena"]


def small():
    vocabulary = char_gpt.Vocabulary.of(DOCUMENTS)
    random.seed(1)
    return GPT(vocabulary.boundary_token + 1, 8, size=4, heads=2), vocabulary


def test_the_vocabulary_goes_both_ways():
    _, vocabulary = small()
    assert vocabulary.characters == "aben"
    assert vocabulary.tokens("ben") == [4, 1, 2, 3, 4]
    assert vocabulary.text([1, 2, 3]) == "ben"


def test_the_gpt_of_names_has_the_parameters_of_microgpt():
    model = build_seeded(lambda: char_gpt.make(char_gpt.Vocabulary.of(data.first_names())), 0)
    assert len(model.parameters()) == 4192


def test_padding_has_no_weight():
    model, vocabulary = small()
    X, y = char_gpt.rows(DOCUMENTS, vocabulary)
    assert {len(row) for row in X} == {8}
    for document, tokens, shares in zip(DOCUMENTS, X, y):
        alone = vocabulary.tokens(document)
        wanted = losses.cross_entropy(model(alone[:-1]), alone[1:]).data
        # The same numbers are added in another order: a few ulps.
        assert char_gpt.loss(model, tokens, shares).data == pytest.approx(wanted, rel=1e-13)


@pytest.mark.slow
def test_engines_agree_on_padded_texts():
    found = {}
    for engine in ("jit", "eager"):
        model, vocabulary = small()
        history = char_gpt.train(model, DOCUMENTS, vocabulary, 20, 3, engine=engine, progress=False)
        found[engine] = [*history.losses, *(p.data for p in model.parameters())]
    # Where grads cancel to nearly 0, Adam amplifies their rounding errors.
    assert found["jit"] == pytest.approx(found["eager"], rel=1e-6, abs=1e-9)


def test_a_document_keeps_its_indentation(tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("\ufeffdef f():\n    return 1  \n\n \t \n\treturn 2\r\n", encoding="utf-8")
    assert char_gpt.read_documents(path) == ["def f():", "    return 1", "\treturn 2"]


def test_a_long_document_is_cut():
    vocabulary = char_gpt.Vocabulary.of(["abc" * 10])
    X, y = char_gpt.rows(["abc" * 10, "a"], vocabulary)
    assert [len(row) for row in X] == [char_gpt.CONTEXT + 1] * 2
    assert sum(y[0]) == pytest.approx(1.0)
    assert y[1][:3] == [0.5, 0.5, 0.0]
    assert messages.documents_cut(1, 16, 30).startswith("Only the first 16 characters")


@pytest.mark.slow
def test_samples_depend_on_the_seed_and_the_training():
    model, vocabulary = small()
    char_gpt.train(model, ["ben"] * 4, vocabulary, 300, 0, progress=False)
    first = char_gpt.sample(model, vocabulary, 6, 0.5, 7)
    assert first == char_gpt.sample(model, vocabulary, 6, 0.5, 7)
    assert "ben" in first
    assert max(map(len, char_gpt.sample(model, vocabulary, 30, 100.0, 1))) <= model.context


def test_a_model_of_plain_numbers_gives_the_same_numbers():
    model, _ = small()
    wanted = [[x.data for x in row] for row in model([4, 1, 2])]
    assert with_plain_numbers(model)([4, 1, 2]) == wanted
    assert model.parameters()


def test_right_and_wrong_digits_have_titles_of_their_own():
    images = [[float(i % 7)] * 64 for i in range(24)]
    figure = plots.images(lambda x: [-((x[0] - i) ** 2) for i in range(10)], images, [0] * 24)
    assert figure.get_suptitle() == "20 of 24 wrong: in red, with the true class in brackets"
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0].endswith(" (0)") and titles.count("0") <= 4
