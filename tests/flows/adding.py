"""A table that misses a student in the approved source table, and who asks and answers for it."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from actions.additions import ask
from actions.who import Who
from models import Addition
from models.history import findings
from tests.actions.people import holder, office
from tests.flows.colleges import DROPOUTS, STUDENTS, College

ASKS, OWNS = "10.2.1", "10.1.1"
TEACHING = "教务部"


def missing(college: College) -> tuple[int, int]:
    """The asking assignment, and the finding about a student whom the approved source lacks."""
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20180001", "20180002")
    with college.database.reading() as session:
        [found] = findings(session, college.newest(key).id or 0, severity="error")
    return key, found.id or 0


def act(college: College, role: str, do: Callable[[Session, Who], Addition]) -> Addition:
    with college.database.writing() as session:
        who = (
            office(session, college.now) if role == "office" else holder(session, role, "学务部", college.now)
        )
        return do(session, who)


def asked(college: College) -> Addition:
    key, finding = missing(college)
    return act(college, "collector", lambda s, who: ask(s, who, key, finding, "转专业学生", college.now))
