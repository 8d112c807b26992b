"""Returned workbooks: faults marked, all else as it was, to be mended and uploaded again."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from checks.definition import load_definition
from checks.finding import ERROR, INFO, WARNING, Finding
from checks.rows import from_parquet
from plans.plan import Schedule
from tests.checks.frames import marks
from tests.workbooks.books import STUDENTS, student, students_book, write_book
from tests.workbooks.hostile import FILES, MAIN, pack
from workbooks.annotated import annotate as edit
from workbooks.limits import Limits
from workbooks.marks import AUTHOR, COLOURS, RESULTS
from workbooks.reading import Annotated, Readers, ReadResult
from workbooks.stamp import TemplateStamp
from workbooks.template import write_template

STAMP = TemplateStamp("2020 年采集", 17, "10.1.1", "学务部", 3)
ROWS = [student(1, 性别="X"), student(2), student(3, 姓名="", 身份证号="12"), student(4, 学籍状态="=1+1")]
FAULTY = [("enum", "C2"), ("required", "B4"), ("pattern", "D4"), ("student-status", "J5")]
RED, AMBER = COLOURS[ERROR], COLOURS[WARNING]


@pytest.fixture
def filled(tmp_path: Path, readers: Readers, schedule: Schedule) -> Path:
    """A template with faulty rows, a colour and a comment of the person's own, and another sheet."""
    typed = readers.read(students_book(tmp_path / "a.xlsx", ROWS), "10.1.1", schedule).rows
    path = tmp_path / "filled.xlsx"
    definition = load_definition("10.1.1")
    write_template(definition, path, stamp=STAMP, schedule=schedule, prior=typed)
    book = openpyxl.load_workbook(path)
    page = book["10.1.1"]
    page["C2"].fill = PatternFill("solid", fgColor="FF00B050")
    page["C2"].comment = Comment("待查", "张")
    page["A3"].comment = Comment("留着", "张")
    page.column_dimensions["B"].width = 33
    book.create_sheet("我的草稿")["B2"] = "=SUM(1,2)"
    book.save(path)
    return path


def _returned(readers: Readers, path: Path, schedule: Schedule) -> tuple[ReadResult, Annotated]:
    read = readers.read(path, "10.1.1", schedule)
    return read, readers.annotate(path, "10.1.1", schedule, read.findings, read.rows)


def _again(readers: Readers, content: bytes, path: Path, schedule: Schedule) -> ReadResult:
    path.write_bytes(content)
    return readers.read(path, "10.1.1", schedule)


def _opened(annotated: Annotated) -> Workbook:
    return openpyxl.load_workbook(BytesIO(annotated.content))


