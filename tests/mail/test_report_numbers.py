"""Every number of the three files is what the events count by themselves, at moments all along the sample."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import openpyxl
import pytest
from sqlalchemy import text

from actions.late import late_report, record_report
from mail.reports import write_report
from models.database import Database
from tests.actions.played import play
from tests.conftest import SHANGHAI, planned

MOMENTS = ("11-12T08:31", "11-13T09:30", "11-18T15:00", "11-19T08:31", "11-25T09:30")
HOLDERS = {"pending": "采集", "returned": "采集", "collected": "审核", "reviewed": "系统检测"}
HELD = ("采集", "审核", "系统检测")
MOVES = "SELECT assignment_id, at, to_stage FROM event ORDER BY id"
OWED = """
    SELECT a.id, d.name, t.code, t.name, t.due, t.due_stage FROM assignment a
    JOIN datatable t ON t.id = a.table_id JOIN department d ON d.id = a.department_id
    ORDER BY d.position, t.step != 1, t.no
"""


def moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone(SHANGHAI)


def asked(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def working_days(first: datetime, last: datetime) -> list[datetime]:
    """Ends of the working days after the one until the other: Monday to Friday this November."""
    days = (first.date() + timedelta(n) for n in range(1, (last.date() - first.date()).days + 1))
    return [datetime.combine(day, time(17, 30), SHANGHAI) for day in days if day.weekday() < 5]


@dataclass
class Owed:
    """One assignment and its moves until the moment that is asked."""

    department: str
    table: str
    due: datetime
    by_review: bool
    moves: list[tuple[datetime, str]]
    at: datetime

    def stage(self, at: datetime) -> str:
        return next((stage for moved, stage in reversed(self.moves) if moved <= at), "pending")

    @property
    def deadline(self) -> datetime:
        """Of who holds it now: two working days to review, one to mend."""
        stage = self.stage(self.at)
        if stage not in ("returned", "collected") or (stage == "collected" and self.by_review):
            return self.due
        days = 2 if stage == "collected" else 1
        since = self.moves[-1][0]
        end = working_days(since, since + timedelta(days=10))[days - 1]
        return end if stage == "collected" else max(end, self.due)

    @property
    def late(self) -> bool:
        return self.stage(self.at) != "checked" and self.at > self.deadline

    @property
    def in_time(self) -> bool:
        return any(stage == "collected" and moved <= self.due for moved, stage in self.moves)

    @property
    def spent(self) -> tuple[int, ...]:
        evenings = (min(evening, self.at) for evening in working_days(self.due, self.at))
        counted = Counter(HOLDERS.get(self.stage(evening)) for evening in evenings)
        return tuple(counted[holder] for holder in HELD)

    @property
    def line(self) -> tuple[object, ...]:
        held = HOLDERS[self.stage(self.at)]
        return (self.department, self.table, len(working_days(self.deadline, self.at)), held)


@cache
def course() -> bytes:
    """The whole sample, played once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "caiji.db"
        path.write_bytes(planned())
        database = Database(f"sqlite:///{path}")
        with database.writing() as session:
            play(session, asked("11-25T18:00"))
        database.close()
        return path.read_bytes()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "course.db"
    path.write_bytes(course())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


def owed(database: Database, at: datetime) -> list[Owed]:
    """What the events say, read without anything that the report is made with."""
    with database.connection() as connection:
        moves = defaultdict(list)
        for key, when, stage in connection.execute(text(MOVES)):
            if moment(when) <= at:
                moves[key].append((moment(when), stage))
        return [
            Owed(department, f"{code} {name}", moment(due), due_stage == "reviewed", moves[key], at)
            for key, department, code, name, due, due_stage in connection.execute(text(OWED))
        ]


def files_of(database: Database, at: datetime, before: datetime) -> dict[str, bytes]:
    """The report's files, a report having gone out before."""
    with database.writing() as session:
        record_report(session, late_report(session, before, issued=True), {})
        session.flush()
        return write_report(late_report(session, at, issued=True))


