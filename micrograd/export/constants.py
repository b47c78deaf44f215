"""Arrays of constants that a target holds: equal ones are held once, under one name."""

import numpy as np


class Constants:
    """The arrays that a text or a file begins with, by name.

    >>> constants = Constants()
    >>> [constants.add(np.array([number])) for number in (1.0, 2.0, 1.0)]
    ['c0', 'c1', 'c0']
    """

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.names: dict[object, str] = {}  # by what makes arrays equal

    def add(self, array: np.ndarray) -> str:
        """Return the name of an array, under which it is held from now on."""
        key = array.dtype.str, array.shape, array.tobytes()
        name = self.names.setdefault(key, f"c{len(self.names)}")
        self.arrays[name] = array
        return name
