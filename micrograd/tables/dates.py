"""Dates: how a column writes them, and what a network sees of them.

Rule: the whole column decides how its dates are written, never a single cell.
"""

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

SAMPLE = 20  # texts on which every format is tried
FORMATS = {  # in this order: (how strptime writes it, in words)
    "%Y-%m-%d": "year, month, day",
    "%Y/%m/%d": "year, month, day",
    "%Y.%m.%d": "year, month, day",
    "%d.%m.%Y": "day, month, year",
    "%m/%d/%Y": "month, day, year",
    "%d/%m/%Y": "day, month, year",
    "%d-%m-%Y": "day, month, year",
    "%m-%d-%Y": "month, day, year",
    "%d.%m.%y": "day, month, year",
    "%m/%d/%y": "month, day, year",
    "%d/%m/%y": "day, month, year",
    "%d %b %Y": "day, month, year",
    "%d %B %Y": "day, month, year",
    "%d-%b-%Y": "day, month, year",
    "%b %d, %Y": "month, day, year",
    "%B %d, %Y": "month, day, year",
}
LIKE_A_DATE = re.compile(r"\d{1,4}[-/. ]|[A-Za-z]{3,9} \d")
TIME = re.compile(
    r"(?P<date>.+?)(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d+)?))?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
EPOCH = datetime(1970, 1, 1)
PARTS = {  # the numbers that a network sees of a date
    "days": lambda date: (date - EPOCH) / timedelta(days=1),
    "month": lambda date: float(date.month),
    "weekday": lambda date: float(date.weekday()),
    "hour": lambda date: date.hour + date.minute / 60,
}


def parse_date(text: str, format: str) -> datetime | None:
    """Return the date and its time in UTC, or None if the text is not a date of that format.

    >>> print(parse_date("31/12/2021 6:30 PM", "%d/%m/%Y"))
    2021-12-31 18:30:00
    """
    match = TIME.fullmatch(text)
    if not match:
        return None
    try:
        return datetime.strptime(match["date"], format) + time_of_day(match)
    except (ValueError, OverflowError):
        return None


def time_of_day(match: re.Match[str]) -> timedelta:
    """Return the time since midnight in UTC. Raises ValueError for a time that does not exist."""
    hour, minute, second = int(match["hour"] or 0), int(match["minute"] or 0), match["second"]
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + 12 * (match["half"].lower() == "pm")
    if hour > 23 or minute > 59 or float(second or 0) >= 61:
        raise ValueError
    time = timedelta(hours=hour, minutes=minute, seconds=float(second or 0))
    zone = (match["zone"] or "Z").replace(":", "")
    if zone == "Z":
        return time
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    return time + offset if zone[0] == "-" else time - offset


def formats_of(texts: Collection[str], share: float) -> list[str]:
    """Return the formats that read at least that share of the texts, those that read most first."""
    counts = Counter(texts)
    sample = dict(counts.most_common(SAMPLE))
    if not any(map(LIKE_A_DATE.match, sample)):
        return []
    possible = [format for format in FORMATS if count_dates(sample, format)]
    read = {format: count_dates(counts, format) for format in possible}
    good = [format for format in possible if read[format] >= share * len(texts)]
    return sorted(good, key=read.__getitem__, reverse=True)


def count_dates(counts: dict[str, int], format: str) -> int:
    """Return how many of the texts are dates of that format; each counts as often as it stands."""
    return sum(count for text, count in counts.items() if parse_date(text, format) is not None)
