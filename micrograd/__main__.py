"""`python -m micrograd` is the command `micrograd`."""

from micrograd.cli import main

main()
