"""What people typed, without what nobody sees: such characters break off pages in Word, make files that do
not open, end the process that draws a chart, and no database takes the worst of them."""

from __future__ import annotations

from unicodedata import category

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and format characters (some turn the reading direction round), halves of characters, line ends.
What a font of the house alone draws (Co), and what this Python doesn't know yet (Cn), stays."""


def visible(text: str) -> str:
    """The text in one or several lines; a tab is a space."""
    return "".join(each for each in text.replace("\t", " ") if each == "\n" or _is_seen(each))


def _is_seen(letter: str) -> bool:
    return category(letter) not in UNSEEN and ord(letter) & 0xFFFE != 0xFFFE
