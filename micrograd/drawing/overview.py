"""The picture of a graph that is too large for a card a node, and the page that opens its parts.

Rule: a graph that was computed by a network shows the network; any other has a card for each module
or, without labels, for each op. Every part of the picture can be opened in the page.
"""

import functools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from micrograd.drawing.folding import group_nodes
from micrograd.drawing.graph_network import network_of, units_in
from micrograd.drawing.network_picture import SHOWN, legend_of
from micrograd.drawing.network_svg import network_svg
from micrograd.drawing.player.explorer import explorer_page
from micrograd.drawing.svg import Links, Part, Svg, svg
from micrograd.drawing.units import units_of
from micrograd.engine import Value


class Overview:
    """The units of a large graph, and their picture."""

    def __init__(self, nodes: Sequence[Value], title: str, rankdir: str):
        self.nodes, self.title, self.rankdir = nodes, title, rankdir
        self.units = units_of(nodes)
        self.network = network_of(nodes, self.units)

    @functools.cached_property
    def svg(self) -> Svg:
        if not self.network:
            parts, links = module_cards(self.nodes)
            return svg(parts, links, self.title, self.rankdir)
        layers = list(self.network.values())
        number = SHOWN["weight"]
        legend = legend_of(layers, number, "weight")
        return network_svg(layers, number, self.title, legend)

    def page(self) -> str:
        """Return the page, which opens with the picture."""
        parts = self.layer_parts() if self.network else self.group_parts()
        return explorer_page(self.svg.text, self.title, self.nodes, self.units, parts)

    def layer_parts(self) -> list[dict[str, Any]]:
        """Return what opens in the picture of a network: its layers, and its neurons."""
        parts = []
        names = self.units.names
        for layer, members in units_in(names).items():
            parts.append(openable(layer, layer, members))
            parts.append(openable(f"{layer} more", layer, members))
            for i, unit in enumerate(members):
                parts.append(openable(f"{layer} {i}", names[unit], [unit]))
        return parts

    def group_parts(self) -> list[dict[str, Any]]:
        """Return what opens in a picture of modules, with the units of each."""
        groups = group_nodes(self.nodes)
        members: dict[str, dict[int, None]] = {}
        for group in groups.values():
            members.setdefault(group, {})
        for node, unit in self.units.unit_of.items():
            members[groups[node]][unit] = None
        parts = []
        for i, (group, units) in enumerate(members.items()):
            parts.append(openable(f"g{i}", group, list(units)))
        return parts


def openable(key: str, name: str, units: list[int]) -> dict[str, Any]:
    """Return what the page knows of a part of the picture."""
    return {"key": key, "name": name, "units": units}


def module_cards(nodes: Sequence[Value]) -> tuple[list[Part], Links]:
    """Return a card for each group of nodes, and a link if one group uses another."""
    groups = group_nodes(nodes)
    counts = Counter(groups.values())
    keys = {}
    parts = []
    for i, (group, number) in enumerate(counts.items()):
        keys[group] = f"g{i}"
        count = f"{number:,} nodes"
        lines = (("label", group), ("", count))
        parts.append(Part(keys[group], lines, f"{group}: {count}"))
    links: dict[tuple[str, str], None] = {}
    for node, group in groups.items():
        for x in node.inputs:
            if groups[x] != group:
                links[keys[groups[x]], keys[group]] = None
    return parts, list(links)
