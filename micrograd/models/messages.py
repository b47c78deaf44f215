"""Messages of the models that ship with their data: what happened, why, and what to do."""


def no_documents(path) -> str:
    return f"{path} has no text: a GPT learns from a file with one document a line."


def text_not_utf8(path) -> str:
    return f"{path} is no text in UTF-8: save it as plain text in UTF-8, one document a line."
