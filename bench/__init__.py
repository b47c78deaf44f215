"""How fast, how large: measured side by side, in one run, on one thread."""
