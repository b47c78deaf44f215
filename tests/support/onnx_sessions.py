"""Sessions of onnxruntime, for tests that compare its numbers.

Rule: a test is skipped where the last onnxruntime for Python 3.10 lacks an op.
"""

import sys
from pathlib import Path
from typing import Any

import pytest


def session_of(path: Path | str) -> Any:
    runtime = pytest.importorskip("onnxruntime")
    try:
        return runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:
        if sys.version_info < (3, 11) and "NOT_IMPLEMENTED" in str(error):
            pytest.skip("onnxruntime 1.23, the last for Python 3.10, lacks an op of this file")
        raise
