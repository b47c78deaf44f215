"""The compiler: scalar code is traced, differentiated, simplified, batched and lowered.

Rule: each stage is a file, and a function from one plain dataclass to another that can be printed.
"""
