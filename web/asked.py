"""What a table's page shows of the questions about it."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlmodel import Session

from actions.questions import answerable, asking_role, of_table
from actions.who import Who
from models.question import Asked
from models.worklist import Line
from web.numbers import key_of


def asked_about(request: Request, session: Session, who: Who, seen: Line) -> dict[str, Any]:
    """All that was asked about the table, by whichever department; whether this person may ask, and which he
    may answer; ``wrong``: the one whose answer was refused."""
    found = of_table(session, seen)
    return {
        "found": found,
        "asks": not seen.assignment.closed and asking_role(who, seen) is not None,
        "answerable": answerable(session, who, found),
        "wrong": key_of(str(request.path_params.get("question_id", ""))),
    }


def answers_about(session: Session, seen: Line) -> list[Asked]:
    """What was answered about the table, for who fills it in."""
    return [each for each in of_table(session, seen) if not each.waits]
