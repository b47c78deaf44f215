"""Cards for Anki, as the text file that its command Import reads.

Rule: each card has an identity of its own, so that a later import changes cards and doubles none.
"""

import csv
import io
from collections.abc import Sequence

from micrograd.course.page import as_html, markdown
from micrograd.course.review import Card
from micrograd.course.terminal import asking

HEADER = """\
#separator:tab
#html:true
#notetype:Basic
#deck:micrograd
#guid column:1
#tags column:4
"""


def anki_text(cards: Sequence[Card]) -> str:
    """Return the text of the file: a line for each card, with its identity, two sides and tags."""
    rows = io.StringIO()
    writer = csv.writer(rows, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    for card in cards:
        identity = "-".join(["micrograd", *card.key])
        writer.writerow([identity, front(card), back(card), f"micrograd {card.lesson.name}"])
    return HEADER + rows.getvalue()


def front(card: Card) -> str:
    """Return the question with what it refers to, as HTML."""
    context = "".join(map(as_html, card.context))
    return context + markdown(asking(card.question))


def back(card: Card) -> str:
    """Return the answer, the reason, and the lesson, as HTML."""
    question, lesson = card.question, card.lesson
    answer = f"**{question.answer_text.rstrip('.')}.** {question.why}"
    return markdown(f"{answer}\n\nLesson {lesson.number}: {lesson.title}")
