"""Every number of the three files is what the database counts by itself: at moments all along the sample, and
on a campaign where everything happened that a report can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select, update

from actions.extend import ask, grant, refuse, revoke
from actions.hold import hold
from actions.late import late_report, record_report
from mail.reports import write_report
from models import Department, Grant
from models.addition import Addition
from models.database import Database
from models.receipt import Answer, Receipt
from tests.actions.people import holder, office, task
from tests.actions.played import move, play
from tests.conftest import SHANGHAI, planned
from tests.mail.campaign_mail import PostOffice
from tests.mail.owed_by_hand import Owed, Roster
from tests.mail.read_reports import HELD, read_book, read_page, read_word
from tests.mail.recounted import departments, owed

MOMENTS = ("11-12T08:31", "11-13T09:30", "11-18T15:00", "11-19T08:31", "11-25T09:30")


def asked(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


@cache
def course() -> bytes:
    """The whole sample, played once."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/caiji.db")
        Path(folder, "caiji.db").write_bytes(planned())
        with database.writing() as session:
            play(session, asked("11-25T18:00"))
        database.close()
        return Path(folder, "caiji.db").read_bytes()


def opened(content: bytes, folder: Path) -> Iterator[Database]:
    path = folder / "course.db"
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Database]:
    yield from opened(course(), tmp_path)


@pytest.fixture
def eventful(tmp_path: Path) -> Iterator[Database]:
    """The sample until its last deadline; then some are slow, ask for time, wait, promise, are held back."""
    for database in opened(planned(), tmp_path):
        with database.writing() as session:
            play(session, asked("11-19T08:00"))
            library = select(Department.id).where(Department.name == "图书馆").scalar_subquery()
            gone = col(Grant.department_id) == library, col(Grant.role) == "reviewer"
            session.exec(delete(Grant).where(*gone))
        desk = PostOffice(database, asked("11-18T13:31"))
        _told(desk, "11-18T13:31")
        with database.writing() as session:
            _go_on(session)
            _more_time(session)
        _told(desk, "11-24T08:31")
        with database.writing() as session:
            _answer(session)
        yield database


def _told(desk: PostOffice, at: str) -> None:
    desk.decide(asked(at))
    desk.outbox.claim(desk.wall, 500)


def _go_on(session: Session) -> None:
    """One goes to review, one to the system check, one comes back, one is through; one waits for others."""
    name = "示例五系（艺术设计）"
    for code, department, moves in (
        ("8.1", "学务部", [("11-19T10:00", "submit", "collected")]),
        ("7.4", name, [("11-19T10:00", "submit", "collected"), ("11-20T10:00", "pass", "checked")]),
        ("11.3", "学务部", [("11-19T10:00", "submit", "collected"), ("11-20T10:00", "approve", "reviewed")]),
        ("11.6", "学务部", [("11-19T09:00", "submit", "collected"), ("11-20T10:00", "return", "returned")]),
    ):
        for at, verb, stage in moves:
            move(session, task(session, code, department).assignment, asked(at), verb, stage)
    waiting = task(session, "7.3.2", "示例四系（建筑工程）").id
    for code, department, closed in (("6.1", "政务部", None), ("7.1.1", "教务部", asked("11-23T10:00"))):
        source = task(session, code, department).id
        session.add(
            Addition(
                assignment_id=waiting,
                owner_id=source,
                table_code=code,
                column="工号",
                value="J01",
                asked_at=asked("11-19T09:00"),
                closed_at=closed,
                state="added" if closed else "asked",
            )
        )


