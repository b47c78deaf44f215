"""Modules of JavaScript as one text, for a place that loads one file, as a notebook does.

Rule: each file becomes a function that is called at once, so that names of two files never meet.
An import is written `import { a, b as c } from "./file.mjs";`, and the entry exports a default.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w/]+)\.mjs";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)


def bundle(folder: Path, entry: str) -> str:
    """Return the text of the module `entry` with all that it imports, directly or not."""
    texts: dict[str, str] = {}
    collect(folder, entry, texts)
    last = texts.pop(entry)
    return "\n".join([*map(wrap, texts, texts.values()), last])


def collect(folder: Path, name: str, texts: dict[str, str]) -> None:
    """Add a file to `texts`, behind those that it imports, with constants for its imports."""
    text = (folder / f"{name}.mjs").read_text(encoding="utf-8")
    for _, other in IMPORT.findall(text):
        if other not in texts:
            collect(folder, other, texts)
    texts[name] = IMPORT.sub(as_constants, text)


def as_constants(line: re.Match[str]) -> str:
    """Return an import as the line that takes the names out of the other file's object.

    >>> as_constants(IMPORT.match('import { a, b as c } from "./plane.mjs";\\n'))
    'const { a, b: c } = from_plane;\\n'
    """
    names = " ".join(line[1].split()).rstrip(",")
    return f"const {{ {names.replace(' as ', ': ')} }} = {object_of(line[2])};\n"


def wrap(name: str, text: str) -> str:
    """Return a file as the object of what it exports."""
    names = ", ".join(EXPORT.findall(text))
    body = EXPORT.sub("", text)
    return f"const {object_of(name)} = (() => {{\n{body}return {{ {names} }};\n}})();"


def object_of(name: str) -> str:
    return "from_" + re.sub(r"\W", "_", name)
