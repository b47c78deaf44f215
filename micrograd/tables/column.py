"""Columns: their name, their kind, and their cells, of which some may be missing."""

from dataclasses import dataclass, field

from micrograd.tables.number_format import NumberFormat

# fmt: off
MISSING = {  # the texts that pandas takes for missing, and "?"
    "", "?", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "None", "NULL", "null",
    "NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
}
# fmt: on
MOSTLY = 0.9  # the share of a column's cells that decides what the column is


@dataclass
class Column:
    """A column. `kind` is "number", "date" or "category"; `texts` are its cells as in the file.

    Cells are floats, dates or texts, None where missing. `format` says how the file writes them: a
    NumberFormat for numbers, and strptime's format for dates.
    """

    name: str
    kind: str
    cells: list
    texts: list = field(default_factory=list, compare=False)
    format: NumberFormat | str | None = field(default=None, compare=False)

    @property
    def present(self) -> list:
        """The cells that are not missing."""
        return [cell for cell in self.cells if cell is not None]

    @property
    def present_texts(self) -> list[str]:
        """The texts of the cells that are not missing."""
        pairs = zip(self.texts, self.cells)
        return [text for text, cell in pairs if cell is not None]

    @property
    def missing(self) -> list[int]:
        """The places of the rows whose cell is missing."""
        return [i for i, cell in enumerate(self.cells) if cell is None]

    def only(self, places: list[int]) -> "Column":
        """Return the column of the rows at those places."""
        cells = [self.cells[i] for i in places]
        texts = [self.texts[i] for i in places] if self.texts else []
        return Column(self.name, self.kind, cells, texts, self.format)
