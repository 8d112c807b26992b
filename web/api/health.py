"""`/healthz`, `/readyz`, `/metrics`: for those who keep the machine running."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from sqlmodel import Session, func, select

from actions import clock
from models import Assignment, Heartbeat, Mail, Stamp
from models.incidents import MAIL, open_incidents
from web.deps import Reading
from web.rules import PUBLIC
from web.site import CurrentSite

router = APIRouter(include_in_schema=False)
ALIVE = timedelta(minutes=2)


@router.get("/healthz", dependencies=[PUBLIC], name="healthz")
def healthz(session: Reading) -> PlainTextResponse:
    """200 when pages can be served."""
    session.exec(select(func.count()).select_from(Stamp)).one()
    return PlainTextResponse("ok")


@router.get("/readyz", dependencies=[PUBLIC], name="readyz")
def readyz(session: Reading, site: CurrentSite) -> dict[str, bool]:
    """What of the installation is up; the pages work without the worker and without Prefect.

    503 where the database doesn't answer (`web.errors`): then nothing is known of the rest.
    """
    beats = {beat.part: beat for beat in session.exec(select(Heartbeat))}
    worker = _alive(beats.get("worker"), clock.wall())
    return {
        "database": True,
        "worker": worker,
        "prefect": worker and "untracked" not in beats["worker"].detail,
        "mail": not site.settings.mail_paused and not open_incidents(session, MAIL, limit=1),
    }


@router.get("/metrics", dependencies=[PUBLIC], name="metrics")
def metrics(session: Reading) -> Response:
    """Numbers for Prometheus; no names."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    assignments = Gauge("caiji_assignments", "Assignments by stage", ["stage"], registry=registry)
    for stage, number in _grouped(session, Assignment.stage):
        assignments.labels(stage).set(number)
    mails = Gauge("caiji_mails", "Mails by state", ["state"], registry=registry)
    for state, number in _grouped(session, Mail.state):
        mails.labels(state).set(number)
    beat = Gauge("caiji_heartbeat_seconds", "Since a part last said it lives", ["part"], registry=registry)
    for row in session.exec(select(Heartbeat)):
        beat.labels(row.part).set((clock.wall() - row.at).total_seconds())
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _grouped(session: Session, column: Any) -> list[tuple[str, int]]:
    statement: Any = select(column, func.count()).group_by(column)
    return [(str(value), int(number)) for value, number in session.exec(statement)]


def _alive(beat: Heartbeat | None, wall: datetime) -> bool:
    return beat is not None and wall - beat.at < ALIVE
