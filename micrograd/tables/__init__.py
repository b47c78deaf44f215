"""Training on a CSV file: columns are read, encoded, split, trained on and measured.

Read `training` first, then what it calls: `metrics`, and `preparation`, which turns a file into
numbers by `csv_table`, `inference`, `target`, `informative`, `split` and `encoding`. How numbers
and dates are written is decided in `number_format` and `dates`. `prediction` applies a trained
model to a new file, `plots` draws its scores, and `notes` has the sentences on what was done to a
table. `encoding_text` tells those who use a model elsewhere how rows become numbers.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.tables.csv_table import DELIMITERS as DELIMITERS
    from micrograd.tables.csv_table import read_table as read_table
    from micrograd.tables.encoding_text import lines_of as lines_of
    from micrograd.tables.plots import pictures_of as pictures_of
    from micrograd.tables.prediction import encoding_in as encoding_in
    from micrograd.tables.prediction import predict_table as predict_table
    from micrograd.tables.preparation import find_column as find_column
    from micrograd.tables.preparation import prepare as prepare
    from micrograd.tables.training import EPOCHS as EPOCHS
    from micrograd.tables.training import LAYERS as LAYERS
    from micrograd.tables.training import train_table as train_table

LAZY = {
    "EPOCHS": "training",
    "LAYERS": "training",
    "encoding_in": "prediction",
    "find_column": "preparation",
    "lines_of": "encoding_text",
    "pictures_of": "plots",
    "predict_table": "prediction",
    "read_table": "csv_table",
    "train_table": "training",
}
FOR_OTHER_ROOMS = {"DELIMITERS": "csv_table", "prepare": "preparation"}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = []
__all__.extend(LAZY)
