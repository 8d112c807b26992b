"""Reads `people.xlsx`: who takes part, in which roles; every mistake is told with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from actions.who import ROLES
from models.errors import Sentence, Unusable
from plans.excel import MOST_COLUMNS, MOST_ROWS
from plans.importing import opened
from plans.load import read_bytes
from plans.notation import is_address
from plans.problems import PlanError

COLUMNS = ("staff_no", "name", "email", "phone", "department", "roles", "leads", "tables")
CHINESE_COLUMNS = dict(
    zip(
        ("工号", "姓名", "邮箱", "电话", "部门", "角色", Sentence("分管部门"), Sentence("审核表号")),
        COLUMNS,
        strict=True,
    )
)
CHINESE_ROLES = dict(zip(("采集员", "审核员", "部门负责人", "院领导", "质量部", "审计"), ROLES, strict=True))
ROLE_WORDS = Sentence(
    "采集员（collector）、审核员（reviewer）、部门负责人（head）、院领导（leader）、质量部（office）、审计（auditor）"
)
PRINTED = {column: chinese for chinese, column in CHINESE_COLUMNS.items()}
ROLE_HINT = Sentence("角色可用：%(words)s；改好后再试一次。", words=ROLE_WORDS)
_COLUMN_HINT = Sentence(
    "列名应为：%(chinese)s（或 %(english)s）。",
    chinese="、".join(CHINESE_COLUMNS),
    english=", ".join(COLUMNS),
)
NEEDED = ("staff_no", "name", "email", "roles")
EXAMPLE = Sentence("例：1001 | 张三 | zhangsan@example.edu.cn | 6001 | 教务部 | 采集员 审核员 | | ")


@dataclass(frozen=True)
class PersonRow:
    """One person of the file; ``line`` is the row in the sheet."""

    line: int
    staff_no: str
    name: str
    email: str
    phone: str
    department: str
    roles: tuple[str, ...]
    leads: tuple[str, ...]
    tables: tuple[str, ...]


def read_people(path: Path, departments: frozenset[str], codes: frozenset[str]) -> list[PersonRow]:
    """The people of the workbook's first sheet.

    Unusable (422) lists every mistake with its cell: unknown column, role, department or table, a missing
    or repeated staff number, an address without @.
    """
    cells = _cells(path)
    columns = _header(cells[0] if cells else ())
    rows = [
        _row(number, dict(zip(columns, values, strict=False)))
        for number, values in enumerate(cells[1:], start=2)
        if any(values)
    ]
    demand_valid(rows, departments, codes, columns)
    return rows


def demand_valid(
    rows: list[PersonRow],
    departments: frozenset[str],
    codes: frozenset[str],
    columns: Sequence[str] = COLUMNS,
) -> None:
    """Unusable (422) with every mistake of the rows, each with its cell."""
    problems = [problem for row in rows for problem in _problems(row, columns, departments, codes)]
    problems += _repeated(rows)
    if problems:
        if any(row.line for row in rows):
            told, hint = Sentence("人员表有 %(n)s 处问题，尚未导入任何人。", n=len(problems)), EXAMPLE
        else:
            told, hint = Sentence("有 %(n)s 处问题，没有保存。", n=len(problems)), ROLE_HINT
        raise Unusable(told, hint, problems=problems)


def _cells(path: Path) -> list[tuple[str, ...]]:
    """The first sheet's cells as text; whatever is no workbook, damaged or too large becomes a sentence."""
    try:
        rows = opened(_first_sheet, read_bytes(path), path.name, Sentence("Excel 工作簿（.xlsx）"))
    except PlanError as error:
        problem = error.problems[0]
        raise Unusable(
            Sentence("%(name)s：%(problem)s。", name=path.name, problem=problem.message), EXAMPLE
        ) from error
    if len(rows) > MOST_ROWS:
        raise Unusable(
            Sentence("人员表超过 %(most)s 行。", most=MOST_ROWS),
            "请删去空行和无关内容，或分几份导入。",
        )
    return rows


def _first_sheet(content: bytes) -> list[tuple[str, ...]]:
    from openpyxl import load_workbook

    workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
    rows = workbook.worksheets[0].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
    return [tuple(_text(value) for value in row) for row in rows]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _header(printed: tuple[str, ...]) -> list[str]:
    values = [CHINESE_COLUMNS.get(name, name) for name in printed]
    missing = [name for name in NEEDED if name not in values]
    unknown = [name for name in values if name and name not in COLUMNS]
    if missing or unknown:
        raise Unusable(
            _wrong_header("、".join(PRINTED[name] for name in missing), "、".join(unknown)), _COLUMN_HINT
        )
    return values


