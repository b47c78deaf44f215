"""One training step, compiled or in plain Python.

Read `protocol` first (the interface of both), then `eager_step` (the step as one would write it by
hand) and `compiled_step`, which rests on `programs`, `memory` and `code`; `runner` and `minibatches`
run it over data.
"""
