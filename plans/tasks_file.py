"""`tasks.csv`: one row a data table, written for Excel and read back whatever Excel made of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

from plans.notation import half_width, parse_day, parse_numeral, parse_units, quoted, tidy
from plans.plan import COLLECTED, REVIEWED, PlanTable
from plans.problems import PlanError, PlanProblem, Problems
from plans.sentence import Sentence

COLUMNS = (
    "no", "code", "name", "printed", "directory", "step", "collect", "review", "due", "due_stage",
    "evidence", "preloaded",
)  # fmt: skip
EVIDENCE = ("", "upload", "form", "attest")
YES, NO = ("yes", "true", "1", "是", "√"), ("", "no", "false", "0", "否")
CODE = re.compile(r"\d{1,2}(\.\d{1,2})*")
FORMULA_STARTS = ("=", "+", "-", "@")

Row = dict[str, str]


LONGEST_CELL = 10_000


def decode(content: bytes, name: str) -> str:
    """The text of a file saved as UTF-8 (a BOM stays) or, as Excel in China does, as GB18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = Sentence("这个文件不是 UTF-8 或 GB18030 编码的文本，请在 Excel 里另存为“CSV UTF-8”")
    raise PlanError([PlanProblem("unreadable-file", name, None, name, message)])


def load_tasks(text: str, name: str = "tasks.csv") -> tuple[PlanTable, ...]:
    """The rows of the decomposition in the file's order; PlanError with every problem."""
    rows, problems = read_tasks(text, name)
    problems.raise_any()
    return tuple(table for _, table in rows)


def read_tasks(text: str, name: str) -> tuple[list[tuple[int, PlanTable]], Problems]:
    """The rows that can be used, each with its line, and what is wrong with the others."""
    problems = Problems(name)
    rows = [(line, _table(line, row, problems)) for line, row in _records(text, problems)]
    found = [(line, table) for line, table in rows if table is not None]
    _note_repeats(found, problems)
    return found, problems


def _records(text: str, problems: Problems) -> Iterator[tuple[int, Row]]:
    """Each filled row under its column names, with the line on which it starts."""
    lines = _csv_rows(text, problems)
    line, header = next(lines, (1, []))
    columns = [tidy(half_width(column)).lower() for column in header]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        message = Sentence("缺少这些列：%(missing)s；第一行应是列名", missing="、".join(missing))
        problems.add("missing-column", line, problems.file, message, ",".join(COLUMNS))
        return
    for line, cells in lines:
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        yield line, dict(zip(columns, padded, strict=False))


