"""Finds what rooms that know no language say, for the catalogues: sentences, errors, rules over tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import IO, Any

from checks.cross_rules import template_of
from checks.cross_rules_file import read_rules
from models.errors import PeopleError
from plans.sentence import Sentence

HAN = re.compile(r"[\u4e00-\u9fff：；（]")
"""Chinese also where nothing but its signs stands between two facts."""
SAYINGS = ("_WHY",)
"""Tables of sentences, by what they are called."""
Found = tuple[int, str, str, list[str]]


def errors(fileobj: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Found]:
    """The sentences of a module, and those that its errors say bare, called and told as Babel wants it."""
    for node in ast.walk(ast.parse(fileobj.read())):
        for text in _said(node):
            yield text.lineno, "_", str(text.value), []


def rules(fileobj: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Found]:
    """What the rules over several tables are called and say."""
    for rule in read_rules(fileobj.read().decode()):
        for text in (rule.title, template_of(rule.message), rule.remedy):
            yield rule.line, "_", text, []


def _said(node: ast.AST) -> Iterable[ast.Constant]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in speaking():
        bare = [*node.args[1:2], *(each.value for each in node.keywords)]
        return _texts([*node.args[:1], *(bare if node.func.id != Sentence.__name__ else [])])
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
    """The errors that tell people something, and the sentence."""
    kinds, found = [PeopleError], {Sentence.__name__}
    while kinds:
        kind = kinds.pop()
        found.add(kind.__name__)
        kinds += kind.__subclasses__()
    return found
