"""The size budget: how many lines of code a file may have, and how many tokens a line.

Run as `python tools/size.py`; it exits with 1 if a file, or the core, is over its budget. Comments,
docstrings and blank lines are free; lessons and tasks are prose and not measured. Between
`# fmt: off` and `# fmt: on` stands a table: its lines count, its density does not.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "micrograd"
PROSE = ("course/lessons/", "course/exercises/tasks/")

CORE = {"ops.py": 232, "graph.py": 77, "engine.py": 205, "nn/network.py": 194}  # lines of code
LINES = 400  # of any other file
LINES_OF_CORE = 1000  # with everything that the core imports

DENSITY_OF_CORE = 9.5  # tokens a line
DENSITY = 11.5  # of any other file
DENSITY_OF_WRITERS = 12.5  # of files that write code
DENSITY_OF_ARRAYS = 14.0  # of files whose arrays have many indices
ARRAYS = "compiler/rolled/"
WRITERS = (
    "compiler/codegen/",
    "compiler/gradient.py",
    "training/steps/",
    "export/",
    "course/exercises/code_rules.py",
    "course/exercises/expression_edits.py",
    "course/exercises/given_lines.py",
    "course/exercises/parenthesis_edits.py",
    "course/exercises/statement_edits.py",
)

FREE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def docstring_lines(text: str) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                lines.update(range(node.lineno, node.end_lineno + 1))
    return lines


def fenced_lines(text: str) -> set[int]:
    lines, inside = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        inside = (inside or line.strip() == "# fmt: off") and line.strip() != "# fmt: on"
        if inside:
            lines.add(number)
    return lines


def measure(text: str) -> tuple[int, float]:
    """Return (lines of code, tokens per line outside the tables)."""
    docstrings, fenced = docstring_lines(text), fenced_lines(text)
    lines: set[int] = set()
    tokens = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in FREE and token.start[0] not in docstrings:
            lines.update(range(token.start[0], token.end[0] + 1))
            tokens += token.start[0] not in fenced
    return len(lines), tokens / max(len(lines - fenced), 1)


def budget(name: str) -> tuple[int, float]:
    """Return (lines of code, tokens a line) that a file may have."""
    if name in CORE:
        return CORE[name], DENSITY_OF_CORE
    if name.startswith(ARRAYS):
        return LINES, DENSITY_OF_ARRAYS
    return LINES, DENSITY_OF_WRITERS if name.startswith(WRITERS) else DENSITY


def imports(path: Path) -> set[Path]:
    """Return the files of the package that a file imports."""
    files = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("micrograd"):
            module = PACKAGE.parent / node.module.replace(".", "/")
            modules = [module, *(module / alias.name for alias in node.names)]
            files |= {x.with_suffix(".py") for x in modules if x.with_suffix(".py").exists()}
    return files


def core() -> set[Path]:
    """Return the files of the core, and every file that they import, directly or not."""
    files: set[Path] = set()
    waiting = [PACKAGE / name for name in CORE]
    while waiting:
        path = waiting.pop()
        if path not in files:
            files.add(path)
            waiting += imports(path)
    return files


def report(path: Path) -> tuple[bool, str]:
    """Return whether a file is over its budget, and the line to print for it."""
    name = path.relative_to(PACKAGE).as_posix()
    lines, density = measure(path.read_text(encoding="utf-8"))
    most, densest = budget(name)
    is_over = lines > most or round(density, 1) > densest
    text = f"{name:40} {lines:4} / {most:3} lines  {density:4.1f} / {densest} a line"
    return is_over, text + "  OVER" * is_over


def lines_of_core() -> int:
    return sum(measure(path.read_text(encoding="utf-8"))[0] for path in core())


def main() -> int:
    """Print each file, those over their budget last; return 1 if there is one, else 0."""
    files = sorted(PACKAGE.rglob("*.py"))
    names = [path.relative_to(PACKAGE).as_posix() for path in files]
    reports = [report(path) for path, name in zip(files, names) if not name.startswith(PROSE)]
    for _, line in sorted(reports, key=lambda pair: pair[0]):
        print(line)
    total = lines_of_core()
    print(f"the core, with all it imports: {total} / {LINES_OF_CORE} lines")
    return int(total > LINES_OF_CORE or any(is_over for is_over, _ in reports))


if __name__ == "__main__":
    sys.exit(main())
