"""What a collector does with an assignment: upload, submit, withdraw, report nothing, attest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from actions.acceptance import demand_open
from actions.explained import demand_explained, judge_anew
from actions.inputs import FAILED_VERDICT, current_inputs
from actions.reopening import Confined, demand_only_cells
from actions.who import Who, demand_collector
from checks.finding import ERROR, WARNING, Finding
from checks.listed import count_of, listed
from models import Assignment, StoredFinding, Version
from models.blobs import Blobs
from models.errors import Conflict, Sentence, Unusable
from models.history import newest_check
from models.prior import prior_counts
from models.stages import APPROVED, COLLECTED, Move, move, stage_before_collecting, stage_conflict
from models.version import found_at_upload
from models.worklist import Line, line


@dataclass(frozen=True)
class Content:
    """What is handed in: its kind, the stored bytes' names, and what reading it found.

    ``base`` is the version number that the workbook's template was made from (None: unknown); ``inputs_hash``
    covers what the findings were computed from.
    """

    kind: str
    blob: str | None = None
    rows_blob: str | None = None
    filename: str = ""
    row_count: int = 0
    findings: Sequence[Finding] = ()
    attestation: dict[str, Any] | None = None
    origin: dict[str, Any] | None = None
    base: int | None = None
    inputs_hash: str = ""


def upload(session: Session, who: Who, assignment_id: int, content: Content, now: datetime) -> Version:
    """Keep the content as a new immutable version, with its findings; the stage doesn't move.

    The same bytes as the latest version are the same version.  A workbook made from an older version is
    refused with both numbers (409); after approval nothing is taken (409).
    """
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    if seen.assignment.stage in APPROVED:
        raise stage_conflict("submit", seen.assignment.stage)
    demand_open(session, seen, now)
    latest = latest_version(session, assignment_id)
    if latest is not None and _is_same(session, seen, latest, content):
        return latest
    _demand_fresh(session, who, assignment_id, content)
    return _keep(session, who, assignment_id, content, latest, now)


def submit(
    session: Session,
    who: Who,
    assignment_id: int,
    version_id: int,
    now: datetime,
    blobs: Blobs | None,
    confined: Confined | None = None,
) -> Line:
    """Hand the version in for review.

    Unusable (422) where it holds blocking errors (P6), warnings that want an explanation, or changes outside
    the cells that a return has opened; ``blobs`` holds the rows that tell (None: the version has none),
    ``confined`` what was compared before the transaction: large tables take a second.
    """
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    version = session.get(Version, version_id)
    if version is None or version.assignment_id != assignment_id:
        raise Conflict("要提交的版本不属于这张表。", "请刷新页面，重新选择要提交的版本。")
    if seen.assignment.stage == COLLECTED and seen.assignment.version_id == version_id:
        return seen
    if seen.assignment.stage in APPROVED:
        raise stage_conflict("submit", seen.assignment.stage)
    _demand_evidence(seen, version.kind)
    _demand_latest(session, version)
    _demand_clean(version)
    demand_explained(session, version)
    demand_only_cells(session, seen, version, blobs, confined)
    _demand_not_failed(session, seen, version)
    demand_open(session, seen, now)
    judge_anew(session, version)
    move(session, seen.assignment, Move("submit", COLLECTED, now, who.id, version_id))
    return line(session, assignment_id)


def withdraw(session: Session, who: Who, assignment_id: int, now: datetime, reason: str = "") -> Line:
    """Take the running submission back, as long as nobody has decided on it."""
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    if seen.assignment.stage != COLLECTED:
        raise stage_conflict("withdraw", seen.assignment.stage)
    stage, version_id = stage_before_collecting(session, seen.assignment)
    move(session, seen.assignment, Move("withdraw", stage, now, who.id, version_id, reason))
    return line(session, assignment_id)


def report_nothing(
    session: Session, who: Who, assignment_id: int, now: datetime, *, confirmed: bool = False
) -> Line:
    """Nil return (P1): say that there is nothing to report, and hand that in for review.

    Where last year had rows it must be ``confirmed`` (422).
    """
    rows = prior_counts(session, [assignment_id]).get(assignment_id, 0)
    if rows and not confirmed:
        demand_collector(who, line(session, assignment_id).assignment)
        raise Unusable(
            Sentence("上年这张表有 %(rows)s 行，今年申报“无数据”要再确认一次。", rows=rows),
            "确实没有的，请勾选“今年确实没有数据”再申报；有数据的请照常填报。",
            prior=rows,
        )
    version = upload(session, who, assignment_id, Content(kind="nil"), now)
    return submit(session, who, assignment_id, version.id or 0, now, None)


def attest(
    session: Session, who: Who, assignment_id: int, row_count: int, typed_on: str, now: datetime
) -> Line:
    """State that the rows were typed into the national platform (S16), and hand that in for review."""
    if row_count < 0:
        raise Unusable("行数不能为负。", "请填写在国家平台录入的实际行数；没有数据请用“无数据申报”。")
    content = Content(
        kind="attest", row_count=row_count, attestation={"rows": row_count, "typed_on": typed_on}
    )
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    _demand_evidence(seen, content.kind)
    version = upload(session, who, assignment_id, content, now)
    return submit(session, who, assignment_id, version.id or 0, now, None)


def latest_version(session: Session, assignment_id: int) -> Version | None:
    """The newest version kept for the assignment, submitted or not."""
    return session.exec(
        select(Version).where(Version.assignment_id == assignment_id).order_by(col(Version.number).desc())
    ).first()


def keep_version(
    session: Session, assignment: Assignment, content: Content, by: int | None, now: datetime
) -> Version:
    """Write a version with its findings, numbered after the newest one."""
    number = session.exec(
        select(func.coalesce(func.max(Version.number), 0)).where(Version.assignment_id == assignment.id)
    ).one()
    version = Version(
        assignment_id=assignment.id or 0,
        number=number + 1,
        kind=content.kind,
        blob=content.blob,
        rows_blob=content.rows_blob,
        filename=content.filename,
        base=content.base,
        row_count=content.row_count,
        attestation=content.attestation or {},
        origin=content.origin or {},
        made_by=by,
        made_at=now,
        errors=count_of(content.findings, ERROR),
        warnings=count_of(content.findings, WARNING),
        inputs_hash=content.inputs_hash,
    )
    session.add(version)
    session.flush()
    store_findings(session, version.id or 0, content.findings)
    return version


def store_findings(
    session: Session, version_id: int, findings: Sequence[Finding], check_run_id: int | None = None
) -> None:
    """Keep findings with their version, and with the check run that found them; of very many the first."""
    same = {"version_id": version_id, "check_run_id": check_run_id}
    if findings:
        kept = [same | {"said": {}} | found.as_kept() for found in listed(findings)]
        session.connection().execute(insert(StoredFinding), kept)


def _keep(
    session: Session, who: Who, assignment_id: int, content: Content, latest: Version | None, now: datetime
) -> Version:
    if content.kind == "nil" and latest is not None and latest.kind == "nil":
        return latest
    assignment = session.get_one(Assignment, assignment_id)
    return keep_version(session, assignment, content, who.id, now)


def _demand_fresh(session: Session, who: Who, assignment_id: int, content: Content) -> None:
    """A workbook may follow what its own maker uploaded from the same template, and nothing newer."""
    newest = latest_version(session, assignment_id)
    if content.base is None or content.base > (newest.number if newest else 0):
        return
    newer = session.exec(
        select(Version)
        .where(Version.assignment_id == assignment_id, Version.number > content.base, Version.errors == 0)
        .order_by(col(Version.number).desc())
    ).all()
    foreign = [version for version in newer if version.made_by != who.id or version.base != content.base]
    if foreign:
        raise Conflict(
            Sentence(
                "这份工作簿是从第 %(base)s 版导出的，而系统里已有第 %(number)s 版。",
                base=content.base,
                number=foreign[0].number,
            ),
            Sentence(
                "请重新下载模板（含第 %(number)s 版数据），把改动填进去再上传；已有的数据没有被覆盖。",
                number=foreign[0].number,
            ),
            base=content.base,
            newest=foreign[0].number,
        )


def _is_same(session: Session, seen: Line, latest: Version, content: Content) -> bool:
    """The same bytes: waiting for review, or found to be just as right or wrong as before.

    What is wrong may change without the bytes: a reference holds once the source table has been mended.
    """
    if content.blob is None or latest.blob != content.blob:
        return False
    if seen.assignment.stage == COLLECTED and seen.assignment.version_id == latest.id:
        return True
    return _told(found_at_upload(session, latest.id or 0)) == _told(listed(content.findings))


def _told(findings: Sequence[Finding]) -> set[tuple[str, str, str, str]]:
    return {(found.rule, found.sheet, found.cell, found.message) for found in findings}


def _demand_evidence(seen: Line, kind: str) -> None:
    """An attested table is stated, any other handed in (S16); nothing to report fits both."""
    attested = seen.table.evidence == "attest"
    if kind == "nil" or attested == (kind == "attest"):
        return
    if attested:
        raise Unusable(
            "这张表在国家平台填报，工作簿只供事先检查。", "请在平台填报后，到任务页登记行数和日期。"
        )
    raise Unusable("这张表要上传工作簿，不能只登记。", "请下载模板，填好后上传并提交。")


def _demand_not_failed(session: Session, seen: Line, version: Version) -> None:
    """What the system check failed comes back mended, or after what it was checked against has changed."""
    run = newest_check(session, version.id or 0)
    if run is None or run.verdict != FAILED_VERDICT:
        return
    if run.inputs_hash == current_inputs(session, seen.table.code, version):
        raise Unusable(
            Sentence("第 %(number)s 版没有通过系统检测，原样再交也不会通过。", number=version.number),
            "请按“检查结果”改正后重新上传；如果问题在源表，请等源表改正后再提交。",
            errors=run.errors,
        )


def _demand_latest(session: Session, version: Version) -> None:
    latest = latest_version(session, version.assignment_id)
    if latest is not None and latest.number > version.number:
        raise Conflict(
            Sentence(
                "第 %(number)s 版之后又上传了第 %(newest)s 版。",
                number=version.number,
                newest=latest.number,
            ),
            "请核对最新一版的内容后提交它；旧版仍保留在历史中。",
            newest=latest.number,
        )


def _demand_clean(version: Version) -> None:
    if version.errors:
        raise Unusable(
            Sentence(
                "第 %(number)s 版还有 %(errors)s 处错误，不能提交。",
                number=version.number,
                errors=version.errors,
            ),
            "文件已保存。请按“检查结果”逐项改正后重新上传；在截止时间前仍未改正将计为未采集。",
            errors=version.errors,
        )
