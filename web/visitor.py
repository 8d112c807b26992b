"""Who asks, and what every page shows around its content; resolved once a request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlmodel import Session

from actions import clock
from actions.plan_in_force import plan_in_force
from actions.sign_in import bearer_of, session_of
from actions.who import SEES_ALL, Who, who_is
from models import ClockSetting, Heartbeat, Person
from models.digest import digest
from models.errors import NotFound
from models.pause import standing_pause
from plans.plan import Schedule
from web.site import site_of

SESSION = "caiji_session"
VISIT = "caiji_visit"
ASLEEP_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Paused:
    """Everything that goes out is paused: by whom, since when and why."""

    who: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class Visitor:
    """``who`` is None for a stranger; ``lapsed`` the person whose session has ended meanwhile.

    ``csrf`` is what an unsafe request must repeat; ``new_visit`` a secret for the cookie that a
    stranger's token is bound to.
    """

    now: datetime
    wall: datetime
    csrf: str
    who: Who | None = None
    lapsed: int | None = None
    bearer: bool = False
    new_visit: str = ""
    rehearsal: bool = False
    clock_rate: float = 1.0
    schedule: Schedule | None = None
    slept_since: datetime | None = None
    pause: Paused | None = None
    secret: str = field(default="", repr=False)

    @property
    def zone(self) -> ZoneInfo:
        return self.schedule.zone if self.schedule else ZoneInfo("Asia/Shanghai")

    @property
    def overseer(self) -> bool:
        return self.who is not None and any(right.role in SEES_ALL for right in self.who.rights)

    @property
    def office(self) -> bool:
        return self.who is not None and self.who.office


def visitor_of(request: Request) -> Visitor:
    """The visitor of this request, from its bearer token or its cookies."""
    known = getattr(request.state, "visitor", None)
    if known is None:
        site = site_of(request)
        with site.database.reading() as session:
            known = _resolve(session, request)
        request.state.visitor = known
    return cast(Visitor, known)


def _resolve(session: Session, request: Request) -> Visitor:
    wall, now = clock.wall(), clock.now(session)
    visitor = _identify(session, request, wall, now)
    setting = session.get(ClockSetting, 1)
    around = {
        "rehearsal": clock.mode(session) == clock.REHEARSAL,
        "clock_rate": setting.rate if setting else 1.0,
        "schedule": _schedule(session),
        "slept_since": _slept_since(session, wall),
        "pause": _paused(session) if visitor.office else None,
    }
    return Visitor(**{**vars(visitor), **around})


def _identify(session: Session, request: Request, wall: datetime, now: datetime) -> Visitor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        person_id = bearer_of(session, token.strip())
        who = who_is(session, person_id, now) if person_id else None
        return Visitor(now, wall, "", who=who, bearer=True)
    secret = request.cookies.get(SESSION, "")
    row = session_of(session, secret) if secret else None
    if row is None:
        return _stranger(request, wall, now)
    if row.expires_at <= wall:
        return Visitor(now, wall, row.csrf, lapsed=row.person_id, secret=secret)
    return Visitor(now, wall, row.csrf, who=who_is(session, row.person_id, now), secret=secret)


def _stranger(request: Request, wall: datetime, now: datetime) -> Visitor:
    visit = request.cookies.get(VISIT, "")
    fresh = "" if visit else secrets.token_urlsafe(24)
    return Visitor(now, wall, digest(f"csrf:{visit or fresh}"), new_visit=fresh)


def _schedule(session: Session) -> Schedule | None:
    try:
        return plan_in_force(session).schedule
    except NotFound:
        return None


def _slept_since(session: Session, wall: datetime) -> datetime | None:
    beat = session.get(Heartbeat, "worker")
    return beat.at if beat is not None and wall - beat.at > ASLEEP_AFTER else None


def _paused(session: Session) -> Paused | None:
    found = standing_pause(session)
    if found is None:
        return None
    by = session.get(Person, found.begun_by)
    return Paused(by.name if by else "", found.begun_at, found.reason)


CurrentVisitor = Annotated[Visitor, Depends(visitor_of)]
