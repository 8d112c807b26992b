"""What is missing in a source table is asked of its owner (P2): promised and added, or refused.

Meanwhile the asker waits for the owner, and the reports say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.cell_remarks import Return
from actions.missing import APART, DROPPED
from actions.releases import finding_of
from actions.remarks import remark
from actions.restoring import restore_source
from actions.review import RETURN, decide
from actions.who import Who, demand_collector, may_collect, may_review
from checks.definition import Reference, load_definition
from models import Addition, Assignment, StoredFinding
from models.addition import ASKED, OPEN, PROMISED, REFUSED, WITHDRAWN
from models.blobs import Blobs
from models.errors import Conflict, NotFound, Refused, Sentence, Unusable
from models.history import last_return
from models.stages import APPROVED
from models.system import counts_from
from models.worklist import Line, line, lines


@dataclass(frozen=True)
class Sending:
    """What the reviewer saw of the approved source table that he returns for an addition."""

    version_id: int
    stage: str
    blobs: Blobs


def ask(
    session: Session,
    who: Who,
    assignment_id: int,
    finding_id: int,
    note: str,
    now: datetime,
    owner_id: int | None = None,
) -> Addition:
    """Ask the owner of a source table for the value that a `reference` finding misses.

    ``owner_id`` chooses among several departments that collect the source; Unusable (422) where one has to
    be chosen.  Conflict where the same has been asked already.
    """
    seen = line(session, assignment_id)
    demand_collector(who, seen.assignment)
    finding, found_in = finding_of(session, finding_id)
    if found_in.id != seen.id:
        raise NotFound("这条检查结果不属于这张表。", "请刷新页面后再试。")
    link = _link(seen, finding)
    owner = _owner(owners_of(session, link), owner_id)
    _demand_new(session, seen, link, finding.value)
    made = Addition(
        assignment_id=seen.id,
        owner_id=owner.id,
        table_code=link.table,
        column=APART.join(link.fields),
        value=finding.value,
        note=note.strip(),
        asked_by=who.id,
        asked_at=counts_from(session, now),
    )
    session.add(made)
    session.flush()
    remark(session, seen.assignment, "ask-addition", who, now, f"{owner.label}：{finding.value}")
    return made


def promise(
    session: Session,
    who: Who,
    addition_id: int,
    answer: str,
    now: datetime,
    sending: Sending | None = None,
) -> Addition:
    """Say that it will be added; ``sending``: its reviewer returns the approved source table for that."""
    addition, owner = _answerable(session, who, addition_id, ASKED)
    addition.state, addition.answer = PROMISED, answer.strip()
    addition.answered_by, addition.answered_at = who.id, now
    _keep(session, addition)
    _told(session, addition, "promise-addition", who, now)
    if sending is not None:
        _return(session, who, addition, owner, sending, now)
    return addition


def reopen(session: Session, who: Who, addition_id: int, sending: Sending, now: datetime) -> Addition:
    """The reviewer's one click on somebody's promise: the approved source table is open for added rows."""
    addition, owner = _answerable(session, who, addition_id, PROMISED)
    _return(session, who, addition, owner, sending, now)
    return addition


def withdraw(session: Session, who: Who, addition_id: int, now: datetime) -> Addition:
    """The asker needs it no longer: it was his own slip, or the owner is not to wait for."""
    addition = _addition(session, addition_id)
    demand_collector(who, line(session, addition.assignment_id).assignment)
    _demand_state(addition, *OPEN)
    addition.state, addition.closed_at = WITHDRAWN, counts_from(session, now)
    _keep(session, addition)
    _told(session, addition, DROPPED, who, now)
    restore_source(session, addition, who.id, now)
    return addition


def refuse(session: Session, who: Who, addition_id: int, reason: str, now: datetime) -> Addition:
    """Say that it does not belong into the source table; Unusable (422) without a reason.

    A source table that was returned for nothing else is approved again.
    """
    if not reason.strip():
        raise Unusable("不予补录必须写明原因。", "原因会告诉提出的部门，以便他们核对自己的数据。")
    addition, _ = _answerable(session, who, addition_id, *OPEN)
    addition.state, addition.answer = REFUSED, reason.strip()
    addition.answered_by, addition.answered_at = who.id, now
    addition.closed_at = counts_from(session, now)
    _keep(session, addition)
    _told(session, addition, "refuse-addition", who, now)
    restore_source(session, addition, who.id, now)
    return addition


def owners_of(session: Session, link: Reference) -> list[Line]:
    """The assignments of the source table that a column refers to."""
    return [each for each in lines(session, table=link.table) if not each.assignment.exempt]


def link_of(code: str, column: str) -> Reference | None:
    """Where the values of a table's column must stand; None where it refers to nothing."""
    fields = load_definition(code).fields
    return next((field.reference for field in fields if field.name == column), None)


