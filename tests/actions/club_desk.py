"""Collector and reviewer of 10.3 学生社团 of 学务部, whose versions have true rows."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from actions.cell_remarks import Return, Said, remark
from actions.review import decide
from actions.submit import Content, submit, upload
from models import CellRemark, Version
from models.blobs import Blobs
from models.cell_remark import open_remarks
from models.worklist import Line, line
from tests.actions.people import holder, task
from tests.workbooks.stored import Row, stored

TABLE, DEPARTMENT = "10.3", "学务部"
SONG: Row = {"社团代码": "002", "社团名称(全称)": "合唱团", "现有成员": "35"}
BOOK: Row = {"社团代码": "001", "社团名称(全称)": "书画社", "现有成员": "20"}


class Desk:
    """Collector and reviewer of one table, whose versions have true rows."""

    def __init__(self, session: Session, blobs: Blobs, now: datetime) -> None:
        self.session, self.blobs, self.now = session, blobs, now
        self.key = task(session, TABLE, DEPARTMENT).id
        self.collector = holder(session, "collector", DEPARTMENT, now)
        self.reviewer = holder(session, "reviewer", DEPARTMENT, now)

    @property
    def seen(self) -> Line:
        return line(self.session, self.key)

    def upload(self, *rows: Row) -> Version:
        blob = self.blobs.put(stored(TABLE, rows))
        content = Content(kind="upload", blob=blob, rows_blob=blob, row_count=len(rows))
        return upload(self.session, self.collector, self.key, content, self.now)

    def hand_in(self, *rows: Row) -> Version:
        kept = self.upload(*rows)
        submit(self.session, self.collector, self.key, kept.id or 0, self.now, self.blobs)
        return kept

    def remark(self, version: Version, cell: str, text: str = "请核对") -> CellRemark:
        said = Said(cell, text)
        return remark(self.session, self.reviewer, self.key, version.id or 0, said, self.blobs, self.now)

    def decide(self, version: Version, decision: str, reason: str = "", sent: Return | None = None) -> Line:
        key = version.id or 0
        return decide(self.session, self.reviewer, self.key, key, decision, reason, self.now, sent=sent)

    def open(self) -> list[tuple[str, str, str]]:
        return [(each.cell, each.key, each.text) for each in open_remarks(self.session, self.key)]
