"""One word for one idea, and whole sentences: docs/glossary.md and STYLE.md, held by a test.

Rule: each rule is a row of the table below. It reads every file that people read, and reports what
it finds with its line. `python tests/test_words.py [PATH]` prints all findings.
"""

import ast
import io
import re
import sys
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ("micrograd", "bench", "tools", "examples", "docs")
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "STYLE.md", "docs", "bench", "examples")
HERE = ("docs/glossary.md", "STYLE.md")  # these pages quote the words that we do not use

Text = tuple[int, str]  # the line it begins in, and the text
Finding = tuple[int, str]


# ------------------------------------------------------------------------------- what people read


@cache
def files() -> tuple[str, ...]:
    """Return the path of every file that the rules read, relative to the root."""
    found = set()
    for name in (*CODE, *PAGES):
        path = ROOT / name
        found |= {path} if path.is_file() else set(path.rglob("*.py")) | set(path.rglob("*.md"))
        found |= set(path.rglob("*.mjs"))
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found if not is_built(path)))


def is_built(path: Path) -> bool:
    """Return whether a tool wrote it, as the build of the site a page for each lesson and exercise.

    Folders whose name begins with a dot hold what was installed, such as the peers of the bench.
    """
    if any(part.startswith(".") for part in path.relative_to(ROOT).parts):
        return True
    is_page = path.parent.name in ("lessons", "exercises") and path.suffix == ".md"
    return (is_page and path.name[0].isdigit()) or "_build" in path.parts


@cache
def source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(source(name))


@cache
def prose(name: str) -> tuple[Text, ...]:
    """Return what is written for people: comments, docstrings and messages, or paragraphs."""
    if name.endswith(".py"):
        return (*comments(name), *strings(name))
    if name.endswith(".mjs"):
        return tuple(remarks(name))
    return tuple(
        paragraphs(re.sub(r"(?ms)^```.*?^```|^ {4}.*?$|^\|.*?$", keep_lines, source(name)))
    )


def remarks(name: str) -> Iterator[Text]:
    """Yield the comments and the texts of a JavaScript module."""
    for match in re.finditer(r"//(.*)|/\*(.*?)\*/|\"(\w+ [^\"]*)\"", source(name)):
        line = source(name).count("\n", 0, match.start()) + 1
        yield from paragraphs(next(filter(None, match.groups()), ""), line)


def keep_lines(match: re.Match) -> str:
    return "\n" * match[0].count("\n")


def paragraphs(text: str, first: int = 1) -> Iterator[Text]:
    """Yield the paragraphs and the items of lists, each as one line."""
    line = first
    for part in re.split(r"(\n\s*\n|\n\s*(?=- |\d+\. ))", text):
        if part.strip():
            words = " ".join(part.split())
            yield line, re.sub(r"^(- |\d+\. |#+ )", "", words)
        line += part.count("\n")


