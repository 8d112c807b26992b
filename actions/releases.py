"""The office lets something pass (P4): one finding, or a rule for a table or for all; with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from actions.remarks import remark
from actions.who import Who, demand_office
from checks.finding import ERROR, INFO, WARNING
from models import Assignment, DataTable, Release, StoredFinding, Version
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.release import known_rules
from models.worklist import Line, current_campaign, line

LET_PASS, TAKEN_BACK = "release", "revoke-release"
LONGEST = 2000


@dataclass(frozen=True)
class Reach:
    """What letting a finding pass covers: its row by ``key``, or its ``cell`` where no key tells the row from
    others; neither for a finding about a whole sheet.  ``alike``: how many of its rule its column has."""

    key: str
    cell: str
    alike: int


def reach(session: Session, finding: StoredFinding) -> Reach:
    """What letting this finding pass would cover, and how many the whole column has."""
    alike = select(func.coalesce(func.sum(col(StoredFinding.count)), 0)).where(
        StoredFinding.version_id == finding.version_id,
        col(StoredFinding.check_run_id).is_not_distinct_from(finding.check_run_id),
        StoredFinding.rule == finding.rule,
        StoredFinding.sheet == finding.sheet,
        StoredFinding.column == finding.column,
        StoredFinding.severity != INFO,
    )
    alone = finding.key and session.exec(alike.where(StoredFinding.key == finding.key)).one() == 1
    return Reach(finding.key, "" if alone else finding.cell, session.exec(alike).one())


def release_finding(
    session: Session, who: Who, finding_id: int, reason: str, now: datetime, *, whole_column: bool = False
) -> Release:
    """Let this finding pass, now and in later versions: its rule on the same column and row (or cell).

    ``whole_column``: all of its rule in the column of this assignment's sheet.
    Unusable (422) without a reason; Conflict where it blocks nothing.
    """
    demand_office(who)
    reason = _demand_reason(reason)
    finding, seen = finding_of(session, finding_id)
    if finding.severity not in (ERROR, WARNING):
        raise Conflict("这条检查结果不是错误也不是警告，不需要放行。", "请刷新页面，看清最新的检查结果。")
    covered = Reach("", "", 0) if whole_column else reach(session, finding)
    made = Release(
        campaign_id=current_campaign(session).id or 0,
        rule=finding.rule,
        table_code=seen.table.code,
        assignment_id=seen.id,
        sheet=finding.sheet,
        column=finding.column,
        key=covered.key,
        cell=covered.cell,
        reason=reason,
        made_by=who.id,
        made_at=now,
    )
    _demand_new(session, made)
    _add(session, made)
    remark(session, seen.assignment, LET_PASS, who, now, _told(finding, reason, whole_column))
    return made


def release_rule(
    session: Session, who: Who, rule: str, table_code: str, reason: str, now: datetime
) -> Release:
    """Switch a rule off, for one table or (no code) for all; Unusable where there is no such thing."""
    demand_office(who)
    reason, rule, table_code = _demand_reason(reason), rule.strip(), table_code.strip()
    if rule not in known_rules(session):
        raise Unusable(Sentence("没有“%(rule)s”这条检测规则。", rule=rule), "请从列表中选择要停用的规则。")
    if table_code and session.exec(select(DataTable.id).where(DataTable.code == table_code)).first() is None:
        raise Unusable(
            Sentence("计划里没有编号为“%(table_code)s”的表。", table_code=table_code),
            "请填写表的编号，如 10.1.1；留空即全部表。",
        )
    made = Release(
        campaign_id=current_campaign(session).id or 0,
        rule=rule,
        table_code=table_code,
        reason=reason,
        made_by=who.id,
        made_at=now,
    )
    _demand_new(session, made)
    return _add(session, made)


def revoke(session: Session, who: Who, release_id: int, now: datetime) -> Release:
    """Let it block again; what had passed by it is checked again."""
    demand_office(who)
    found = session.get(Release, release_id)
    if found is None:
        raise NotFound("没有这条放行记录。", "请刷新页面后再试。")
    changed = session.connection().execute(
        update(Release)
        .where(col(Release.id) == release_id, col(Release.revoked_at).is_(None))
        .values(revoked_by=who.id, revoked_at=now)
    )
    if changed.rowcount != 1:
        raise Conflict("这条放行已经收回。", "请刷新页面，看清最新状态。")
    session.refresh(found)
    if found.assignment_id is not None:
        remark(session, session.get_one(Assignment, found.assignment_id), TAKEN_BACK, who, now, found.reason)
    return found


def finding_of(session: Session, finding_id: int) -> tuple[StoredFinding, Line]:
    """A finding and the assignment that it speaks of; NotFound where it has been replaced."""
    finding = session.get(StoredFinding, finding_id)
    if finding is None:
        raise NotFound("没有这条检查结果。", "它可能已被重新检查的结果取代：请从任务页的检查结果重新进入。")
    version = session.get_one(Version, finding.version_id)
    return finding, line(session, version.assignment_id)


def _demand_reason(reason: str) -> str:
    if not reason.strip():
        raise Unusable("放行必须写明原因。", "原因会记入经过，并随汇总清单一起存档。")
    if len(reason) > LONGEST:
        raise Unusable(Sentence("原因太长（超过 %(most)s 字）。", most=LONGEST), "请简要说明。")
    return reason.strip()


def _demand_new(session: Session, made: Release) -> None:
    same = select(Release.id).where(
        col(Release.revoked_at).is_(None),
        Release.rule == made.rule,
        Release.table_code == made.table_code,
        col(Release.assignment_id).is_not_distinct_from(made.assignment_id),
        Release.sheet == made.sheet,
        Release.column == made.column,
        Release.key == made.key,
        Release.cell == made.cell,
    )
    if session.exec(same).first() is not None:
        raise Conflict("同样的内容已经放行。", "系统随即重新检查，请稍候刷新页面。")


def _add(session: Session, made: Release) -> Release:
    session.add(made)
    session.flush()
    return made


def _told(finding: StoredFinding, reason: str, whole_column: bool) -> str:
    where = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
    if whole_column:
        return Sentence(
            "%(where)s 等“%(column)s”的全部同类结果。放行原因：%(reason)s",
            where=where,
            column=finding.column or finding.sheet,
            reason=reason,
        )
    message = finding.as_found().message
    return Sentence("%(where)s %(message)s放行原因：%(reason)s", where=where, message=message, reason=reason)
