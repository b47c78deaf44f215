"""`python -m micrograd` is the command `micrograd`."""

from micrograd.cli.app import main

main()