def _csv_rows(text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    start = 1
    try:
        for cells in reader:
            if max(map(len, cells), default=0) > LONGEST_CELL:
                raise csv.Error("a cell of this length is no decomposition's")
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        message = Sentence("从这一行起不是逗号分隔的文本，请在 Excel 里另存为“CSV UTF-8”")
        problems.add("unreadable-file", start, problems.file, message)


def _table(line: int, row: Row, problems: Problems) -> PlanTable | None:
    noted = len(problems.found)
    reader = _RowReader(line, row, problems)
    step = reader.number("step", "2")
    code, name = reader.code(), reader.text("name", required=True)
    table = PlanTable(
        no=reader.number("no", "12"),
        code=code,
        name=name,
        printed=reader.text("printed") or f"{code} {name}",
        directory=reader.text("directory") or None,
        step=step,
        collect=reader.collect(),
        review=reader.review(),
        due=reader.due(),
        due_stage=reader.word("due_stage", (REVIEWED, COLLECTED), REVIEWED if step == 1 else COLLECTED),
        evidence=reader.word("evidence", EVIDENCE, "") or None,
        preloaded=reader.word("preloaded", (*YES, *NO), "") in YES,
    )
    return table if len(problems.found) == noted else None


class _RowReader:
    """One row: each method reads a column and notes what is wrong with it."""

    def __init__(self, line: int, row: Row, problems: Problems) -> None:
        self.line = line
        self.row = row
        self.problems = problems
        self.where = f"{problems.file}: {tidy(row['no']) or f'第 {line} 行'}"

    def note(self, id: str, message: str, example: str) -> None:
        self.problems.add(id, self.line, self.where, message, example)

    def text(self, column: str, *, required: bool = False) -> str:
        """A cell as text; one that a spreadsheet would run as a formula is refused."""
        value = tidy(self.row[column])
        if required and not value:
            self.note("bad-value", Sentence("%(column)s 列是空的", column=column), "校内实践基地")
        if value.startswith(FORMULA_STARTS):
            message = Sentence(
                "%(column)s 列的%(value)s以 %(sign)s 开头，Excel 会把它当成公式",
                column=column,
                value=quoted(value),
                sign=value[0],
            )
            self.note("bad-value", message, value.lstrip("=+-@ ") or "校内实践基地")
        return value

    def number(self, column: str, example: str) -> int:
        value = parse_numeral(self.row[column]) or 0
        if value < 1:
            self.note(
                "bad-value",
                Sentence(
                    "%(column)s 列应是大于 0 的整数，现在是%(value)s",
                    column=column,
                    value=quoted(self.row[column]),
                ),
                example,
            )
        return value

    def code(self) -> str:
        value = tidy(half_width(self.row["code"]))
        if not CODE.fullmatch(value):
            hint = (
                Sentence("（Excel 可能把编号改成了日期，请把这一列设为文本）")
                if re.search(r"[-/]", value)
                else ""
            )
            self.note(
                "bad-value",
                Sentence("code 列应是表的编号，现在是%(value)s%(hint)s", value=quoted(value), hint=hint),
                "10.1.1",
            )
        return value

    def collect(self) -> tuple[str, ...]:
        self.text("collect")
        units = parse_units(self.row["collect"])
        if not units:
            self.note("bad-value", Sentence("collect 列是空的，这张表没有采集部门"), "教务部、学务部")
        return units

    def review(self) -> str | None:
        self.text("review")
        units = parse_units(self.row["review"])
        if len(units) > 1:
            message = Sentence("review 列写了 %(count)s 个部门，一张表只能由一个部门审核", count=len(units))
            self.note("bad-value", message, units[0])
        return units[0] if units else None

    def due(self) -> date:
        try:
            return parse_day(self.row["due"])
        except ValueError:
            message = Sentence("due 列应是日期（年-月-日），现在是%(value)s", value=quoted(self.row["due"]))
            self.note("bad-date", message, "2020-11-18")
            return date.min

    def word(self, column: str, allowed: tuple[str, ...], default: str) -> str:
        value = tidy(half_width(self.row[column])).lower()
        if value and value not in allowed:
            choices = "、".join(word for word in allowed if word)
            self.note(
                "bad-value",
                Sentence(
                    "%(column)s 列应是 %(choices)s 之一，现在是%(value)s",
                    column=column,
                    choices=choices,
                    value=quoted(value),
                ),
                allowed[0] or "upload",
            )
        return value or default


def _note_repeats(rows: Iterable[tuple[int, PlanTable]], problems: Problems) -> None:
    """A code or a number may stand in one row only."""
    codes: dict[str, tuple[int, PlanTable]] = {}
    numbers: dict[int, int] = {}
    for line, table in rows:
        where = f"{problems.file}: {table.no}"
        if table.code in codes:
            problems.add("duplicate-code", line, where, _repeat(codes[table.code], table), "10.1.2")
        elif table.no in numbers:
            message = Sentence("序号 %(no)s 已在第 %(line)s 行用过", no=table.no, line=numbers[table.no])
            problems.add("duplicate-no", line, where, message, str(max(numbers) + 1))
        codes.setdefault(table.code, (line, table))
        numbers.setdefault(table.no, line)


def _repeat(first: tuple[int, PlanTable], again: PlanTable) -> str:
    line, table = first
    if table == again:
        return Sentence(
            "这一行与第 %(line)s 行完全相同（%(code)s %(name)s），请删去一行",
            line=line,
            code=table.code,
            name=table.name,
        )
    return Sentence(
        "编号 %(code)s 已在第 %(line)s 行给了“%(name)s”，两张表不能用同一个编号",
        code=again.code,
        line=line,
        name=table.name,
    )


def write_tasks(tables: Iterable[PlanTable]) -> str:
    """The file's text; ``load_tasks`` reads the same tables back.  It begins with a BOM for Excel."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(table) for table in tables)
    return out.getvalue()


def _cells(table: PlanTable) -> list[str]:
    return [
        str(table.no), table.code, table.name, table.printed, table.directory or "", str(table.step),
        "、".join(table.collect), table.review or "", table.due.isoformat(), table.due_stage,
        table.evidence or "", "yes" if table.preloaded else "",
    ]  # fmt: skip
