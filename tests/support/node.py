"""Run JavaScript by Node, with objects that go there and come back as JSON.

Rule: numbers that JSON lacks (inf, nan, -0.0) travel under names. Needs `node` (Debian: apt install
nodejs); tests that use it carry the mark `needs_node`.
"""

import json
import math
import shutil
import subprocess

import pytest

from micrograd import OPS
from micrograd.ops import op_named

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="needs Node: apt install nodejs")
TABLE = [
    *OPS.values(),
    op_named("pow 3"),
    op_named("pow -2"),
    op_named("pow 0.5"),
    op_named("take 3"),
]
NAMES = {math.inf: "Infinity", -math.inf: "-Infinity"}
READ = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan, "-0": -0.0}


def run(script, given):
    """Return `result` as the script leaves it; in the script, `given` is that object."""
    helpers = """
    const read = (x) => typeof x === "string" && x !== "" && !Number.isNaN(Number(x))
        || x === "NaN" ? Number(x) : x;
    const { readFileSync } = await import("node:fs");
    const given = JSON.parse(readFileSync(0), (_, x) => read(x));
    """
    end = """
    const named = (x) => typeof x === "number" && (!Number.isFinite(x) || Object.is(x, -0))
        ? (Object.is(x, -0) ? "-0" : String(x)) : x;
    console.log(JSON.stringify(result, (_, x) => named(x)));
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", helpers + script + end],
        input=json.dumps(named(given)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return unnamed(json.loads(done.stdout))


def named(x):
    if isinstance(x, dict):
        return {key: named(value) for key, value in x.items()}
    if isinstance(x, list):
        return [named(part) for part in x]
    if isinstance(x, float) and not math.isfinite(x):
        return NAMES.get(x, "NaN")
    return "-0" if isinstance(x, float) and x == 0.0 and math.copysign(1.0, x) < 0.0 else x


def unnamed(x):
    if isinstance(x, dict):
        return {key: unnamed(value) for key, value in x.items()}
    if isinstance(x, list):
        return [unnamed(part) for part in x]
    return READ.get(x, x) if isinstance(x, str) else x
