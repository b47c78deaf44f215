"""Explanations of gradients: where each one comes from, and whether it is right.

Read `events` first (forward and backward as data), then `formula` (ops as text), `notation`,
`explanation` and `gradient_paths` (events as sentences), `finite_differences` (nudge) and
`diagnosis`; `expression_parser` makes a graph of a text.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.explaining.diagnosis import ACTIVATIONS as ACTIVATIONS
    from micrograd.explaining.diagnosis import MANY as MANY
    from micrograd.explaining.diagnosis import Diagnosis as Diagnosis
    from micrograd.explaining.diagnosis import diagnose as diagnose
    from micrograd.explaining.events import ALGORITHMS as ALGORITHMS
    from micrograd.explaining.events import Algorithm as Algorithm
    from micrograd.explaining.events import Backward as Backward
    from micrograd.explaining.events import acyclic_order as acyclic_order
    from micrograd.explaining.events import backward_events as backward_events
    from micrograd.explaining.events import edges_of as edges_of
    from micrograd.explaining.events import grads_of as grads_of
    from micrograd.explaining.events import same as same
    from micrograd.explaining.explanation import SECOND_PASS as SECOND_PASS
    from micrograd.explaining.explanation import Explanation as Explanation
    from micrograd.explaining.explanation import LineWriter as LineWriter
    from micrograd.explaining.explanation import explain as explain
    from micrograd.explaining.explanation import node_formula as node_formula
    from micrograd.explaining.explanation import notes_on as notes_on
    from micrograd.explaining.explanation import partial_formulas as partial_formulas
    from micrograd.explaining.finite_differences import Nudge as Nudge
    from micrograd.explaining.finite_differences import Recompute as Recompute
    from micrograd.explaining.finite_differences import nudge as nudge
    from micrograd.explaining.formula import Formula as Formula
    from micrograd.explaining.formula import derivatives as derivatives
    from micrograd.explaining.formula import expression as expression
    from micrograd.explaining.formula import formula_of as formula_of
    from micrograd.explaining.formula import input_names as input_names
    from micrograd.explaining.formula import render as render
    from micrograd.explaining.gradient_paths import Paths as Paths
    from micrograd.explaining.gradient_paths import paths as paths
    from micrograd.explaining.naming import label_of as label_of
    from micrograd.explaining.naming import names_of as names_of
    from micrograd.explaining.naming import owner_of as owner_of
    from micrograd.explaining.notation import seed as seed
    from micrograd.explaining.sources import record_sources as record_sources

LAZY = {
    "ALGORITHMS": "events",
    "Diagnosis": "diagnosis",
    "Explanation": "explanation",
    "Formula": "formula",
    "Nudge": "finite_differences",
    "Paths": "gradient_paths",
    "SECOND_PASS": "explanation",
    "acyclic_order": "events",
    "derivatives": "formula",
    "diagnose": "diagnosis",
    "explain": "explanation",
    "expression": "formula",
    "formula_of": "formula",
    "input_names": "formula",
    "label_of": "naming",
    "names_of": "naming",
    "node_formula": "explanation",
    "notes_on": "explanation",
    "nudge": "finite_differences",
    "owner_of": "naming",
    "partial_formulas": "explanation",
    "paths": "gradient_paths",
    "record_sources": "sources",
    "render": "formula",
    "same": "events",
}
FOR_OTHER_ROOMS = {
    "ACTIVATIONS": "diagnosis",
    "Algorithm": "events",
    "Backward": "events",
    "LineWriter": "explanation",
    "Recompute": "finite_differences",
    "MANY": "diagnosis",
    "backward_events": "events",
    "edges_of": "events",
    "grads_of": "events",
    "seed": "notation",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = ["expression_parser"]
__all__.extend(LAZY)
