"""Results that a notebook and a console show as text, in the words that `print` writes."""

from html import escape


class TextResult:
    """A base of results whose `str` is made to be read: their repr is that text, too.

    >>> class Answer(TextResult):
    ...     def __str__(self):
    ...         return "x < 3"
    >>> Answer()
    x < 3
    >>> Answer()._repr_html_().partition(">")[2]
    'x &lt; 3</pre>'
    """

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return preformatted(str(self))


def preformatted(text: str) -> str:
    """Return HTML of the text: its columns line up, and long lines are broken between words.

    A notebook's own style would break them within words, or use letters of different widths.
    """
    style = "white-space: pre-wrap; word-break: normal; font-family: monospace"
    return f'<pre style="{style}">{escape(text)}</pre>'
