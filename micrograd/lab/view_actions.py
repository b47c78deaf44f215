"""The actions of a page that look closer: at a neuron, at a weight, at one step of one example.

Rule: nothing here changes a run. The example that is opened is the point that is held.
"""

from __future__ import annotations

from typing import Any

from micrograd.lab.neurons import describe_neuron
from micrograd.lab.opened_step import open_step
from micrograd.lab.session import Session
from micrograd.lab.weights import describe_weight


def neuron(session: Session, layer: Any, index: Any) -> dict[str, Any]:
    """Return what one neuron computes, and how it is doing."""
    run, held = session.run, session.held
    return describe_neuron(run, held, layer, index)


def open_held(session: Session) -> dict[str, Any]:
    """Return the next step, opened, for the point that is held alone."""
    return open_step(session.run, session.held)


def weight(session: Session, layer: Any, neuron: Any, input: Any) -> dict[str, Any]:
    """Return the loss along one weight; the input -1 is the bias."""
    run = session.run
    return describe_weight(run, layer, neuron, input)
