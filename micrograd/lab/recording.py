"""A recorded run as one page: the network, the boundary and the curves at some of its steps.

Rule: the page has everything in it and asks nobody for anything; its policy lets no other code run.
A run that is recorded stays where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from micrograd.drawing import as_json, policy_of
from micrograd.lab.bundle import bundle
from micrograd.lab.datasets import Points
from micrograd.lab.frames import frame
from micrograd.lab.run import Run
from micrograd.lab.state import network_of
from micrograd.support import files

WEB = Path(__file__).parent / "web"
MOST_SNAPSHOTS = 60
MOST_BYTES = 4_000_000  # of the snapshots together: of a large network there are fewer
SHOWN = ("step", "train", "validation", "weights", "grads", "updates", "pictures", "output")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A recorded run</title>
<style>{style}</style>
</head>
<body>
<main class="micrograd-network recorded"></main>
<noscript>The pictures are drawn by JavaScript, which this browser has turned off.</noscript>
<script type="application/json" id="run">{data}</script>
<script type="module">{code}</script>
</body>
</html>
"""


def write_page(run: Run, path: str | Path) -> Path:
    """Write the page of the run, and return its path. Raises OSError."""
    return files.write(path, page(run))


def page(run: Run) -> str:
    """Return the text of the page of a run."""
    return page_later(run)()


def page_later(run: Run) -> Callable[[], str]:
    """Return the function that makes the page of the run, however that goes on meanwhile."""
    copy = run.fork_at(run.reached)
    return lambda: page_text(record(copy()))


def page_text(content: dict[str, Any]) -> str:
    """Return the page that shows what was recorded."""
    style = (WEB / "widget.css").read_text("utf-8") + (WEB / "recorded.css").read_text("utf-8")
    code = bundle(WEB, "recorded")
    policy = policy_of([code], [style])
    return PAGE.format(policy=policy, style=style, code=code, data=as_json(content))


def record(run: Run) -> dict[str, Any]:
    """Return all that the page shows of a run, which is rewound by that."""
    reached, points = run.reached, Recorded()
    experiment, network = run.experiment.to_json(), network_of(run)
    snapshots: list[dict[str, Any]] = []
    run.rewind(0)
    size = len(as_json(frame(run)))
    for step in steps_of(reached, min(MOST_SNAPSHOTS, MOST_BYTES // size)):
        run.rewind(step)
        now = frame(run)
        shown = {name: now[name] for name in SHOWN}
        snapshots.append({**shown, "points": points.place_of(run.points)})
    return {
        "experiment": experiment,
        "network": network,
        "points": list(map(shown_points, points.seen)),
        "snapshots": snapshots,
        "curves": now["curves"],
        "reached": reached,
    }


class Recorded:
    """The sets of points that a run had one after the other: edits make others."""

    def __init__(self) -> None:
        self.seen: list[Points] = []

    def place_of(self, points: Points) -> int:
        if not self.seen or self.seen[-1] is not points:
            self.seen.append(points)
        return len(self.seen) - 1


def shown_points(points: Points) -> dict[str, Any]:
    """Return the points as JSON; without a plane only the first is shown, as an image."""
    content = points.to_json()
    if content["bounds"] is None:
        content |= {"X": content["X"][:1], "y": content["y"][:1], "held_X": [], "held_y": []}
    return content


def steps_of(reached: int, most: int) -> list[int]:
    """Return the steps that are recorded, at least the first and the last: early ones are closer.

    >>> steps_of(100, 5)
    [0, 6, 25, 56, 100]
    """
    count = max(2, min(most, reached + 1))
    spread = (np.linspace(0.0, 1.0, count) ** 2 * reached).astype(int)
    steps = np.maximum(spread, np.arange(count))  # no step twice
    return sorted({*steps.clip(0, reached).tolist()})
