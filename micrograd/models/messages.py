"""Messages about the models that ship with their data: what happened, why, and what to do."""

from pathlib import Path


def no_documents(path: Path | str) -> str:
    return f"{path} has no text. Write one document a line: a GPT learns from these."


def text_not_utf8(path: Path | str) -> str:
    return (
        f"{path} is not text in UTF-8, so it cannot be read. Save it as plain text in UTF-8, one "
        "document a line."
    )
