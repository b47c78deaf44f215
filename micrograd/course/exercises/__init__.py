"""The exercises: tasks with a checker that knows the usual mistakes.

Read `task` first (one file becomes starter, solution and checks), then `judge` (it has a
learner's file run and checked, in a `learner_process`), then `workspace` (a learner's folder).
`checking` holds the tools that checks are written with, and `keyboard` reads keys while a file is
watched.
"""
