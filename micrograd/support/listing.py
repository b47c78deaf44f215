"""Lists in sentences, cut short where they are long."""

from collections.abc import Iterable


def abbreviate(items: Iterable[object], most: int = 8) -> str:
    """Return the items as a list in a sentence: the first `most`, and how many more there are.

    >>> abbreviate([4, 9, 12]), abbreviate(range(1000), most=2)
    ('4, 9 and 12', '0, 1 and 998 more')
    """
    items = list(items)
    texts = [str(item) for item in items[:most]]
    if len(items) > most:
        texts.append(f"{len(items) - most:,} more")
    first, last = texts[:-1], texts[-1:]
    if first:
        last = [", ".join(first), *last]
    return " and ".join(last)


def quote(names: Iterable[object]) -> list[str]:
    """Return each name in quotation marks, as Python writes it."""
    return [repr(name) for name in names]


def join_words(words: Iterable[object]) -> str:
    """Return the words as a list in a sentence.

    >>> join_words([1]), join_words([1, 2]), join_words("abc")
    ('1', '1 and 2', 'a, b and c')
    """
    *most, last = map(str, words)
    return f"{', '.join(most)} and {last}" if most else last
