"""The system check of an approved version: claimed, computed with no session open, settled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from actions.approved import ATTEST
from actions.inputs import FAILED_VERDICT, Inputs, check_inputs
from actions.submit import store_findings
from actions.who import Who, demand_office
from checks.finding import ERROR, WARNING, Finding
from checks.listed import count_of
from models import CheckRun, Version
from models.errors import Conflict, Unusable
from models.incidents import CHECK, check_subject, tell
from models.stages import CHECKED, FAILED, REVIEWED, Move, move
from models.void import PASSED
from models.worklist import Line, line
from plans.sentence import Sentence

LEASE = timedelta(minutes=2)
ATTEMPTS = 3


@dataclass(frozen=True)
class CheckTask:
    """What a claimed check computes on: blob names only, so that no session is needed.

    ``cause``: why a passed check is made again (empty for the first one).
    """

    run_id: int
    attempt: int
    assignment_id: int
    version_id: int
    code: str
    label: str
    rows_blob: str | None
    inputs: Inputs
    cause: str = ""


def claim(
    session: Session, assignment_id: int, now: datetime, wall: datetime, cause: str = ""
) -> CheckTask | None:
    """Take the check of an approved version under a lease; with a ``cause``, that of a checked one again.

    None where nothing is to be checked: at another stage, attested (the platform's verdict is recorded
    instead), being checked by another, or given up after three attempts (an incident tells).
    """
    seen = line(session, assignment_id)
    version = seen.version
    wanted = CHECKED if cause else REVIEWED
    if seen.assignment.stage != wanted or version is None or version.kind == ATTEST:
        return None
    run = _open_run(session, version.id or 0) or CheckRun(
        version_id=version.id or 0, inputs_hash="", started_at=now
    )
    if run.leased_until is not None and run.leased_until > wall:
        return None
    if run.attempts >= ATTEMPTS:
        _give_up(session, seen, wall)
        return None
    return _lease(session, seen, version, run, wall, cause)


def release(session: Session, task: CheckTask) -> None:
    """Give the lease back after a failure, so that the next attempt needn't wait for it to run out."""
    session.connection().execute(
        update(CheckRun)
        .where(
            col(CheckRun.id) == task.run_id,
            col(CheckRun.verdict) == "",
            col(CheckRun.attempts) == task.attempt,
        )
        .values(leased_until=None)
    )


def settle(session: Session, task: CheckTask, findings: Sequence[Finding], now: datetime) -> Line:
    """Record the findings and move the assignment: checked without errors, failed with.

    A check made again moves and tells nothing where there are no errors.  Conflict where another attempt has
    settled the run or the version is no longer the approved one.
    """
    errors, warnings = count_of(findings, ERROR), count_of(findings, WARNING)
    verdict = FAILED_VERDICT if errors else PASSED
    changed = session.connection().execute(
        update(CheckRun)
        .where(
            col(CheckRun.id) == task.run_id,
            col(CheckRun.verdict) == "",
            col(CheckRun.attempts) == task.attempt,
        )
        .values(verdict=verdict, finished_at=now, errors=errors, warnings=warnings, leased_until=None)
    )
    if changed.rowcount != 1:
        raise Conflict("这次系统检测已有结论。", "无需处理。")
    store_findings(session, task.version_id, findings, task.run_id)
    return _conclude(session, task, errors, now)


def record_verdict(
    session: Session, who: Who, assignment_id: int, passed: bool, remark: str, now: datetime
) -> Line:
    """Enter the national platform's verdict on an attested table (S16); the office does this."""
    demand_office(who)
    seen = line(session, assignment_id)
    if seen.version is None or seen.version.kind != "attest":
        raise Unusable("只有在国家平台填报的表才登记平台结论。", "本表由系统自动检测，无需登记。")
    if not passed and not remark.strip():
        raise Unusable("登记“未通过”时必须写明平台给出的原因。", "请粘贴平台的提示。")
    wish = Move("pass", CHECKED, now, who.id, seen.version.id, remark.strip())
    if not passed:
        wish = Move("fail", FAILED, now, who.id, seen.version.id, remark.strip())
    move(session, seen.assignment, wish)
    return line(session, assignment_id)


def _open_run(session: Session, version_id: int) -> CheckRun | None:
    return session.exec(
        select(CheckRun).where(CheckRun.version_id == version_id, CheckRun.verdict == "")
    ).first()


def _lease(
    session: Session, seen: Line, version: Version, run: CheckRun, wall: datetime, cause: str
) -> CheckTask:
    known = check_inputs(session, seen)
    run.attempts += 1
    run.leased_until = wall + LEASE
    run.inputs_hash = known.hash_of(seen.table.code, version.rows_blob or version.kind)
    run.inputs = known.prints()
    session.add(run)
    session.flush()
    return CheckTask(
        run_id=run.id or 0,
        attempt=run.attempts,
        assignment_id=seen.id,
        version_id=version.id or 0,
        code=seen.table.code,
        label=seen.label,
        rows_blob=version.rows_blob,
        inputs=known,
        cause=cause,
    )


def _conclude(session: Session, task: CheckTask, errors: int, now: datetime) -> Line:
    seen = line(session, task.assignment_id)
    stage = CHECKED if task.cause else REVIEWED
    if (seen.assignment.version_id, seen.assignment.stage) != (task.version_id, stage):
        raise Conflict("检测期间数据已更换版本。", "系统会对新版本重新检测。")
    if errors:
        reason = Sentence("%(cause)s系统检测发现 %(errors)s 处错误", cause=task.cause, errors=errors)
        move(session, seen.assignment, Move("fail", FAILED, now, None, task.version_id, reason))
    elif not task.cause:
        move(session, seen.assignment, Move("pass", CHECKED, now, None, task.version_id))
    return seen


def _give_up(session: Session, seen: Line, wall: datetime) -> None:
    message = Sentence(
        "%(label)s：系统检测连续 %(times)s 次未能完成，请查看运行日志后在任务页重试。",
        label=seen.label,
        times=ATTEMPTS,
    )
    tell(session, CHECK, check_subject(seen.id, seen.assignment.version_id), message, wall)