@pytest.mark.parametrize("text_of_moment", MOMENTS)
def test_every_number_is_what_the_events_count(played: Database, text_of_moment: str) -> None:
    at, before = asked(text_of_moment), asked("11-11T09:00")
    counted, former = owed(played, at), owed(played, before)
    files = files_of(played, at, before)
    late = [each for each in counted if each.late]
    due = [each for each in counted if each.due <= at or each.late]
    in_time = sum(each.in_time for each in due)
    departments = expected_departments(due, late)
    lines = [(*each.line, each.spent) for each in late]
    was = {(each.department, each.table) for each in former if each.late}
    now = {(each.department, each.table) for each in late}
    changed = len(now - was), len(was - now)
    by_holder = [sum(line[3] == holder for line in lines) for holder in HELD]
    assert read_book(files["late-report.xlsx"]) == (departments, lines, changed)
    assert read_word(files["late-report.docx"]) == (
        [len(due), in_time, len(late), *by_holder, *changed],
        departments,
        lines,
    )
    assert read_page(files["late-report.html"]) == ([len(due), in_time, len(late)], departments, lines)


def expected_departments(due: list[Owed], late: list[Owed]) -> list[tuple[object, ...]]:
    owes, in_time = Counter(each.department for each in due), Counter(e.department for e in due if e.in_time)
    held = Counter((each.department, HOLDERS[each.stage(each.at)]) for each in late)
    return [
        (name, owes[name], in_time[name], sum(numbers), *numbers)
        for name in owes
        for numbers in [tuple(held[name, holder] for holder in HELD)]
    ]


def read_book(content: bytes) -> tuple[object, ...]:
    book = openpyxl.load_workbook(BytesIO(content))
    departments = [tuple(cell.value for cell in row) for row in book["各部门"].iter_rows(min_row=2)]
    rows = [[cell.value for cell in row] for row in book["逾期明细"].iter_rows(min_row=2)]
    lines = [(row[0], f"{row[1]} {row[2]}", row[7], row[8], tuple(row[9:12])) for row in rows if row[0]]
    kinds = Counter(row[0].value for row in book["与上期相比"].iter_rows(min_row=2))
    return departments, lines, (kinds["新增"], kinds["已解决"])


def read_word(content: bytes) -> tuple[object, ...]:
    document = docx.Document(BytesIO(content))
    [told] = [each.text for each in document.paragraphs if each.text.startswith("截至")]
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    tables = {table[0][1]: table[1:] for table in found}
    return numbers_told(told), told_departments(tables["应交"]), told_lines(tables.get("表号、表名", []))


def numbers_told(told: str) -> list[int]:
    counted = [int(number) for number in re.findall(r"(\d+) 项", told)]
    return counted if "现有逾期" in told else [*counted[:2], 0, 0, 0, 0, *counted[2:]]


def told_departments(rows: list[list[str]]) -> list[tuple[object, ...]]:
    return [(row[0], *(int(number) for number in row[1:])) for row in rows]


def told_lines(rows: list[list[str]]) -> list[tuple[object, ...]]:
    """Of each row, the department first: what is counted."""
    lines = []
    for row in rows:
        name = row[1].removesuffix("〔源表〕").removesuffix(" 源表")
        spent = dict(part.rsplit(" ", 1) for part in row[7].split("，") if part)
        lines.append((row[0], name, int(row[5]), row[6], tuple(int(spent.get(each, 0)) for each in HELD)))
    return lines


def ungrouped(rows: list[list[str]]) -> list[list[str]]:
    """The rows of the page, each with the department that stands above it."""
    found, department = [], ""
    for row in rows:
        if len(row) == 1:
            department = row[0].rpartition("（")[0]
        else:
            found.append([department, *row])
    return found


class Page(HTMLParser):
    """The cells of every table, and the three numbers above them."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.numbers: list[int] = []
        self._rows: list[list[str]] = []
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs)["id"] or "", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        self._into = tag if tag in ("td", "th", "dd", "span") else ""

    def handle_endtag(self, tag: str) -> None:
        self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "dd":
            self.numbers.append(int(data))
        elif self._into:
            self._rows[-1][-1] += data


def read_page(content: bytes) -> tuple[object, ...]:
    page = Page()
    page.feed(content.decode())
    departments = told_departments(page.tables["departments"][1:])
    return page.numbers, departments, told_lines(ungrouped(page.tables.get("lines", [[]])[1:]))