def may_answer(who: Who, owner: Line) -> bool:
    """Whether this person speaks for the source table: its collectors, its reviewers, the office."""
    return who.office or may_collect(who, owner.assignment) or _may_return(who, owner)


def _link(seen: Line, finding: StoredFinding) -> Reference:
    link = link_of(seen.table.code, finding.column)
    if finding.rule != "reference" or link is None or not finding.value or not finding.row:
        raise Unusable("只有源表里缺少的内容才能请对方补录。", "其他问题请在本表改正。")
    return link


def _owner(owners: list[Line], owner_id: int | None) -> Line:
    chosen = [each for each in owners if owner_id in (None, each.id)]
    if len(chosen) == 1:
        return chosen[0]
    if not owners:
        raise Conflict("这张源表现在没有采集部门。", "请联系质量部。")
    names = "、".join(each.department for each in owners)
    raise Unusable("这张源表由几个部门采集，请选择由谁补录。", Sentence("可选：%(names)s。", names=names))


def _demand_new(session: Session, seen: Line, link: Reference, value: str) -> None:
    same = select(Addition.id).where(
        Addition.assignment_id == seen.id,
        Addition.table_code == link.table,
        Addition.value == value,
        col(Addition.state).in_(OPEN),
    )
    if session.exec(same).first() is not None:
        raise Conflict(Sentence("已请对方补录“%(value)s”，正在等待。", value=value), "对方答复后这里会显示。")


def _answerable(session: Session, who: Who, addition_id: int, *states: str) -> tuple[Addition, Line]:
    addition = _addition(session, addition_id)
    owner = line(session, addition.owner_id)
    if not may_answer(who, owner):
        raise Refused("只有源表的采集员、审核员或质量部可以答复。", "请联系源表的采集部门。")
    _demand_state(addition, *states)
    return addition, owner


def _addition(session: Session, addition_id: int) -> Addition:
    addition = session.get(Addition, addition_id)
    if addition is None:
        raise NotFound("没有这条补录请求。", "请刷新页面后再试。")
    return addition


def _demand_state(addition: Addition, *states: str) -> None:
    if addition.state not in states:
        raise Conflict("这条补录请求已有答复或已撤回。", "请刷新页面，看清最新状态。")


def _may_return(who: Who, owner: Line) -> bool:
    return may_review(who, owner.assignment, owner.table)


def _return(
    session: Session, who: Who, addition: Addition, owner: Line, sending: Sending, now: datetime
) -> None:
    """The reviewer's own return, with all that it demands; only added rows are open."""
    if not _may_return(who, owner):
        raise Refused("只有源表的审核人可以退回源表。", "请联系源表的审核部门。")
    if owner.assignment.stage not in APPROVED:
        raise Conflict("源表现在不是已审核的状态，可以直接补录。", "请在源表的任务页补上后提交。")
    asker = line(session, addition.assignment_id)
    reason = f"补录：{addition.column} {addition.value}（{asker.label} 需要）"
    sent = Return(sending.blobs, only_rows=True)
    decide(session, who, owner.id, sending.version_id, RETURN, reason, now, sending.stage, sent=sent)
    returned = last_return(session, owner.id)
    addition.event_id = returned.event.id if returned else None
    _keep(session, addition)


def _told(session: Session, addition: Addition, verb: str, who: Who | None, now: datetime) -> None:
    asker = session.get_one(Assignment, addition.assignment_id)
    answer = f"：{addition.answer}" if addition.answer and who else ""
    remark(session, asker, verb, who, now, f"{addition.table_code} {addition.value}{answer}")


def _keep(session: Session, addition: Addition) -> None:
    session.add(addition)
    session.flush()
