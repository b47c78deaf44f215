"""Training on a CSV file: columns are read, encoded, split, trained on and measured.

Read `training` first: it calls the others in the order `csv_table`, `column`, `target`, `encoding`,
`split`, `metrics`; `prediction` applies a trained model to a new file.
"""

from micrograd.support.lazy import lazy_names

TYPE_CHECKING = False  # a type checker reads it as True; `typing` takes long to import
if TYPE_CHECKING:
    from micrograd.tables.prediction import predict_table as predict_table

LAZY = {
    "predict_table": "prediction",
}
__getattr__, __dir__ = lazy_names(__name__, LAZY)

__all__: list[str] = ["plots", "training"]
__all__.extend(LAZY)
