"""What a table's page shows of how its definition has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from checks.definition_words import told
from models.definition import changed_editions
from models.worklist import Line
from web.language import sentence


@dataclass(frozen=True)
class DefinitionChange:
    """What was otherwise from then on; ``carried``: last year."""

    at: datetime
    said: Sequence[str]
    carried: bool


def definition_changes(session: Session, seen: Line) -> list[DefinitionChange]:
    """The changes of the assignment's table, the newest first, in the reader's language."""
    code = seen.table.code
    found = [
        DefinitionChange(
            each.edition.seen_at, [sentence(told(one)) for one in each.differences], each.edition.carried
        )
        for each in changed_editions(session, code).get(code, ())
    ]
    return found[::-1]
