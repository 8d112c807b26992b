"""The report's three files say the same numbers, in forms that open, with nothing live in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import docx
import openpyxl
import pytest

from mail.circular import as_circular
from mail.report_chart import _specification, chart_svg
from mail.reports import FOLDER, as_docx, as_html, as_xlsx, summary, write_report
from models.late import DepartmentCount
from tests.mail.made_reports import (
    DUE,
    EXTENDED,
    FULL,
    HELD_BACK,
    NOTHING,
    RECEIPTS,
    REPORT,
    REQUESTS,
    ROSTER_DUE,
    UNNAMED,
    WHY,
)


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
        "2020年数据采集\n逾期情况报告",
        "各位院领导，各有关部门：",
        "数据采集逾期〔2020〕第 3 期",
        "截至2020年11月13日（周五）08:30，已到期应交 9 项，其中按时提交 6 项；现有逾期 5 项"
        "（采集环节 3 项，审核环节 1 项，系统检测环节 1 项）",
        "其中名单 1 项：图书馆尚未报齐采集员、审核员名单。",
        "2020年11月13日",
        "请相关部门尽快完成，逐项情况见附件。如与实际情况有出入，请与质量部办公室联系（电话：62809066）。",
    ):
        assert wanted in text
    departments, late = tables(content)
    assert departments[1:] == [
        ["政务部", "5", "4", "2", "1", "1", "0"],
        ["学务部", "1", "0", "1", "1", "0", "0"],
        ["教务部", "2", "2", "1", "0", "0", "1"],
        ["图书馆", "1", "0", "1", "1", "0", "0"],
    ]
    assert late[1:3] == [
        ["政务部", "1.6 机构设置", "学务部", "11月11日 23:59", "待审核", "2", "审核", "审核 2", ""],
        ["政务部", "6.1 教师基本情况", "学务部", "11月11日 23:59", "已退回", "2", "采集", "采集 2", ""],
    ]
    unnamed = ["图书馆", "采集员、审核员名单", "", "11月7日 17:30", "待报齐", "5", "采集", "采集 5", ""]
    assert late[5:] == [unnamed]


def test_word_holds_the_chart() -> None:
    with ZipFile(BytesIO(as_docx(REPORT))) as package:
        [picture] = [name for name in package.namelist() if name.startswith("word/media/")]
        assert package.read(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize("make", [as_docx, as_xlsx, as_html])
def test_nothing_late_is_a_report_too(make: object) -> None:
    assert callable(make)
    assert make(NOTHING)
    assert "没有逾期" in text_of(as_docx(NOTHING))


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
        ["图书馆", 1, 0, 1, 1, 0, 0],
    ]
    rows = [[cell.value for cell in row] for row in book["逾期明细"].iter_rows(min_row=2)]
    due = DUE.replace(tzinfo=None)
    named = ["政务部", "1.6", "机构设置", None, "学务部", due, "待审核", 2, "审核"]
    assert rows[0] == [*named, 0, 2, 0, 0, 0, None, None, 0, 0, None, None, None]
    unnamed = ["图书馆", "名单", "采集员、审核员名单", None, None, plain(ROSTER_DUE), "待报齐", 5]
    assert (len(rows), rows[4][:8]) == (5, unnamed)
    with ZipFile(BytesIO(content)) as package:
        assert "xl/charts/chart1.xml" in package.namelist()


def test_no_formula_comes_alive() -> None:
    hostile = '=HYPERLINK("http://evil.test","点我")'
    lines = tuple(replace(each, name=hostile, department="+1+1", table="@x") for each in REPORT.late)
    counts = (DepartmentCount("=1+1", 1, 0, {"collector": 1}),)
    content = as_xlsx(replace(REPORT, late=lines, departments=counts))
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    assert openpyxl.load_workbook(BytesIO(content))["逾期明细"]["C2"].value == hostile


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


def test_what_nobody_sees_in_a_name_is_not_drawn() -> None:
    hidden = replace(REPORT.departments[0], department="教\x01务\x00部")
    specified = _specification(replace(REPORT, departments=(hidden,)))
    assert {row["部门"] for row in specified["data"]["values"]} == {"教务部"}
    assert "教务部" in chart_svg(replace(REPORT, departments=(hidden,)))


def test_the_chart_shows_each_department_and_whole_numbers() -> None:
    drawn = chart_svg(REPORT)
    for wanted in ("政务部", "学务部", "教务部", "采集逾期", "审核逾期", "检测逾期"):
        assert wanted in drawn
    assert chart_svg(NOTHING) == ""


def test_what_the_mail_says() -> None:
    said = summary(REPORT)
    assert (said["due"], said["on_time"], said["late"], said["rosters"]) == (
        9,
        6,
        5,
        ["图书馆，逾期 5 个工作日"],
    )
    assert {part["title"]: part["lines"] for part in said["parts"]} == {
        "未提交": ["10.1.1 学生基本信息 · 学务部，逾期 2 个工作日"],
        "退回待修改": ["6.1 教师基本情况 · 政务部，逾期 2 个工作日"],
        "待审核": ["1.6 机构设置 · 政务部，逾期 2 个工作日"],
        "系统检测中": ["7.2 课程设置 · 教务部，逾期 2 个工作日"],
    }


def test_the_word_template_names_nobody() -> None:
    properties = docx.Document(str(FOLDER / "late.docx")).core_properties
    assert (properties.author, properties.comments) == ("", "")


def test_word_tells_what_has_changed_and_what_is_to_come() -> None:
    content = as_docx(FULL)
    text = text_of(content)
    for wanted in (
        "与上期（2020年11月12日（周四）08:30）相比，新增 2 项，已解决 2 项。",
        "新增逾期 2 项：政务部 2 项（1.6、6.1）。",
        "已解决 2 项：教务部 1 项（7.1.1）、学务部 1 项（10.4）。",
        "全部 11 项未审结的任务预计完成时间：最早 11月20日，最晚无法预计（数据不足）。",
        f"教务部：需要留意。{WHY}。涉及表 7.2。",
    ):
        assert wanted in text
    _, outlook, late = tables(content)
    assert outlook[1] == ["教务部", "11月18日", "9", "2", "1", "11月20日至11月24日（数据不足）"]
    assert late[1][1] == "1.6 机构设置〔源表〕"
    assert late[1][-1] == f"{EXTENDED}；{REQUESTS}；{HELD_BACK}；{RECEIPTS}"


def test_the_page_tells_it_too() -> None:
    page = as_html(FULL).decode()
    for wanted in (
        "政务部 2 项（1.6、6.1）",
        "教务部 1 项（7.1.1）",
        WHY,
        EXTENDED,
        "11月20日至11月24日（数据不足）",
    ):
        assert wanted in page


def plain(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def test_excel_tells_it_too() -> None:
    book = openpyxl.load_workbook(BytesIO(as_xlsx(FULL)))
    rows = {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] for sheet in book
    }
    held = [1, 2, plain(DUE.replace(day=17)), "表号待平台确认", RECEIPTS]
    assert rows["逾期明细"][0][13:] == [2, plain(DUE.replace(day=12)), EXTENDED, *held]
    assert rows["与上期相比"] == [
        ["新增", "1.6", "机构设置", "政务部", "待审核"],
        ["新增", "6.1", "教师基本情况", "政务部", "已退回"],
        ["已解决", "7.1.1", "开设专业", "教务部", "已通过"],
        ["已解决", "10.4", "红十字会", "学务部", "不再要求"],
    ]
    first, last = (plain(DUE.replace(day=day, hour=0, minute=0)) for day in (20, 24))
    ends = [first, last, "11月20日至11月24日（数据不足）"]
    assert rows["部门预计"] == [["教务部", plain(DUE.replace(day=18)), 9, 2, 1.0, *ends]]
    assert rows["各表预计"] == [["7.2", "课程设置", 1, first, first, "11月20日"]]
    assert rows["可能逾期"][0][-1] == WHY


def test_every_sheet_prints_on_paper_with_its_headings() -> None:
    for sheet in openpyxl.load_workbook(BytesIO(as_xlsx(FULL))):
        assert sheet.print_title_rows == "$1:$1"
        paper = 8 if sheet.title == "逾期明细" else 9
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", paper)
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes == ("D2" if sheet.title == "逾期明细" else "A2")
        assert "2020年数据采集" in str(sheet.oddHeader.left.text)


def test_word_repeats_its_headings_and_breaks_no_row() -> None:
    for table in docx.Document(BytesIO(as_docx(FULL))).tables:
        first, *others = (row._tr.xml for row in table.rows)
        assert "w:tblHeader" in first
        assert all("w:cantSplit" in row for row in (first, *others))


def test_the_annex_lies_across_and_is_left_out_where_nothing_is_late() -> None:
    across = [section.orientation for section in docx.Document(BytesIO(as_docx(REPORT))).sections]
    assert across == [0, 1]
    [only] = docx.Document(BytesIO(as_docx(NOTHING))).sections
    assert only.orientation == 0
    assert only.page_width < only.page_height


def test_a_report_that_was_only_asked_for_has_no_number() -> None:
    assert "数据采集逾期〔2020〕即时统计" in text_of(as_docx(replace(REPORT, number=None)))


def test_what_the_mail_says_has_changed() -> None:
    assert (summary(REPORT)["new"], summary(FULL)["new"], summary(FULL)["settled"]) == (None, 2, 2)


def test_a_sheets_rows_are_as_high_as_their_texts() -> None:
    long = "说明" * 60
    line = replace(REPORT.late[0], held_until=DUE, held_reason=long)
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(replace(REPORT, late=(line, *REPORT.late[1:])))))[
        "逾期明细"
    ]
    assert [sheet.row_dimensions[row].height for row in (2, 3)] == [247.5, 16.5]


@pytest.mark.parametrize("letter", ["\a", "\f", "\v", "\x00", "\x1b", "\ufffe", "\u202e"])
def test_what_nobody_sees_breaks_no_file(letter: str) -> None:
    odd = f"出{letter}差"
    line = replace(FULL.late[0], name=odd, department=odd, held_reason=odd, reviewer=odd)
    counts = (replace(REPORT.departments[0], department=odd),)
    unnamed = replace(UNNAMED, department=odd)
    report = replace(FULL, campaign=odd, late=(line, unnamed), departments=counts)
    departments, _, late = tables(as_docx(report))
    assert (departments[1][0], late[1][:3], late[2][0]) == (
        "出差",
        ["出差", "1.6 出差〔源表〕", "出差"],
        "出差",
    )
    assert "暂缓上报至11月17日，出差" in late[1][-1]
    content = as_xlsx(report)
    assert openpyxl.load_workbook(BytesIO(content))["逾期明细"]["A2"].value == "出差"
    with ZipFile(BytesIO(content)) as package:
        for part in package.namelist():
            assert fromstring(package.read(part)) is not None
    assert letter not in as_html(report).decode()
    told = replace(report, late=(replace(line, held_until=None, held_by="collector"),))
    assert tables(as_circular(told))[0][1] == ["出差", "1", "2", "1.6 出差"]
