"""Lessons' pages in a real browser, from disk: guesses, what waits for them, the quiz, and axe.

Rule: nothing may be asked of the network, and nothing may go wrong in the console.
"""

import pytest

from micrograd.course import lesson, page
from micrograd.course.questions import Question
from tests.support.site import needs_browser

pytestmark = [pytest.mark.slow, needs_browser]
FIVE = lesson.find_lesson(5)
GRADS = Question("grads", "Two grads?", [6.0, -4.0], why="By the product.")
SIGN = Question("sign", "Its sign?", "minus", choices=("plus", "minus"), mistakes={"plus": "No."})


@pytest.fixture(scope="module")
def text():
    return page.render_page(FIVE, FIVE.run(), lesson.lessons()[3:6])


@pytest.fixture
def opened(browser, tmp_path):
    """opened(html, ...) is a page; at the end its console and its network log must be empty."""
    wrong, contexts = [], []

    def open_it(html, **options):
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        contexts.append(browser.new_context(**options))
        shown = contexts[-1].new_page()
        own = ("file:", "data:", "about:")
        shown.on(
            "request", lambda request: request.url.startswith(own) or wrong.append(request.url)
        )
        shown.on("console", lambda message: wrong.append(message.text))
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.goto(path.as_uri())
        return shown

    yield open_it
    for context in contexts:
        context.close()
    assert wrong == []


def ask(text, *questions):
    """Return the page with these questions and a text below the last instead of its own."""
    start, end = text.index("<main>") + len("<main>"), text.index("</main>")
    asked = "".join(map(page.render_question, questions))
    body = f"<h1>Two</h1>{asked}<p id='after'>after</p>{page.PREDICTED}"
    return text[:start] + body + text[end:]


def test_what_follows_a_question_waits_for_a_guess(opened, text):
    shown = opened(text)
    first = shown.locator(".question").first
    question = FIVE.questions[0]
    waiting = shown.locator(".waiting")
    before = waiting.count()
    assert (
        before and not waiting.first.is_visible() and question.why not in shown.inner_text("main")
    )
    wrong, sentence = next(iter(question.mistakes.items()))
    first.locator("input").fill(str(wrong))
    first.locator("input").press("Enter")
    assert first.locator(".reply").inner_text() == sentence.replace("*", "")
    assert waiting.count() < before  # it is read on, and the answer is still folded
    assert not first.locator("details").evaluate("(details) => details.open")
    first.locator("input").fill(question.answer_text)
    first.locator("button").click()
    assert first.locator(".reply").inner_text() == "Right."
    assert first.locator("details").evaluate("(details) => details.open")
    assert shown.inner_text(".predicted") == "You predicted 0 of 1."


def test_an_opened_answer_shows_what_follows(opened, text):
    shown = opened(ask(text, GRADS))
    assert not shown.is_visible("#after")
    shown.click("summary")
    shown.wait_for_selector("#after")
    assert "6, -4." in shown.inner_text("details")


def test_lists_and_choices(opened, text):
    shown = opened(ask(text, GRADS, SIGN))
    grads, sign = shown.locator(".question").all()
    grads.locator("input").fill("six")
    grads.locator("button").click()
    assert "Type 2 numbers" in grads.locator(".reply").inner_text()
    grads.locator("input").fill("6, 4")
    grads.locator("button").click()
    assert "Look again at number 2 of 2" in grads.locator(".reply").inner_text()
    assert sign.locator("button").all_inner_texts() == ["plus", "minus"]
    sign.locator("button").first.click()
    assert sign.locator(".reply").inner_text() == "No."
    sign.locator("button").last.click()
    assert sign.locator(".reply").inner_text() == "Right."
    assert shown.inner_text(".predicted") == "You predicted 0 of 2."


def test_without_script_every_answer_is_folded_and_can_be_opened(opened, text):
    shown = opened(text, java_script_enabled=False)
    assert shown.locator("input").count() == 0
    first = shown.locator(".question").first
    assert FIVE.questions[0].why not in first.inner_text()
    first.locator("summary").click()
    assert FIVE.questions[0].answer_text in first.inner_text()


def test_the_picture_opens_with_its_quiz(opened, text):
    shown = opened(text)
    shown.evaluate("document.querySelectorAll('.question details').forEach((x) => (x.open = true))")
    frame = shown.frame_locator("iframe").first
    frame.locator("text=6 to go").wait_for()
    assert frame.locator("input[type=checkbox]").is_checked()
    assert frame.locator(".counter").inner_text() == "0 / 11"
    for answer in ("-2", "4"):
        frame.locator(".ask input").fill(answer)
        frame.locator(".ask input").press("Enter")
    frame.locator("text=4 to go").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_axe_finds_nothing_and_nothing_sticks_out(opened, text, width, scheme):
    from axe_core_python.sync_playwright import Axe

    shown = opened(text, viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown.evaluate("document.querySelectorAll('details').forEach((x) => (x.open = true))")
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.evaluate("document.querySelectorAll('iframe').forEach((x) => x.remove())")
    assert [each["id"] for each in Axe().run(shown)["violations"]] == []
