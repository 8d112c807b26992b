"""Workbooks about people: `people.xlsx` empty or as people are, to be loaded again, and activation links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from actions.people_file import CHINESE_COLUMNS, CHINESE_ROLES, COLUMNS, NEEDED, PRINTED, PersonRow, said
from models import Department, Grant, Person
from models.person import in_force

if TYPE_CHECKING:
    import xlsxwriter

PEOPLE, NOTES, CHOICES, LINKS = "人员", "说明", "选项", "激活链接"
ROOM = 500
"""Rows that get the drop-downs beyond those that are filled."""
WIDTHS = dict(zip(COLUMNS, (12, 16, 30, 16, 18, 24, 30, 24), strict=True))
COMBINED = ("采集员 审核员", "审核员 部门负责人", "采集员 部门负责人")
MEANING = {
    "staff_no": "必填，不重复，就是登录名。",
    "name": "必填。",
    "email": "必填，一个地址。",
    "phone": "可不填。",
    "department": "计划中的部门，从下拉选；采集员、审核员、部门负责人必填。",
    "roles": f"必填，可几个，用空格或顿号分开：{'、'.join(CHINESE_ROLES)}。",
    "leads": "院领导分管的部门，用顿号分开；不填为全部。",
    "tables": "只审核部分表的审核员：表号，用空格分开；不填为全部。",
}
HOW = (
    "每行一人，第 1 行列名请勿改动。有一处错误就一个也不导入，并逐格说明。",
    "按工号认人：已有的更新，没有的新增；表里没有写到的人保持原样。",
    "一个人这次不再写明的角色随即取消，导入后会列明；此前的记录保留。",
    "有起止日期的代理不写在表里，导入也不影响它。",
    "已离任/离校的人不在表里；写上并给他角色，就恢复在岗。",
)


@dataclass(frozen=True)
class Link:
    """A one-time link for somebody, good until then (wall time)."""

    person: PersonRow
    address: str
    until: datetime


def people_now(session: Session, now: datetime) -> list[PersonRow]:
    """Everybody active as a row of the file, by department and staff number, without what he does as a deputy
    only."""
    names = {row.id: row.name for row in session.exec(select(Department))}
    held: dict[int, list[Grant]] = {}
    standing = select(Grant).where(in_force(now), col(Grant.until).is_(None))
    for grant in session.exec(standing.order_by(col(Grant.id))):
        held.setdefault(grant.person_id, []).append(grant)
    active = (
        select(Person).where(col(Person.active)).order_by(col(Person.department_id), col(Person.staff_no))
    )
    return [_row(person, held.get(person.id or 0, []), names) for person in session.exec(active)]


def write_people(rows: Sequence[PersonRow], departments: Iterable[str]) -> bytes:
    """The file with these people, with drop-downs and notes; without any it is the empty form."""
    out = BytesIO()
    with _book(out) as book:
        page = _sheet(book, PEOPLE, [(PRINTED[name], WIDTHS[name], name in NEEDED) for name in COLUMNS])
        for line, row in enumerate(rows, 1):
            for place, text in enumerate(_cells(row)):
                page.write_string(line, place, text)
        lists = {"department": sorted(departments), "roles": [*CHINESE_ROLES, *COMBINED]}
        _notes(book)
        _choices(book, page, lists, len(rows) + ROOM)
    return out.getvalue()


def write_links(links: Sequence[Link]) -> bytes:
    """The links, a person a row, for the office to hand on."""
    out = BytesIO()
    titles = (("部门", 18), ("姓名", 16), ("工号", 12), ("邮箱", 30), ("一次性激活链接", 70), ("有效至", 18))
    with _book(out) as book:
        page = _sheet(book, LINKS, [(title, width, False) for title, width in titles])
        for line, link in enumerate(links, 1):
            who, until = link.person, f"{link.until:%Y-%m-%d %H:%M}"
            for place, text in enumerate(
                (who.department, who.name, who.staff_no, who.email, link.address, until)
            ):
                page.write_string(line, place, text)
    return out.getvalue()


def _row(person: Person, grants: Sequence[Grant], names: dict[int | None, str]) -> PersonRow:
    """A row knows one department: what was handed over from another stands in no row, and none takes it."""
    grants = [each for each in grants if each.role == "leader" or each.department_id == person.department_id]
    return PersonRow(
        line=0,
        staff_no=person.staff_no,
        name=person.name,
        email=person.email,
        phone=person.phone,
        department=names.get(person.department_id, ""),
        roles=tuple(dict.fromkeys(grant.role for grant in grants)),
        leads=tuple(
            names[grant.department_id] for grant in grants if grant.role == "leader" and grant.department_id
        ),
        tables=tuple(grant.table_code for grant in grants if grant.table_code),
    )


def _cells(row: PersonRow) -> Iterator[str]:
    yield from (row.staff_no, row.name, row.email, row.phone, row.department)
    yield " ".join(said(role) for role in row.roles)
    yield "、".join(row.leads)
    yield " ".join(row.tables)


def _book(out: BytesIO) -> xlsxwriter.Workbook:
    """An empty workbook in which no text becomes a formula or a link."""
    import xlsxwriter

    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(out, plain)


def _sheet(book: xlsxwriter.Workbook, name: str, columns: Iterable[tuple[str, int, bool]]) -> Any:
    """A sheet with titles, those that must be filled in red; every cell is text."""
    page, text = book.add_worksheet(name), book.add_format({"num_format": "@"})
    for place, (title, width, needed) in enumerate(columns):
        page.set_column(place, place, width, text)
        look = {"bold": True, "bottom": 1, "font_color": "#b42318" if needed else "#1f2933"}
        page.write_string(0, place, title, book.add_format(look))
    page.freeze_panes(1, 0)
    return page


def _notes(book: xlsxwriter.Workbook) -> None:
    page = book.add_worksheet(NOTES)
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 90)
    for line, text in enumerate(HOW):
        page.write_string(line, 0, text)
    for line, (title, name) in enumerate(CHINESE_COLUMNS.items(), len(HOW) + 1):
        page.write_string(line, 0, title)
        page.write_string(line, 1, MEANING[name])


def _choices(book: xlsxwriter.Workbook, page: Any, lists: dict[str, list[str]], last: int) -> None:
    """The drop-downs of the people's sheet; what is typed beside them is read as well."""
    listed = book.add_worksheet(CHOICES)
    listed.hide()
    for place, (name, values) in enumerate(lists.items()):
        listed.write_column(0, place, values)
        column = COLUMNS.index(name)
        source = f"={CHOICES}!${'AB'[place]}$1:${'AB'[place]}${max(len(values), 1)}"
        page.data_validation(
            1, column, last, column, {"validate": "list", "source": source, "show_error": False}
        )
