"""The exercises: tasks with a checker that knows the usual mistakes.

Read `task` first (one file becomes starter, solution and checks), then `running` (a learner's file
runs and is checked), then `judge`: it has that done in a process (`judged_process` on this side,
`learner_process` on the other), confined by `limits`, `frames` and `originals`, and reads the
`reports`. `workspace` is a learner's folder, and `learner_file` reads a file of it. `checking` has
the tools that checks are written with, and `keyboard` reads keys while a file is watched.
"""
