"""A recorded course: who did what with which table, as a CSV that Excel opens; it drives a rehearsal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from plans.notation import half_width, parse_day, parse_instant, quoted, tidy
from plans.problems import Problems
from plans.sentence import Sentence

COLUMNS = ("at", "table", "department", "what", "by", "until", "reason")
NEEDED = COLUMNS[:4]
WORDS = {
    "submit": "提交",
    "withdraw": "撤回",
    "approve": "审核通过",
    "return": "退回",
    "pass": "检测通过",
    "fail": "检测未通过",
    "ask-extension": "申请延期",
    "extend": "批准延期",
    "refuse-extension": "不同意延期",
    "revoke-extension": "收回延期",
    "withdraw-extension": "撤回延期申请",
    "exempt": "免报",
    "unexempt": "恢复报送",
    "name": "报名单",
}
"""What may be done, and how the file says it; the English word is understood too."""
OF_A_DAY = ("ask-extension", "extend", "revoke-extension")
"""What needs to say until when."""
ROSTER = "名单"
"""Stands for the table where a department names its people."""
MOST = 100_000
_SAID = {word: what for what, word in WORDS.items()} | {what: what for what in WORDS}


@dataclass(frozen=True)
class Deed:
    """Something that was done with one assignment, or with a department's roster (``table`` is 名单)."""

    at: datetime
    table: str
    department: str
    what: str
    by: str = ""
    until: date | None = None
    reason: str = ""

    def told(self) -> str:
        """The deed in a line, for people."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.table} {self.department} {WORDS[self.what]}"


def read_course(text: str, name: str, zone: ZoneInfo) -> list[Deed]:
    """The deeds in the order of time; PlanError with every line that cannot be used."""
    problems = Problems(name)
    deeds = [_deed(line, row, problems, zone) for line, row in _rows(text, problems)]
    problems.raise_any()
    if not deeds:
        problems.add("missing-value", None, name, Sentence("里面没有一行做过的事"), _example())
        problems.raise_any()
    return sorted((deed for deed in deeds if deed is not None), key=lambda deed: deed.at)


def write_course(deeds: Iterable[Deed], zone: ZoneInfo) -> str:
    """The same as text, with the mark by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for deed in deeds:
        until = deed.until.isoformat() if deed.until else ""
        at = f"{deed.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        cells = (at, deed.table, deed.department, WORDS[deed.what], deed.by, until, deed.reason)
        writer.writerow([_plain(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def shifted(deeds: Iterable[Deed], to: date) -> list[Deed]:
    """The same course with its first day on ``to``: every date moves by as many days."""
    course = sorted(deeds, key=lambda deed: deed.at)
    by = to - course[0].at.date() if course else to - to
    return [replace(deed, at=deed.at + by, until=deed.until + by if deed.until else None) for deed in course]


def _rows(text: str, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    try:
        columns = [tidy(half_width(cell)).lower() for cell in next(reader, [])]
        missing = [column for column in NEEDED if column not in columns]
        if missing:
            message = Sentence("缺少这些列：%(missing)s；第一行应是列名", missing="、".join(missing))
            problems.add("missing-column", 1, problems.file, message, ",".join(COLUMNS))
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(columns, map(tidy, cells), strict=False))
            if reader.line_num > MOST:
                problems.add(
                    "bad-value",
                    MOST,
                    problems.file,
                    Sentence("超过 %(most)s 行，不像一次采集的过程", most=MOST),
                )
                return
    except csv.Error:
        message = Sentence("从这一行起不是逗号分隔的文本，请在 Excel 里另存为“CSV UTF-8”")
        problems.add("unreadable-file", reader.line_num, problems.file, message)


def _deed(line: int, row: dict[str, str], problems: Problems, zone: ZoneInfo) -> Deed | None:
    noted = len(problems.found)
    for column in NEEDED:
        if not row.get(column):
            problems.add("missing-value", line, column, Sentence("这一格是空的"), _example())
    at = _moment(line, row.get("at", ""), problems, zone)
    what = _SAID.get(row.get("what", ""), "")
    if row.get("what") and not what:
        message = Sentence(
            "%(what)s不是能预演的事，应是其中之一：%(words)s",
            what=quoted(row["what"]),
            words="、".join(WORDS.values()),
        )
        problems.add("bad-value", line, "what", message, "提交")
    until = _day(line, row.get("until", ""), problems, needed=what in OF_A_DAY)
    if at is None or len(problems.found) > noted:
        return None
    table = row["table"].lstrip("'")
    return Deed(at, table, row["department"], what, row.get("by", ""), until, row.get("reason", ""))


def _moment(line: int, text: str, problems: Problems, zone: ZoneInfo) -> datetime | None:
    try:
        return parse_instant(text, zone).astimezone(zone) if text else None
    except (ValueError, OverflowError):
        problems.add(
            "bad-date", line, "at", Sentence("看不懂时间%(text)s", text=quoted(text)), "2020-11-10 09:30"
        )
        return None


def _day(line: int, text: str, problems: Problems, *, needed: bool) -> date | None:
    if not text and not needed:
        return None
    try:
        return parse_day(text)
    except ValueError:
        message = (
            Sentence("看不懂日期%(text)s", text=quoted(text)) if text else Sentence("延期要写明到哪一天")
        )
        problems.add("bad-date", line, "until", message, "2020-11-20")
        return None


def _plain(cell: str) -> str:
    """Text that Excel takes for no formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _example() -> str:
    return "2020-11-10 09:30,7.1.1,教务部,提交"
