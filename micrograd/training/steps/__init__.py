"""Training steps: forward, backward and update, compiled or in plain Python.

Read `protocol` first (what a step is), then `compiled_step` with `programs`, `memory` and `code`,
`runner` (which takes steps), `minibatches` (which examples a step sees) and `eager_step`.
"""
