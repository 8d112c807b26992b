"""Finds what errors say, for the catalogues: `actions` and `models` know no language, and say it bare."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import IO, Any

from models.errors import PeopleError, Sentence

HAN = re.compile(r"[\u4e00-\u9fff：]")
"""Chinese also where nothing but its colon stands between two facts."""
SAYINGS = ("_WHY",)
"""Tables of sentences, by what they are called."""
Found = tuple[int, str, str, list[str]]


def errors(fileobj: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Found]:
    """The sentences and remedies of a module's errors, called and told as Babel wants it."""
    for node in ast.walk(ast.parse(fileobj.read())):
        for text in _said(node):
            yield text.lineno, "_", str(text.value), []


def _said(node: ast.AST) -> Iterable[ast.Constant]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in speaking():
        return _texts([*node.args[:2], *(each.value for each in node.keywords)])
    if isinstance(node, ast.Assign | ast.AnnAssign) and _named(node) in SAYINGS and node.value is not None:
        return _texts(ast.walk(node.value))
    return ()


def _named(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _texts(nodes: Iterable[Any]) -> Iterator[ast.Constant]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
            yield node


@cache
def speaking() -> set[str]:
    """The errors that tell people something, and the sentence with facts."""
    kinds, found = [PeopleError], {Sentence.__name__}
    while kinds:
        kind = kinds.pop()
        found.add(kind.__name__)
        kinds += kind.__subclasses__()
    return found
