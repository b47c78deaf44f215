"""The picture of the rooms and the map of their files, made from what the code itself says.

`python tools/rooms.py` writes docs/rooms.svg from the table of the layer test: a room stands one
floor above the highest room that it imports, and an arrow points to a room that no other import
reaches. It writes docs/map.md from the first sentence of each file.
"""

import ast
import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "tests" / "test_layers.py"
PACKAGE = ROOT / "micrograd"
PICTURE = ROOT / "docs" / "rooms.svg"
MAP = ROOT / "docs" / "map.md"
HEADING = """# A map of the code

Every file in one sentence, the first one in the file itself. [Architecture](ARCHITECTURE.md) says
how the rooms fit together.
"""
NOT_MAPPED = ("course/lessons/", "course/exercises/tasks/")  # they are prose
LEFT_OUT = {"old_places", "__init__", "__main__"}  # no rooms, but doors
CORE = {"errors", "ieee", "ops", "graph", "watchers", "engine", "losses", "optim", "data", "check"}
WIDTH, HEIGHT, GAP, STOREY = 104, 34, 22, 92  # pixels: of a room, between two, from floor to floor
STYLE = """
svg { --paper: #fff; --ink: #1b1b1b; --faint: #6b6b6b; --core: #0072b2; --wing: #b34700; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #16181c; --ink: #eee; --faint: #999; --core: #56b4e9; --wing: #e69f00; }
}
.paper { fill: var(--paper); }
text { fill: var(--ink); font: 13px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle; }
rect.room { fill: var(--paper); stroke: var(--wing); stroke-width: 1.5; }
rect.core { stroke: var(--core); }
path { fill: none; stroke: var(--faint); stroke-width: 1.1; }
marker path { fill: var(--faint); stroke: none; }
"""


def constant(name: str):
    """Return the value that tests/test_layers.py gives a name, without importing the test."""
    for node in ast.parse(TABLE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


def reachable(rooms: dict, room: str) -> set[str]:
    """Return the rooms that `room` imports, directly or through others."""
    below = set(rooms[room])
    return below.union(*(reachable(rooms, other) for other in rooms[room]))


def floors(rooms: dict) -> dict[str, int]:
    """Return the floor of each room: 0 for one that imports nothing."""
    heights: dict[str, int] = {}

    def height(room: str) -> int:
        if room not in heights:
            heights[room] = 1 + max(map(height, rooms[room]), default=-1)
        return heights[room]

    return {room: height(room) for room in rooms}


def arrows(rooms: dict) -> list[tuple[str, str]]:
    """Return (room, imported room) for the imports that follow from no others."""
    pairs = []
    for room, below in rooms.items():
        indirect = set().union(*(reachable(rooms, other) for other in below))
        pairs += [(room, other) for other in below if other not in indirect]
    return pairs


def places(rooms: dict) -> dict[str, tuple[float, float]]:
    """Return the middle of each room, in pixels from the top left.

    The rooms of a floor stand in the order of the means of what they import, so that arrows are
    short, and each floor is centred.
    """
    storeys: dict[int, list[str]] = {}
    for room, floor in floors(rooms).items():
        storeys.setdefault(floor, []).append(room)
    widest = max(map(len, storeys.values()))
    middles: dict[str, tuple[float, float]] = {}
    for floor in sorted(storeys):
        row = sorted(storeys[floor], key=lambda room: mean_place(rooms[room], middles))
        left = (widest - len(row)) * (WIDTH + GAP) / 2
        for i, room in enumerate(row):
            x = GAP + left + i * (WIDTH + GAP) + WIDTH / 2
            middles[room] = (x, (max(storeys) - floor) * STOREY + STOREY / 2)
    return middles


def mean_place(below: list[str], middles: dict[str, tuple[float, float]]) -> float:
    return sum(middles[room][0] for room in below) / len(below) if below else 0.0


def draw_room(room: str, x: float, y: float) -> str:
    kind = "room core" if room in CORE else "room"
    name = f"{room}.py" if room in CORE else f"{room}/"
    box = f'x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<rect class="{kind}" rx="5" {box}/>\n<text x="{x:.0f}" y="{y + 4:.0f}">{name}</text>'


def draw_arrow(tail: tuple[float, float], head: tuple[float, float]) -> str:
    (x0, y0), (x1, y1) = tail, head
    start, end = y0 + HEIGHT / 2, y1 - HEIGHT / 2 - 6
    middle = (start + end) / 2
    curve = f"M{x0:.0f} {start:.0f}C{x0:.0f} {middle:.0f} {x1:.0f} {middle:.0f} {x1:.0f} {end:.0f}"
    return f'<path d="{curve}" marker-end="url(#head)"/>'


def picture() -> str:
    """Return the text of docs/rooms.svg."""
    rooms = {
        room: [other for other in below if other not in LEFT_OUT]
        for room, below in constant("ROOMS").items()
        if room not in LEFT_OUT
    }
    middles = places(rooms)
    width = max(x for x, _ in middles.values()) + WIDTH / 2 + GAP
    height = max(y for _, y in middles.values()) + STOREY / 2
    lines = [draw_arrow(middles[room], middles[other]) for room, other in arrows(rooms)]
    lines += [draw_room(room, *middle) for room, middle in middles.items()]
    title = "The rooms of micrograd, and which imports which"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
        '<rect class="paper" width="100%" height="100%"/>',
        *lines,
        "</svg>\n",
    ])  # fmt: skip


def first_sentence(path: Path) -> str:
    """Return the first paragraph of a file's docstring, in one line."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph, _, _ = docstring.partition("\n\n")
    return paragraph.replace("\n", " ")


def map_of_files() -> str:
    """Return the text of docs/map.md: a table for the root, and one for each folder."""
    folders: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        folder, _, file = name.rpartition("/")
        if not name.startswith(NOT_MAPPED):
            row = f"| `{file}` | {first_sentence(path)} |"
            folders.setdefault(folder, []).append(row)
    lines = [HEADING]
    for folder, rows in sorted(folders.items()):
        title = f"`{folder}/`" if folder else "The root"
        lines += [f"## {title}\n", "| file | its idea |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def main() -> int:
    for path, text in ((PICTURE, picture()), (MAP, map_of_files())):
        is_new = not path.exists() or path.read_text(encoding="utf-8") != text
        if is_new:  # with a newer file, the site would be built again
            path.write_text(text, encoding="utf-8")
        print(f"{'wrote' if is_new else 'kept'} {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
