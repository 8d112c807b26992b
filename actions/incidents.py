"""What the office does about trouble: an incident is dealt with, a mail that failed is sent again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from actions.who import Who, demand_office
from models import Incident, Mail
from models.errors import Conflict, NotFound
from models.incidents import MAIL_FAILED, MAIL_STOPPED, over
from models.notice import FAILED, QUEUED


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


def resend(session: Session, who: Who, mail_id: int, wall: datetime) -> None:
    """Queue a failed mail anew: it is written again, to the address that its person has by now.

    Conflict where it has not failed.
    """
    demand_office(who)
    if session.get(Mail, mail_id) is None:
        raise NotFound("没有这封邮件。", "请从“通知”页面重新选择。")
    anew = {"state": QUEUED, "next_try_at": None, "leased_until": None, "attempts": 0, "message_id": ""}
    changed = session.connection().execute(
        update(Mail).where(col(Mail.id) == mail_id, col(Mail.state) == FAILED).values(**anew)
    )
    if changed.rowcount != 1:
        raise Conflict("只有发送失败的邮件可以重新发送。", "这封邮件可能已在排队，请刷新页面查看。")
    over(session, MAIL_FAILED, wall, f"mail:{mail_id}")
