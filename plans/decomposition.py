"""The task decomposition of any document, as a grid of cells, understood row by row.

Headings may stand in any order.  Rows without a number head a directory or a list of numbered items; both
carry a deadline sometimes.  What had to be assumed is told as a doubt, what cannot be read as a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from plans.notation import half_width, parse_day, parse_numeral, parse_units, quoted, tidy
from plans.plan import COLLECTED, REVIEWED, PlanTable
from plans.problems import Problems
from plans.sentence import Sentence
from plans.tasks_file import CODE, FORMULA_STARTS

Grid = list[list[str]]
# The first heading that fits a column wins; the order tells 审核部门 from 采集部门 and a code from a name.
HEADINGS = (
    ("no", r"序号|no\.?"),
    ("step", r".*步骤.*|step"),
    ("due", r".*(截止|期限|完成时间|时限).*|due"),
    ("review", r".*审核.*|review"),
    ("collect", r".*(采集|责任|填报|报送).*(部门|单位)|collect"),
    ("code", r"(表|数据表|表格)?(编号|编码|代码)|code"),
    ("name", r".*(表格|数据表|采集表|表名|名称).*|printed"),
)
NEEDED = {"name": "数据采集表格名称", "collect": "数据采集的部门", "due": "数据采集截止时间"}
DIRECTORY = re.compile(r"([一二三四五六七八九十]+)\s*[、.．]\s*(.+)")
CODED = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)(?!\d)[.、]?\s*(.+)")
ITEM = re.compile(r"(\d{1,2})(?!\d)[.、)）]?\s*(.+)")
LEVEL_NOTE = re.compile(r"[（(][^（）()]*目录[）)]$")


@dataclass
class Reading:
    """What has been read so far of one document, and the headings in force."""

    problems: Problems
    year: int | None
    tables: list[PlanTable] = field(default_factory=list)
    doubts: Problems = field(init=False)
    steps: list[str] = field(default_factory=list)
    directory: str | None = None
    parent: str | None = None
    heading_due: str = ""

    def __post_init__(self) -> None:
        self.doubts = Problems(self.problems.file)

    def place(self, line: int) -> str:
        return f"{self.problems.file}: 表中第 {line} 行"


def columns_of(row: list[str]) -> dict[str, int]:
    """Which column each known heading of a row stands in."""
    headings = [re.sub(r"\s", "", half_width(cell)).lower() for cell in row]
    found: dict[str, int] = {}
    for column, pattern in HEADINGS:
        for index, heading in enumerate(headings):
            if column not in found and index not in found.values() and re.fullmatch(pattern, heading):
                found[column] = index
    return found


def heading_row(grid: Grid) -> int | None:
    """The index of the row that has the needed headings; ``None`` where the grid is no decomposition."""
    return next((at for at, row in enumerate(grid) if NEEDED.keys() <= columns_of(row).keys()), None)


def read_grid(grid: Grid, reading: Reading) -> None:
    """Add the grid's tables to what has been read."""
    start = heading_row(grid)
    if start is None:
        return
    columns = columns_of(grid[start])
    for line, cells in _filled(grid, start, columns):
        _read_row(line, cells, reading, numbered="no" in columns)


