"""A system check that was given up is tried again, when the office asks for it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from actions.check import ATTEMPTS
from actions.remarks import remark
from actions.who import Who, demand_office
from models import CheckRun
from models.errors import Conflict
from models.incidents import CHECK, check_subject, over
from models.stages import APPROVED
from models.worklist import Line, line


def given_up(session: Session, seen: Line, wall: datetime) -> CheckRun | None:
    """The check of the approved version where its attempts are used up and none is running."""
    if seen.assignment.stage not in APPROVED:
        return None
    run = session.exec(
        select(CheckRun).where(
            CheckRun.version_id == seen.assignment.version_id,
            CheckRun.verdict == "",
            col(CheckRun.attempts) >= ATTEMPTS,
        )
    ).first()
    held = run is not None and run.leased_until is not None and run.leased_until > wall
    return None if held else run


def recheck(session: Session, who: Who, assignment_id: int, now: datetime, wall: datetime) -> Line:
    """Let the worker check the approved version again.  Conflict where no check was given up."""
    demand_office(who)
    seen = line(session, assignment_id)
    run = given_up(session, seen, wall)
    if run is None:
        raise Conflict("这张表没有中断的系统检测。", "检测会自动进行，请刷新页面查看结果。")
    run.attempts, run.leased_until = 0, None
    session.add(run)
    over(session, CHECK, wall, check_subject(seen.id, run.version_id))
    remark(session, seen.assignment, "recheck", who, now, follow=True)
    return line(session, assignment_id)
