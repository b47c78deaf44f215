"""The files of the page, by their addresses, and the modules that it will import.

Rule: what is not in this table when the lab starts has no address, so no path leads anywhere else.
"""

import mimetypes
import posixpath
import re
from pathlib import Path

from micrograd.drawing import PLAYER_FILES

PAGE = Path(__file__).parent / "web"
FOLDERS = {"/static/": PAGE, "/static/player/": PLAYER_FILES}
ENTRY = "/static/lab.mjs"
IMPORT = re.compile(r'^import [^"]* from "(\./[^"]+)";', re.MULTILINE)
mimetypes.add_type("text/javascript", ".mjs")  # some systems give it another type


def page_files() -> dict[str, Path]:
    """Return the path of each file by its address: "/static/lab.mjs" and its like."""
    files: dict[str, Path] = {}
    for start, folder in FOLDERS.items():
        for path in folder.rglob("*"):
            if path.is_file():
                files[start + path.relative_to(folder).as_posix()] = path
    return files


def link_header(files: dict[str, Path]) -> str:
    """Return the value of the header Link that names all modules that the page imports.

    A browser fetches them at once. Without it, it learns of a module only when it has read the one
    that imports it.
    """
    return ", ".join(f"<{address}>; rel=modulepreload" for address in modules_of(ENTRY, files))


def modules_of(entry: str, files: dict[str, Path]) -> list[str]:
    """Return the addresses of a module and of all that it imports, directly or not."""
    addresses = [entry]
    for address in addresses:
        text = files[address].read_text(encoding="utf-8")
        for name in IMPORT.findall(text):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(address), name))
            if other in files and other not in addresses:
                addresses.append(other)
    return addresses


def kind_of(address: str) -> str:
    """Return the MIME type of a file.

    >>> kind_of("/static/lab.mjs")
    'text/javascript'
    """
    return mimetypes.guess_type(address)[0] or "application/octet-stream"
