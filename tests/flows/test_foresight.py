"""After a deed a walk knows what the database says, though it reads no more than what has moved."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from flows.foresight import Walk
from models import Addition, Hold
from models.facts import gather
from plans.course_file import Deed
from tests.actions.people import task
from tests.flows.stations import Stage


def test_a_move_changes_nothing_else_of_what_is_known(stage: Stage, morning: datetime) -> None:
    later = morning + timedelta(days=1)
    with stage.database.writing() as session:
        key, owner = task(session, "7.6.1", "学务部").id, task(session, "6.1", "政务部").id
        session.add(Hold(assignment_id=key, until=later, reason="已当面说明", held_at=morning))
        session.add(
            Addition(
                assignment_id=key,
                owner_id=owner,
                table_code="6.1",
                column="姓名",
                value="张三",
                asked_at=morning,
            )
        )
    walk = Walk(stage.station, deque([Deed(morning, "7.6.1", "学务部", "submit")]), morning, later)
    walk._owed(morning, later)
    walk._do(morning)
    with stage.database.reading() as session:
        known = gather(session, morning)
    [moved] = [each for each in known.assignments if each.id == key]
    assert (moved.stage, len(moved.holds), len(moved.waits)) == ("collected", 1, 1)
    assert walk._facts == known
