"""The actions of a page that concern the GPT: start it on a text, pause it, ask it.

Rule: a session has one GPT at a time, and it is no run of the network.
"""

from __future__ import annotations

from typing import Any

from micrograd.data import first_names
from micrograd.lab import messages
from micrograd.lab.experiment import CHECKS
from micrograd.lab.messages import LabError
from micrograd.lab.session import Session
from micrograd.lab.texts import TextRun


def start(session: Session, text: Any = None, seed: Any = 0) -> dict[str, Any]:
    """Let a new GPT learn a text, by default first names; return the text."""
    known = names() if text is None else text
    session.texts = TextRun(known, CHECKS["seed"](seed))
    return {"text": known}


def names() -> str:
    """Return first names, one a line. Raises LabError if they are not installed."""
    try:
        return "\n".join(first_names())
    except ImportError as error:
        raise LabError(messages.no_names(error)) from error


def pause(session: Session) -> dict[str, Any]:
    """Let the GPT stand still, or go on."""
    require_texts(session).turn_over()
    return {}


def ask(session: Session, prefix: Any) -> dict[str, Any]:
    """Return which characters may come after a beginning."""
    return require_texts(session).ask(prefix)


def require_texts(session: Session) -> TextRun:
    if session.texts is None:
        raise LabError(messages.no_gpt_yet())
    return session.texts
