"""The size budget: how many lines of code a file may have, and how many tokens a line.

`python tools/size.py` exits with 1 if a file is over its budget. Comments, docstrings and blank
lines are free; lessons and tasks are prose and not measured. A table, between `# fmt: off` and
`# fmt: on`, counts its lines but not its density.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "micrograd"
LINES = {"ops": 180, "graph": 60, "engine": 195, "network": 140}  # lines of code
DENSITY = 10.0  # tokens a line, in the files above
DENSITY_ELSEWHERE = 12.0  # where there are formulas and drawings
DENSITY_OF_LOWERING = 13.0  # where code is written that writes code
LOWERING = {"gradient", "lanes", "code", "sums", "straight_line", "lowering_rules", "elementary"}
LOWERING |= {"attention", "convolution", "recurrent"}  # and where shapes are taken apart

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
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                found.update(range(node.lineno, node.end_lineno + 1))
    return found


def fenced_lines(text: str) -> set[int]:
    found, inside = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        inside = (inside or line.strip() == "# fmt: off") and line.strip() != "# fmt: on"
        if inside:
            found.add(number)
    return found


def measure(text: str) -> tuple[int, float]:
    """(lines of code, tokens per line outside the tables)."""
    docs, fenced = docstring_lines(text), fenced_lines(text)
    lines: set[int] = set()
    tokens = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in FREE and token.start[0] not in docs:
            lines.update(range(token.start[0], token.end[0] + 1))
            tokens += token.start[0] not in fenced
    return len(lines), tokens / max(len(lines - fenced), 1)


def main() -> int:
    over = 0
    prose = {*PACKAGE.glob("course/lessons/*"), *PACKAGE.glob("course/exercises/tasks/*")}
    for path in sorted({*PACKAGE.rglob("*.py")} - prose):
        lines, density = measure(path.read_text(encoding="utf-8"))
        densest = DENSITY if path.stem in LINES else DENSITY_ELSEWHERE
        densest = DENSITY_OF_LOWERING if path.stem in LOWERING else densest
        wrong = lines > LINES.get(path.stem, sys.maxsize) or density > densest
        over += wrong
        most = f"/ {LINES[path.stem]}" if path.stem in LINES else ""
        name = path.relative_to(PACKAGE).as_posix()
        print(f"{name:16} {lines:4} {most:6} lines  {density:4.1f} tokens a line", "OVER" * wrong)
    return over > 0


if __name__ == "__main__":
    sys.exit(main())
