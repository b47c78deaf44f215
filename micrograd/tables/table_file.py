"""A table's file as text: unpacked, decoded, or refused in one sentence.

Rule: a file of another format is refused with the way to make CSV of it.
"""

import codecs
import gzip
import zlib
from pathlib import Path

from micrograd import errors
from micrograd.support import files
from micrograd.tables import messages

GZIP = b"\x1f\x8b"  # how every gzip file begins, whatever its name
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
READERS = {  # suffix: how pandas reads it
    ".json": "read_json({})",
    ".jsonl": "read_json({}, lines=True)",
    ".ndjson": "read_json({}, lines=True)",
    ".parquet": "read_parquet({})",
    ".feather": "read_feather({})",
}


def read_text(path: Path | str) -> str:
    """Return the text of the file, which may be packed with gzip, in UTF-8 or marked UTF-16.

    Raises TableError if the file cannot be read, is of another format, or is not text.
    """
    try:
        content = files.as_path(path).read_bytes()
    except OSError as error:
        raise errors.TableError(files.cannot_read(path, error)) from error
    refuse_format(path)
    if content.startswith(GZIP):
        content = unpack(path, content)
    text = decode(path, content)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise errors.TableError(messages.nul_byte(path, line))
    return text


def refuse_format(path: Path | str) -> None:
    """Raise TableError if the name says that the file is no CSV."""
    suffix = Path(path).suffix.lower()
    if suffix in SPREADSHEETS:
        raise errors.TableError(messages.spreadsheet(path))
    if suffix in READERS:
        raise errors.TableError(messages.not_csv(path, READERS[suffix]))


def unpack(path: object, content: bytes) -> bytes:
    """Return the content that gzip packed. Raises TableError if it is damaged."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise errors.TableError(messages.damaged_gzip(path)) from error


def decode(path: object, content: bytes) -> str:
    """Return the text without its byte order mark. Raises TableError if it is not text."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise errors.TableError(messages.not_utf8(path, line)) from error
