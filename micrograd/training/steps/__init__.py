"""One training step: in plain Python, compiled, or on JAX.

Read `protocol` first (the interface of all), then `eager_step` (the step as one would write it by
hand), then `compiled_step`, which rests on `programs`, `step_numbers`, `memory` and `machine_code`,
then `jax_step`. `minibatches` serves the examples, and `runner` runs a compiled step over them:
`single_calls` one step at a time. `parameter_numbers` and `linked_values` say where the numbers of
Values are between two runs.
"""
