"""Dates: how a column writes them, and what a network sees of them.

Rule: the whole column decides how its dates are written, never a single cell.
"""

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

SAMPLE = 20  # texts that every way of writing dates is tried on
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
PARTS = {  # what a network sees of a date
    "days": lambda date: (date - EPOCH) / timedelta(days=1),
    "month": lambda date: float(date.month),
    "weekday": lambda date: float(date.weekday()),
    "hour": lambda date: date.hour + date.minute / 60,
}


def parse_date(text: str, form: str) -> datetime | None:
    """Return the date and its time, None if it is no date of that form. Zones become UTC.

    >>> print(parse_date("31/12/2021 6:30 PM", "%d/%m/%Y"))
    2021-12-31 18:30:00
    """
    match = TIME.fullmatch(text)
    if not match:
        return None
    try:
        return datetime.strptime(match["date"], form) + time_of_day(match)
    except (ValueError, OverflowError):
        return None


def time_of_day(match: re.Match[str]) -> timedelta:
    """Return the time since midnight. Raises ValueError if there is none such."""
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


def forms_of(texts: Collection[str], share: float) -> list[str]:
    """Return the forms that read at least that share of the texts, those that read most first."""
    counts = Counter(texts)
    sample = dict(counts.most_common(SAMPLE))
    if not any(map(LIKE_A_DATE.match, sample)):
        return []
    candidates = [form for form in FORMATS if count_dates(sample, form)]
    read = {form: count_dates(counts, form) for form in candidates}
    good = [form for form in candidates if read[form] >= share * len(texts)]
    return sorted(good, key=read.__getitem__, reverse=True)


def count_dates(counts: dict[str, int], form: str) -> int:
    """Return how many of the texts are dates of that form; each counts as often as it stands."""
    return sum(count for text, count in counts.items() if parse_date(text, form) is not None)
