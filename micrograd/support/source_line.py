"""The line of the user's program that is being run."""

import contextlib
import os
import sys
from itertools import islice

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
NOT_THE_USERS = (PACKAGE, contextlib.__file__)  # files


def called_function(depth: int) -> str:
    """Return the name of the function that the running line calls: "exp" for `math.exp(x)`.

    `depth` is how many frames above the caller the line is. The name is "" if it is unknown; in
    Python 3.10 it is that of the first call in the line.
    """
    import linecache  # here, since it is slow to import and calls of this are rare

    frame = sys._getframe(depth + 1)
    positions_of = getattr(frame.f_code, "co_positions", tuple)  # Python 3.10 has none
    _, _, column, _ = next(islice(positions_of(), frame.f_lasti // 2, None), (0, 0, 0, 0))
    text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).encode()
    return text[column:].decode().partition("(")[0].rpartition(".")[2]


def user_line() -> str:
    """Return the line, outside this package, that is run: "train.py:12 in loss: y = x.log()"."""
    import linecache  # here, since it is slow to import and errors are rare

    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame = frame.f_back
    code = frame.f_code
    text = linecache.getline(code.co_filename, frame.f_lineno).strip()
    return f"{os.path.basename(code.co_filename)}:{frame.f_lineno} in {code.co_name}: {text}"
