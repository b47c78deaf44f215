"""The actions of a page that look closer: at a neuron, at a weight, at one step of one example.

Rule: nothing here changes a run. The example that is opened is the point that is held.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from micrograd.lab.comparison import comparison_of
from micrograd.lab.expressions import draw_expression, draw_neuron
from micrograd.lab.grad_proof import prove_grad
from micrograd.lab.later import Reply, later
from micrograd.lab.neurons import describe_neuron
from micrograd.lab.opened_step import open_step
from micrograd.lab.session import Session
from micrograd.lab.weights import describe_weight


def neuron(session: Session, layer: Any, index: Any) -> Reply:
    """Return what one neuron computes, and how it is doing."""
    run, held = session.run, session.held
    return describe_neuron(run, held, layer, index)


def graph(session: Session, layer: Any, index: Any = None) -> Reply:
    """Return the graph of a neuron for the point that is held, of its loss with layer None."""
    run, held = session.run, session.held
    return draw_neuron(run, held, layer, index)


def expression(session: Session, text: Any, numbers: Any = None) -> Reply:
    """Return the graph of an expression that a reader has typed."""
    return draw_expression(text, numbers)


def open_held(session: Session) -> Reply:
    """Return the next step, opened, for the point that is held alone."""
    run, held = session.run, session.held
    return open_step(run, held)


def proof(session: Session, name: Any) -> Reply:
    """Return the numeric derivative, and the paths, of a number of the step that is opened."""
    run, held = session.run, session.held
    return prove_grad(run, held, name)


def comparison(session: Session, more: Any = False) -> Future[Reply]:
    """Return, once it is measured, the next step in plain Python; with `more`, one way more."""
    if not more or session.comparison is None:
        session.comparison = comparison_of(session.run)
    return later(session.comparison.measure)


def weight(session: Session, layer: Any, neuron: Any, input: Any) -> Reply:
    """Return the loss along one weight; the input -1 is the bias."""
    run = session.run
    return describe_weight(run, layer, neuron, input)
