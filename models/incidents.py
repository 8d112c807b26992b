"""Incidents: told once while they are open, closed when they are over; their times are the wall's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.system import Incident
from plans.sentence import Sentence, facts_of

CHECK = "check"
FILE = "file"
CHAT = "chat"
MAIL_FAILED, MAIL_STOPPED, MAIL_UNREACHABLE = "mail-failed", "mail-stopped", "mail-unreachable"
ADDRESS_REFUSED = "address-refused"
MAIL = (MAIL_FAILED, MAIL_STOPPED, MAIL_UNREACHABLE)
"""The kinds that tell of trouble with mail."""


def check_subject(assignment_id: int, version_id: int | None) -> str:
    """The subject of an incident about the system check of a version."""
    return f"check:{assignment_id}:{version_id}"


def tell(session: Session, kind: str, subject: str, message: str, wall: datetime) -> None:
    """Tell the office what went wrong with ``subject``; once, until it is resolved."""
    known = select(Incident.id).where(
        Incident.kind == kind, Incident.subject == subject, col(Incident.resolved_at).is_(None)
    )
    if session.exec(known).first() is None:
        session.add(
            Incident(at=wall, kind=kind, subject=subject, message=message, said=facts_of(message=message))
        )
        session.flush()


def tell_lost(session: Session, name: str, wall: datetime) -> None:
    """Tell the office that a kept file of this name cannot be read, and where it belongs."""
    place = f"blobs/{name[:2]}/{name}"
    message = Sentence(
        "存档的文件读不到：数据目录下的 %(place)s。请信息中心检查磁盘和权限，或从备份中恢复这个文件。",
        place=place,
    )
    tell(session, FILE, f"file:{name}", message, wall)


def over(session: Session, kind: str, wall: datetime, subject: str | None = None) -> None:
    """Resolve what is open of ``kind``, of one subject where that is given."""
    statement = update(Incident).where(col(Incident.kind) == kind, col(Incident.resolved_at).is_(None))
    if subject is not None:
        statement = statement.where(col(Incident.subject) == subject)
    session.exec(statement.values(resolved_at=wall))


def open_incidents(
    session: Session, kinds: Sequence[str] | None = None, limit: int | None = None
) -> Sequence[Incident]:
    """What nobody has resolved yet, newest first; of certain kinds where those are given."""
    statement = select(Incident).where(col(Incident.resolved_at).is_(None))
    if kinds is not None:
        statement = statement.where(col(Incident.kind).in_(kinds))
    return session.exec(statement.order_by(col(Incident.id).desc()).limit(limit)).all()
