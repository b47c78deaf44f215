"""One training step, compiled or in plain Python.

Read `protocol` first (the interface of both), then `eager_step` (the step as one would write it by
hand), then `compiled_step`, which rests on `programs`, `memory` and `code`. `minibatches` serves
the examples, and `runner` runs a compiled step over them.
"""
