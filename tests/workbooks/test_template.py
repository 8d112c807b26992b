"""Templates: what stands in them, and that they come back as they went out."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from checks.definition import Definition, Field, Sheet, load_definition
from checks.definition_set import codes
from checks.rows import from_parquet, to_parquet
from plans.plan import Schedule
from tests.checks.frames import rows_of
from tests.workbooks.books import STUDENTS, student, students_book
from workbooks.data_sheet import CHOICES, meaning
from workbooks.reading import Readers
from workbooks.stamp import LABEL, from_notes, from_properties
from workbooks.template import SHADED, TemplateStamp, write_template

STAMP = TemplateStamp("2020 年采集", 17, "10.1.1", "学务部", 3)
CODES = ("1.6", "6.1", "7.1.1", "7.2", "10.1.1", "3.2")


def _written(code: str, schedule: Schedule, prior: bytes | None = None) -> bytes:
    out = BytesIO()
    stamp = TemplateStamp("2020 年采集", 17, code, "学务部", 3)
    definition = load_definition(code, "馆藏图书资料")
    write_template(definition, out, stamp=stamp, schedule=schedule, prior=prior)
    return out.getvalue()


def _opened(code: str, schedule: Schedule) -> Workbook:
    return openpyxl.load_workbook(BytesIO(_written(code, schedule)))


@pytest.mark.parametrize("code", CODES)
def test_the_sheets_are_named_by_the_code_with_titles_in_row_1(code: str, schedule: Schedule) -> None:
    book = _opened(code, schedule)
    definition = load_definition(code, "馆藏图书资料")
    assert book.sheetnames == [*(sheet.name for sheet in definition.sheets), "说明"]
    for sheet in definition.sheets:
        page = book[sheet.name]
        assert [cell.value for cell in page[1]] == [field.name for field in sheet.fields]
        assert page.freeze_panes == "B2"
        assert page.max_row == 1


def test_units_notes_and_choices_are_where_one_types(schedule: Schedule) -> None:
    page = _opened("10.1.1", schedule)["10.1.1"]
    by_name = {cell.value: cell for cell in page[1]}
    assert "单位：年" in (by_name["学制"].comment.text if by_name["学制"].comment else "")
    assert "必填" in (by_name["学号"].comment.text if by_name["学号"].comment else "")
    lists = {
        str(rule.sqref).partition("2")[0]: rule.formula1 for rule in page.data_validations.dataValidation
    }
    assert lists[by_name["性别"].column_letter] == '"男,女"'
    assert lists[by_name["学籍状态"].column_letter] == '"在读,毕业,肄业,辍学,其他"'


def test_a_column_s_comment_is_large_enough_for_its_text(schedule: Schedule) -> None:
    made = BytesIO()
    write_template(load_definition("10.1.2"), made, stamp=STAMP, schedule=schedule)
    with ZipFile(made) as package:
        drawn = package.read("xl/drawings/vmlDrawing1.vml").decode()
    heights = [float(points) for points in re.findall(r"height:([0-9.]+)pt;z-index", drawn)]
    lines = [
        len(meaning(field, schedule).splitlines()) for field in load_definition("10.1.2").sheets[0].fields
    ]
    assert all(points >= 15 * (count + 1) for points, count in zip(heights, lines, strict=True))
    # 毕业去向 has four lines, two of which are longer than the box is wide.
    assert heights[2] == 15 * 7


def test_columns_of_identity_numbers_are_text(schedule: Schedule) -> None:
    page = _opened("10.1.1", schedule)["10.1.1"]
    text = {
        place
        for columns in page.column_dimensions.values()
        if columns.number_format == "@"
        for place in range(columns.min, columns.max + 1)
    }
    identity = {field.name for field in load_definition("10.1.1").fields if field.identity}
    assert identity
    assert {cell.column for cell in page[1] if cell.value in identity} <= text
    assert {cell.column for cell in page[1] if cell.value == "学制"}.isdisjoint(text)


def test_the_notes_tell_every_column_and_whose_it_is(schedule: Schedule) -> None:
    cells = list(_opened("10.1.1", schedule)["说明"].iter_rows(values_only=True))
    told = {row[1] for row in cells}
    assert set(STUDENTS) <= told
    assert ("部门", "学务部") in {row[:2] for row in cells}
    assert any(row[0] == LABEL for row in cells)


@pytest.mark.parametrize("code", CODES)
def test_an_untouched_template_is_read_with_its_stamp_and_asks_for_data(
    code: str, tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(_written(code, schedule))
    result = readers.read(path, code, schedule)
    assert result.stamp == TemplateStamp("2020 年采集", 17, code, "学务部", 3)
    assert [finding.rule for finding in result.findings] == ["no-rows"]


def test_filled_in_it_comes_back_clean(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    book = _opened("10.1.1", schedule)
    for number in range(40):
        book["10.1.1"].append([value or None for value in student(number)])
    book.save(tmp_path / "filled.xlsx")
    result = readers.read(tmp_path / "filled.xlsx", "10.1.1", schedule)
    assert (result.row_count, result.findings) == (40, [])
    assert result.stamp == STAMP


def test_prior_rows_go_out_and_come_back_the_same(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    students_book(tmp_path / "a.xlsx", [student(1), student(2, 姓名="=1+1"), student(3, 学号="00123")])
    first = readers.read(tmp_path / "a.xlsx", "10.1.1", schedule).rows
    path = tmp_path / "b.xlsx"
    path.write_bytes(_written("10.1.1", schedule, first))
    again = readers.read(path, "10.1.1", schedule)
    assert again.findings == []
    assert from_parquet(again.rows).frame.select(STUDENTS).equals(from_parquet(first).frame.select(STUDENTS))


def test_the_same_template_has_the_same_bytes(schedule: Schedule) -> None:
    assert _written("6.1", schedule) == _written("6.1", schedule)


def test_another_tables_template_is_told_by_its_stamp(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(_written("7.2", schedule))
    result = readers.read(path, "10.1.1", schedule)
    (finding,) = result.findings
    assert finding.rule == "wrong-table"
    assert "7.2" in finding.message
    assert "10.1.1" in finding.message


def test_without_its_properties_the_stamp_is_found_on_the_notes(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(BytesIO(_written("10.1.1", schedule))) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != "docProps/custom.xml":
                new.writestr(name, old.read(name))
    assert readers.read(path, "10.1.1", schedule).stamp == STAMP


def test_a_stamp_that_was_tampered_with_is_none() -> None:
    assert from_properties(STAMP.properties()) == STAMP
    assert from_properties(STAMP.properties() | {"caiji-version": "x"}) is None
    assert from_properties({}) is None
    assert from_notes([[LABEL, STAMP.line()]]) == STAMP
    assert from_notes([[LABEL, "a|b"], [None], ["甲", "乙"]]) is None


def test_a_template_without_an_assignment() -> None:
    stamp = TemplateStamp("2020", None, "1.6", "政务部")
    assert from_properties(stamp.properties()) == stamp
    assert from_notes([[LABEL, stamp.line()]]) == stamp


def test_one_person_s_sheet_says_whose_it_is(tmp_path: Path) -> None:
    stamp = replace(STAMP, person="7")
    assert from_properties(stamp.properties()) == stamp
    assert from_notes([[LABEL, stamp.line()]]) == stamp
    gone = {name: value for name, value in stamp.properties().items() if name != "caiji-version"}
    assert from_properties(gone) is None
    write_template(load_definition("10.1.1"), tmp_path / "one.xlsx", stamp=stamp)
    notes = openpyxl.load_workbook(tmp_path / "one.xlsx")["说明"]
    assert ("填表人", "7") in [(row[0], row[1]) for row in notes.iter_rows(values_only=True)]


LONG = tuple(f"第{number}种办学形式与说明" for number in range(40))


def _choosing(schedule: Schedule) -> Workbook:
    """A template of two sheets, each with the same long list, one value of which has a comma."""
    fields = (Field("甲"), Field("形式", enum=(*LONG, "一,二")), Field("性质", enum=("公办", "民办")))
    sheets = (Sheet("9.9.1", "一", fields), Sheet("9.9.2", "二", fields))
    definition = Definition("9.9", "试验表", "school-year", (), sheets)
    out = BytesIO()
    write_template(definition, out, stamp=STAMP, schedule=schedule)
    return openpyxl.load_workbook(out)


def test_long_lists_stand_on_a_hidden_sheet_once(schedule: Schedule) -> None:
    book = _choosing(schedule)
    assert book.sheetnames == ["9.9.1", "9.9.2", "说明", CHOICES]
    assert book[CHOICES].sheet_state == "hidden"
    assert [cell.value for cell in book[CHOICES]["A"]] == [*LONG, "一,二"]
    assert book[CHOICES].max_column == 1
    for name in ("9.9.1", "9.9.2"):
        rules = {str(rule.sqref)[0]: rule.formula1 for rule in book[name].data_validations.dataValidation}
        assert rules == {"B": "choices_1", "C": '"公办,民办"'}
    assert book.defined_names["choices_1"].attr_text == f"'{CHOICES}'!$A$1:$A$41"


def test_the_sheet_of_choices_is_not_read_and_not_called_hidden(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    book = _opened("10.1.1", schedule)
    book["10.1.1"].append([value or None for value in student(1)])
    book.create_sheet(CHOICES)["A1"] = "甲"
    book[CHOICES].sheet_state = "hidden"
    book.save(tmp_path / "c.xlsx")
    assert readers.read(tmp_path / "c.xlsx", "10.1.1", schedule).findings == []


def test_last_years_rows_are_shaded_and_told(tmp_path: Path, readers: Readers, schedule: Schedule) -> None:
    prior = readers.read(students_book(tmp_path / "a.xlsx", [student(1)]), "10.1.1", schedule).rows
    definition = load_definition("10.1.1")
    shades = {}
    for last_year in (True, False):
        out = BytesIO()
        write_template(definition, out, stamp=STAMP, schedule=schedule, prior=prior, last_year=last_year)
        book = openpyxl.load_workbook(out)
        page = book["10.1.1"]
        shades[last_year] = {cell.fill.fgColor.rgb for cell in page[2]} | {page["A3"].fill.fgColor.rgb}
        told = [row[1] for row in book["说明"].iter_rows(values_only=True)]
        assert (SHADED in told) == last_year
        assert page["A2"].number_format == "@"
    assert shades == {True: {"FFFFF9E5", "00000000"}, False: {"00000000"}}


def test_numbers_that_a_cell_would_round_stay_text(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    definition = load_definition("3.2", "馆藏图书资料")
    name = next(field.name for field in definition.fields if field.type in ("integer", "number"))
    values = ["12", "-0.5", "1.50", "007", "12345678901234567", "约3"]
    rows = rows_of([name], [[value] for value in values], definition.sheets[0].name)
    out = BytesIO()
    write_template(definition, out, stamp=STAMP, schedule=schedule, prior=to_parquet(definition, rows))
    page = openpyxl.load_workbook(out)[definition.sheets[0].name]
    place = [cell.value for cell in page[1]].index(name) + 1
    written = [page.cell(line, place).value for line in range(2, 8)]
    assert written == [12, -0.5, "1.50", "007", "12345678901234567", "约3"]


def test_it_prints_across_whole_pages_with_its_titles(schedule: Schedule) -> None:
    for code, pages in {"10.1.1": 2, "1.6": 1}.items():
        page = _opened(code, schedule)[code]
        assert page.page_setup.orientation == "landscape"
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (pages, 0)
        assert (page.print_title_rows, page.print_title_cols) == ("$1:$1", "$A:$A")


def test_a_sheet_of_one_record_is_laid_out_alike(schedule: Schedule) -> None:
    code = next(code for code in codes() if load_definition(code).records == "one")
    page = _opened(code, schedule).worksheets[0]
    assert [cell.value for cell in page[1]] == [field.name for field in load_definition(code).fields]
