"""A second look asks of what has changed only, whatever is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from actions.plan_in_force import rules_in_force
from actions.staleness import to_recheck
from deadlines.owed import owed
from models.board import counts
from models.database import Database
from models.facts import gather
from models.stages import RETURNED
from tests.models.test_kept import any_row

pytestmark = pytest.mark.both


def counted(session: Session, morning: datetime) -> object:
    return counts(session, rules_in_force(session), morning)


def gathered(session: Session, morning: datetime) -> object:
    """What a tick reads, and what it owes."""
    found = gather(session, morning)
    return owed(rules_in_force(session).schedule, found, found.effective_from, found.effective_from)


def looked_through(session: Session, _morning: datetime) -> object:
    """What a look at all checks reads."""
    return to_recheck(session)


@pytest.mark.parametrize(("look_at", "statements"), [(counted, 1), (gathered, 1), (looked_through, 2)])
def test_a_second_look_asks_of_what_has_changed_only(
    campaign: Database, morning: datetime, look_at: Callable[[Session, datetime], object], statements: int
) -> None:
    asked = list[str]()

    def look() -> list[str]:
        asked.clear()
        with campaign.reading() as session:
            event.listen(session.get_bind(), "before_cursor_execute", note)
            look_at(session, morning)
            event.remove(session.get_bind(), "before_cursor_execute", note)
        return [statement for statement in asked if "FROM assignment JOIN datatable" in statement]

    def note(*given: Any) -> None:
        asked.append(given[2].replace("\n", ""))

    assert len(look()) == statements
    assert look() == []
    with campaign.writing() as session:
        any_row(session, Random(1)).stage = RETURNED
    again = look()
    assert len(again) == statements
    assert all("department_id IN (" in statement for statement in again)
