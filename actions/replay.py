"""A recorded course of deeds: written from a campaign's history, and done again in a throw-away database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select, update

from actions import extend
from actions.exempt import exempt, unexempt
from actions.extend import ask, grant, refuse, revoke
from actions.plan_in_force import plan_in_force
from actions.who import Right, Who
from models import Assignment, Event, Grant, Person
from models.campaign import Department
from models.errors import PeopleError
from models.extension import ASKED, GRANTED, Extension, extensions_of
from models.person import STAND_IN
from models.rosters import ROSTER_ROLES
from models.stages import CHECKED, COLLECTED, FAILED, RETURNED, REVIEWED, Move, move, stage_before_collecting
from models.worklist import lines
from plans.course_file import OF_A_DAY, ROSTER, WORDS, Deed

REACHES = {
    "submit": COLLECTED,
    "approve": REVIEWED,
    "return": RETURNED,
    "pass": CHECKED,
    "fail": FAILED,
}
"""To which stage a deed brings an assignment."""
GIVEN_UNTIL = ("ask-extension", "extend")
"""Whose history says until when, before the reason."""
FOR_WANT_OF_ONE = "预演"
"""The reason of a deed that was recorded without one."""


def recorded(session: Session) -> list[Deed]:
    """What has happened in the loaded campaign so far, in the order of time."""
    zone = plan_in_force(session).schedule.zone
    names = dict(session.exec(select(Person.id, Person.staff_no)).all())
    found = {seen.id: seen for seen in lines(session, closed=True)}
    days = _days(session, zone)
    deeds = list(_named(session, zone))
    for event in session.exec(select(Event).order_by(col(Event.id))):
        if event.verb in WORDS and event.assignment_id in found:
            seen = found[event.assignment_id]
            deeds.append(
                Deed(
                    at=event.at.astimezone(zone),
                    table=seen.table.code,
                    department=seen.department,
                    what=event.verb,
                    by=names.get(event.actor_id, ""),
                    until=days.get((seen.id, event.at)) if event.verb in OF_A_DAY else None,
                    reason=event.reason.partition("：")[2] if event.verb in GIVEN_UNTIL else event.reason,
                )
            )
    return sorted(deeds, key=lambda deed: deed.at)


def play(session: Session, deed: Deed, assignment_id: int | None) -> str:
    """Do it again with this assignment; where it does not fit (there is none, or its stage does not allow it)
    nothing is done, and the answer says why."""
    if deed.what == "name":
        return "" if _name(session, deed) else "没有这个部门"
    if assignment_id is None:
        return "计划里没有这项任务"
    try:
        _do(session, session.get_one(Assignment, assignment_id), deed)
    except PeopleError as error:
        return error.message
    return ""


def _do(session: Session, row: Assignment, deed: Deed) -> None:
    key, reason, office = row.id or 0, deed.reason or FOR_WANT_OF_ONE, _acting(session, "office")
    if deed.what == "ask-extension" and deed.until:
        ask(
            session,
            _acting(session, "collector", row.department_id, deed.by),
            key,
            deed.until,
            reason,
            deed.at,
        )
    elif deed.what == "refuse-extension":
        refuse(session, office, _named_or_newest(session, key, deed, ASKED), reason, deed.at)
    elif deed.what == "withdraw-extension":
        who = _acting(session, "collector", row.department_id, deed.by)
        extend.withdraw(session, who, key, _named_or_newest(session, key, deed, ASKED), deed.at)
    elif deed.what == "extend" and deed.until:
        grant(session, office, key, deed.until, reason, deed.at)
    elif deed.what == "revoke-extension":
        revoke(session, office, _named_or_newest(session, key, deed, GRANTED), reason, deed.at)
    elif deed.what in ("exempt", "unexempt"):
        settle = exempt if deed.what == "exempt" else unexempt
        settle(session, office, key, reason, deed.at)
    else:
        to = REACHES.get(deed.what) or stage_before_collecting(session, row)[0]
        move(session, row, Move(deed.what, to, deed.at, version_id=row.version_id, reason=deed.reason))


def _acting(session: Session, role: str, department: int | None = None, staff_no: str = "") -> Who:
    """In whose name a deed is done again: whoever did it, else somebody with the role."""
    statement = (
        select(Grant.person_id)
        .join(Person)
        .where(Grant.department_id == department if department else True)
        .order_by(col(Person.staff_no) != staff_no, col(Grant.role) != role, col(Grant.id))
    )
    return Who(session.exec(statement).first() or 0, "", "", None, (Right(role, department, None),))


def _named_or_newest(session: Session, assignment_id: int, deed: Deed, state: str) -> int:
    """The extension in this state that ends on the deed's day, else the newest one; 0 where there is none."""
    zone = plan_in_force(session).schedule.zone
    found = [each for each in extensions_of(session, assignment_id) if each.state == state]
    named = [each for each in found if each.until.astimezone(zone).date() == deed.until]
    return next((each.id or 0 for each in (*named, *found)), 0)


def _name(session: Session, deed: Deed) -> bool:
    """Whoever stood in for the department's people has been named from now on."""
    department = session.exec(select(Department.id).where(Department.name == deed.department)).first()
    session.connection().execute(
        update(Grant)
        .where(col(Grant.department_id) == department, col(Grant.until) == STAND_IN)
        .values(until=None, since=deed.at)
    )
    return department is not None


def _named(session: Session, zone: ZoneInfo) -> Iterator[Deed]:
    """When each department's people were named."""
    statement = (
        select(Department.name, Grant.role, Grant.since)
        .join(Department, col(Grant.department_id) == Department.id)
        .where(col(Grant.role).in_(ROSTER_ROLES), col(Department.closed).is_(False))
    )
    moments: dict[str, dict[str, datetime]] = defaultdict(dict)
    for name, role, since in session.exec(statement):
        if since is not None:
            moments[name][role] = min(since, moments[name].get(role, since))
    for name, roles in moments.items():
        if len(roles) == len(ROSTER_ROLES):
            yield Deed(max(roles.values()).astimezone(zone), ROSTER, name, "name")


def _days(session: Session, zone: ZoneInfo) -> dict[tuple[int, datetime | None], date]:
    """Until when an extension was to run that was asked for, granted or taken back at a moment."""
    found: dict[tuple[int, datetime | None], date] = {}
    for each in session.exec(select(Extension).order_by(col(Extension.id))):
        day = each.until.astimezone(zone).date()
        for at in (each.asked_at, each.decided_at, each.revoked_at):
            found[each.assignment_id, at] = day
    return found
