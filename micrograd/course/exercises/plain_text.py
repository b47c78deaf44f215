"""Plain text: what a learner's code prints or raises, as it can be shown anywhere.

Rule: nothing that is left moves a cursor, sets a title or turns text round.
"""

import re
import unicodedata

from micrograd.support import files

SAID_AT_MOST = 500  # how many characters of an error or of a finding are shown
PRINTED_AT_MOST = 2000  # how many characters of the learner's own prints are shown
ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # a colour, or the cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # a title, or another text for the terminal
    r"|\x1b.?",
    re.DOTALL,
)
TURNS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}  # text from right to left


def plain(text: str) -> str:
    """Return the text without sequences for a terminal and without control characters.

    >>> plain("\\x1b[2J\\x1b[31mred\\x1b[0m\\a, \\tand the next line\\n")
    'red, \\tand the next line\\n'
    """
    text = ESCAPES.sub("", files.replace_surrogates(text))
    return "".join(each for each in text if each in "\n\t" or not is_control(each))


def is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in TURNS


def shorten(text: str) -> str:
    """Return the beginning of the text, as plain text in one line.

    >>> shorten("a" * 1000) == "a" * 500 + " ..."
    True
    """
    text = plain(text[: 4 * SAID_AT_MOST].replace("\n", " "))
    return text if len(text) <= SAID_AT_MOST else f"{text[:SAID_AT_MOST]} ..."
