"""How far a learner's file has come, by its names alone: which stages it has begun, or written.

Rule: a stage is begun if the file has a name that our code gains in that stage, or one like it. So
what is half-written or misspelt is told, and only a stage of which nothing is there is not.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from micrograd.course.build.near_misses import plain
from micrograd.course.build.stage import Stage, all_stages
from micrograd.support.wording import nearest

SHORTEST = 3  # letters of a name that tells something


def read_tree(path: Path) -> ast.Module:
    """Return the file as Python reads it; an empty one if it is no Python."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def furthest_stage(tree: ast.Module) -> int:
    """Return the number of the last stage up to which the file defines all names."""
    names, last = defined_names(tree), 0
    for stage in all_stages():
        if not names.issuperset(stage.needs):
            break
        last = stage.number
    return last


def defined_names(tree: ast.Module) -> set[str]:
    """Return the functions, classes and methods of a file: "train", "Value", "Value.backward"."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            names |= {f"{node.name}.{each.name}" for each in inside}
    return names


def has_begun(tree: ast.Module, stage: Stage) -> bool:
    """Return whether the file has something of what this stage asks for."""
    if stage.opening_mark:
        return bool(re.search(stage.opening_mark, ast.unparse(tree)))
    earlier = all_stages()[: stage.number - 1]
    before = words(ast.parse(earlier[-1].solution)) if earlier else set()
    theirs = words(tree) - before
    marks = words(ast.parse(stage.code)) | set(stage.other_names)
    return any(is_like(word, marks - before) for word in theirs - set(stage.early))


def is_like(word: str, marks: Iterable[str]) -> bool:
    """Return whether the word is one of the marks, or may be one that is misspelt."""
    if word in marks:
        return True
    long = [plain(mark) for mark in marks if len(plain(mark)) >= SHORTEST]
    return len(plain(word)) >= SHORTEST and bool(nearest(plain(word), long))


def words(tree: ast.AST) -> set[str]:
    """Return the names of all functions, classes, arguments and attributes."""
    result = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            result.add(node.name)
        elif isinstance(node, ast.Attribute):
            result.add(node.attr)
        elif isinstance(node, ast.arg):
            result.add(node.arg)
    return {word for word in result if not is_of_python(word)}


def is_of_python(word: str) -> bool:
    """Return whether the word is a method of lists and sets, such as append."""
    return not word.startswith("_") and (hasattr(list, word) or hasattr(set, word))