def test_faulty_cells_are_coloured_and_say_what_is_wrong(
    filled: Path, readers: Readers, schedule: Schedule
) -> None:
    read, annotated = _returned(readers, filled, schedule)
    assert [(finding.rule, finding.cell) for finding in read.findings] == FAULTY
    assert (annotated.anew, annotated.refused) == (False, None)
    page = _opened(annotated)["10.1.1"]
    red = {cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == {cell for _, cell in FAULTY}
    for finding in read.findings:
        comment = page[finding.cell].comment
        assert comment.author == AUTHOR
        assert comment.text.startswith(f"【错误】{finding.message}{finding.remedy}")


def test_the_last_column_says_it_row_by_row(filled: Path, readers: Readers, schedule: Schedule) -> None:
    read, annotated = _returned(readers, filled, schedule)
    page = _opened(annotated)["10.1.1"]
    column = [cell.value for cell in page["Y"]]
    assert column[0] == RESULTS
    assert [bool(text) for text in column[1:]] == [True, False, True, True]
    of_row_4 = [finding for finding in read.findings if finding.row == 4]
    told = [f"【错误】{finding.column}：{finding.message}{finding.remedy}" for finding in of_row_4]
    assert column[3] == "\n".join(told)
    assert page.column_dimensions["Y"].width == 60
    assert page["Y4"].alignment.wrap_text
    assert page.row_dimensions[4].height >= 45
    assert page.row_dimensions[3].height is None


def test_what_the_person_had_stays(filled: Path, readers: Readers, schedule: Schedule) -> None:
    before = openpyxl.load_workbook(filled)
    after = _opened(_returned(readers, filled, schedule)[1])
    assert after.sheetnames == before.sheetnames
    assert after["我的草稿"]["B2"].value == "=SUM(1,2)"
    page, former = after["10.1.1"], before["10.1.1"]
    assert page.column_dimensions["B"].width == 33
    assert page.freeze_panes == former.freeze_panes
    lists = [
        {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
        for sheet in (page, former)
    ]
    assert lists[0] == lists[1] != {}
    for cells, formers in zip(page.iter_rows(max_col=24), former.iter_rows(max_col=24), strict=True):
        for cell, was in zip(cells, formers, strict=True):
            assert (cell.value, cell.data_type, cell.number_format) == (
                was.value,
                was.data_type,
                was.number_format,
            )
    assert page["A3"].comment.text == "留着"
    assert page["A1"].comment.text == former["A1"].comment.text
    assert page["C2"].comment.text.endswith("待查")


def test_uploaded_again_it_reads_the_same(
    filled: Path, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    read, annotated = _returned(readers, filled, schedule)
    again = _again(readers, annotated.content, tmp_path / "again.xlsx", schedule)
    assert again.stamp == STAMP
    assert again.rows == read.rows
    assert again.findings == read.findings


def test_mended_and_uploaded_again_the_marks_are_gone(
    filled: Path, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    _, annotated = _returned(readers, filled, schedule)
    book = _opened(annotated)
    page = book["10.1.1"]
    page["C2"], page["B4"], page["J5"] = "男", "学生", "在读"
    path = tmp_path / "mended.xlsx"
    book.save(path)
    read, second = _returned(readers, path, schedule)
    assert [(finding.rule, finding.cell) for finding in read.findings] == [("pattern", "D4")]
    page = _opened(second)["10.1.1"]
    red = {cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == {"D4"}
    assert [bool(cell.value) for cell in page["Y"]] == [True, False, False, True, False]
    assert page["C2"].fill.fill_type is None
    assert page["C2"].comment.text == "待查"
    assert page["B4"].comment is None
    assert page["B4"].fill.fill_type is None
    clean = readers.annotate(path, "10.1.1", schedule, [], read.rows)
    assert [cell.value for cell in _opened(clean)["10.1.1"]["Y"]] == [None] * 5


def test_warnings_are_amber_and_infos_left_out(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    path = write_book(tmp_path / "w.xlsx", {"10.1.1": [[*STUDENTS, "备用"], [*student(1, 姓名=" 甲"), "x"]]})
    read, annotated = _returned(readers, path, schedule)
    assert marks(read.findings) == [("unknown-column", WARNING, "Y1"), ("normalised", INFO, "B2")]
    page = _opened(annotated)["10.1.1"]
    assert page["Y1"].fill.fgColor.rgb == AMBER
    assert page["Y1"].comment.text.startswith("【警告】")
    assert page["B2"].comment is None
    assert [cell.value for cell in page["Z"]] == [RESULTS, None]


def test_what_concerns_the_whole_sheet_stands_on_the_columns_title(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = write_book(tmp_path / "m.xlsx", {"10.1.1": [STUDENTS[1:], student(1)[1:]]})
    read, annotated = _returned(readers, path, schedule)
    (missing,) = [finding for finding in read.findings if finding.rule == "missing-column"]
    title = _opened(annotated)["10.1.1"]["X1"]
    assert title.value == RESULTS
    assert missing.message in title.comment.text
    assert title.fill.fgColor.rgb == RED


def test_formula_payloads_in_what_we_say_stay_text(tmp_path: Path) -> None:
    path = students_book(tmp_path / "p.xlsx", [student(1)])
    bad = "=cmd|'/c calc'!A0\x07"
    found = [Finding("enum", ERROR, bad, "", sheet="10.1.1", cell="C2", row=2, column="=1+1")]
    edit(path, found, load_definition("10.1.1"), tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["10.1.1"]
    assert (page["Y2"].data_type, page["Y2"].value) == ("s", f"【错误】=1+1：{bad[:-1]}")
    assert page["C2"].comment.text == f"【错误】{bad[:-1]}"


def test_merged_cells_are_coloured(tmp_path: Path) -> None:
    path = students_book(tmp_path / "m.xlsx", [student(1), student(2)])
    book = openpyxl.load_workbook(path)
    book["10.1.1"].merge_cells("C2:C3")
    book.save(path)
    found = [Finding("required", ERROR, "空白。", sheet="10.1.1", cell="C3", row=3, column="性别")]
    edit(path, found, load_definition("10.1.1"), tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["10.1.1"]
    assert page["Y3"].value == "【错误】性别：空白。"
    assert [str(area) for area in page.merged_cells.ranges] == ["C2:C3"]


def test_a_group_of_columns_ends_before_the_results(tmp_path: Path) -> None:
    path = students_book(tmp_path / "g.xlsx", [student(1)])
    book = openpyxl.load_workbook(path)
    group = book["10.1.1"].column_dimensions["C"]
    group.min, group.max, group.width = 3, 16_384, 9
    book.save(path)
    found = [Finding("enum", ERROR, "错。", sheet="10.1.1", cell="C2", row=2, column="性别")]
    edit(path, found, load_definition("10.1.1"), tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["10.1.1"]
    widths = page.column_dimensions
    assert (widths["C"].min, widths["C"].max, widths["Y"].width) == (3, 24, 60)


def test_tables_of_several_sheets_are_marked_on_each(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    names = ["教工号", "姓名", "性别", "出生日期"]
    sheets = {
        "6.1.1 校内": [names, ["T1", "甲", "X", "19800101"]],
        "6.1.3": [names, ["T2", "乙", "Y", "1980"]],
    }
    path = write_book(tmp_path / "t.xlsx", sheets)
    read = readers.read(path, "6.1", schedule)
    book = _opened(readers.annotate(path, "6.1", schedule, read.findings, read.rows))
    for name in sheets:
        assert book[name]["C2"].fill.fgColor.rgb == RED
        assert book[name]["E1"].value == RESULTS
    gone = [finding.message for finding in read.findings if finding.rule == "missing-sheet"]
    assert len(gone) == 2
    assert all(message in book["6.1.1 校内"]["E1"].comment.text for message in gone)


BROKEN_STYLES = f"<styleSheet {MAIN}><fills><x/></fills></styleSheet>".encode()


@pytest.mark.parametrize("with_rows", [True, False])
def test_what_cannot_be_edited_is_written_anew_where_the_rows_are_given(
    with_rows: bool, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "b.xlsx"
    students_book(path, ROWS[:3])
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    pack(path, members | {"xl/styles.xml": BROKEN_STYLES})
    read = readers.read(path, "10.1.1", schedule)
    assert [(finding.rule, finding.cell) for finding in read.findings] == FAULTY[:3]
    annotated = readers.annotate(path, "10.1.1", schedule, read.findings, read.rows if with_rows else b"")
    if with_rows:
        assert (annotated.anew, annotated.refused) == (True, None)
        assert _again(readers, annotated.content, tmp_path / "n.xlsx", schedule).findings == read.findings
    else:
        assert annotated.content == b""
        assert annotated.refused is not None
        assert annotated.refused.rule == "unreadable-damaged"


def test_a_hostile_original_is_refused(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    for name in ("billion laughs", "thousand to one", "truncated"):
        build, rule = FILES[name]
        build(tmp_path / "h.xlsx")
        refused = readers.annotate(tmp_path / "h.xlsx", "10.1.1", schedule, []).refused
        assert refused is not None
        assert refused.rule == rule


def test_one_that_takes_too_long_is_refused(filled: Path, schedule: Schedule) -> None:
    with Readers(limits=Limits(seconds=0.001)) as readers:
        refused = readers.annotate(filled, "10.1.1", schedule, []).refused
        assert refused is not None
        assert refused.rule == "unreadable-timeout"


def test_rows_survive_being_returned(filled: Path, readers: Readers, schedule: Schedule) -> None:
    read, annotated = _returned(readers, filled, schedule)
    book = _opened(annotated)
    cells = [[cell.value for cell in row][:24] for row in book["10.1.1"].iter_rows(min_row=2)]
    names = from_parquet(read.rows).frame.select(STUDENTS).rows()
    assert [[str(value) if value is not None else None for value in row] for row in cells] == [
        list(row) for row in names
    ]
