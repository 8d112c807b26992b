"""Which checks no longer hold, and why: derived from their inputs' hashes, never stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from actions.approved import ATTEST, Standing
from actions.inputs import OTHERS, PRIOR, RELEASED, Inputs, Knowledge
from checks.definition import TABLES
from checks.system import used_tables
from models import (
    Assignment,
    Campaign,
    CheckRun,
    DataTable,
    Event,
    Prior,
    Release,
    StoredFinding,
    Version,
)
from models.database import among
from models.incidents import CHECK, check_subject, open_incidents
from models.kept import Question, each_by_department
from models.stages import CHECKED, COLLECTED, FAILED, RETURNED
from models.void import PASSED
from models.worklist import Line, open_tables
from plans.sentence import Sentence, together


@dataclass(frozen=True)
class Stale:
    """Why a checked assignment's check no longer holds; ``waiting``: a table that it depends on is being
    mended, so that it isn't checked again before that is approved.  ``cause``: what changed, in brief;
    ``void``: its verdict may be another one now, not only its warnings."""

    reasons: tuple[str, ...]
    waiting: bool
    cause: str
    void: bool = True


def stale(session: Session) -> dict[int, list[str]]:
    """The checked assignments whose check no longer holds, each with the reasons."""
    return {key: list(found.reasons) for key, found in stale_checks(session).items()}


def stale_checks(session: Session, ids: Iterable[int] | None = None) -> dict[int, Stale]:
    """The same with what else there is to say; of these assignments where ids are given."""
    found = _outdated(session) if ids is None else _outdated_of(session, ids)
    return {key: each for key, each in found.items() if each.void}


def stale_check(session: Session, seen: Line) -> Stale | None:
    """Why this assignment's check no longer holds; None where it does, or where there is none."""
    return stale_checks(session, [seen.id]).get(seen.id) if seen.assignment.stage == CHECKED else None


def to_recheck(session: Session) -> dict[int, Stale]:
    """What the worker has to check again now: stale, waiting for nothing, and not given up already.

    Also where the verdict holds, and rows that others have approved since may repeat theirs.
    """
    found = {key: each for key, each in _outdated(session).items() if not each.waiting}
    told = {incident.subject for incident in open_incidents(session, [CHECK])}
    exhausted = _exhausted(session) if told else {}
    return {
        key: each
        for key, each in found.items()
        if key not in exhausted or check_subject(key, exhausted[key]) not in told
    }


def changes(session: Session) -> tuple[object, ...]:
    """A glance at all that checks are computed from: as long as it is the same, none has become stale."""
    numbers: Any = select(
        *(
            select(number).scalar_subquery()
            for number in (
                func.max(col(Event.id)),
                func.max(col(Version.id)),
                func.max(col(CheckRun.id)),
                func.max(col(StoredFinding.id)),
                func.count(col(Release.id)),
                func.count(col(Release.revoked_at)),
                func.max(col(Prior.id)),
                func.max(col(Campaign.plan_version_id)),
            )
        )
    )
    return (*session.exec(numbers).one(), _last_change(TABLES))


def _last_change(folder: Path) -> tuple[int, int]:
    times = [path.stat().st_mtime_ns for path in folder.glob("*.yaml")]
    return len(times), max(times, default=0)


class _Check(NamedTuple):
    """A checked assignment: its rows, and hash and prints of its newest passed check."""

    department: int
    id: int
    code: str
    rows: str
    inputs_hash: str | None
    prints: Mapping[str, str]


_Found = dict[int, Stale]


def _outdated(session: Session) -> _Found:
    """Of all.  Kept by table and department: a check is computed again only where something has changed that
    it is computed from, or where it did not hold, since nothing tells when it has been made again."""
    known = Knowledge(session, [table.code for table in open_tables(session)])

    def ask(codes: Collection[str], departments: Collection[int] | None) -> dict[str, dict[int, _Found]]:
        found: dict[str, dict[int, _Found]] = {code: {} for code in codes}
        for check in _checks(session, col(DataTable.code).in_(sorted(codes)), *_of(departments)):
            found[check.code].setdefault(check.department, {}).update(_stale(known, check))
        return found

    signs = {code: known.sign(code) for code in known.tables}
    kept = each_by_department(session, Question("outdated", ask, passing=bool), signs)
    return {key: why for each in kept.values() for part in each.parts.values() for key, why in part.items()}


