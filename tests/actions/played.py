"""The sample's course of events written straight into a database: events and what they leave behind."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from commands.course import APPROVE, HAND_IN, MENDED, NOTHING, RETURN, Course
from models import Event
from models.facts import facts_of
from models.stages import CHECKED, COLLECTED, PENDING, RETURNED, REVIEWED
from models.worklist import Line, lines

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
        story = course.story(facts_of(each))
        stage = PENDING
        for deed in story.deeds_until(until):
            for verb, reached in LEADS_TO.get(deed.what, ()):
                session.add(
                    Event(assignment_id=each.id, at=deed.at, verb=verb, from_stage=stage, to_stage=reached)
                )
                stage = reached
        _leave(session, each, story.facts(until))
    session.flush()
    session.expire_all()


def _leave(session: Session, each: Line, facts: object) -> None:
    row = each.assignment
    for name in ("stage", "first_collected_at", "collected_at", "returned_at", "reviewed_at", "checked_at"):
        setattr(row, name, getattr(facts, name))
    session.add(row)
