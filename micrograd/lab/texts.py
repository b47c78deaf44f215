"""A GPT that learns a text in small slices, so that it can be watched, paused and asked.

Rule: with equal texts and seeds it takes the steps of `char_gpt.train`, to the same bits. Its views
(attention, next characters, embeddings, samples) come from plain numbers and change nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future, wait
from textwrap import wrap
from time import monotonic
from typing import Any

import numpy as np

from micrograd.lab import messages
from micrograd.lab.curves import MOST_POINTS
from micrograd.lab.gpt_views import attention_of, embeddings_of, next_characters
from micrograd.lab.json_numbers import all_rounded, rounded
from micrograd.lab.later import Reply, Work, later
from micrograd.lab.messages import LabError
from micrograd.models import char_gpt
from micrograd.support.randomness import seeded
from micrograd.training import compile_step
from micrograd.transforms import with_plain_numbers

Later = Callable[[Work], "Future[Reply]"]
STEPS = 3000  # of a run; the learning rate falls to 0 at its end
WINDOW = 50  # losses whose mean is a point of the curve
LONGEST_TEXT = 1_000_000  # characters
MOST_CHARACTERS = 120  # different ones: each is a row of the embeddings
SAMPLES, TEMPERATURE = 6, 0.5
SECONDS_BETWEEN_VIEWS, SECONDS_BETWEEN_SAMPLES = 0.25, 1.0
COMPILING_TURN = 0.02  # seconds that a turn waits while the step is compiled


class TextRun:
    """A run of a GPT on the lines of a text: it plays by `advance`, and is shown by `news`.

    The step is compiled in a thread of its own, which `later` finds. Raises LabError for a text
    that it cannot learn.

    >>> run = TextRun("anna\\nemma\\notto")
    >>> run.prepared.result()
    {}
    >>> run.advance(10)
    10
    """

    def __init__(self, text: str, seed: int = 0, later: Later = later) -> None:
        self.text, self.documents = text, documents_of(text)
        self.seed, self.step, self.error = seed, 0, ""
        self.playing, self.steps_per_second = True, 0.0
        self.vocabulary = char_gpt.Vocabulary.of(self.documents)
        if len(self.vocabulary.characters) > MOST_CHARACTERS:
            count = len(self.vocabulary.characters)
            raise LabError(messages.too_many_characters(count, MOST_CHARACTERS))
        context = char_gpt.count_positions(self.documents)
        with seeded(seed):
            self.model = char_gpt.make(self.vocabulary, context)
        self.losses = np.empty(STEPS)
        self.prefix = ""
        self.views: dict[str, Any] = {}
        self.viewed = self.sampled = -np.inf  # when the views, and the samples, were computed
        self.sampled_step = -1
        self.is_new = True
        self.block: Any = None
        self.axes: np.ndarray | None = None  # of the embeddings' picture
        self.example = self.documents[0][: context - 1]  # whose attention is shown at first
        self.is_wanted = True
        self.prepared = later(self.prepare)

    def give_up(self) -> None:
        """Note that another GPT takes its place: what is not yet compiled need not be."""
        self.is_wanted = False

    def prepare(self) -> Reply:
        """Compile the training step, unless nobody wants it any more."""
        if self.is_wanted:
            self.compile()
        self.is_new = True
        return {}

    def compile(self) -> None:
        try:
            optimizer = char_gpt.optimizer(STEPS)(self.model.parameters())
            step = compile_step(char_gpt.loss, self.model, optimizer)
            X, y = char_gpt.rows(self.documents, self.vocabulary, self.model.context)
            block = step.bound(X, y, 1, self.seed, 0)
            with block:
                self.block = block
        except Exception as error:
            self.error, self.playing = messages.not_compiled(error), False

    def advance(self, count: int) -> int:
        """Take `count` steps, fewer at the end of the run; return how many."""
        if not self.prepared.done():
            wait([self.prepared], COMPILING_TURN)
            return 0
        count = min(count, STEPS - self.step)
        losses = self.losses[self.step : self.step + count]
        if count:
            with self.block as block:
                block.run_into(losses, np.empty(count))
        self.step += count
        self.is_new = True
        if not np.isfinite(losses).all():
            self.error = messages.gpt_diverged(self.step)
        self.playing = self.playing and self.step < STEPS and not self.error
        return count

    def turn_over(self) -> None:
        """Pause, or go on. Raises LabError if the run is over."""
        if self.error:
            raise LabError(self.error)
        if self.step == STEPS:
            raise LabError(messages.gpt_is_done(STEPS))
        self.playing, self.is_new = not self.playing, True

    def ask(self, prefix: Any) -> dict[str, Any]:
        """Return the next characters after a prefix, which is shown from now on."""
        self.prefix = self.prefix_of(prefix)
        self.viewed, self.is_new = -np.inf, True
        model = with_plain_numbers(self.model)
        return {"letters": next_characters(model, self.vocabulary, self.prefix)}

    def prefix_of(self, prefix: Any) -> str:
        """Return a prefix. Raises LabError for one that the model cannot read."""
        if not isinstance(prefix, str):
            raise LabError(messages.not_a_text("A beginning", prefix))
        for character in prefix:
            if character not in self.vocabulary.characters:
                raise LabError(messages.unknown_character(character, self.vocabulary.characters))
        if len(prefix) >= self.model.context:
            raise LabError(messages.prefix_too_long(len(prefix), self.model.context - 1))
        return prefix

    # ------------------------------------------------------------------------------------- shown

    def news(self) -> dict[str, Any] | None:
        """Return what has changed since the last call, None if nothing has."""
        if not self.is_new:
            return None
        self.is_new = False
        self.update_views()
        losses = self.losses[: self.step]
        return {
            "playing": self.playing,
            "compiling": not self.prepared.done(),
            "step": self.step,
            "steps": STEPS,
            "steps_per_second": rounded(self.steps_per_second),
            "loss": rounded(recent_mean(losses)),
            "curve": curve_of(losses),
            "prefix": self.prefix,
            "error": self.error,
            **self.views,
        }

    def update_views(self) -> None:
        """Compute the views anew, if the last ones are old enough or the run stands still.

        After an error the last ones stay: there is nothing to see in nan.
        """
        now, is_still = monotonic(), not self.playing
        is_early = now - self.viewed < SECONDS_BETWEEN_VIEWS and not is_still
        if is_early or self.error:
            return
        self.viewed = now
        model, vocabulary = with_plain_numbers(self.model), self.vocabulary
        embeddings, self.axes = embeddings_of(model, vocabulary, self.axes)
        is_due = now - self.sampled >= SECONDS_BETWEEN_SAMPLES or is_still
        if is_due and self.step != self.sampled_step:
            self.sampled, self.sampled_step = now, self.step
            self.views["samples"] = self.samples(model)
        self.views["letters"] = next_characters(model, vocabulary, self.prefix)
        self.views["embeddings"] = embeddings
        self.views["attention"] = attention_of(model, vocabulary, self.prefix or self.example)

    def samples(self, model: Any) -> list[str]:
        """Return new texts, which follow from the seed and the step."""
        rng = random.Random(f"{self.seed} {self.step}")
        return [
            char_gpt.sample_document(model, self.vocabulary, TEMPERATURE, rng)
            for _ in range(SAMPLES)
        ]


def documents_of(text: Any) -> list[str]:
    """Return the lines of a text that are not blank. Raises LabError if it has none.

    A line that is longer than the GPT's context is split between words.
    """
    if not isinstance(text, str):
        raise LabError(messages.not_a_text("The text to learn from", text))
    if len(text) > LONGEST_TEXT:
        raise LabError(messages.text_too_long(len(text), LONGEST_TEXT))
    documents = []
    for line in text.splitlines():
        is_long = len(line.rstrip()) > char_gpt.CONTEXT
        pieces = wrap(line, char_gpt.CONTEXT) if is_long else [line.rstrip()]
        documents += [piece for piece in pieces if piece.strip()]
    if not documents:
        raise LabError(messages.no_text())
    return documents


def recent_mean(losses: np.ndarray) -> float:
    """Return the mean of the last losses, each of which is that of one document; nan for none."""
    return float(losses[-WINDOW:].mean()) if len(losses) else float("nan")


def curve_of(losses: np.ndarray) -> dict[str, list[Any]]:
    """Return {"step", "loss"} at few steps, each loss being the mean of those around it."""
    count = len(losses)
    if count == 0:
        return {"step": [], "loss": []}
    spread = np.linspace(0, count - 1, min(count, MOST_POINTS))
    steps = spread.round().astype(int)
    starts = (steps - WINDOW // 2).clip(0)
    ends = (steps + WINDOW // 2 + 1).clip(0, count)
    sums = np.concatenate([[0.0], losses.cumsum()])
    means = (sums[ends] - sums[starts]) / (ends - starts)
    return {"step": steps.tolist(), "loss": all_rounded(means.tolist())}
