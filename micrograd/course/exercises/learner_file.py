"""The text of a learner's file, or why there is none: it may be empty, half-saved, or no UTF-8.

Rule: each is one sentence that says what to do.
"""

import codecs
import io
import tokenize
from pathlib import Path

from micrograd.course import messages
from micrograd.support import files

MOST_BYTES = 2**20  # of a file: answers have some hundreds
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNFINISHED = ("unexpected EOF", "was never closed", "unterminated triple-quoted")


class Unreadable(Exception):
    """The error of a file that is no program, with the sentence that a learner reads."""


def read_source(path: Path) -> str:
    """Return the text of the file. Raises Unreadable.

    A mark of the byte order and a line that names the encoding are taken as Python takes them.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(messages.file_is_large(path.stat().st_size))
        content = files.read(path)
    except OSError as error:
        raise Unreadable(messages.file_is_unreadable(error)) from error
    return decode(content)


def decode(content: bytes) -> str:
    """Return the content of a file as text. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(messages.file_is_empty())
    if content.startswith(UTF_16) or b"\0" in content[:2]:
        raise Unreadable(messages.file_is_utf16())
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except SyntaxError as error:
        if line := first_bad_line(content):
            raise Unreadable(messages.not_utf8(line)) from error
        raise Unreadable(messages.unknown_encoding(str(error))) from error
    except UnicodeDecodeError as error:
        raise Unreadable(messages.not_utf8(content.count(b"\n", 0, error.start) + 1)) from error


def first_bad_line(content: bytes) -> int:
    """Return the number of the first line that is not UTF-8; 0 if all are."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 0


def seems_half_saved(source: str, error: BaseException) -> bool:
    """Return whether the error of the syntax is that the file ends too early."""
    if not isinstance(error, SyntaxError):
        return False
    last = len(source.rstrip().splitlines())
    is_unfinished = any(text in (error.msg or "") for text in UNFINISHED)
    at_end = (error.lineno or 0) >= last > 1
    return is_unfinished or (at_end and "expected an indented block" in (error.msg or ""))
