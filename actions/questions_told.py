"""Who is told of questions in the next digest: the office what waits, who asked what was answered."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from deadlines.calendar import WorkingCalendar
from deadlines.owed import OFFICE, Owed
from models.question import ANSWERED, ASKED, Asked, untold_questions


def questions_told(session: Session, calendar: WorkingCalendar, now: datetime) -> list[Owed]:
    """What was asked or answered before the last morning and is not told yet; an answer overtakes its
    question.  What last year asked (by nobody of this year) stands on the table's page only."""
    found = [_owed(calendar, each) for each in untold_questions(session)]
    return [each for each in found if each.at <= now]


def _owed(calendar: WorkingCalendar, asked: Asked) -> Owed:
    question = asked.question
    last = question.answered_at or question.asked_at
    at = next_morning(calendar, last)
    kind = ASKED if asked.waits else ANSWERED
    own = asked.reviewer if question.role == "reviewer" else asked.department
    return Owed(
        at=at,
        kind=kind,
        rule=kind,
        audience=OFFICE if asked.waits else question.role,
        department=None if asked.waits else own,
        subject=f"{asked.code}@{asked.department}",
        assignment_id=question.assignment_id,
        code=asked.code,
        deadline=last,
        occurrence=question.id or 0,
        opens=at,
    )


def next_morning(calendar: WorkingCalendar, after: datetime) -> datetime:
    """The beginning of the first working day after a moment: when digests are written."""
    day = calendar.local(after).date()
    morning = calendar.at(day, calendar.rules.start)
    if calendar.is_workday(day) and after < morning:
        return morning
    return calendar.at(calendar.add_workdays(day, 1), calendar.rules.start)
