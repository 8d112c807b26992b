"""What people are told, so that it can be said in another language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Document = tuple[str, dict[str, Any]]
PLAIN = frozenset({str, int, float})


class Sentence(str):
    """A sentence of ours, or a word in one: Chinese by itself, said in another language from ``template``,
    which has a place ``%(name)s`` for each of ``facts``.

    Facts are what a college, a plan or a person calls something, and stay as they are; a word of ours among
    them is a `Sentence`, too.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Sentence:
        made = str.__new__(cls, template % facts if facts else template)
        made.template, made.facts = template, facts
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Copies keep the facts."""
        return (self.template,), self.facts

    def as_document(self) -> Document:
        """Template and facts as JSON, for `from_document`."""
        facts = {name: fact if type(fact) in PLAIN else _kept(fact) for name, fact in self.facts.items()}
        return self.template, facts


def from_document(document: Sequence[Any]) -> Sentence:
    """The sentence that `as_document` keeps."""
    template, facts = document
    return Sentence(template, **{n: from_document(f) if type(f) is list else f for n, f in facts.items()})


def facts_of(**texts: str) -> dict[str, Any]:
    """By name, the facts of those texts that are sentences and have some, as JSON."""
    return {
        name: text.as_document() for name, text in texts.items() if isinstance(text, Sentence) and text.facts
    }


def together(parts: Iterable[str], sign: str = "、") -> str:
    """The parts in one, each said in its own words; empty where there are none."""
    some, *rest = *parts, ""
    for one in rest[:-1]:
        some = Sentence("%(some)s%(sign)s%(one)s", some=some, sign=sign, one=one)
    return some


def known(text: str) -> Sentence:
    """A text that may be a sentence of ours without facts, which JSON does not tell from any other text."""
    return text if isinstance(text, Sentence) else Sentence(text)


def _kept(fact: object) -> object:
    return fact.as_document() if isinstance(fact, Sentence) else str(fact)
