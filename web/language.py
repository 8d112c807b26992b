"""The language of a page: Chinese is written in the code, English comes from the catalogue."""

from __future__ import annotations

import gettext as catalogues
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from plans.sentence import Sentence

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("zh", "en")

COOKIE = "caiji_language"

spoken: ContextVar[str] = ContextVar("spoken", default="zh")


def gettext(message: str) -> str:
    """The message in the language of this request."""
    return _catalogue(spoken.get()).gettext(message)


def sentence(told: str) -> str:
    """What an error says, in the language of this request; as it stands where the catalogue has none."""
    if isinstance(told, Sentence) and told.facts:
        return gettext(told.template) % {
            name: sentence(fact) if isinstance(fact, Sentence) else fact for name, fact in told.facts.items()
        }
    return gettext(told) if told else told


def ours(told: str) -> str:
    """The same of what may also be somebody's own words: these stay."""
    return sentence(told) if isinstance(told, Sentence) else told


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message for this number in the language of this request."""
    return _catalogue(spoken.get()).ngettext(singular, plural, number)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation("messages", LOCALES, languages=[language], fallback=True)
