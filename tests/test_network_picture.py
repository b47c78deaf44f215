"""`draw(model)`: a curve for each weight, a disc for each neuron, and nothing that is not one.

Rule: the SVG is read by an XML parser, and what it shows is compared with the model's numbers.
"""

import math
import random
import re
from xml.etree import ElementTree

import pytest

from micrograd import MLP, Layer, Neuron, Value, draw, nn, ops
from micrograd.drawing.network_layers import layers_of
from micrograd.drawing.network_svg import CROWDED, MOST_IN_COLUMN, NARROWEST, WIDEST
from micrograd.drawing.svg import MINUS, PLUS

SVG = "{http://www.w3.org/2000/svg}"


class Own(nn.Module):
    """A module of a user's own, whose forward nobody can see."""

    def __init__(self):
        self.first, self.act, self.last = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)


class Lists(nn.Module):
    def __init__(self):
        self.layers = [MLP(2, [3, 4]), {"head": Neuron(4)}]


NETWORKS = {  # a model: (its sizes, the activations of its layers)
    "MLP": (lambda: MLP(2, [3, 1], activation="tanh"), (2, 3, 1), ("tanh", "linear")),
    "Layer": (lambda: Layer(3, 2), (3, 2), ("ReLU",)),
    "Neuron": (lambda: Neuron(4, nonlin=False), (4, 1), ("linear",)),
    "Linear": (lambda: nn.Linear(4, 2, bias=False), (4, 2), ("linear",)),
    "Sequential": (
        lambda: nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Dropout(0.0), nn.Linear(3, 1)),
        (2, 3, 1),
        ("Tanh", "linear"),
    ),
    "with an op": (lambda: nn.Sequential(nn.Linear(2, 3), ops.relu), (2, 3), ("ReLU",)),
    "your own": (Own, (2, 3, 1), ("linear", "linear")),
    "in lists": (Lists, (2, 3, 4, 1), ("ReLU", "linear", "ReLU")),
}


def read(picture):
    return ElementTree.fromstring(picture.svg)


def edges(picture):
    return list(read(picture).iter(f"{SVG}path"))


def number_of(edge):
    return float(edge.find(f"{SVG}title").text.rpartition(": ")[2])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_drawn_layer_by_layer(name):
    make, sizes, activations = NETWORKS[name]
    random.seed(1)
    model = make()
    layers = layers_of(model)
    assert [layers[0].inputs, *(len(layer.weights) for layer in layers)] == list(sizes)
    assert tuple(layer.activation for layer in layers) == activations
    picture = draw(model)
    shown = sorted(map(number_of, edges(picture)))
    weights = [w.data for layer in layers for row in layer.weights for w in row]
    assert shown == pytest.approx(sorted(weights), rel=1e-5)
    assert len(list(read(picture).iter(f"{SVG}circle"))) == sum(sizes)
    assert picture.svg == draw(model).svg


def test_a_curve_is_wide_for_a_large_number_and_dashed_for_a_negative_one():
    layer = Layer(3, 1)
    for value, number in zip(layer.neurons[0].w, (2.0, -1.0, 0.0)):
        value.data = number
    look = {number_of(edge): edge for edge in edges(draw(layer))}
    widths = {number: float(edge.get("stroke-width")) for number, edge in look.items()}
    assert widths[2.0] == WIDEST and widths[0.0] == NARROWEST
    assert widths[-1.0] == pytest.approx((WIDEST + NARROWEST) / 2, rel=0.02)
    assert [look[x].get("stroke-dasharray") for x in (2.0, -1.0, 0.0)] == [None, "5 3", None]
    assert (look[2.0].get("stroke"), look[-1.0].get("stroke")) == (PLUS, MINUS)
    assert (look[2.0].get("class"), look[-1.0].get("class")) == ("plus", "minus")


