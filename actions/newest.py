"""What is decided on a version is decided on the newest one."""

from __future__ import annotations

from sqlmodel import Session

from actions.submit import latest_version
from models import Version
from models.errors import Conflict, NotFound, Sentence


def demand_newest(session: Session, assignment_id: int, version_id: int, remedy: str) -> Version:
    """The version of this id; Conflict (409, with both numbers and the remedy) where it isn't the newest."""
    version, newest = session.get(Version, version_id), latest_version(session, assignment_id)
    if version is None or newest is None or version.assignment_id != assignment_id:
        raise NotFound("没有这个版本。", "请刷新页面后再试。")
    if version.id != newest.id:
        raise Conflict(
            Sentence(
                "您看到的是第 %(number)s 版，现在已有第 %(newest)s 版。",
                number=version.number,
                newest=newest.number,
            ),
            remedy,
            seen=version.number,
            newest=newest.number,
        )
    return version
