"""A letter as text and as HTML, from the templates that the office may edit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from mail.letters import Letter
from mail.wording import day, day_and_time

FOLDER = Path(__file__).parent.parent / "templates" / "mail"


def render(letter: Letter) -> tuple[str, str]:
    """The plain text and the HTML of a letter."""
    names = (f"{letter.template}.txt", f"{letter.template}.html")
    text, html = (environment().get_template(name).render(letter=letter) for name in names)
    return text, html


@cache
def environment() -> Environment:
    """The mail templates: HTML is escaped, a misspelt name is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"day": day, "day_and_time": day_and_time}
    return made