def test_grads_are_drawn_when_asked_for():
    random.seed(1)
    model = MLP(2, [3, 1])
    assert "All grads are 0. Run backward() first." in draw(model, show="grad").svg
    model([1.0, -2.0]).backward()
    picture = draw(model, show="grad")
    weights = [w.grad for layer in layers_of(model) for row in layer.weights for w in row]
    shown = sorted(map(number_of, edges(picture)))
    assert shown == pytest.approx(sorted(weights), rel=1e-5)
    assert repr(picture) == "<Picture of the grads of MLP: 2 inputs, layers of 3, 1>"


@pytest.mark.parametrize("size", [MOST_IN_COLUMN, MOST_IN_COLUMN + 1, 2000])
def test_a_large_layer_is_folded_in_the_middle(size):
    picture = draw(MLP(3, [size, 2]))
    texts = [text.text for text in read(picture).iter(f"{SVG}text")]
    shown = len(list(read(picture).iter(f"{SVG}circle"))) - 5
    assert f"{size:,} ReLU" in texts
    left_out = [text for text in texts if "more" in text]
    assert left_out == ([] if size == shown else [f"… {size - shown:,} more"])
    assert len(edges(picture)) == shown * 5
    widths = [float(edge.get("stroke-width")) for edge in edges(picture)]
    assert max(widths) <= CROWDED / min(shown, MOST_IN_COLUMN) + 0.05
    assert float(read(picture).get("height")) < 800


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_no_number_is_seen(number):
    layer = Layer(2, 1)
    layer.neurons[0].w[0].data = number
    picture = draw(layer)
    dotted = [edge for edge in edges(picture) if edge.get("stroke-dasharray") == "1 4"]
    assert [edge.find(f"{SVG}title").text for edge in dotted] == [f"weight 0, 0: {number:g}"]
    assert "nan" not in re.sub("<title>.*?</title>", "", picture.svg)
    assert picture.pdf and picture.png


def test_every_neuron_has_a_role_and_a_sentence():
    layer = Layer(1, 1, activation="tanh")
    layer.neurons[0].b.data = -0.25
    groups = [g for g in read(draw(layer)).iter(f"{SVG}g") if g.get("role") == "img"]
    sentences = [g.find(f"{SVG}title").text for g in groups]
    assert sentences == ["input x1", "neuron 0, bias -0.25, tanh"]
    assert groups[1].get("class") == "minus"


NO_NETWORKS = {
    "GPT": lambda: nn.GPT(5, 8),
    "LayerNorm": lambda: nn.LayerNorm(3),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1)),
    "Module": nn.Module,
    "MLP": lambda: MLP(0, [0]),
}


@pytest.mark.parametrize("name", NO_NETWORKS)
def test_a_module_without_such_layers_is_told_what_to_draw_instead(name):
    with pytest.raises(TypeError, match=f"^{name} cannot be drawn as a network, .* draw\\(loss\\)"):
        draw(NO_NETWORKS[name]())


def test_layers_that_do_not_follow_each_other_are_no_network():
    with pytest.raises(TypeError, match="follow each other"):
        draw(nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1)))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"'grads'. Did you mean grad\? Write show='grad'"):
        draw(MLP(2, [1]), show="grads")
    with pytest.raises(ValueError, match=r"for a network.*draw\(model, show='grad'\)"):
        draw(Value(1.0), show="grad")
    with pytest.raises(ValueError, match="from left to right"):
        draw(MLP(2, [1]), "TB")


def test_a_notebook_shows_the_picture_and_files_have_it(tmp_path):
    picture = draw(MLP(2, [3, 1]))
    bundle = picture._repr_mimebundle_()
    assert bundle["text/html"] == bundle["image/svg+xml"] == picture.svg
    for format in picture.formats:
        assert picture.save(tmp_path / f"model.{format}").stat().st_size > 500
    with pytest.raises(ValueError, match=r"Choose one of \.svg, \.png, \.pdf, \.tex\."):
        picture.save(tmp_path / "model.html")
