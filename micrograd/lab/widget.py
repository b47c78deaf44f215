"""The network as a widget of anywidget: a picture in a notebook that moves while it learns.

Rule: Python has the numbers, and the page shows frames of them. The page sends what a reader asks
for as a message; a mistake in one is a sentence in the widget.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from micrograd.lab import messages
from micrograd.lab.bundle import bundle
from micrograd.lab.fit_frames import FitFrames
from micrograd.lab.frames import frame
from micrograd.lab.messages import LabError
from micrograd.lab.own_model import set_numbers
from micrograd.lab.run import Run
from micrograd.lab.state import network_of
from micrograd.nn import MLP

PAGE = Path(__file__).parent / "web"
MOST_AT_ONCE = 10_000  # steps of one message


class NetworkWidget(anywidget.AnyWidget):
    """A widget that shows a network by its frames. Those that follow say where these come from."""

    network = traitlets.Dict().tag(sync=True)
    points = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    span = traitlets.Dict().tag(sync=True)  # {"last": the last step, "can_step"}
    note = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Int().tag(sync=True)  # how many messages were answered

    def __init__(self, **traits: Any) -> None:
        self._esm = bundle(PAGE, "widget")
        self._css = (PAGE / "widget.css").read_text(encoding="utf-8")
        super().__init__(**traits)
        self.on_msg(self.answer)

    def answer(self, _: Any, request: Any, __: Any) -> None:
        """Do what the page asks for."""
        try:
            with self.hold_sync():
                self.note = ""
                self.do(request)
        except LabError as error:
            self.note = str(error)
        self.answered += 1

    def do(self, request: Any) -> None:
        match request:
            case {"do": "advance", "count": int(count)} if 0 < count <= MOST_AT_ONCE:
                self.advance(count)
            case {"do": "rewind", "step": int(step)}:
                self.rewind(step)
            case _:
                raise LabError(messages.not_a_request())

    def advance(self, count: int = 1) -> None:
        """Take steps, and show them."""
        raise LabError(messages.fit_takes_the_steps())

    def rewind(self, step: int = 0) -> None:
        """Show an earlier step."""
        raise NotImplementedError


class LabWidget(NetworkWidget):
    """A widget that trains a model by steps of its own: `advance` and `rewind` move the model."""

    def __init__(self, model: MLP, run: Run) -> None:
        self.model, self.run = model, run
        traits = self.traits_now()
        super().__init__(network=network_of(run), points=run.points.to_json(), **traits)

    def traits_now(self) -> dict[str, Any]:
        return {"frame": frame(self.run), "span": {"last": self.run.reached, "can_step": True}}

    def advance(self, count: int = 1) -> None:
        """Take steps, show them, and give the model its new numbers. LabError if the run stops."""
        self.run.advance(count)
        self.show()

    def rewind(self, step: int = 0) -> None:
        """Go to a step that was taken; the model has its numbers of then, to the same bits."""
        self.run.rewind(step)
        self.show()

    def show(self) -> None:
        set_numbers(self.model, self.run.numbers.tolist())
        with self.hold_sync():
            for name, content in self.traits_now().items():
                setattr(self, name, content)


class WatchWidget(NetworkWidget):
    """A widget that `fit` calls: pass it in `callbacks`. It keeps what it has seen."""

    def __init__(self, frames: FitFrames) -> None:
        self.frames = frames
        first = frames.at(0)
        traits = {"network": frames.network, "points": frames.points.to_json(), "frame": first}
        super().__init__(**traits, span={"last": 0, "can_step": False})

    def __call__(self, history: Any) -> None:
        """Show the model as it is after the last step of the history."""
        self.frames.see(history)
        self.show(history.done)

    def rewind(self, step: int = 0) -> None:
        """Show the network at the last step before that one which was seen; the model stays."""
        self.show(step)

    def show(self, step: int) -> None:
        with self.hold_sync():
            self.frame = self.frames.at(step)
            self.span = {"last": self.frames.last, "can_step": False}
