"""The folders that the system has for a user's own files: one for data, one for a cache.

Rule: both are asked for each time, so that a changed environment is seen.
"""

from pathlib import Path


def data_folder() -> Path:
    """Return micrograd's folder among the user's data. Raises RuntimeError if there is no home."""
    import platformdirs  # here, since most programs need neither folder

    return Path.home() / platformdirs.user_data_dir("micrograd", appauthor=False)


def cache_folder() -> Path:
    """Return micrograd's folder in the user's cache. Raises RuntimeError if there is no home."""
    import platformdirs

    return Path.home() / platformdirs.user_cache_dir("micrograd", appauthor=False)
