"""Containers by PyTorch's names, which are Python's own here.

Rule: a module finds parameters in lists and dicts among its attributes, so nothing else is needed.
"""

from micrograd.engine import Value

ModuleList = list
ModuleDict = dict
Parameter = Value