def _more_time(session: Session) -> None:
    """Granted and used up, granted and taken back, refused twice, still waiting; and one is held back."""
    boss = office(session, asked("11-17T09:00"))
    spent = task(session, "5.1.4", "财务处").id
    grant(session, boss, spent, date(2020, 11, 20), "等对账", asked("11-17T10:00"))
    taken = task(session, "6.3.1", "示例三系（经济管理）").id
    given = grant(session, boss, taken, date(2020, 11, 23), "出差", asked("11-17T10:00"))
    revoke(session, boss, given.id or 0, "已回校", asked("11-19T09:00"))
    name = "示例一系（信息工程）"
    key, who = task(session, "6.3.7", name).id, holder(session, "collector", name, asked("11-17T09:00"))
    for at in ("11-17T10:00", "11-18T10:00", "11-19T10:00"):
        request = ask(session, who, key, date(2020, 11, 27), "材料多", asked(at))
        if at != "11-19T10:00":
            refuse(session, boss, request.id or 0, "来得及", asked(at).replace(hour=15))
    back = task(session, "9.6.1", "示例三系（经济管理）").id
    hold(session, boss, back, date(2020, 11, 27), "获奖文件未到", asked("11-19T11:00"))


def _answer(session: Session) -> None:
    """Some are not seen; of the others some promise nothing, a day that passes, a day to come."""
    promises = (None, asked("11-24T17:30"), asked("11-27T17:30"))
    for place, each in enumerate(session.exec(select(Receipt).order_by(col(Receipt.id))).all()):
        if (place + 1) % 4:
            by = promises[(place + 1) % 4 - 1]
            session.add(Answer(receipt_id=each.id or 0, at=asked("11-24T10:00"), by=by))


@dataclass
class Counted:
    """What the database counts at a moment, one report having gone out before."""

    late: list[Owed]
    due: list[Owed]
    departments: list[tuple[object, ...]]
    changed: list[int]
    open: dict[tuple[str, datetime, bool], list[int]]

    @property
    def numbers(self) -> list[int]:
        held = [sum(each.holder == holder for each in self.late) for holder in HELD]
        named = [len(self.unnamed)] if self.unnamed else []
        in_time = sum(each.in_time for each in self.due)
        return [len(self.due), in_time, len(self.late), *held, *self.changed, *named]

    @property
    def unnamed(self) -> list[str]:
        return [each.department for each in self.late if isinstance(each, Roster)]


def counted(database: Database, at: datetime, before: datetime) -> Counted:
    now, former = owed(database, at), owed(database, before)
    late = [each for each in now if each.late]
    due = [each for each in now if each.due <= at or each.late]
    was = {(each.department, each.table) for each in former if each.late}
    still = {(each.department, each.table) for each in late}
    order = list(dict.fromkeys(each.department for each in now))
    ahead: dict[tuple[str, datetime, bool], list[int]] = {}
    for each in (each for each in now if not isinstance(each, Roster)):
        stage = each.stage(at)
        numbers = ahead.setdefault((each.department, each.due, each.by_review), [0, 0])
        numbers[0] += stage in ("pending", "returned", "failed")
        numbers[1] += stage == "collected"
    changed = [len(still - was), len(was - still)]
    return Counted(late, due, departments(due, late, order), changed, ahead)


def files_of(database: Database, at: datetime, before: datetime) -> dict[str, bytes]:
    """The report's files, a report having gone out before."""
    with database.writing() as session:
        record_report(session, late_report(session, before, issued=True), {})
        session.flush()
        return write_report(late_report(session, at, issued=True))


def line_of(each: Owed) -> dict[str, Any]:
    """A line as Word and the page print it."""
    return {
        "department": each.department,
        "table": each.table,
        "source": each.source,
        "reviewer": each.reviewer or "",
        "due": f"{each.deadline.month}月{each.deadline.day}日 {each.deadline:%H:%M}",
        "stage": each.standing,
        "days": each.days_late,
        "held_by": each.held_by,
        "spent": each.spent,
        "waited": each.waited,
        "notes": each.notes,
    }


def plain(at: datetime | None) -> datetime | None:
    return at and at.replace(tzinfo=None)


