"""The sample's course of events written straight into a database: events and what they leave behind."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from actions.sample_course import APPROVE, HAND_IN, MENDED, NOTHING, RETURN, Course
from models import Assignment, Event
from models.facts import facts_of
from models.stages import CHECKED, COLLECTED, REACHED_AT, RETURNED, REVIEWED
from models.worklist import lines

LEADS_TO = {
    HAND_IN: (("submit", COLLECTED),),
    NOTHING: (("submit", COLLECTED),),
    MENDED: (("submit", COLLECTED),),
    RETURN: (("return", RETURNED),),
    APPROVE: (("approve", REVIEWED), ("pass", CHECKED)),
}


def play(session: Session, until: datetime) -> None:
    """Everything the course has happen up to ``until``, without workbooks: only when what moved."""
    course = Course(plan_in_force(session))
    for each in lines(session):
        for deed in course.story(facts_of(each)).deeds_until(until):
            for verb, reached in LEADS_TO.get(deed.what, ()):
                move(session, each.assignment, deed.at, verb, reached)
    session.flush()
    session.expire_all()


def move(session: Session, row: Assignment, at: datetime, verb: str, reached: str) -> None:
    """One transition of an assignment, as its event and its facts tell it."""
    session.add(Event(assignment_id=row.id or 0, at=at, verb=verb, from_stage=row.stage, to_stage=reached))
    row.stage = reached
    setattr(row, REACHED_AT[reached], at)
    if reached == COLLECTED and row.first_collected_at is None:
        row.first_collected_at = at
    session.add(row)
