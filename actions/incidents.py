"""What the office does about trouble: an incident is dealt with."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.who import Who, demand_office
from models import Incident
from models.errors import NotFound
from models.incidents import MAIL_STOPPED, over


def resolve(session: Session, who: Who, incident_id: int, wall: datetime) -> Incident:
    """Say that an incident has been dealt with; what it held up is tried again.

    Refused logins are one trouble however often they were told: all of them are over, and mail goes out.
    """
    demand_office(who)
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("没有这件待处理的事。", "请从“通知”页面重新选择。")
    if incident.resolved_at is None:
        subject = None if incident.kind == MAIL_STOPPED else incident.subject
        over(session, incident.kind, wall, subject)
    return incident
