"""What is missing in a source table is asked of its owner (P2): promised and added, or refused.

Meanwhile the asker waits for the owner, and the reports say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.inputs import Knowledge
from actions.releases import finding_of
from actions.remarks import remark
from actions.reopening import CELLS
from actions.who import Who, demand_collector, may_collect, may_review
from checks.definition import Reference, load_definition
from models import Addition, Assignment, StoredFinding
from models.addition import ADDED, ASKED, OPEN, PROMISED, REFUSED
from models.blobs import Blobs
from models.errors import Conflict, NotFound, Refused, Unusable
from models.stages import APPROVED, RETURNED, Move, move
from models.worklist import Line, line, lines

APART = "、"


@dataclass(frozen=True)
class Wanted:
    """An open addition, and where its value would stand: the approved parts of the source table."""

    id: int
    columns: tuple[str, ...]
    value: str
    parts: tuple[str, ...]


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
        asked_at=now,
    )
    session.add(made)
    session.flush()
    remark(session, seen.assignment, "ask-addition", who, now, f"{owner.label}：{finding.value}")
    return made


def promise(session: Session, who: Who, addition_id: int, answer: str, now: datetime) -> Addition:
    """Say that it will be added; where the source table is approved, whoever may returns it for that."""
    addition, owner = _answerable(session, who, addition_id, ASKED)
    addition.state, addition.answer = PROMISED, answer.strip()
    addition.answered_by, addition.answered_at = who.id, now
    _keep(session, addition)
    _told(session, addition, "promise-addition", who, now)
    if owner.assignment.stage in APPROVED and _may_reopen(who, owner):
        _return(session, who, addition, owner, now)
    return addition


def reopen(session: Session, who: Who, addition_id: int, now: datetime) -> Addition:
    """The reviewer's one click on a collector's promise: the approved source table is open for added rows."""
    addition, owner = _answerable(session, who, addition_id, PROMISED)
    if not _may_reopen(who, owner):
        raise Refused("只有源表的审核人或质量部可以退回源表。", "请联系源表的审核部门。")
    if owner.assignment.stage not in APPROVED:
        raise Conflict("源表现在不是已审核的状态，可以直接补录。", "请在源表的任务页补上后提交。")
    _return(session, who, addition, owner, now)
    return addition


def refuse(session: Session, who: Who, addition_id: int, reason: str, now: datetime) -> Addition:
    """Say that it does not belong into the source table; Unusable (422) without a reason."""
    if not reason.strip():
        raise Unusable("不予补录必须写明原因。", "原因会告诉提出的部门，以便他们核对自己的数据。")
    addition, _ = _answerable(session, who, addition_id, *OPEN)
    addition.state, addition.answer = REFUSED, reason.strip()
    addition.answered_by, addition.answered_at, addition.closed_at = who.id, now, now
    _keep(session, addition)
    _told(session, addition, "refuse-addition", who, now)
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
    return may_collect(who, owner.assignment) or _may_reopen(who, owner)


def wanted(session: Session) -> list[Wanted]:
    """The open additions whose source table is approved, for `holds` to look at without a session."""
    found = session.exec(
        select(Addition).where(col(Addition.state).in_(OPEN)).order_by(col(Addition.id))
    ).all()
    if not found:
        return []
    known = Knowledge(session, {addition.table_code for addition in found})
    approved = {
        code: tuple(part.rows for part in known.approved(code).parts if part.rows) for code in known.tables
    }
    return [
        Wanted(each.id or 0, tuple(each.column.split(APART)), each.value, approved[each.table_code])
        for each in found
        if approved.get(each.table_code)
    ]


def holds(blobs: Blobs, each: Wanted) -> bool:
    """Whether the value stands in the approved source table by now."""
    import polars as pl

    from checks.rows import from_parquet

    for name in each.parts:
        frame = from_parquet(blobs.get(name)).frame
        columns = [column for column in each.columns if column in frame.columns]
        if columns and frame.select(pl.any_horizontal(pl.col(columns) == each.value).any()).item():
            return True
    return False


def added(session: Session, addition_id: int, now: datetime) -> None:
    """Note that the value has been added and approved; nothing where it has been answered otherwise."""
    addition = session.get_one(Addition, addition_id)
    if addition.state not in OPEN:
        return
    addition.state, addition.closed_at = ADDED, now
    _keep(session, addition)
    _told(session, addition, "addition-made", None, now)


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
    raise Unusable("这张源表由几个部门采集，请选择由谁补录。", f"可选：{names}。")


def _demand_new(session: Session, seen: Line, link: Reference, value: str) -> None:
    same = select(Addition.id).where(
        Addition.assignment_id == seen.id,
        Addition.table_code == link.table,
        Addition.value == value,
        col(Addition.state).in_(OPEN),
    )
    if session.exec(same).first() is not None:
        raise Conflict(f"已请对方补录“{value}”，正在等待。", "对方答复后这里会显示。")


def _answerable(session: Session, who: Who, addition_id: int, *states: str) -> tuple[Addition, Line]:
    addition = session.get(Addition, addition_id)
    if addition is None:
        raise NotFound("没有这条补录请求。", "请刷新页面后再试。")
    owner = line(session, addition.owner_id)
    if not may_answer(who, owner):
        raise Refused("只有源表的采集员、审核员或质量部可以答复。", "请联系源表的采集部门。")
    if addition.state not in states:
        raise Conflict("这条补录请求已有答复。", "请刷新页面，看清最新状态。")
    return addition, owner


def _may_reopen(who: Who, owner: Line) -> bool:
    return who.office or may_review(who, owner.assignment, owner.table)


def _return(session: Session, who: Who, addition: Addition, owner: Line, now: datetime) -> None:
    asker = line(session, addition.assignment_id)
    reason = f"补录：{addition.column} {addition.value}（{asker.label} 需要）"
    wish = Move("return", RETURNED, now, who.id, owner.assignment.version_id, reason)
    move(session, owner.assignment, wish)
    owner.assignment.reopened = CELLS
    session.add(owner.assignment)
    session.flush()


def _told(session: Session, addition: Addition, verb: str, who: Who | None, now: datetime) -> None:
    asker = session.get_one(Assignment, addition.assignment_id)
    answer = f"：{addition.answer}" if addition.answer and who else ""
    remark(session, asker, verb, who, now, f"{addition.table_code} {addition.value}{answer}")


def _keep(session: Session, addition: Addition) -> None:
    session.add(addition)
    session.flush()
