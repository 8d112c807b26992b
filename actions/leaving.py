"""Who leaves the college or the campaign: no right, no mail, no way in; what he did stays his."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, or_, select, update

from actions.people import demand_here, person_by_staff_no
from actions.rights import Ending, Taken
from actions.who import Who, demand_office_or_console
from models import AccessToken, ActivationLink, CalendarFeed, Grant, Mail, SignIn
from models.errors import Conflict
from models.notice import MOOT, QUEUED, UNCERTAIN
from models.refusal import clear_unused


@dataclass(frozen=True)
class Left:
    """Who has left, and what was taken from him."""

    name: str
    taken: Taken


def take_out(session: Session, staff_no: str, now: datetime, wall: datetime, by: Who | None = None) -> Left:
    """He has left: his rights end, those to come as well; his sessions, tokens and links end, and what waits
    to be mailed to him is mailed no more.  A role given to him brings him back.

    Conflict where he left before, or is the one who asks; ``by`` is of the office, or None at the command
    line.
    """
    demand_office_or_console(by)
    person = person_by_staff_no(session, staff_no)
    if by is not None and person.id == by.id:
        raise Conflict("不能把自己登记为已离任/离校。", "请让另一位质量部人员来登记。")
    demand_here(person)
    person.active = False
    session.add(person)
    ending = Ending(session, now)
    standing = select(Grant).where(Grant.person_id == person.id)
    for grant in session.exec(standing.where(or_(col(Grant.until).is_(None), col(Grant.until) > now))).all():
        ending.end(person, grant)
    _shut(session, person.id or 0, wall)
    clear_unused(session, wall)
    return Left(person.name, ending.taken())


def _shut(session: Session, person_id: int, wall: datetime) -> None:
    """End every way in and every way to him."""
    for what in (SignIn, AccessToken, CalendarFeed):
        session.exec(delete(what).where(col(what.person_id) == person_id))
    unused = (col(ActivationLink.used_at).is_(None), col(ActivationLink.ended_at).is_(None))
    session.exec(
        update(ActivationLink)
        .where(col(ActivationLink.person_id) == person_id, *unused, col(ActivationLink.expires_at) > wall)
        .values(ended_at=wall)
    )
    session.exec(
        update(Mail)
        .where(col(Mail.person_id) == person_id, col(Mail.state).in_((QUEUED, UNCERTAIN)))
        .values(state=MOOT, next_try_at=None)
    )
