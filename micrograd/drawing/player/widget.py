"""The player as a widget of anywidget: a leaf that moves in the page moves in Python, too.

Rule: the page and Python compute the same graph; only the numbers of the leaves go between them.
"""

from typing import Any

import anywidget
import traitlets

from micrograd.drawing.player import page
from micrograd.drawing.player.javascript import web_file
from micrograd.engine import Value, read_data
from micrograd.explaining import acyclic_order
from micrograd.support.fold import fold


class Player(anywidget.AnyWidget):
    """A widget that plays the graph of `root`; `leaves` holds its leaves' numbers, in order."""

    drawing = traitlets.Unicode().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)
    leaves: traitlets.List[float | str] = traitlets.List().tag(sync=True)

    def __init__(self, root: Value, drawing: str):
        self.root, self.order = root, acyclic_order(root)
        self._esm = page.module(self.order, "widget")
        self._css = web_file("player.css")
        data = page.page_data(self.order)
        super().__init__(drawing=drawing, page=data, leaves=self.numbers())
        self.observe(self.on_leaves_changed, "leaves")

    def numbers(self) -> list[float | str]:
        """Return the numbers of the leaves, as text where JSON lacks them."""
        return [page.js_number(node.data) for node in self.order if not node.inputs]

    def refresh(self) -> None:
        """Recompute the graph after its leaves changed in Python, and update the page."""
        self.leaves = self.numbers()

    def on_leaves_changed(self, change: dict[str, Any]) -> None:
        """Give the leaves the new numbers, and run forward and backward."""
        leaves = [node for node in self.order if not node.inputs]
        for leaf, number in zip(leaves, change["new"]):
            leaf.data = float(number)
            leaf.grad = 0.0
        results = fold(self.order, read_data, lambda op, inputs: op.forward(*inputs))
        for node, number in results.items():
            node.data = number
        self.root.backward()
