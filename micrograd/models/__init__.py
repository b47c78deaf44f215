"""Models that ship with their data: recipes, a GPT of characters, and their plots.

Read `recipes` first: each row is a data set, a model and how it is trained.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.models.plots import draw_boundary as draw_boundary
    from micrograd.models.recipes import RECIPES as RECIPES

LAZY = {
    "RECIPES": "recipes",
    "draw_boundary": "plots",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = ["char_gpt", "plots"]
__all__.extend(LAZY)
