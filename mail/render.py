"""A letter as text and as HTML, from the templates that the office may edit."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from mail.letters import Letter
from mail.wording import day, day_and_time

FOLDER = Path(__file__).parent.parent / "templates" / "mail"
SUFFIXES = (".txt", ".html")
LISTED = 200
"""Of a group: a mail of thousands of lines is taken by no server and read by nobody."""


class Templates:
    """The mail templates as they are now: HTML is escaped, a misspelt name is an error."""

    def __init__(self) -> None:
        self._made = _environment(FOLDER, _state(FOLDER))

    def render(self, letter: Letter) -> tuple[str, str]:
        """The plain text and the HTML of a letter."""
        names = (f"{letter.template}.txt", f"{letter.template}.html")
        text, html = (self._made.get_template(name).render(letter=letter) for name in names)
        return text, html


def render(letter: Letter) -> tuple[str, str]:
    """The plain text and the HTML of a letter."""
    return Templates().render(letter)


def _state(folder: Path) -> tuple[tuple[str, int], ...]:
    """Each template with when it was last changed; what editors put beside them is none."""
    found = []
    for path in folder.iterdir():
        if path.suffix in SUFFIXES:
            with suppress(FileNotFoundError):
                found.append((path.name, path.stat().st_mtime_ns))
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def _environment(folder: Path, _key: tuple[tuple[str, int], ...]) -> Environment:
    """Looks at no file again: that took a quarter of the time that letters are written in."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals["most"] = LISTED
    made.filters |= {"day": day, "day_and_time": day_and_time}
    return made
