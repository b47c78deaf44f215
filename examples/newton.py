"""Find a minimum by Newton's method: second derivatives from the same rows as the first.

It minimises Rosenbrock's banana-shaped valley, whose minimum is at (1, 1). Each line shows a point,
its height and the length of the gradient there. Gradient descent needs thousands of steps on this
function; Newton's method, which divides the gradient by the matrix of second derivatives, needs a
handful.

Usage: python examples/newton.py [STEPS]
"""

import sys

from micrograd import hessian, value_and_grad


def rosenbrock(point):
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


steps = int(sys.argv[1]) if len(sys.argv) > 1 else 10
x, y = -1.2, 1.0
for step in range(steps + 1):
    height, (dx, dy) = value_and_grad(rosenbrock)([x, y])
    length = (dx * dx + dy * dy) ** 0.5
    print(f"step {step:2}   x {x:9.6f}   y {y:9.6f}   height {height:.3e}   gradient {length:.3e}")
    if length < 1e-9:
        break
    (a, b), (_, d) = hessian(rosenbrock)([x, y])  # symmetric: [[a, b], [b, d]]
    determinant = a * d - b * b
    x -= (d * dx - b * dy) / determinant
    y -= (a * dy - b * dx) / determinant
