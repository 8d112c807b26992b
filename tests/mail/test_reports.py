"""The report's three files say the same numbers, in forms that open, with nothing live in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest

from mail.report_chart import chart_svg
from mail.reports import FOLDER, as_docx, as_html, as_xlsx, summary, write_report
from models.late import DepartmentCount, LateLine, LateReport

AT = datetime(2020, 11, 13, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DUE = AT.replace(day=11, hour=23, minute=59)


def line(table: str, name: str, department: str, stage: str, held_by: str) -> LateLine:
    days = {"collector": 0, "reviewer": 0, "system-check": 0, held_by: 2}
    return LateLine(table, name, department, "学务部", DUE, stage, 2, held_by, days)


REPORT = LateReport(
    at=AT,
    campaign="2020年数据采集",
    college="示例职业学院",
    office="质量部办公室",
    phone="62809066",
    late=(
        line("1.6", "机构设置", "政务部", "collected", "reviewer"),
        line("6.1", "教师基本情况", "政务部", "returned", "collector"),
        line("10.1.1", "学生基本信息", "学务部", "pending", "collector"),
        line("7.2", "课程设置", "教务部", "reviewed", "system-check"),
    ),
    rosters=("图书馆",),
    departments=(
        DepartmentCount("政务部", 5, 4, {"reviewer": 1, "collector": 1}),
        DepartmentCount("学务部", 1, 0, {"collector": 1}),
        DepartmentCount("教务部", 2, 2, {"system-check": 1}),
    ),
    on_time=6,
    due=8,
    total=189,
    year=2020,
)
NOTHING = replace(REPORT, late=(), rosters=(), departments=(), on_time=0, due=0)


def tables(content: bytes) -> list[list[list[str]]]:
    document = docx.Document(BytesIO(content))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


def test_three_files() -> None:
    assert sorted(write_report(REPORT)) == ["late-report.docx", "late-report.html", "late-report.xlsx"]


def test_word_has_the_form_and_the_numbers() -> None:
    content = as_docx(REPORT)
    text = text_of(content)
    for wanted in (
        "示例职业学院",
        "2020年数据采集迟报情况报告",
        "主送：各位院领导，各有关部门",
        "截至2020年11月13日（周五）08:30，已到期应交 8 项，其中按时提交 6 项；现有迟报 4 项"
        "（采集环节 2 项，审核环节 1 项，系统检测环节 1 项）",
        "图书馆尚未报齐采集员、审核员名单。",
        "2020年11月13日",
        "联系电话：62809066",
    ):
        assert wanted in text
    departments, late = tables(content)
    assert departments[1:] == [
        ["政务部", "5", "4", "2", "1", "1", "0"],
        ["学务部", "1", "0", "1", "1", "0", "0"],
        ["教务部", "2", "2", "1", "0", "0", "1"],
    ]
    assert late[1:3] == [
        ["1.6 机构设置", "政务部", "11月11日 23:59", "待审核", "2", "审核", "审核 2"],
        ["6.1 教师基本情况", "政务部", "11月11日 23:59", "已退回", "2", "采集", "采集 2"],
    ]
    assert len(late) == 5


def test_word_holds_the_chart() -> None:
    with ZipFile(BytesIO(as_docx(REPORT))) as package:
        [picture] = [name for name in package.namelist() if name.startswith("word/media/")]
        assert package.read(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize("make", [as_docx, as_xlsx, as_html])
def test_nothing_late_is_a_report_too(make: object) -> None:
    assert callable(make)
    assert make(NOTHING)
    assert "没有迟报" in text_of(as_docx(NOTHING))


def test_no_template_mark_is_left() -> None:
    for report in (REPORT, NOTHING):
        with ZipFile(BytesIO(as_docx(report))) as package:
            assert not re.search(r"\{[{%]|[}%]\}", package.read("word/document.xml").decode())
        assert not re.search(r"\{[{%]|[}%]\}", as_html(report).decode())


def test_excel_has_values_and_a_chart_of_its_own() -> None:
    content = as_xlsx(REPORT)
    book = openpyxl.load_workbook(BytesIO(content))
    departments = [[cell.value for cell in row] for row in book["各部门"].iter_rows(min_row=2)]
    assert departments == [
        ["政务部", 5, 4, 2, 1, 1, 0],
        ["学务部", 1, 0, 1, 1, 0, 0],
        ["教务部", 2, 2, 1, 0, 0, 1],
    ]
    rows = [[cell.value for cell in row] for row in book["迟报明细"].iter_rows(min_row=2)]
    assert rows[0] == ["1.6", "机构设置", "政务部", "学务部", DUE.replace(tzinfo=None), "待审核", 2, "审核"]
    assert len(rows) == 4
    with ZipFile(BytesIO(content)) as package:
        assert "xl/charts/chart1.xml" in package.namelist()


def test_no_formula_comes_alive() -> None:
    hostile = '=HYPERLINK("http://evil.test","点我")'
    lines = tuple(replace(each, name=hostile, department="+1+1", table="@x") for each in REPORT.late)
    counts = (DepartmentCount("=1+1", 1, 0, {"collector": 1}),)
    content = as_xlsx(replace(REPORT, late=lines, departments=counts))
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    assert openpyxl.load_workbook(BytesIO(content))["迟报明细"]["B2"].value == hostile


def test_markup_in_a_name_is_text() -> None:
    hostile = replace(REPORT, late=(replace(REPORT.late[0], name="<script>x</script>&"),))
    assert "<script>" not in as_html(hostile).decode()
    assert "1.6 <script>x</script>&" in tables(as_docx(hostile))[1][1]


def test_the_page_stands_alone() -> None:
    page = as_html(REPORT).decode()
    assert "<svg" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=[\"']http", page)
    for wanted in ("机构设置", "系统检测环节 1 项", "图书馆", "62809066"):
        assert wanted in page


def test_the_chart_shows_each_department_and_whole_numbers() -> None:
    drawn = chart_svg(REPORT)
    for wanted in ("政务部", "学务部", "教务部", "采集迟", "审核迟", "检测迟"):
        assert wanted in drawn
    assert chart_svg(NOTHING) == ""


def test_what_the_mail_says() -> None:
    said = summary(REPORT)
    assert (said["due"], said["on_time"], said["late"], said["rosters"]) == (8, 6, 4, ["图书馆"])
    assert {part["title"]: part["lines"] for part in said["parts"]} == {
        "未提交": ["10.1.1 学生基本信息 · 学务部，迟 2 个工作日"],
        "退回待修改": ["6.1 教师基本情况 · 政务部，迟 2 个工作日"],
        "待审核": ["1.6 机构设置 · 政务部，迟 2 个工作日"],
        "系统检测中": ["7.2 课程设置 · 教务部，迟 2 个工作日"],
    }


def test_the_word_template_names_nobody() -> None:
    properties = docx.Document(str(FOLDER / "late.docx")).core_properties
    assert (properties.author, properties.comments) == ("", "")