def _wrong_header(missing: str, unknown: str) -> Sentence:
    if not unknown:
        return Sentence("人员表第 1 行：缺少列 %(missing)s。", missing=missing)
    if not missing:
        return Sentence("人员表第 1 行：不认识的列 %(unknown)s。", unknown=unknown)
    return Sentence(
        "人员表第 1 行：缺少列 %(missing)s；不认识的列 %(unknown)s。", missing=missing, unknown=unknown
    )


def _row(number: int, cell: dict[str, str]) -> PersonRow:
    return PersonRow(
        line=number,
        staff_no=cell.get("staff_no", ""),
        name=cell.get("name", ""),
        email=cell.get("email", ""),
        phone=cell.get("phone", ""),
        department=cell.get("department", ""),
        roles=roles_of(cell.get("roles", "")),
        leads=words_of(cell.get("leads", "")),
        tables=words_of(cell.get("tables", "")),
    )


def roles_of(text: str) -> tuple[str, ...]:
    """The roles that a cell or an option names, in Chinese or English."""
    return tuple(CHINESE_ROLES.get(word, word) for word in words_of(text))


def said(role: str) -> str:
    """The role as a people file says it in Chinese."""
    return next((chinese for chinese, known in CHINESE_ROLES.items() if known == role), role)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a cell, however they are separated."""
    for mark in "、,，;；":
        text = text.replace(mark, " ")
    return tuple(text.split())


STAFF_NO = re.compile(r"(?=.*\w)[\w.-]{1,64}")
"""It stands in addresses of pages, where one of dots only would mean another page."""


def _problems(
    row: PersonRow, columns: Sequence[str], departments: frozenset[str], codes: frozenset[str]
) -> Iterator[Sentence]:
    """Each mistake of the row, with where it stands."""

    def at(column: str, problem: Sentence) -> Sentence:
        place = _place(row, column, columns)
        return Sentence("%(place)s：%(problem)s", place=place, problem=problem)

    yield from (at(column, problem) for column, problem in _who_is_meant(row))
    for role in row.roles:
        if role not in ROLES:
            yield at(
                "roles", Sentence("不认识的角色“%(role)s”，可用：%(words)s。", role=role, words=ROLE_WORDS)
            )
    for column, names in (("department", (row.department,) if row.department else ()), ("leads", row.leads)):
        for name in names:
            if name not in departments:
                known = "、".join(sorted(departments))
                yield at(
                    column, Sentence("计划中没有部门“%(name)s”，可用：%(known)s。", name=name, known=known)
                )
    for code in row.tables:
        if code not in codes:
            yield at("tables", Sentence("计划中没有表“%(code)s”。", code=code))
    if not row.department and {"collector", "reviewer", "head"} & set(row.roles):
        yield at("roles", Sentence("采集员、审核员和部门负责人必须写明部门。"))


def _who_is_meant(row: PersonRow) -> Iterator[tuple[str, Sentence]]:
    """What is wrong with number, name and address, each with its column."""
    if not row.staff_no:
        yield "staff_no", Sentence("缺少工号。")
    elif not STAFF_NO.fullmatch(row.staff_no):
        told = Sentence(
            "工号“%(number)s”里只能有字母、数字、点、横线和下划线，至少一个字母或数字，最长 64 个字。",
            number=row.staff_no[:20],
        )
        yield "staff_no", told
    if not row.name:
        yield "name", Sentence("缺少姓名。")
    if not is_address(row.email):
        yield "email", Sentence("“%(email)s”不是邮箱地址。", email=row.email)


def _place(row: PersonRow, column: str, columns: Sequence[str]) -> str:
    from openpyxl.utils import get_column_letter

    if not row.line:
        return Sentence(PRINTED[column])
    letter = get_column_letter(columns.index(column) + 1) if column in columns else "?"
    return Sentence("单元格 %(cell)s", cell=f"{letter}{row.line}")


def _repeated(rows: list[PersonRow]) -> list[Sentence]:
    first: dict[str, int] = {}
    said = []
    for row in rows:
        earlier = first.setdefault(row.staff_no, row.line) if row.staff_no else row.line
        if earlier != row.line:
            told = Sentence(
                "第 %(line)s 行：工号 %(number)s 与第 %(earlier)s 行重复。",
                line=row.line,
                number=row.staff_no,
                earlier=earlier,
            )
            said.append(told)
    return said
