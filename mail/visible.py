"""What people typed, without what nobody sees: such characters break off pages in Word, make files that do
not open, and end the process that draws a chart."""

from __future__ import annotations

from typing import Any
from unicodedata import category

UNSEEN = {"Cc", "Cf", "Cs"}
"""Control characters, marks of direction and the like, halves of pairs."""


def visible(text: str) -> str:
    """The text in one or several lines; a tab is a space."""
    return "".join(each for each in text.replace("\t", " ") if each == "\n" or _is_seen(each))


def all_visible(told: Any) -> Any:
    """The same for every text in what a template is given."""
    if isinstance(told, str):
        return visible(told)
    if isinstance(told, dict):
        return {key: all_visible(value) for key, value in told.items()}
    return [all_visible(each) for each in told] if isinstance(told, list | tuple) else told


def _is_seen(letter: str) -> bool:
    return category(letter) not in UNSEEN and ord(letter) & 0xFFFE != 0xFFFE
