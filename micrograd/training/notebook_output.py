"""One output of a notebook's cell that is written again and again, and saved as it is at the end.

Rule: it needs no widgets, so that it shows wherever notebooks run, and in a saved notebook, too.
"""

import sys
import time
from io import StringIO
from typing import Any

from rich.console import Console, RenderableType

from micrograd.support.text_result import preformatted

PAUSE = 0.1  # seconds between two writings, since each is a message to the browser
WIDTH = 100  # characters


class NotebookOutput:
    """An output that shows what `show` was called with last."""

    def __init__(self) -> None:
        options: dict[str, Any] = {"force_jupyter": False, "color_system": None, "width": WIDTH}
        self.console = Console(file=StringIO(), **options)
        self.handle: Any = None
        self.shown = 0.0  # when

    def show(self, content: RenderableType, last: bool = False) -> None:
        """Show that; nothing if it is not the last and the one before is younger than PAUSE."""
        now = time.monotonic()
        if last or now - self.shown > PAUSE:
            self.shown = now
            self.write(self.text_of(content))

    def text_of(self, content: RenderableType) -> str:
        with self.console.capture() as capture:
            self.console.print(content)
        return capture.get().rstrip()

    def write(self, text: str) -> None:
        data = {"text/plain": text, "text/html": preformatted(text)}
        if self.handle is None:
            ipython = sys.modules["IPython"]  # whoever runs in a notebook has loaded it
            self.handle = ipython.display.display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)
