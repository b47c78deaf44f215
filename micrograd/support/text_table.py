"""Tables as text: columns side by side, each as wide as its widest cell."""

from collections.abc import Iterable


def aligned(rows: Iterable[Iterable[str]]) -> str:
    """The rows, one a line; two spaces between columns, none at the end.

    >>> print(aligned([("h", "error"), ("0.001", "2e-06")]))
    h      error
    0.001  2e-06
    """
    table = [list(row) for row in rows]
    columns = zip(*table)
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for row in table:
        cells = map(str.ljust, row, widths)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
