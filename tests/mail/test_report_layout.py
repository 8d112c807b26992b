"""A Word report's closing never stands alone on its last page, nor does a table's last row."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.table import Table, _Row

from mail.circular import as_circular
from mail.report_layout import CLOSING, keep_together
from mail.reports import as_docx
from tests.mail.made_reports import FULL, NOTHING, REPORT

SIGNATURE = "公文署名"


def kept(row: _Row) -> bool:
    """Whether the whole row stays on the page of what follows."""
    return all(part.paragraph_format.keep_with_next for cell in row.cells for part in cell.paragraphs)


def letter(file: bytes) -> list[tuple[str, str, bool]]:
    """Style, text and whether it stays with the next, of what is printed before the annex; tables by their
    last row."""
    found = []
    for block in Document(BytesIO(file)).iter_inner_content():
        if isinstance(block, Table):
            found.append(("table", block.rows[-1].cells[0].text, kept(block.rows[-1])))
        elif block.text.strip():
            style = block.style
            own = block.paragraph_format.keep_with_next
            keeps = style.paragraph_format.keep_with_next if own is None and style else own
            found.append((style.name if style else "", block.text, bool(keeps)))
    last = max(n for n, (style, _, _) in enumerate(found) if style == SIGNATURE)
    return found[: last + 1]


def closing(file: bytes) -> list[tuple[str, bool]]:
    """The styles from the block before the closing on, each with whether it stays with the next."""
    parts = letter(file)
    start = next(n for n, (style, _, _) in enumerate(parts) if style == CLOSING)
    return [(style, keeps) for style, _, keeps in parts[start - 1 :]]


TO_THE_DATE = [(CLOSING, True), (SIGNATURE, True), (SIGNATURE, False)]
WITH_ANNEX = [(CLOSING, True), ("公文附注", True), (SIGNATURE, True), (SIGNATURE, False)]


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        (as_docx(FULL), [("公文正文", True), *WITH_ANNEX]),
        (as_docx(REPORT), [("table", True), *WITH_ANNEX]),
        (as_docx(NOTHING), [("公文正文", True), *TO_THE_DATE]),
        (as_circular(FULL), [("公文正文", True), *TO_THE_DATE]),
    ],
    ids=["full", "table-before", "nothing-late", "circular"],
)
def test_the_closing_takes_along_what_stands_before_it(file: bytes, parts: list[tuple[str, bool]]) -> None:
    assert closing(file) == parts


def test_the_letter_names_its_annex_where_there_is_one() -> None:
    assert "附件：逾期明细" in [text for _, text, _ in letter(as_docx(REPORT))]
    assert "附件：逾期明细" not in [text for _, text, _ in letter(as_docx(NOTHING))]


def test_the_last_rows_of_a_table_stay_together() -> None:
    many = replace(REPORT, departments=REPORT.departments * 4, change=FULL.change)
    table = Document(BytesIO(as_docx(many))).tables[0]
    assert [kept(row) for row in table.rows[1:]] == [False] * 13 + [True, True, False]


def test_a_template_without_a_closing_is_left_as_it_is() -> None:
    document = Document()
    document.add_paragraph("一行")
    keep_together(document)
    assert [part.paragraph_format.keep_with_next for part in document.paragraphs] == [None]


def test_a_day_fits_its_column() -> None:
    table = Document(BytesIO(as_docx(FULL))).tables[1]
    widths = {cell.text: cell.width for cell in table.rows[0].cells}
    assert widths["截止"] is not None
    assert widths["截止"].cm >= 2.49
    assert sum(cell.width.cm for cell in table.rows[0].cells if cell.width) == pytest.approx(15.6, abs=0.01)
