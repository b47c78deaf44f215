"""One training step: in plain Python, compiled, or on JAX.

Read `protocol` first (the interface of all) and `definition` (a step as the user wrote it), then
`eager_step` (the step as one would write it by hand; `plain_step` does without NumPy), then
`compiled_step`. It makes a `step_plan`, or finds one in `stored_plans`. A plan has `programs` (with
`step_numbers`), `memory`, and `machine_code` (with `reciprocals` and `register_loop`). Then read
`jax_step`. `minibatches` serves the examples, and `runner` runs a compiled step over them:
`ready_runners` again and again, under an `optimizer_lock`. `parameter_numbers` and `linked_values`
of `transforms` say where the numbers of Values are between two runs.
"""