def comments(name: str) -> Iterator[Text]:
    """Yield the comments, those of consecutive lines as one text."""
    block, start, last = [], 0, -1
    for token in tokenize.generate_tokens(io.StringIO(source(name)).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, column = token.start
        whole_line = not token.line[:column].strip()
        if block and not (whole_line and line == last + 1):
            yield from paragraphs("\n".join(block), start)
            block = []
        if not block:
            start = line
        block.append(token.string.lstrip("#").removeprefix(" ").removeprefix("%%"))
        last = line
    if block:
        yield from paragraphs("\n".join(block), start)


def strings(name: str) -> Iterator[Text]:
    """Yield docstrings and other texts of more than one word, without code."""
    inside = set()
    for node in ast.walk(tree(name)):
        text = ""
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            text = "".join(part.value if literal(part) else "{}" for part in node.values)
        elif literal(node) and id(node) not in inside:
            text = re.sub(r"(?m)^ *>>> .*\n( *[^>\s].*\n)*", keep_lines, node.value)
        if " " in text.strip() and not is_code(text):
            yield from paragraphs(text, node.lineno)


def literal(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_code(text: str) -> bool:
    """Return whether a text is a program of several lines, as the exercises' examples are."""
    try:
        return "\n" in text.strip() and bool(ast.parse(textwrap.dedent(text)))
    except SyntaxError:
        return False


@cache
def names(name: str) -> tuple[Text, ...]:
    """Return the names that the code of a file binds: functions, classes, arguments, variables."""
    found = []
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append((node.lineno, node.name))
        elif isinstance(node, ast.arg):
            found.append((node.lineno, node.arg))
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.append((node.lineno, node.id if isinstance(node, ast.Name) else node.attr))
    return tuple(found)


def words(name: str) -> str:
    """Return a name as words: `TreeNode` and `tree_node` are "tree node"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


# -------------------------------------------------------------------------------------- the rules


def never(pattern: str, *allowed: str, outside: tuple[str, ...] = ()) -> Callable[[str], Iterator]:
    """Return a rule: the pattern stands nowhere in prose or names, except in an allowed phrase."""
    word, excuse = re.compile(rf"\b(?:{pattern})\b"), re.compile("|".join(allowed) or r"(?!)")

    def rule(name: str) -> Iterator[Finding]:
        if name.startswith(outside):
            return
        for line, text in prose(name):
            if match := word.search(excuse.sub("", text)):
                yield line, f"{match[0]!r} in: {text[:90]}"
        for line, bound in names(name) if name.endswith(".py") else ():
            if not excuse.search(bound) and word.search(words(bound)):
                yield line, f"the name {bound}"

    return rule


DERIVATIVE = r"(?:derivatives?|gradients?|grads?|partials?|slopes?|differentiat(?:e|es|ed|ing))"
NOT_A_VARIABLE = (
    r"hand|finite|differences|the chain rule|the same|name|PyTorch|autograd|micrograd|small|"
    r"compiled|machine code|a move|a tape|reverse|the second derivative|the matrix|paths|backward"
)
# fmt: off
PARTICIPLES = {
    "made", "told", "spelled", "beside", "apart", "written", "shown", "named", "kept", "given",
    "moved", "placed", "found", "taken", "seen", "known", "chosen", "built", "begun", "driven",
    "drawn", "grown", "held", "lost", "sent", "sought", "spent", "spoken", "thrown", "torn", "worn",
    "frozen", "hidden", "absorbed", "added", "blurred", "called", "checked", "described", "fitted",
    "evaluated", "framed", "guessed", "joined", "judged", "opened", "parsed", "parted", "played",
    "restored", "resumed", "trained", "alike", "continued", "numbered", "portable", "signed",
    "strided", "traced",
}
# fmt: on


def participles(name: str) -> Iterator[Finding]:
    """A function's name is a verb or a noun. `padded(x)` is one, as Python's `sorted(x)` is."""
    for node in ast.walk(tree(name)) if name.endswith(".py") else ():
        if isinstance(node, ast.FunctionDef) and node.name in PARTICIPLES:
            yield node.lineno, f"def {node.name}"


START = re.compile(r"(?:^|(?<=[.!?:] ))(?:Of|What)\s[^.!?:]*[.!?:](?=\s|$|\")")


def sentence_starts(name: str) -> Iterator[Finding]:
    """No sentence begins with Of or What, unless it is a question or a heading."""
    for line, text in prose(name):
        for match in START.finditer(text):
            if not match[0].endswith("?"):
                yield line, match[0][:90]


def vague_names(name: str) -> Iterator[Finding]:
    """No `found` for a result, no `how` or `asked` for a bag of arguments."""
    if name.startswith("micrograd/") and name.endswith(".py"):
        for line, bound in names(name):
            if bound in {"found", "how", "asked"}:
                yield line, f"the name {bound}"


@cache
def public_objects() -> dict[str, object]:
    """Return {name: function, class or method} of what scripts import, if it is documented."""
    import micrograd
    from micrograd import data, losses, nn, optim

    found = {}
    for module in (micrograd, nn, losses, optim, data):
        for name in getattr(module, "__all__", None) or vars(module):
            x = getattr(module, name)
            local = hasattr(module, "__all__") or getattr(x, "__module__", "") == module.__name__
            ours = getattr(x, "__module__", "").startswith("micrograd")
            if local and ours and hasattr(x, "__qualname__") and not name.startswith("_"):
                found |= {f"{x.__module__}.{y.__qualname__}": y for y in (x, *methods(x))}
    return {name: x for name, x in found.items() if x.__doc__}


def methods(x) -> Iterator:
    """Yield the documented methods of a class, without what it inherits."""
    for name, method in vars(x).items() if isinstance(x, type) else ():
        if hasattr(method, "__qualname__") and method.__doc__ and not name.startswith("__"):
            yield method


def not_whole(docstring: str) -> str:
    """Return what is wrong with a docstring; "" if it is made of whole sentences."""
    text = re.sub(r"(?m)^ *>>> .*\n?( *[^>\s].*\n?)*", "", docstring)
    for _, paragraph in paragraphs(text):
        if not paragraph[0].isupper() and paragraph[0] not in "`([{'\"0123456789":
            return f"begins in lower case: {paragraph[:60]}"
        if paragraph[-1] not in ".:?)`" and not paragraph.endswith("::"):
            return f"has no full stop: {paragraph[-60:]}"
    first = text.split()[0]
    verb = first[0].isupper() and first[-1] not in ".,;:" and first.isalpha()
    return "" if verb and first not in {"Of", "What"} else f"begins with {first!r}"


def docstrings(name: str) -> Iterator[Finding]:
    """A docstring of what scripts import is made of whole sentences."""
    for path, x in public_objects().items():
        if x.__module__.replace(".", "/") + ".py" == name and (problem := not_whole(x.__doc__)):
            yield 0, f"{path} {problem}"


@dataclass(frozen=True)
class Rule:
    name: str
    instead: str
    find: Callable[[str], Iterator[Finding]]


ADAM = ("micrograd/optim/", "bench/jax_peer.py", "micrograd/course/exercises/tasks/")
# fmt: off
RULES = {rule.name: rule for rule in (
    Rule("primitive", "op",
        never("primitives?")),
    Rule("children", "inputs",
        # the original's argument; a folder's; HTML's attribute; nests, modules and pages are trees
        never("children|child nodes?|parents?|src", r"_children", r"\bparents?=", r"nest\.children",
              r"The lecture calls the inputs of a node its children", r"It calls children what",
              r"-src\b", r"src=", r"child process", r"\bchildren\(",
              outside=("micrograd/support/nest.py", "micrograd/nn/", "micrograd/saving/",
                       "micrograd/drawing/"))),
    Rule("local gradient", "partial",
        never("local (?:grads?|gradients?|derivatives?|partials?)")),
    Rule("adjoint", "grad",
        never("adjoints?|cotangents?|vjps?")),
    Rule("jaxpr", "program",
        never("jaxprs?")),
    Rule("cluster", "kernel",
        never("clusters?")),
    Rule("iteration", "training step, update",
        never("iterations?|ticks?", r"ticks=", r"_ticks", r"x?y?ticks")),
    Rule("feed", "minibatch",
        never("[Ff]eeds?|[Ff]eeding", r"feed[_-]forward")),
    Rule("moment", "snapshot",
        # Adam's moments of the grads are called so everywhere; so is a short time
        never("[Mm]oments?", r"[Aa]dam's(?: two)? moments?", r"the two moments",
              r"first and second moments?", r"(?:at any|at that|for a) moment", outside=ADAM)),
    Rule("first weights", "initial weights",
        never("first weights")),
    Rule("by", "with respect to",
        never(rf"{DERIVATIVE} by (?!{NOT_A_VARIABLE})\S+", r"(?:divid|multipli)\w+ the \w+ by")),
    Rule("participle", "a verb or a noun: build, describe, render", participles),
    Rule("found", "the thing's name: grads, rows, options", vague_names),
    Rule("sentence start", "a subject first: no sentence begins with Of or What", sentence_starts),
    Rule("docstring", "a whole sentence, as Return ... or A ...", docstrings),
)}
# fmt: on


# ------------------------------------------------------------------------------------- the tests


def findings(rule: str) -> dict[str, list[Finding]]:
    found = {name: list(RULES[rule].find(name)) for name in files() if name not in HERE}
    return {name: lines for name, lines in found.items() if lines}


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_rule(rule):
    broken = [
        f"{name}:{line}: {text}" for name, rows in findings(rule).items() for line, text in rows
    ]
    assert not broken, "\n".join([f"say {RULES[rule].instead}:", *broken])


def test_the_glossary_names_every_word():
    page = source("docs/glossary.md")
    for rule in RULES.values():
        if not rule.instead.startswith(("a ", "the ")):
            assert rule.instead.split(",")[0] in page, rule.name


def show(*prefixes: str) -> None:
    for rule in RULES:
        for name, lines in findings(rule).items():
            if name.startswith(prefixes or ("",)):
                for line, what in lines:
                    print(f"{rule:15} {name}:{line}: {what}")


if __name__ == "__main__":
    show(*sys.argv[1:])
