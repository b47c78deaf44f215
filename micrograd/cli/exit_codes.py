"""The exit codes of all commands; `micrograd --help` explains them."""

SUCCESS = 0
CHECK_FAILED = 1  # a check found something wrong, or the reader of a pipe has gone
IMPOSSIBLE = 2  # the command could not do what was asked
TRY_AGAIN = 75  # another process of the run is missing or lost: the same command may succeed
INTERRUPTED = 130  # Ctrl-C