def _outdated_of(session: Session, ids: Iterable[int]) -> _Found:
    checks = list(_checks(session, among(col(Assignment.id), ids)))
    codes = {check.code for check in checks}
    known = Knowledge(session, codes.union(*(used_tables(code) for code in codes)))
    return {key: why for check in checks for key, why in _stale(known, check).items()}


def _of(departments: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if departments is None else [among(col(Assignment.department_id), departments)]


def _stale(known: Knowledge, check: _Check) -> _Found:
    current = known.of_check(check.id, check.code)
    if current.hash_of(check.code, check.rows) == check.inputs_hash:
        return {}
    return {check.id: _why(known, current, check.prints)}


def _checks(session: Session, *where: ColumnElement[bool]) -> Iterable[_Check]:
    newest = (
        select(col(CheckRun.version_id), func.max(CheckRun.id).label("id"))
        .where(CheckRun.verdict == PASSED)
        .group_by(col(CheckRun.version_id))
        .subquery()
    )
    statement: Any = (
        select(Assignment.department_id, Assignment.id, DataTable.code, Version.rows_blob)
        .add_columns(col(Version.kind))
        .add_columns(col(CheckRun.inputs_hash), col(CheckRun.inputs))
        .select_from(Assignment)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .join(Version, col(Assignment.version_id) == Version.id)
        .outerjoin(newest, newest.c.version_id == Version.id)
        .outerjoin(CheckRun, col(CheckRun.id) == newest.c.id)
        .where(
            col(Assignment.stage) == CHECKED,
            col(Assignment.exempt).is_(False),
            col(Assignment.closed).is_(False),
            col(Version.kind) != ATTEST,
            *where,
        )
    )
    for department, key, code, rows, kind, inputs_hash, prints in session.exec(statement):
        yield _Check(department, key, code, rows or kind, inputs_hash, prints or {})


def _why(known: Knowledge, current: Inputs, prints: Mapping[str, str]) -> Stale:
    now = current.prints()
    changed = [name for name in {**prints, **now} if prints.get(name) != now.get(name)]
    tables = [name for name in changed if name in known.tables]
    open_ones = {name: known.tables[name].reopened for name in tables}
    reasons = [_reopened(each) for name in tables for each in open_ones[name]]
    settled = [_label(known.tables[name][0]) for name in tables if not open_ones[name]]
    settled += [_ELSE[name] for name in changed if name in _ELSE and not (name == OTHERS and tables)]
    causes = settled or ([] if reasons else [Sentence("检测规则或统计口径")])
    reasons += [
        Sentence("%(cause)s在本表检测之后有变动，正在自动重新检测。", cause=cause) for cause in causes
    ]
    return Stale(tuple(reasons), any(open_ones.values()), together(causes), void=changed != [OTHERS])


_ELSE = {
    PRIOR: Sentence("上年数据"),
    RELEASED: Sentence("放行记录"),
    OTHERS: Sentence("其他部门已审核的同一张表"),
}
_NOW = {
    RETURNED: Sentence("已退回"),
    FAILED: Sentence("未通过系统检测"),
    COLLECTED: Sentence("改过之后正在等待审核"),
}


def _reopened(each: Standing) -> Sentence:
    state = _NOW.get(each.stage, Sentence("正在修改"))
    return Sentence(
        "%(table)s（%(department)s）%(state)s，本表的系统检测暂时失效；重新审核通过后会自动重新检测。",
        table=_label(each),
        department=each.department,
        state=state,
    )


def _label(each: Standing) -> Sentence:
    if each.source:
        return Sentence("源表 %(code)s %(name)s", code=each.code, name=each.name)
    return Sentence("数据表 %(code)s %(name)s", code=each.code, name=each.name)


def _exhausted(session: Session) -> dict[int, int]:
    """The versions, by assignment, whose check has been tried as often as it may be."""
    from actions.check import ATTEMPTS

    statement = (
        select(Assignment.id, CheckRun.version_id)
        .join(Version, col(Version.id) == CheckRun.version_id)
        .join(Assignment, col(Assignment.version_id) == Version.id)
        .where(CheckRun.verdict == "", col(CheckRun.attempts) >= ATTEMPTS)
    )
    return {key: version_id for key, version_id in session.exec(statement) if key is not None}