def _filled(grid: Grid, start: int, columns: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the headings that says something, by column; ``heading`` may stand in any cell."""
    for index, row in enumerate(grid[start + 1 :], start + 2):
        if not any(cell.strip() for cell in row) or columns_of(row) == columns:
            continue
        cells = {column: row[at] if at < len(row) else "" for column, at in columns.items()}
        spread = next((tidy(cell) for cell in row if DIRECTORY.fullmatch(tidy(cell))), "")
        yield index, {**cells, "heading": spread if not cells["name"].strip() else tidy(cells["name"])}


def _read_row(line: int, cells: dict[str, str], reading: Reading, *, numbered: bool) -> None:
    step = _step(cells, reading)
    owed = bool(cells["collect"].strip())
    number = parse_numeral(cells.get("no", "")) if numbered else (len(reading.tables) + 1 if owed else None)
    if number is not None:
        _add_table(line, cells, reading, number, step)
    elif not _note_heading(cells, reading) or owed:
        message = Sentence("%(heading)s这一行没有序号，没有当作要采集的表", heading=quoted(cells["heading"]))
        sink = reading.problems if owed else reading.doubts
        sink.add("row-without-number", line, reading.place(line), message, "73" if owed else "")


def _step(cells: dict[str, str], reading: Reading) -> int:
    """The step's number; each new text of the column is a further step.  Without the column: the second."""
    text = tidy(cells.get("step", ""))
    if text and text not in reading.steps:
        reading.steps.append(text)
    if not reading.steps:
        return 2
    latest = reading.steps[-1]
    match = re.search(r"第\s*(\S+?)\s*步", half_width(latest))
    return (parse_numeral(match[1] if match else latest) or 0) or len(reading.steps)


def _note_heading(cells: dict[str, str], reading: Reading) -> bool:
    """Take a heading row into force; whether it was one."""
    text = cells["heading"]
    coded = CODED.fullmatch(half_width(text))
    if coded:
        reading.parent = coded[1]
    elif DIRECTORY.fullmatch(text):
        reading.directory, reading.parent = LEVEL_NOTE.sub("", text).strip(), None
    else:
        return False
    reading.heading_due = cells["due"]
    return True


def _add_table(line: int, cells: dict[str, str], reading: Reading, number: int, step: int) -> None:
    noted = len(reading.problems.found)
    printed = tidy(cells["name"])
    code, name = _code_and_name(line, cells, printed, reading)
    _note_formulas(line, cells, reading)
    table = PlanTable(
        no=number,
        code=code,
        name=name,
        printed=printed,
        directory=reading.directory,
        step=step,
        collect=_collect(line, cells, printed, reading),
        review=_review(line, cells, printed, reading),
        due=_due(line, cells, printed, reading),
        due_stage=REVIEWED if step == 1 else COLLECTED,
    )
    if len(reading.problems.found) == noted:
        reading.tables.append(table)


def _note_formulas(line: int, cells: dict[str, str], reading: Reading) -> None:
    """A cell that a spreadsheet would run as a formula never enters `tasks.csv`."""
    for column in ("name", "collect", "review"):
        if tidy(cells.get(column, "")).startswith(FORMULA_STARTS):
            message = Sentence(
                "%(cell)s的第一个字会让 Excel 把它当成公式，请删去", cell=quoted(cells[column])
            )
            reading.problems.add("bad-value", line, reading.place(line), message, "1.1 名称")


def _code_and_name(line: int, cells: dict[str, str], printed: str, reading: Reading) -> tuple[str, str]:
    """The code a printed name stands for, and the name without it."""
    plain, own = half_width(printed), tidy(half_width(cells.get("code", "")))
    if CODE.fullmatch(own):
        reading.parent = None
        return own, plain.removeprefix(own).strip()
    if coded := CODED.fullmatch(plain):
        reading.parent = None
        return coded[1], coded[2]
    if chapter := DIRECTORY.fullmatch(plain):
        reading.directory, reading.parent = printed, None
        return str(parse_numeral(chapter[1])), chapter[2]
    if reading.parent and (item := ITEM.fullmatch(plain)):
        return f"{reading.parent}.{item[1]}", item[2]
    message = Sentence(
        "%(printed)s前面没有能认出的编号（编号后若紧跟数字，中间请加空格）", printed=quoted(printed)
    )
    reading.problems.add("bad-value", line, reading.place(line), message, "1.3 2020年招生计划")
    return "", plain


def _collect(line: int, cells: dict[str, str], printed: str, reading: Reading) -> tuple[str, ...]:
    units = parse_units(cells["collect"])
    if not units:
        message = Sentence("%(printed)s没有写采集部门", printed=quoted(printed))
        reading.problems.add("bad-value", line, reading.place(line), message, "教务部、学务部")
    return units


def _review(line: int, cells: dict[str, str], printed: str, reading: Reading) -> str | None:
    units = parse_units(cells.get("review", ""))
    if len(units) > 1:
        message = Sentence(
            "%(printed)s写了 %(count)s 个审核部门，一张表只能由一个部门审核",
            printed=quoted(printed),
            count=len(units),
        )
        reading.problems.add("bad-value", line, reading.place(line), message, units[0])
    return units[0] if units else None


def _due(line: int, cells: dict[str, str], printed: str, reading: Reading) -> date:
    """The row's own deadline, else that of the heading above it (a doubt)."""
    written = cells["due"] if cells["due"].strip() else reading.heading_due
    try:
        day = parse_day(written, reading.year)
    except ValueError:
        year = "" if reading.year else Sentence("；文件里没有年份，请用 --year 给出")
        message = Sentence(
            "%(printed)s的截止时间应是日期，现在是%(written)s%(year)s",
            printed=quoted(printed),
            written=quoted(written),
            year=year,
        )
        reading.problems.add("bad-date", line, reading.place(line), message, "2020年11月18日")
        return date.min
    if not cells["due"].strip():
        message = Sentence(
            "%(printed)s没有写截止时间，按上面标题行的 %(day)s 计", printed=quoted(printed), day=day
        )
        reading.doubts.add("deadline-from-heading", line, reading.place(line), message)
    return day


def note_repeats(reading: Reading) -> None:
    """A code or a number may stand for one table of the document only."""
    seen: dict[str, PlanTable] = {}
    for table in reading.tables:
        for id, key in (
            ("duplicate-code", Sentence("编号 %(code)s", code=table.code)),
            ("duplicate-no", Sentence("序号 %(no)s", no=table.no)),
        ):
            first = seen.setdefault(key, table)
            if first is not table:
                message = Sentence(
                    "%(key)s 用了两次：“%(printed)s”和“%(again)s”",
                    key=key,
                    printed=first.printed,
                    again=table.printed,
                )
                reading.problems.add(id, None, f"{reading.problems.file}: {table.no}", message)
