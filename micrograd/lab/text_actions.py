"""The actions of a page that concern the GPT: start it on a text, pause it, ask it.

Rule: a session has one GPT at a time, and it is no run of the network. There is always a text to
learn from, so that the first press of the button works.
"""

from __future__ import annotations

from typing import Any

from micrograd.data import first_names
from micrograd.lab import messages
from micrograd.lab.experiment import CHECKS
from micrograd.lab.messages import LabError
from micrograd.lab.session import Session
from micrograd.lab.texts import TextRun

SHORT_NAMES = """\
ada alma amelie anna anton aurora ben bella carla clara dana david edda elena elias emil emma enid
erik fabian flora freya gustav hanna helena henri hugo ida inga irma jakob johanna jonas julia karl
karla katrin lara lea lena leo lina lotte luisa lukas magda maria marie marlene martha max mia milan
mira nadia nina noah nora olga oskar otto paula peter petra rosa ruth sara selma sofia stella theo
thea ursula vera viola walter wilma
"""  # learnt where the package of first names is missing


def text(session: Session) -> dict[str, Any]:
    """Return the text that is learnt, and before the first start one to begin with."""
    return {"text": session.texts.text if session.texts else names()}


def start(session: Session, text: Any = None, seed: Any = 0) -> dict[str, Any]:
    """Let a new GPT learn a text, by default first names; return the text.

    GPTs are compiled one at a time, and those that another one has replaced are not.
    """
    known = names() if text is None else text
    other = session.texts
    session.texts = TextRun(known, CHECKS["seed"](seed), session.compilations.later)
    if other is not None:
        other.give_up()
    return {"text": known}


def names() -> str:
    """Return first names, one a line: a short list if the package that has many is missing."""
    try:
        return "\n".join(first_names())
    except ImportError:
        return "\n".join(SHORT_NAMES.split())


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
