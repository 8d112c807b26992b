"""One-click corrections and undone normalising: a version of its own, made on the newest one only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from actions.inputs import inputs_of
from actions.mend import Choice, keep, mended, mending, rewritten
from actions.review import decide
from actions.submit import Content, submit, upload
from checks.definition import load_definition
from checks.finding import Finding
from checks.rows import ROW, from_parquet, to_parquet
from models import Version
from models.blobs import Blobs
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from models.history import findings
from models.worklist import line
from tests.actions.people import holder, office, task
from tests.workbooks.stored import Row, rows_of_table, stored

TABLE, DEPARTMENT = "10.3", "学务部"
COUNT = "现有成员"
ROWS: list[Row] = [
    {"社团代码": "001", "社团名称(全称)": "书画社", COUNT: "200000"},
    {"社团代码": "002", "社团名称(全称)": "合唱团", COUNT: "350000"},
]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def suspect(row: int, proposal: str) -> Finding:
    return Finding(
        "unit-suspect", "warning", "可能填错了单位。", "", TABLE, f"G{row}", row, COUNT, proposal=proposal
    )


def altered(row: int, was: str, column: str = "社团名称(全称)") -> Finding:
    return Finding(
        "normalised", "info", "已规范。", "", TABLE, f"B{row}", row, column, value=was, proposal=was
    )


class Desk:
    """A collector and what he clicks."""

    def __init__(self, session: Session, blobs: Blobs, now: datetime) -> None:
        self.session, self.blobs, self.now = session, blobs, now
        self.key = task(session, TABLE, DEPARTMENT).id
        self.collector = holder(session, "collector", DEPARTMENT, now)

    def upload(self, *found: Finding, rows: Sequence[Row] = ROWS, name: str = "") -> Version:
        blob = self.blobs.put(stored(TABLE, rows))
        content = Content("upload", name or blob, blob, "社团.xlsx", len(rows), found)
        return upload(self.session, self.collector, self.key, content, self.now)

    def content(self, version: Version, choice: Choice) -> Content:
        seen, asked = mending(self.session, self.collector, self.key, version.id or 0, choice, self.now)
        return mended(self.blobs, seen, "2020", inputs_of(self.session, seen), asked)

    def click(self, version: Version, choice: Choice) -> Version:
        content = self.content(version, choice)
        return keep(self.session, self.collector, self.key, version.id or 0, content, self.now)

    def cells(self, version: Version, column: str) -> list[str | None]:
        frame = from_parquet(self.blobs.get(version.rows_blob or "")).frame
        return frame.sort(ROW)[column].to_list()


def test_one_click_writes_the_proposed_value(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(suspect(2, "20"), suspect(3, "35"))
        first = findings(session, version.id or 0)[0]
        done = desk.click(version, Choice(finding=first.id))
        assert desk.cells(done, COUNT) == ["20", "350000"]
        assert (done.number, done.kind, done.base, done.filename) == (2, "mend", 1, "社团.xlsx")
        assert done.made_by == desk.collector.id
        change = {"sheet": TABLE, "row": 2, "cell": "G2", "column": COUNT, "old": "200000", "new": "20"}
        assert done.origin == {"former": 1, "why": "unit-suspect", "count": 1, "changes": [change]}
        assert desk.cells(version, COUNT) == ["200000", "350000"]
        assert blobs.get(done.blob or "")[:2] == b"PK"


def test_all_of_a_rule_and_column_at_once(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(suspect(2, "20"), suspect(3, "35"), altered(2, " 书画社"))
        done = desk.click(version, Choice("unit-suspect", TABLE, COUNT))
        assert desk.cells(done, COUNT) == ["20", "35"]
        assert done.origin["count"] == 2
        assert [each.rule for each in findings(session, done.id or 0)] == ["normalised"]


def test_undoing_brings_back_what_stood_there_and_can_be_done_one_by_one(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(altered(2, " 书画社 "), altered(3, "合唱团　"))
        one, two = findings(session, version.id or 0)
        done = desk.click(version, Choice(finding=one.id))
        assert desk.cells(done, "社团名称(全称)") == [" 书画社 ", "合唱团"]
        assert done.origin["why"] == "normalised"
        (left,) = findings(session, done.id or 0, rule="normalised")
        assert (left.cell, left.value, left.key) == ("B3", "合唱团　", "002")
        last = desk.click(done, Choice("normalised"))
        assert desk.cells(last, "社团名称(全称)") == [" 书画社 ", "合唱团　"]
        assert findings(session, last.id or 0, rule="normalised") == []
        assert two.id is not None


def test_an_undone_cell_is_judged_as_it_stands(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(altered(2, "约 20", COUNT))
        done = desk.click(version, Choice("normalised"))
        assert [(each.rule, each.cell, each.value) for each in findings(session, done.id or 0)] == [
            ("type", "G2", "约 20")
        ]
        assert done.errors == 1


def test_rows_close_up_and_what_was_normalised_moves_with_its_row(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    """A workbook with empty rows between: the new one has none, and the lists follow."""
    apart = rows_of_table(TABLE, ROWS)
    gap = replace(apart, frame=apart.frame.with_columns((apart.frame[ROW] * 5).alias(ROW)))
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        blob = blobs.put(to_parquet(load_definition(TABLE), gap))
        content = Content("upload", blob, blob, "w.xlsx", 2, (suspect(10, "20"), altered(15, "合唱团 ")))
        version = upload(session, desk.collector, desk.key, content, morning)
        done = desk.click(version, Choice("unit-suspect"))
        assert done.origin["changes"][0]["row"] == 10
        (left,) = findings(session, done.id or 0, rule="normalised")
        assert (left.row, left.cell) == (3, "B3")


def test_a_click_on_an_old_version_is_a_conflict_and_so_is_the_slower_of_two(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(suspect(2, "20"), suspect(3, "35"))
        slow = desk.content(version, Choice("unit-suspect"))
        desk.click(version, Choice(finding=findings(session, version.id or 0)[0].id))
        with pytest.raises(Conflict) as refused:
            keep(session, desk.collector, desk.key, version.id or 0, slow, morning)
        assert refused.value.detail == {"seen": 1, "newest": 2}
        with pytest.raises(Conflict):
            desk.content(version, Choice("unit-suspect"))


def test_never_on_what_is_approved_and_never_by_others(
    campaign: Database, blobs: Blobs, morning: datetime
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(altered(2, " 书画社"))
        key = version.id or 0
        for other in (holder(session, "reviewer", DEPARTMENT, morning), office(session, morning)):
            with pytest.raises(Refused):
                mending(session, other, desk.key, key, Choice("normalised"), morning)
        submit(session, desk.collector, desk.key, key, morning, desk.blobs)
        decide(
            session, holder(session, "reviewer", DEPARTMENT, morning), desk.key, key, "approve", "", morning
        )
        with pytest.raises(Conflict, match="审核通过"):
            desk.content(version, Choice("normalised"))


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice("required"),
        Choice("unit-suspect", "x"),
        Choice("unit-suspect", TABLE, "x"),
        Choice(finding=999),
    ],
)
def test_there_must_be_something_to_mend(
    campaign: Database, blobs: Blobs, morning: datetime, choice: Choice
) -> None:
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(
            suspect(2, "20"), Finding("required", "error", "必填", sheet=TABLE, cell="A2", row=2)
        )
        with pytest.raises(Unusable):
            desk.content(version, choice)
        with pytest.raises(NotFound):
            mending(session, desk.collector, desk.key, 999, choice, morning)


def test_a_cell_that_the_rows_have_not_is_refused() -> None:
    rows = rows_of_table(TABLE, ROWS)
    for place in ((TABLE, 9, COUNT), (TABLE, 2, "没有这一列"), ("x", 2, COUNT)):
        with pytest.raises(Unusable):
            rewritten(rows, {place: "1"})


def test_the_story_names_the_first_two_hundred(campaign: Database, blobs: Blobs, morning: datetime) -> None:
    rows: list[Row] = [{"社团代码": f"{n:03d}", "社团名称(全称)": f"社{n}", COUNT: "1"} for n in range(250)]
    with campaign.writing() as session:
        desk = Desk(session, blobs, morning)
        version = desk.upload(*(suspect(n + 2, "2") for n in range(250)), rows=rows)
        done = desk.click(version, Choice("unit-suspect"))
        assert (done.origin["count"], len(done.origin["changes"])) == (250, 200)
        assert set(desk.cells(done, COUNT)) == {"2"}
        assert line(session, desk.key).assignment.stage == "pending"
