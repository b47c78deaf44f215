"""Rolled programs: what a part does is traced once, and its calls are loops.

Rule: a program holds calls of parts, and a number is known by its place. Read it in this order:
`calls` (parts and their calls, with `dots`), `phases` (which of them run together), `blocks` (the
places of numbers), `sums`, `boxes` and `templates` (a part's own instructions), `flattening` (one
list of kernels over arrays of places), `partials`, `owed`, `repeats` and `gradient` (the same,
backwards), `grids`, `slots` and `planning` (the kernels that are lowered), `evaluation` (the
check), and `program` and `outputs` (a loss with its gradients, and what a function returns).
"""
