"""The player as a widget of anywidget: a leaf that is moved in the page moves in Python.

Rule: the page and Python compute the same graph; what goes between them are the leaves' numbers.
"""

import anywidget
import traitlets

from micrograd.drawing.player import page
from micrograd.drawing.player.javascript import source
from micrograd.engine import Value
from micrograd.explaining import checked_order


class Player(anywidget.AnyWidget):
    """The graph of `root`. `leaves` are the numbers of its leaves, in order."""

    drawing = traitlets.Unicode().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)
    leaves = traitlets.List().tag(sync=True)

    def __init__(self, root: Value, drawing: str):
        self.root, self.order = root, checked_order(root)
        self._esm, self._css = page.module(root, "widget"), source("player.css")
        super().__init__(drawing=drawing, page=page.data_of(root), leaves=self.numbers())
        self.observe(self.follow, "leaves")

    def numbers(self) -> list:
        """Those of the leaves, as JSON can say them."""
        return [page.as_number(node.data) for node in self.order if not node.inputs]

    def refresh(self) -> None:
        """After leaves were changed in Python: compute the rest, and tell the page."""
        self.leaves = self.numbers()

    def follow(self, change) -> None:
        """Give the leaves those numbers; then everything else follows, as in the page."""
        numbers = iter(change["new"])
        for node in self.order:
            if not node.inputs:
                node.data, node.grad = float(next(numbers)), 0.0
            else:
                node.data = node.op.forward(*[x.data for x in node.inputs])
        self.root.backward()
