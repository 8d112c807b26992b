"""All typical cases as files to take away: each by department and theme, and the list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from models.blobs import Lost
from models.typical_case import Case
from plans.visible import visible
from web import case_words
from web.case_overview import Overview
from web.filenames import fit
from web.language import gettext as _
from web.lost import told
from web.received import present
from web.site import Site
from web.visitor import Visitor

LONGEST = 60


def unreadable(site: Site, found: Iterable[Case]) -> frozenset[str]:
    """The files of these cases that are gone; the office is told of each."""
    gone = set()
    for each in found:
        try:
            if each.case.blob:
                present(site, each.case.blob)
        except Lost as lost:
            told(site, lost)
            gone.add(lost.name)
    return frozenset(gone)


def files_of(site: Site, number: int, each: Case, gone: Collection[str]) -> Iterator[tuple[bytes, str]]:
    """A case's file, unless it is gone, and its text (as a Word document), named by department, theme and
    title."""
    stem = fit(f"{number:03d}-{each.department}-{each.case.theme}-{each.case.title[:LONGEST]}")
    if each.case.text:
        yield as_word(each.case.title, each.case.text), f"{stem}.docx"
    if each.case.blob and each.case.blob not in gone:
        kind = each.case.filename.rpartition(".")[2].lower()
        yield site.blobs.get(each.case.blob), f"{stem}.{kind}"


def as_word(title: str, text: str) -> bytes:
    """A text as a Word document, a paragraph a line."""
    from docx import Document

    document = Document()
    document.add_heading(visible(title), 1)
    for line in text.splitlines():
        document.add_paragraph(visible(line))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def list_of(found: Iterable[Case], overview: Overview, visitor: Visitor, gone: Collection[str] = ()) -> bytes:
    """The list as .xlsx: every case that stands, whether its file is gone, and what is still missing."""
    import xlsxwriter

    out = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        titles = [_("编号"), _("部门"), _("案例主题"), _("标题"), _("状态"), _("报送人"), _("报送时间")]
        titles += [_("字数"), _("文件"), _("退回原因")]
        rows = [_row(number, each, visitor, gone) for number, each in enumerate(found, 1)]
        _sheet(book, _("案例清单"), titles, (8, 24, 14, 50, 12, 12, 18, 8, 36, 40), rows)
        missing: list[list[str | int]] = [
            [row.department, case_words.theme(theme), count]
            for row in overview.rows
            for theme, count in row.missing.items()
        ]
        _sheet(book, _("缺报"), [_("部门"), _("案例主题"), _("缺几篇")], (24, 14, 8), missing)
    return out.getvalue()


def _row(number: int, each: Case, visitor: Visitor, gone: Collection[str]) -> list[str | int]:
    made = each.case
    lost = _("（原文件暂时读不到，没有放进压缩包）") if made.blob in gone else ""
    return [
        f"{number:03d}",
        each.department,
        made.theme,
        made.title,
        case_words.state(made.state),
        each.collector,
        f"{made.handed_at.astimezone(visitor.zone):%Y-%m-%d %H:%M}",
        len(made.text),
        made.filename + lost,
        made.reason,
    ]


def _sheet(
    book: Any, name: str, titles: list[str], widths: tuple[int, ...], rows: Sequence[Sequence[str | int]]
) -> None:
    page, bold = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
        page.set_column(place, place, width)
        page.write_string(0, place, title, bold)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            write = page.write_string if isinstance(value, str) else page.write_number
            write(line, place, value)
    page.freeze_panes(1, 0)
