"""Tables as text: columns side by side, each as wide as its widest cell."""

from collections.abc import Iterable


def align_columns(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows as text, one a line, with two spaces between columns and none at the end.

    >>> print(align_columns([("h", "error"), ("0.001", "2e-06")]))
    h      error
    0.001  2e-06
    """
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    lines = []
    for row in table:
        cells = map(str.ljust, row, widths)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
