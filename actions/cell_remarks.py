"""A reviewer's remarks on single cells: made while reading, sent with the return, settled by approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from actions.deciding import demand_decidable
from actions.who import Who
from models import CellRemark, Version
from models.blobs import Blobs
from models.cell_remark import open_remarks
from models.errors import NotFound, Sentence, Unusable
from models.stages import APPROVED, COLLECTED
from models.worklist import Line, line

if TYPE_CHECKING:
    from workbooks.places import Place

LONGEST = 1000
NAMED = 5
READING = (COLLECTED, *APPROVED)
"""While the data is the reviewer's to decide on; what he has sent back with it stays as it was sent."""


@dataclass(frozen=True)
class Said:
    """What is said of a cell such as F17; ``sheet`` empty: the table's first."""

    cell: str
    text: str
    sheet: str = ""


@dataclass(frozen=True)
class Return:
    """What goes with a return: more remarks, and whether only remarked cells and added rows reopen
    (``only_rows``: the same without a remark)."""

    blobs: Blobs
    said: Sequence[Said] = ()
    only_cells: bool = False
    only_rows: bool = False


def remark(
    session: Session, who: Who, assignment_id: int, version_id: int, said: Said, blobs: Blobs, now: datetime
) -> CellRemark:
    """Note something about a cell of the version that waits for this reviewer, or that he may send back;
    the collector sees it once it is returned."""
    seen = line(session, assignment_id)
    version = demand_decidable(session, who, seen, version_id, "return", READING)
    return _keep(session, who, seen, version, said, blobs, now)


def cross_out(session: Session, who: Who, assignment_id: int, remark_id: int, now: datetime) -> None:
    """The remark no longer holds: mended, or made by mistake; the cell that a return opened stays open."""
    seen = line(session, assignment_id)
    demand_decidable(session, who, seen, seen.assignment.version_id or 0, "return", READING)
    found = session.get(CellRemark, remark_id)
    if found is None or found.assignment_id != assignment_id:
        raise NotFound("没有这条意见。", "请刷新页面。")
    found.settled_at = found.settled_at or now
    session.add(found)
    session.flush()


def send_back(
    session: Session, who: Who, seen: Line, version: Version, sent: Return, now: datetime
) -> Sequence[CellRemark]:
    """Keep what is said with a return, and bring older open remarks to the returned version, by key.

    Unusable (422) where only cells are to reopen and no cell is remarked.
    """
    for said in sent.said:
        _keep(session, who, seen, version, said, sent.blobs, now)
    _bring(session, seen, version, sent.blobs, now)
    standing = open_remarks(session, seen.id)
    for each in standing:
        each.sent_at = now
        session.add(each)
    session.flush()
    if sent.only_cells and not standing:
        raise Unusable(
            "还没有指出任何单元格，不能“只放开这些单元格”。", "请先在数据里点单元格写意见，或整表退回。"
        )
    return standing


def settle_all(session: Session, assignment_id: int, now: datetime) -> None:
    """Approval settles every remark."""
    for found in open_remarks(session, assignment_id):
        found.settled_at = now
        session.add(found)
    session.flush()


def named(remarks: Sequence[CellRemark]) -> str:
    """The first remarked cells in a sentence."""
    cells = "、".join(dict.fromkeys(each.cell for each in remarks[:NAMED]))
    if len(remarks) <= NAMED:
        return cells
    return Sentence("%(places)s 等 %(count)s 处", places=cells, count=len(remarks))


def _keep(
    session: Session, who: Who, seen: Line, version: Version, said: Said, blobs: Blobs, now: datetime
) -> CellRemark:
    text = said.text.strip()
    if not text or len(text) > LONGEST:
        raise Unusable(
            "请写明这个单元格哪里不对。",
            Sentence("意见不能为空，也不能超过 %(most)s 个字。", most=LONGEST),
        )
    place = _demand_place(seen, version, said, blobs)
    found = CellRemark(
        assignment_id=seen.id,
        version_id=version.id or 0,
        sheet=place.sheet,
        cell=place.cell,
        row=place.row,
        column=place.column,
        key=place.key,
        text=text,
        made_by=who.id,
        made_at=now,
    )
    session.add(found)
    session.flush()
    return found


def _demand_place(seen: Line, version: Version, said: Said, blobs: Blobs) -> Place:
    from workbooks.places import place_of

    place = None
    if version.rows_blob is not None:
        place = place_of(blobs.get(version.rows_blob), key_of(seen), said.sheet, said.cell)
    if place is None:
        raise Unusable(
            Sentence(
                "第 %(number)s 版里没有单元格“%(cell)s”的数据。", number=version.number, cell=said.cell[:20]
            ),
            "请写数据所在的单元格，例如 F17；有多张工作表的要同时写明工作表。",
            cell=said.cell[:20],
        )
    return place


def _bring(session: Session, seen: Line, version: Version, blobs: Blobs, now: datetime) -> None:
    from workbooks.places import places_again

    older = [each for each in open_remarks(session, seen.id) if each.version_id != version.id]
    if not older:
        return
    content = blobs.get(version.rows_blob) if version.rows_blob else None
    wanted = [(each.sheet, each.key, each.column) for each in older]
    found = places_again(content, key_of(seen), wanted) if content else {}
    for each in older:
        place = found.get((each.sheet, each.key, each.column))
        if place is None:
            each.settled_at = now
        else:
            each.version_id, each.cell, each.row = version.id or 0, place.cell, place.row
        session.add(each)
    session.flush()


def key_of(seen: Line) -> tuple[str, ...]:
    """The columns by which a row of the assignment's table is found again."""
    from checks.definition import load_definition

    return load_definition(seen.table.code, seen.table.name).key
