"""How a column writes its numbers: the decimal sign, the sign between thousands, and the unit.

Rule: the whole column decides, never a single cell. The format that reads the most cells is taken;
among formats that read equally many, it is the first in the order below.
"""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

# fmt: off
SIGNS_OF_COMMA_FILES = [  # (decimal sign, sign between thousands) where commas separate cells
    (".", ""), (".", ","), (",", ""), (",", "."), (".", "'"), (",", "'"), (".", " "), (",", " "),
]
SIGNS_OF_OTHER_FILES = [
    (".", ""), (",", ""), (",", "."), (".", ","), (".", "'"), (",", "'"), (",", " "), (".", " "),
]
# fmt: on
PLAIN_SIGNS = str.maketrans(  # for the minus sign, an apostrophe, and three blanks of other widths
    {"\u2212": "-", "\u2019": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)
CURRENCY = r"[A-Z]{0,3}[$€£¥₹₽₩₺₴₪₫฿₱]|[A-Z]{3}(?=\s)|Fr\.|kr\.?"
DIGITS = r"[+-]?[\d.,](?:[\d.,' ]*[\d.,])?(?:[eE][+-]?\d+)?"
UNIT = r"[^\d\s.,'()+:/-][^\d()]{0,11}"
DIGIT = re.compile(r"\d")
WITH_UNIT = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<before>{CURRENCY})?\s*(?P<digits>{DIGITS})\s*(?P<after>{UNIT})?"
)
Parts = tuple[str, str, str]  # the unit before the number, the number, the unit after it


@dataclass(frozen=True)
class NumberFormat:
    """The signs with which a column writes its numbers.

    `before` and `after` are the unit, such as "$" or "%"; every number has to bear it.

    >>> NumberFormat(",", ".", after="€").parse("1.234,50 €")
    1234.5
    """

    decimal: str = "."
    thousands: str = ""
    before: str = ""
    after: str = ""

    @property
    def unit(self) -> str:
        """The unit, or "" if there is none."""
        return self.before or self.after

    def parse(self, text: str) -> float | None:
        """Return the text as a number, or None if it is not one in this format."""
        plain = parse_number(text)
        if plain is not None and self.decimal == "." and not self.unit:
            return plain
        parts = split_unit(text)
        return self.read(parts) if parts else None

    def read(self, parts: Parts) -> float | None:
        """Return the number of a text that `split_unit` took apart, None if it does not fit."""
        before, digits, after = parts
        if (before, after) != (self.before, self.after):
            return None
        if not number_pattern(self.decimal, self.thousands).fullmatch(digits):
            return None
        if self.thousands:
            digits = digits.replace(self.thousands, "")
        return parse_number(digits.replace(self.decimal, "."))


PLAIN = NumberFormat()


def parse_number(text: str) -> float | None:
    """Return the text as a number if it is finite and written as in Python, else None.

    >>> parse_number("-1.5e3"), parse_number("nan"), parse_number("1_000")
    (-1500.0, None, None)
    """
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def sort_key(name: str) -> tuple:
    """Return the key that sorts names that are numbers by their size, before all others."""
    x = parse_number(name)
    return (x is None, x or 0.0, name)


@cache
def decimal_pattern(sign: str) -> re.Pattern[str]:
    """Return the pattern of numbers in which the sign must be the decimal one: 0.5, 1.2345."""
    point = re.escape(sign)
    return re.compile(rf"[+-]?(?:0{point}\d+|\d+{point}(?:\d\d?|\d{{4,}})|\d{{4,}}{point}\d+)")


@cache
def number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return the pattern of numbers with these signs. No group of thousands begins with 0."""
    point = re.escape(decimal)
    whole = r"\d*"
    if thousands:
        whole = rf"(?:[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+|\d*)"
    return re.compile(rf"[+-]?{whole}(?:{point}\d*)?(?:[eE][+-]?\d+)?")


def split_unit(text: str) -> Parts | None:
    """Return (the unit before the number, the number, the unit after it), None without a number.

    >>> split_unit("-$5.00"), split_unit("45 %"), split_unit("abc")
    (('$', '-5.00', ''), ('', '45', '%'), None)
    """
    match = WITH_UNIT.fullmatch(text.translate(PLAIN_SIGNS))
    if not match:
        return None
    before, after = match["before"] or "", match["after"] or ""
    return before, match["sign"] + match["digits"], after


def format_of(
    texts: Collection[str],
    commas_separate: bool,
    known: NumberFormat | None = None,
    decimal_sign: str = "",
) -> NumberFormat:
    """Return the format that reads the most of a column's texts.

    `commas_separate` says whether commas separate the cells of the file. Where two formats read as
    many, one with the `decimal_sign` of the other columns wins, and then `known`, the format of the
    rows that a model was trained on. No other unit than that of `known` is read.
    """
    is_plain = all(parse_number(text) is not None for text in texts)
    if is_plain and known in (None, PLAIN) and decimal_sign != ",":
        return PLAIN
    split = [split_unit(text) for text in texts if DIGIT.search(text)]
    parts = [part for part in split if part]
    before, after = (known.before, known.after) if known else unit_of(split)
    order = SIGNS_OF_COMMA_FILES if commas_separate else SIGNS_OF_OTHER_FILES
    letters = {".", *"".join(digits for _, digits, _ in parts)}
    possible = [signs for signs in order if letters >= {signs[1] or signs[0]}]
    candidates = [NumberFormat(*signs, before, after) for signs in possible]
    if known:
        candidates.insert(0, known)

    def preference(one: NumberFormat) -> tuple[int, bool]:
        count = sum(one.read(part) is not None for part in parts)
        return count, one.decimal == decimal_sign

    return max(candidates, key=preference)


def unit_of(split: Iterable[Parts | None]) -> tuple[str, str]:
    """Return the unit (before, after) of all texts that have digits, none if they differ."""
    units = {part and (part[0], part[2]) for part in split}
    one = units.pop() if len(units) == 1 else None
    return one or ("", "")


def is_number(text: str) -> bool:
    """Return whether the text is a number in any format, without a unit."""
    return any(NumberFormat(*signs).parse(text) is not None for signs in SIGNS_OF_OTHER_FILES)


def may_be_thousands(texts: Collection[str], chosen: NumberFormat) -> bool:
    """Return whether points, read as decimal points, may as well separate thousands."""
    if (chosen.decimal, chosen.thousands) != (".", ""):
        return False
    other = NumberFormat(",", ".", chosen.before, chosen.after)
    has_points = any("." in text for text in texts)
    return has_points and all(other.parse(text) is not None for text in texts)
