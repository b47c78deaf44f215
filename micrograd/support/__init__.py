"""The ground floor: tools that import nothing of micrograd, each in a file of its own."""

import time

LOADED_AT = time.time()  # the package is loaded from here on
