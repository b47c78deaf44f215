"""`python -m bench devices`: a step of `fit(engine="jax")` on JAX's device, beside JAX by hand.

Rule: in both the loop is on the device, and they take turns within one run. The device is the
processor, or a GPU by `JAX_PLATFORMS=cuda python -m bench devices`.
"""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.harness import CONTESTANTS, measure
from bench.workloads import WORKLOADS, noise

ROUNDS = 7
BY_HAND, OURS = "JAX, loop inside", "exported to JAX"
IMAGES = 4096
CASES = {
    f"digits, {IMAGES} images": replace(WORKLOADS["digits"], data=partial(noise, IMAGES, 64)),
    "GPT, one document": WORKLOADS["microgpt"],
}
DTYPES = ("float32", "float64")


def main(path: Path) -> None:
    import jax

    (device, *_) = jax.devices()
    print(f"on {device.device_kind}:")
    results = {}
    for name in CASES:
        for dtype in DTYPES:
            key = f"{name}, {dtype}"
            results[key] = row = compare(name, dtype)
            print(f"{key}: {sentence(row)}")
    content = {"device": device.device_kind, "jax": jax.__version__, "seconds": results}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def compare(name: str, dtype: str) -> dict[str, float | str]:
    """Return the seconds of a step of each, or what went wrong."""
    pair = [each for each in CONTESTANTS if each.name in (BY_HAND, OURS)]
    row = measure(replace(CASES[name], dtype=dtype), pair, ROUNDS)
    return {who: result.seconds() or result.problem for who, result in row.items()}


def sentence(row: dict[str, float | str]) -> str:
    hand, ours = row[BY_HAND], row[OURS]
    if isinstance(hand, str) or isinstance(ours, str):
        return f"by hand {hand}, exported {ours}"
    return f"by hand {1e6 * hand:.1f} µs, exported {1e6 * ours:.1f} µs: {ours / hand:.2f}x"
