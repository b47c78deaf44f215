"""The page of a large graph in a real browser: the network, its neurons and its examples.

Rule: everything is done once by mouse and once by keyboard; nothing may be asked of the network,
and nothing may go wrong in the console.
"""

import math
import random

import pytest

from micrograd import MLP, Op, Value, draw, label_all, losses, nn
from tests.support.site import CHROMIUM
from tests.test_browser import HOW, INSTALLED, fact, line, problems
from tests.test_browser import opened as opened

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and INSTALLED), reason=HOW),
]
NEURON = '[data-key="model.layers.1 3"]'
SIZES = [
    {"viewport": {"width": 1280, "height": 900}},
    {"viewport": {"width": 800, "height": 900}, "color_scheme": "dark"},
    {"viewport": {"width": 390, "height": 800}},
]


def moons(examples=20, sizes=(16, 16, 1)):
    random.seed(1)
    model = MLP(2, sizes)
    rows = [[random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0)] for _ in range(examples)]
    loss = losses.hinge([model(row) for row in rows], [1.0, -1.0] * (examples // 2))
    loss.label = "loss"
    label_all({"model": model})
    loss.backward()
    return model, rows, loss


def heading(page):
    return page.inner_text("h2 >> nth=0")


def shown(page):
    """{its name: its data} of every row of the table in sight."""
    rows = page.locator("tbody tr:visible").all()
    return {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in rows}


def test_a_click_on_a_neuron_opens_its_graph_for_an_example(opened):
    model, rows, loss = moons()
    page = opened(draw(loss), at="0")
    assert heading(page) == "the network"
    page.click(NEURON)
    assert heading(page) == "model.layers.1.neurons.3"
    for number in (1, 7):
        page.fill(".example", str(number))
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.click("h1")
        page.keyboard.press("End")
        hidden = model.layers[0](rows[number - 1])
        right = model.layers[1].neurons[3](hidden).data
        assert float(fact(page, "data")) == pytest.approx(right, rel=1e-5, abs=1e-9)


def test_the_way_leads_from_neuron_to_neuron_and_back(opened):
    _, _, loss = moons()
    page = opened(draw(loss), at="0")
    page.click(NEURON)
    page.locator(".opens").first.click()
    assert heading(page) == "model.layers.0.neurons.0"
    crumbs = page.locator(".path li").all_inner_texts()
    assert crumbs == ["the whole graph", "model.layers.1.neurons.3", "model.layers.0.neurons.0"]
    page.keyboard.press("Escape")
    assert heading(page) == "model.layers.1.neurons.3"
    page.click("text=the whole graph")
    assert heading(page) == "the network"
    page.keyboard.press("Escape")
    assert heading(page) == "the network"


def test_everything_opens_by_keyboard(opened):
    _, _, loss = moons()
    page = opened(draw(loss), at="0")
    page.focus(NEURON)
    page.keyboard.press("Enter")
    assert heading(page) == "model.layers.1.neurons.3"
    page.focus("text=▸ open >> nth=0")
    page.keyboard.press("Enter")
    assert heading(page) == "model.layers.0.neurons.0"
    page.keyboard.press("ArrowRight")  # the player of this part, and no other, steps
    assert page.inner_text(".counter") == "1 / 16"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.focus('[data-key="model.layers.0"]')
    page.keyboard.press(" ")
    assert len(shown(page)) == 16


def test_an_example_plays_and_its_grads_are_those_of_the_loss(opened):
    model, rows, loss = moons()
    page = opened(draw(loss), at="0")
    page.click("text=All examples")
    page.wait_for_selector("tbody")
    assert len(shown(page)) == 20
    page.click("text=example 3 >> nth=0")
    assert heading(page) == "example 3"
    page.click("h1")
    page.keyboard.press("End")
    assert line(page) == "All gradients are complete."
    for p in model.parameters():
        p.grad = 0.0
    (losses.hinge([model(rows[2])], [1.0]) * 0.05).backward()
    weight = model.layers[2].neurons[0].w[4]
    page.select_option("section select >> nth=0", label=weight.label)
    assert float(fact(page, "grad")) == pytest.approx(weight.grad, rel=1e-5)
    whole = float(fact(page, "grad in the whole graph"))
    moons_weight = moons()[0].layers[2].neurons[0].w[4]
    assert whole == pytest.approx(moons_weight.grad, rel=1e-5)


def test_a_large_layer_is_listed_and_a_long_sum_too(opened):
    random.seed(1)
    model = MLP(300, [120, 2])
    loss = sum(model([0.01 * i for i in range(300)]))
    label_all({"model": model})
    page = opened(draw(loss), at="0")
    page.click("text=… 106 more")
    assert heading(page) == "model.layers.0"
    page.keyboard.press("Escape")
    page.click('[data-key="model.layers.0"]')
    assert len(shown(page)) == 100
    page.click("text=rows after")
    assert len(shown(page)) == 20
    page.click("text=model.layers.0.neurons.117")
    page.click(".opens")
    assert len(shown(page)) == 100
    assert "adds up these" in page.inner_text("caption")


def test_a_graph_without_labels_opens_at_its_result(opened):
    loss = sum((Value(0.01 * i) * 2.0).tanh() for i in range(700)) * 1.0
    page = opened(draw(loss), at="0")
    assert "label_all(locals())" in page.inner_text(".note")
    page.click(".opens")
    page.click("text=rows after")
    assert next(iter(shown(page))) == "t299"
    page.fill("text=go to the node >> input", "t4")
    page.keyboard.press("Enter")
    assert heading(page) == "t4"
    page.fill("text=go to the node >> input", "nobody")
    page.keyboard.press("Enter")
    assert page.inner_text("text=No node is called nobody.")


def test_modules_that_are_no_row_of_layers_open_as_well(opened):
    random.seed(1)
    model = nn.GPT(5, 4, 4, 2, 1)
    loss = sum(losses.cross_entropy(row, 1) for row in model([1, 2, 3]))
    label_all({"model": model})
    page = opened(draw(loss), at="0")
    assert heading(page) == "the modules"
    page.click("[data-key]:has-text('model.head')")
    assert "model.head[2]" in shown(page)
    page.keyboard.press("Escape")
    page.click("[data-key]:has-text('leaves')")
    assert len(shown(page)) > 10


def test_an_op_that_only_python_knows_is_shown_and_does_not_play(opened):
    odd = Op("odd", "odd({})", lambda x: float(math.floor(x)), (lambda x, out: 1.0,))
    loss = odd(sum((Value(0.01 * i) * 2.0).tanh() for i in range(700)))
    loss.backward()
    page = opened(draw(loss), at="0")
    assert page.locator(".bar .counter").count() == 0
    assert page.text_content("[data-key=n1] .grad") == "▲ grad 1.0000"
    page.click(".opens")
    page.click("text=t8 >> nth=0")
    assert page.locator(".card").count() > 2


def test_labels_of_any_kind_are_only_text(opened):
    hostile = "<img src=x onerror=alert(1)>"
    xs = [Value(0.01 * i, label=f"{hostile}{i}") for i in range(700)]
    loss = sum((x * 2.0).tanh() for x in xs)
    loss.label = hostile
    page = opened(draw(loss), at="0")
    page.locator("tbody button").first.click()
    assert hostile in page.text_content(".part svg")
    assert not page.locator("img").count()


@pytest.mark.parametrize("how", SIZES, ids=["wide", "dark", "narrow"])
def test_axe_finds_nothing_and_nothing_sticks_out(opened, how):
    _, _, loss = moons(60, (6, 6, 1))  # axe looks at each link of the network
    page = opened(draw(loss), at="0", **how)

    def check():
        assert problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    check()
    page.click("text=All examples")
    page.click("text=All parts")
    check()
    page.focus(NEURON)
    page.keyboard.press("Enter")
    check()
    page.click("text=open the example")
    page.keyboard.press("End")
    check()
