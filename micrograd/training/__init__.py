"""The parts of `fit`: steps in plain Python, what is kept of a run, and what is shown of it."""
