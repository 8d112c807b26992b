"""通知: what the outbox holds, what went wrong, and what nobody could be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions import incidents
from actions.notices import MAIL_KINDS
from actions.receipts import confirmed
from models.errors import PeopleError
from models.incidents import open_incidents
from models.notice import FAILED, LEASED, MOOT, QUEUED, SENT, TEST, UNCERTAIN
from models.outbox import Filter, count_untold, listed, totals, untold
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.numbers import Amount, Key
from web.pages.pausing import switch
from web.rendering import page, see
from web.rules import OFFICE
from web.visitor import CurrentVisitor, Visitor, visitor_of

router = APIRouter(include_in_schema=False)
SHOWN = 100
STATES = (QUEUED, LEASED, SENT, UNCERTAIN, FAILED, MOOT)
KINDS = (*dict.fromkeys(MAIL_KINDS.values()), TEST)


@router.get("/notices", dependencies=[OFFICE], name="notices")
def notices(
    request: Request,
    session: Reading,
    state: str = "",
    kind: str = "",
    who: str = "",
    day: str = "",
    before: Amount = 0,
) -> Response:
    wanted = {"state": state, "kind": kind, "who": who.strip(), "day": day}
    return show(request, session, None, wanted, max(before, 0))


def show(
    request: Request,
    session: Session,
    problem: PeopleError | None,
    wanted: dict[str, str],
    before: int = 0,
) -> Response:
    """The outbox's page with what ``wanted`` picks out of it."""
    visitor = visitor_of(request)
    content = {**_listed(session, visitor, wanted, before), **switch(session, visitor)}
    return page(
        request,
        "notices.html",
        problem=problem,
        incidents=open_incidents(session, limit=SHOWN),
        untold=untold(session, SHOWN),
        untold_count=count_untold(session),
        receipts=confirmed(session, visitor.now, SHOWN),
        **content,
    )


@router.post("/notices/incidents/{incident_id}", dependencies=[OFFICE], name="resolve_incident")
@reshown_by(show)
def resolve(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, incident_id: Key
) -> Response:
    incidents.resolve(session, me, incident_id, visitor.wall)
    return see(request, "notices", done="resolved")


def _listed(session: Session, visitor: Visitor, wanted: dict[str, str], before: int) -> dict[str, Any]:
    since = _day(wanted.get("day", ""), visitor)
    any_state = Filter(
        kind=wanted.get("kind", "") if wanted.get("kind") in KINDS else "",
        who=wanted.get("who", ""),
        since=since,
        until=since + timedelta(days=1) if since else None,
    )
    state = wanted.get("state", "") if wanted.get("state") in STATES else ""
    found = listed(session, replace(any_state, state=state), before, SHOWN + 1)
    return {
        "mails": found[:SHOWN],
        "next_before": found[SHOWN - 1][0].id if len(found) > SHOWN else 0,
        "before": before,
        "totals": totals(session, any_state),
        "states": STATES,
        "kinds": KINDS,
        "wanted": {name: wanted.get(name, "") for name in ("kind", "who", "day")},
        "state": state,
    }


def _day(typed: str, visitor: Visitor) -> datetime | None:
    """Midnight of the day that was asked for, in the campaign's zone; None where none is named."""
    try:
        return datetime.combine(date.fromisoformat(typed), time(), visitor.zone)
    except ValueError:
        return None
