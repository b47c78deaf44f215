"""Stand-ins in ASCII for characters that the encoding of a terminal or a pipe lacks.

Rule: no character that is printed ends a command.
"""

import codecs
import unicodedata
from typing import Any

BRAILLE = range(0x2801, 0x2900)
UPPER, LOWER = 0x1B, 0xE4  # bits of the dots in the two upper rows, and in the two lower ones


def braille_stand_in(code: int) -> str:
    """Return a mark at the height of the dots of a character of Braille."""
    if not code & LOWER:
        return "'"
    return ":" if code & UPPER else "."


STAND_INS = {
    **{chr(code): braille_stand_in(code) for code in BRAILLE},
    **dict.fromkeys("─━╌┄", "-"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("├└┌┐┘┬┴┼┏┓┗┛┡┩╇┳┻", "+"),
    **dict.fromkeys("▁▂▃▄", "_"),
    **dict.fromkeys("▅▆▇█", "#"),
    **dict.fromkeys("•·●", "*"),
    "—": "-",
    "–": "-",
    "−": "-",
    "→": "->",
    "←": "<-",
    "×": "x",
    "…": "...",
    "✓": "ok",
    "✗": "wrong:",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "∂": "d",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
}
NAME = "micrograd-stand-in"  # of the error handler


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """Return ASCII for the characters that cannot be encoded, and the place after them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(map(ascii_for, characters)), error.end


def ascii_for(character: str) -> str:
    """Return the stand-in of a character, its letter without an accent, or a question mark.

    >>> [ascii_for(character) for character in "├é雪⠉⣀"]
    ['+', 'e', '?', "'", '.']
    """
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return STAND_INS.get(character) or plain or "?"


def replace_unencodable(*streams: Any) -> None:
    """Let each stream print a stand-in for a character that its encoding lacks."""
    codecs.register_error(NAME, stand_in)
    for stream in streams:
        if "utf" not in (getattr(stream, "encoding", None) or "utf").lower():
            stream.reconfigure(errors=NAME)
