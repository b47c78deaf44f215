"""An encoding as text: how cells of a table become numbers, and how outputs become a prediction.

Rule: each line can be computed by hand, with all digits, so that an exported model serves where
micrograd is not.
"""

import json
import re
from collections.abc import Iterable

from micrograd.tables.encoding import FAR, Category, Date, Encoding, Feature, Number

NOTES = {"days": ", counted from 1970-01-01", "weekday": ", where Monday is 0"}  # on parts of dates


def lines_of(encoding: Encoding) -> list[str]:
    """Return lines about the places of a row x, and one about the outputs y.

    >>> columns = [Number("size", 2.0, 0.5), Category("hue", ["red", "sky"])]
    >>> print(*lines_of(Encoding(columns, Number("price", -1.0, 3.0))), sep="\\n")
    x[0] = (size - 2.0) / 0.5
    x[1:3] = 1 at the place of hue among "red", "sky", and 0 elsewhere
    A missing number is 0, and numbers are cut off at -1000 and 1000.
    price = y * 3.0 - 1.0
    """
    lines: list[str] = []
    place = 0
    for feature in encoding.features:
        lines += lines_of_feature(feature, place)
        place += feature.width
    if any(not isinstance(feature, Category) for feature in encoding.features):
        lines.append(f"A missing number is 0, and numbers are cut off at -{FAR:.0f} and {FAR:.0f}.")
    return [*lines, line_of_target(encoding)]


def lines_of_feature(feature: Feature, place: int) -> list[str]:
    """Return the lines about one column, whose numbers begin at that place of the row."""
    name = name_of(feature.name)
    if isinstance(feature, Category):
        among = listed(feature.categories)
        return [
            f"x[{place}:{place + feature.width}] = 1 at the place of {name} among {among}, "
            "and 0 elsewhere"
        ]
    if isinstance(feature, Date):
        return [
            line_of_number(f"{part.name} of {name}", part, place + index) + NOTES.get(part.name, "")
            for index, part in enumerate(feature.parts)
        ]
    return [line_of_number(name, feature, place)]


def line_of_number(name: str, number: Number, place: int) -> str:
    return f"x[{place}] = ({name} {plus(-number.mean)}) / {number.deviation!r}"


def line_of_target(encoding: Encoding) -> str:
    target = encoding.target
    name = name_of(target.name)
    if isinstance(target, Number):
        return f"{name} = y * {target.deviation!r} {plus(target.mean)}"
    return f"{name} = the one of {listed(target.classes)} whose y is the largest"


def plus(x: float) -> str:
    """Return what adds the number, such as "- 2.0"."""
    return f"{'-' if x < 0 else '+'} {abs(x)!r}"


def name_of(column: str) -> str:
    """Return the name of a column, in quotes if it is not one word."""
    return column if re.fullmatch(r"[^\W\d]\w*", column) else quoted(column)


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
