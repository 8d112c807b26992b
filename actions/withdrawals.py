"""Who was told of a deadline that no longer is one hears so: decided from what was told and what stands now.

Whatever moved the deadline (extension, plan, exemption), undo included, nobody has to remember it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from deadlines.calendar import WorkingCalendar
from deadlines.effective import DeadlineRules
from deadlines.facts import REVIEWER, ROSTER, Facts
from deadlines.owed import Owed
from deadlines.withdrawal import TAKEN_BACK, WITHDRAWAL, Present, gathering, told_from
from models import Assignment, DataTable, Mail, Notice, Person
from models.addressees import Addressees
from models.database import among
from models.notice import FAILED, MOOT
from models.stages import FAILED as CHECK_FAILED
from models.stages import RETURNED

EVERY = true()
FOR_EVER = datetime.max.replace(tzinfo=UTC)


def withdrawals(
    session: Session, rules: DeadlineRules, facts: Facts, since: datetime, now: datetime
) -> list[Owed]:
    """What has to be taken back now, at most once every quarter of an hour, within sending hours."""
    if rules.calendar.next_working_moment(now) != now:
        return []
    at = gathering(rules.calendar, now)
    if at <= since:
        return []
    lapsed = lapsed_notices(session, rules, facts)
    told = people_told(session, lapsed)
    return [_owed(notice, at) for notice in lapsed if told[notice.id or 0]]


def would_lapse(
    session: Session, rules: DeadlineRules, facts: Facts, now: datetime, where: ColumnElement[bool] = EVERY
) -> list[Owed]:
    """What would be taken back if the facts were so from now on, of the notices ``where``."""
    lapsed = lapsed_notices(session, rules, facts, where)
    told, at = people_told(session, lapsed), told_from(rules.calendar, now)
    return [_owed(notice, at) for notice in lapsed if told[notice.id or 0]]


def lapsed_notices(
    session: Session, rules: DeadlineRules, facts: Facts, where: ColumnElement[bool] | None = None
) -> list[Notice]:
    """The forewarnings and escalations that no longer hold and were not taken back yet, those ``where``."""
    present = Present(rules, facts)
    statement = (
        select(Notice)
        .outerjoin(Assignment, col(Notice.assignment_id) == Assignment.id)
        .outerjoin(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(
            col(Notice.kind).in_(TAKEN_BACK),
            _may_have_lapsed() if where is None else where,
            ~_taken_back(),
        )
        .order_by(col(Notice.id))
    )
    return [notice for notice in session.exec(statement) if not present.holds(notice)]


def people_told(session: Session, notices: Sequence[Notice]) -> dict[int, list[Person]]:
    """By notice, whom a mail has told of it whose text was fixed; what still waits becomes moot instead."""
    found: dict[int, list[Person]] = defaultdict(list)
    wanted = {notice.id or 0 for notice in notices}
    if not wanted:
        return found
    statement = (
        select(col(Mail.notice_ids), Person)
        .join(Person, col(Mail.person_id) == Person.id)
        .where(
            col(Mail.kind).in_(TAKEN_BACK),
            col(Mail.message_id) != "",
            col(Mail.state).not_in((FAILED, MOOT)),
            col(Mail.created_at) >= min(notice.decided_at for notice in notices),
            col(Person.active),
        )
        .order_by(col(Mail.id))
    )
    for tells, person in session.exec(statement):
        for key in wanted.intersection(tells["ids"]):
            found[key].append(person)
    return found


def people_of_each(
    session: Session, found: Sequence[Owed], now: datetime
) -> Callable[[Owed], Sequence[Person]]:
    """Whom each is to reach: the audience's people, and for a withdrawal those who were told."""
    keys = [each.occurrence for each in found if each.kind == WITHDRAWAL]
    taken_back = session.exec(select(Notice).where(among(col(Notice.id), keys))).all()
    addressees, told = Addressees(session, now), people_told(session, taken_back)

    def of(each: Owed) -> Sequence[Person]:
        if each.kind == WITHDRAWAL:
            return told[each.occurrence]
        return addressees.of(each.audience, each.department, each.code)

    return of


def not_told_today(session: Session, calendar: WorkingCalendar, found: Sequence[Owed]) -> list[Owed]:
    """Without what the same people were told that day already, by a deadline or a ladder that has changed,
    and that is not taken back before."""
    taken = {each.occurrence: each.at for each in found if each.kind == WITHDRAWAL}
    if len(taken) == len(found):
        return list(found)
    fresh = [each for each in found if each.kind != WITHDRAWAL]
    first = calendar.local(min(each.at for each in fresh)).date()
    said = (col(getattr(Notice, name)) for name in ("kind", "audience", "subject", "holder"))
    statement: Any = select(Notice.id, Notice.slot_at).add_columns(*said)
    statement = statement.where(
        col(Notice.slot_at) >= calendar.at(first, time.min),
        col(Notice.kind).in_({each.kind for each in fresh}),
        ~_taken_back(),
    )
    told: dict[tuple[object, ...], datetime] = {}
    for key, at, *what in session.exec(statement):
        day, until = (*what, calendar.local(at).date()), taken.get(key, FOR_EVER)
        told[day] = max(until, told.get(day, until))
    return [
        each
        for each in found
        if each.kind == WITHDRAWAL or each.at >= told.get(_day_of(calendar, each), each.at)
    ]


def _day_of(calendar: WorkingCalendar, each: Owed) -> tuple[object, ...]:
    return each.kind, each.audience, each.subject, each.holder, calendar.local(each.at).date()


def _may_have_lapsed() -> ColumnElement[bool]:
    """What a glance at the tables can say, so that an undisturbed campaign reads nothing."""
    return or_(
        col(Notice.holder).in_((ROSTER, REVIEWER)),
        col(Assignment.exempt),
        col(Assignment.closed),
        col(Assignment.extended_until) > col(Notice.deadline),
        col(DataTable.due) > col(Notice.deadline),
        col(Assignment.stage).in_((RETURNED, CHECK_FAILED)),
    )


def _taken_back() -> ColumnElement[bool]:
    taken = aliased(Notice)
    same = (
        col(taken.campaign_id) == col(Notice.campaign_id),
        col(taken.subject) == col(Notice.subject),
        col(taken.deadline) == col(Notice.deadline),
        col(taken.occurrence) == col(Notice.id),
    )
    return exists().where(and_(col(taken.rule) == WITHDRAWAL, *same))


def _owed(notice: Notice, at: datetime) -> Owed:
    return Owed(
        at=at,
        kind=WITHDRAWAL,
        rule=WITHDRAWAL,
        audience=notice.audience,
        department=notice.department,
        subject=notice.subject,
        assignment_id=notice.assignment_id,
        code=notice.subject.partition("@")[0] if notice.assignment_id else None,
        deadline=notice.deadline,
        occurrence=notice.id or 0,
        opens=at,
        holder=notice.holder,
    )
