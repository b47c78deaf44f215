"""Explain one gradient in words and numbers, and write a page that plays it.

It prints the chain rule edge by edge for `tanh(a*b + a)`, the paths that lead from `a` to the
result, and a check by finite differences; then the same graph with a mistake that many people make
(`=` in place of `+=`). The page opens in any browser, without a network.

Usage: python examples/explain_gradient.py [PAGE.html]
"""

import sys
import tempfile
from pathlib import Path

from micrograd import Value, draw, explain, nudge, paths

a = Value(2.0, label="a")
b = Value(-0.8, label="b")
y = (a * b + a).tanh()
y.backward()

print(explain(y), end="\n\n")
print(paths(y, a), end="\n\n")  # their products add up to a.grad
print(nudge(y, a), end="\n\n")  # move `a` by h, and see y move by h * a.grad
print(explain(y, algorithm="assign"), end="\n\n")

page = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "gradient.html"
print("wrote", draw(y).save(page))
