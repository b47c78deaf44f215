"""The exit codes of all commands; `micrograd --help` explains them."""

CHECK_FAILED = 1  # a check found something wrong, or the reader of a pipe has gone
IMPOSSIBLE = 2  # the command could not do what was asked
INTERRUPTED = 130  # Ctrl-C
