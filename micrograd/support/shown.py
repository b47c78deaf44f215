"""Results that a notebook and a console show as they print."""

from html import escape


class Shown:
    """A base of results whose `str` is made to be read: their repr says the same.

    >>> class Answer(Shown):
    ...     def __str__(self):
    ...         return "x < 3"
    >>> Answer()
    x < 3
    >>> Answer()._repr_html_()
    '<pre>x &lt; 3</pre>'
    """

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"
