"""Pictures of graphs: what `draw`, `draw_dot` and `tree` show.

Read `picture` first (draw), then `layout` with `layered_layout` and `svg` (where the parts stand,
and how they look) with `shapes` and the formats that are written from them (`png`, `pdf`, `tikz`),
`network_picture` with `network_layers` and `network_svg` (models), `overview` with `units`,
`graph_network` and `folding` (large graphs), `dot` and `text` (Graphviz and the terminal), and
`player/` (the page that plays).
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.drawing.dot import draw_dot as draw_dot
    from micrograd.drawing.network_picture import NetworkPicture as NetworkPicture
    from micrograd.drawing.picture import FORMATS as FORMATS
    from micrograd.drawing.picture import Picture as Picture
    from micrograd.drawing.picture import draw as draw
    from micrograd.drawing.picture import heading_of as heading_of
    from micrograd.drawing.picture import page_of_run as page_of_run
    from micrograd.drawing.player.given_run import GivenRun as GivenRun
    from micrograd.drawing.player.javascript import PLAYER_FILES as PLAYER_FILES
    from micrograd.drawing.player.javascript import ops_module as ops_module
    from micrograd.drawing.player.page import as_json as as_json
    from micrograd.drawing.player.page import page_data as page_data
    from micrograd.drawing.player.page import policy_of as policy_of
    from micrograd.drawing.text import label_all as label_all
    from micrograd.drawing.text import trace as trace
    from micrograd.drawing.text import tree as tree

LAZY = {
    "NetworkPicture": "network_picture",
    "Picture": "picture",
    "draw": "picture",
    "draw_dot": "dot",
    "label_all": "text",
    "trace": "text",
    "tree": "text",
}
FOR_OTHER_ROOMS = {
    "FORMATS": "picture",
    "GivenRun": "player.given_run",
    "PLAYER_FILES": "player.javascript",
    "as_json": "player.page",
    "heading_of": "picture",
    "page_data": "player.page",
    "policy_of": "player.page",
    "page_of_run": "picture",
    "ops_module": "player.javascript",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = []
__all__.extend(LAZY)