def row_of(each: Owed) -> dict[str, Any]:
    """A line as the workbook has it."""
    standing = [until for until, _, revoked in each.granted if not revoked]
    until, why = each.hold
    return {
        "采集部门": each.department,
        "表号": each.code,
        "表名": each.name,
        "源表": "是" if each.source else None,
        "审核部门": each.reviewer,
        "应完成时间": plain(each.deadline.replace(microsecond=0)),
        "状态": each.standing,
        "逾期（工作日）": each.days_late,
        "责任环节": each.held_by,
        **dict(zip(("采集用时", "审核用时", "检测用时"), each.spent, strict=True)),
        "等待用时": sum(each.waited.values()),
        "延期次数": len(each.granted),
        "延期至": plain(max(standing, default=None)),
        "延期说明": each.extended or None,
        "申请待复": each.waiting,
        "申请未准": each.refused,
        "暂缓上报至": plain(until),
        "暂缓原因": why or None,
        "催办回执": sorted(each.receipts),
    }


def told_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "催办回执": sorted(filter(None, (row["催办回执"] or "").split("；")))} for row in rows]


def assert_files(database: Database, at: datetime, before: datetime) -> Counted:
    """Each of the three files tells what is counted."""
    files, found = files_of(database, at, before), counted(database, at, before)
    book = read_book(files["late-report.xlsx"])
    assert [tuple(row.values()) for row in book["各部门"]] == found.departments
    assert told_rows(book["逾期明细"]) == [row_of(each) for each in found.late]
    assert book["changed"] == found.changed
    ahead = Counter((row["部门"], row["未提交"], row["待审核"]) for row in book["部门预计"])
    assert ahead == Counter((name, *numbers) for (name, *_), numbers in found.open.items() if any(numbers))
    lines = [line_of(each) for each in found.late]
    word, page = read_word(files["late-report.docx"]), read_page(files["late-report.html"])
    assert (word["numbers"], page["numbers"]) == (found.numbers, found.numbers[:3])
    assert word["departments"] == page["departments"] == found.departments
    assert word["lines"] == page["lines"] == lines
    assert {(row[0], int(row[2]), int(row[3])) for row in word["outlook"]} <= ahead.keys()
    assert word["outlook"] == page["outlook"]
    missing = "、".join(found.unnamed)
    assert (f"{missing}尚未报齐" in word["told"]) == bool(missing)
    assert (
        ("没有逾期" in files["late-report.html"].decode()) == ("没有逾期" in word["told"]) == (not found.late)
    )
    return found


@pytest.mark.parametrize("text_of_moment", MOMENTS)
def test_every_number_is_what_the_events_count(played: Database, text_of_moment: str) -> None:
    assert_files(played, asked(text_of_moment), asked("11-11T09:00"))


def test_every_number_where_rosters_are_open(played: Database) -> None:
    with played.writing() as session:
        first, second = session.exec(select(Department.id).order_by(col(Department.position)).limit(2))
        session.exec(delete(Grant).where(col(Grant.department_id) == first))
        mine = col(Grant.department_id) == second, col(Grant.role) == "collector"
        session.connection().execute(update(Grant).where(*mine).values(since=asked("11-10T10:00")))
    found = assert_files(played, asked("11-09T08:31"), asked("11-07T17:30"))
    assert found.numbers == [12, 10, 2, 2, 0, 0, 2, 0, 2]
    later = assert_files(played, asked("11-10T10:30"), asked("11-09T08:31"))
    assert later.numbers[6:] == [0, 1, 1]


def test_every_number_where_everything_happened(eventful: Database) -> None:
    found = assert_files(eventful, asked("11-25T09:30"), asked("11-19T08:31"))
    assert all(found.numbers)
    rows = [row_of(each) for each in found.late]
    for counted_ in ("采集用时", "审核用时", "检测用时", "等待用时", "延期次数", "申请待复", "申请未准"):
        assert any(row[counted_] for row in rows), counted_
    told = {receipt for row in rows for receipt in row["催办回执"]}
    for wanted in ("未回执", "已阅", "人已阅", "承诺", "未兑现"):
        assert any(wanted in each for each in told), wanted
    assert any(each.hold[0] for each in found.late)
    assert {name for name, *_ in found.departments} > {"政务部"}
