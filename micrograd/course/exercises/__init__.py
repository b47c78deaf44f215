"""The exercises: tasks with a checker that knows the usual mistakes.

Read `task` first (one file becomes starter, solution and checks), then `judge` (a learner's file
is run and checked), then `workspace` (a learner's folder). `checking` holds the tools that checks
are written with, and `keyboard` reads keys while a file is watched.
"""
