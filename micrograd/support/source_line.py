"""The line of the user's program that is being run."""

import contextlib
import os
import sys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
NOT_THE_USERS = (PACKAGE, contextlib.__file__)  # files


def user_line() -> str:
    """The line, outside this package, that is being run: "train.py:12 in loss: y = x.log()"."""
    import linecache  # here, since it is slow to import and errors are rare

    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame = frame.f_back
    code = frame.f_code
    text = linecache.getline(code.co_filename, frame.f_lineno).strip()
    return f"{os.path.basename(code.co_filename)}:{frame.f_lineno} in {code.co_name}: {text}"
