"""The stages of `my_micrograd.py`, one module each, in the order in which the file grows."""
