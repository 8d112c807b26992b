"""How the Word report and the draft of a notice lie on paper: what stays together, what a chart shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.text.paragraph import Paragraph

from mail.circular import as_circular
from mail.paper import FOLDER
from mail.report_chart import MOST, _specification, chart_png
from mail.report_words import numbered
from mail.reports import as_docx, as_xlsx
from models.late import DepartmentCount, LateReport
from tests.mail.made_reports import FULL, NOTHING, REPORT

Make = Callable[[LateReport], bytes]
PAPERS = pytest.mark.parametrize("make", [as_docx, as_circular])


def paragraphs(content: bytes) -> list[Paragraph]:
    return docx.Document(BytesIO(content)).paragraphs


def kept(paragraph: Paragraph) -> bool:
    """Whether it stays on the page of what follows, by itself or by its style."""
    own, style = paragraph.paragraph_format.keep_with_next, paragraph.style
    assert style is not None
    return bool(style.paragraph_format.keep_with_next if own is None else own)


@PAPERS
@pytest.mark.parametrize("report", [REPORT, FULL, NOTHING])
def test_the_signature_never_stands_alone(make: Make, report: LateReport) -> None:
    found = paragraphs(make(report))
    [place] = [number for number, each in enumerate(found) if each.text == "质量部办公室"]
    annexed = found[place - 1].text.startswith("附件：")
    closing, *between, signed, dated = found[place - 1 - annexed : place + 2]
    assert [kept(each) for each in (closing, *between, signed, dated)] == [True] * (2 + annexed) + [False]
    assert closing.text.endswith("。")
    assert dated.text.startswith("2020年")


@PAPERS
def test_no_heading_ends_a_page(make: Make) -> None:
    headings = [each for each in paragraphs(make(FULL)) if each.style and each.style.name == "公文层次"]
    assert "".join(each.text[0] for each in headings) in ("一二三四", "一二三")
    assert all(kept(each) for each in headings)


def test_a_lone_heading_has_no_number() -> None:
    assert numbered(["甲"]) == {"甲": "甲"}
    assert numbered(["甲", "乙"]) == {"甲": "一、甲", "乙": "二、乙"}


def test_the_chart_shows_twelve_departments_at_most_those_with_most_late() -> None:
    many = tuple(DepartmentCount(f"{n}系", 20, 0, {"collector": n}) for n in range(MOST + 3))
    specified = _specification(replace(REPORT, departments=many))
    shown = list(dict.fromkeys(row["部门"] for row in specified["data"]["values"]))
    assert shown == [f"{n}系" for n in range(3, MOST + 3)]
    assert specified["title"]["text"] == "逾期最多的 12 个部门"
    assert _specification(REPORT)["title"] is None


def test_nothing_late_draws_nothing() -> None:
    counts = (DepartmentCount("政务部", 5, 5, {}),)
    quiet = replace(NOTHING, departments=counts, due=5, on_time=5)
    assert chart_png(quiet) == b""
    with ZipFile(BytesIO(as_docx(quiet))) as package:
        assert not [name for name in package.namelist() if name.startswith("word/media/")]
    assert docx.Document(BytesIO(as_docx(quiet))).tables[0].rows[1].cells[0].text == "政务部"


@pytest.mark.parametrize("name", ["late.docx", "circular.docx", "notice.docx", "confirmation.docx"])
def test_a_template_is_edited_by_its_styles_in_chinese_fonts(name: str) -> None:
    document = docx.Document(str(FOLDER / name))
    for each in filter(lambda each: each.text, document.paragraphs):
        assert each.style is not None
        assert each.style.name != "Normal"
        assert not any(run.font.size or run.font.name for run in each.runs)
    with ZipFile(FOLDER / name) as package:
        fonts = package.read("word/fontTable.xml").decode()
        assert 'w:eastAsia="zh-CN"' in package.read("word/styles.xml").decode()
    for font in ("方正小标宋简体", "仿宋", "黑体"):
        assert f'<w:font w:name="{font}"><w:altName' in fonts


@PAPERS
def test_formulas_stay_text(make: Make) -> None:
    hostile = tuple(replace(each, name="=1+1", department="@SUM(A1)") for each in REPORT.late)
    content = make(replace(REPORT, late=hostile))
    with ZipFile(BytesIO(content)) as package:
        written = package.read("word/document.xml").decode()
    assert "=1+1" in written
    assert "w:instrText" not in written
    assert "w:fldSimple" not in written


def test_numbers_stand_right_in_every_sheet() -> None:
    for sheet in openpyxl.load_workbook(BytesIO(as_xlsx(FULL))):
        numbers = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "n"]
        counted = [cell for cell in numbers if cell.value is not None]
        assert {cell.alignment.horizontal for cell in counted} <= {"right"}
