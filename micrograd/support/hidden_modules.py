"""A file that hides a module of Python from `python -m micrograd`, told in one sentence.

Rule: the package imports this file before any other, so it imports nothing but what Python itself
has imported by then. The file that hides a module is not run.
"""

import os
import sys

CANNOT = 2  # as in micrograd.cli.exit_codes, which cannot be imported yet
HIDDEN = (
    "error: {0}.py in this folder hides Python's own module `{0}`, because `python -m` looks into "
    "the folder first. Rename the file, or start in another folder."
)


class Guard:
    """A finder of modules that finds none, and ends the program where a file hides one."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Do nothing, or end the program if the file that is to be imported hides a module."""
        own = name in sys.stdlib_module_names
        if own and os.path.exists(os.path.join(self.folder, f"{name}.py")):
            print(HIDDEN.format(name), file=sys.stderr)
            sys.exit(CANNOT)


# so it is while `python -m micrograd` imports the package
if sys.argv[:1] == ["-m"] and "micrograd" in sys.orig_argv:
    from importlib.machinery import PathFinder

    sys.meta_path.insert(sys.meta_path.index(PathFinder), Guard(sys.path[0]))
