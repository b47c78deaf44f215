"""Code generation: from a program to machine code by LLVM.

From the bottom up: `llvm` (its types, and the processor), `lanes` (arithmetic), `code` (memory and
loops), `formats` and `elementary` (exp, log, ...), `lowering_rules` (how each row is written),
`unit` (a program and its memory), then the two ways to lower it, `straight_line` and `kernels`
(with `series`, `addresses`, `loop_nest` and `sums`), and `executable` (what can be called) with its
`cache`.
"""
