"""Names of files, in and out: what people can read and every system can keep, each once."""

from __future__ import annotations

import re
import unicodedata

from plans.visible import visible

UNFIT = re.compile(r'[\\/:*?"<>|]+')
SEPARATORS = re.compile(r"[\\/]")
LONGEST = 200
LONGEST_BYTES = 230
NAMELESS = "未命名.xlsx"


def fit(text: str) -> str:
    """The text as (a part of) a file's name on every system."""
    return UNFIT.sub("-", _line(text)).strip()


def name_sent(filename: str | None) -> str:
    """The name of a file that was sent, as people know it: without folders and without what isn't seen."""
    last = _line(SEPARATORS.split(str(filename or ""))[-1]).strip()
    return last[-LONGEST:] or NAMELESS


def unlike(name: str, taken: set[str]) -> str:
    """The name, not too long; numbered where a system that ignores case takes it for one of the ``taken``,
    which it joins."""
    stem, dot, kind = name.rpartition(".")
    stem, number = _cut(stem), 1
    told = f"{stem}{dot}{kind}"
    while _alike(told) in taken:
        number += 1
        told = f"{stem} ({number}){dot}{kind}"
    taken.add(_alike(told))
    return told


def _line(text: str) -> str:
    return visible(text).replace("\n", "")


def _cut(stem: str) -> str:
    return stem.encode()[:LONGEST_BYTES].decode(errors="ignore")


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
