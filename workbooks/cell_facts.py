"""Findings about how cells were typed: formulas, errors, numbers for text, merged and hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from checks.definition import Sheet
from checks.finding import ERROR, INFO, WARNING, Finding
from checks.rows import ROW, Rows, letters
from plans.notation import quoted
from plans.sentence import Sentence
from workbooks.package import SheetPart
from workbooks.sheet_xml import CellPlace, SheetXml


def hidden_sheet(part: SheetPart, sheet: Sheet) -> Iterator[Finding]:
    """A sheet that people don't see is read all the same."""
    if part.hidden:
        yield Finding(
            rule="hidden-sheet",
            severity=INFO,
            message=Sentence("工作表“%(name)s”是隐藏的，里面的数据已照常读取。", name=part.name),
            remedy=Sentence("请取消隐藏，确认这些数据是要提交的。"),
            sheet=sheet.name,
        )


def findings_of(xml: SheetXml, sheet: Sheet, rows: Rows) -> Iterator[Finding]:
    """What the values alone don't show, of a sheet or a piece of it with its own rows."""
    cells = _Cells(sheet.name, rows)
    yield from _merged(xml, sheet.name)
    yield from _identity(xml, sheet, cells)
    for place in xml.formulas():
        yield _formula(cells, place)
    for place in xml.errors():
        yield _error(cells, place)


class _Cells:
    """Findings on cells of one sheet, with what was read there."""

    def __init__(self, sheet: str, rows: Rows) -> None:
        self._sheet = sheet
        self.headings = rows.columns[sheet]
        self._frame = rows.frame

    @cached_property
    def _lines(self) -> dict[int, int]:
        return {row: line for line, row in enumerate(self._frame[ROW].to_list())}

    def value(self, place: CellPlace) -> str:
        """What was read in the cell; nothing in a row or column that was left out."""
        line, name = self._lines.get(place.row), self.heading(place)
        if line is None or name not in self._frame.columns:
            return ""
        return str(self._frame.item(line, name) or "")

    def heading(self, place: CellPlace) -> str:
        return self.headings[place.column] if place.column < len(self.headings) else ""

    def finding(self, place: CellPlace, rule: str, severity: str, message: str, remedy: str) -> Finding:
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            remedy=remedy,
            sheet=self._sheet,
            cell=f"{letters(place.column)}{place.row}",
            row=place.row,
            column=self.heading(place),
            value=self.value(place),
        )


def _merged(xml: SheetXml, sheet: str) -> Iterator[Finding]:
    for merged in xml.merged():
        corner = CellPlace.parse(merged.partition(":")[0].encode())
        yield Finding(
            rule="merged-cells",
            severity=WARNING,
            message=Sentence(
                "%(merged)s 是合并单元格，只有左上角的内容看得见，其余格子读到的是空白或被遮住的内容。",
                merged=merged,
            ),
            remedy=Sentence("请取消合并，并在每一格补填内容。"),
            sheet=sheet,
            cell=merged.partition(":")[0],
            row=corner.row,
        )


def _identity(xml: SheetXml, sheet: Sheet, cells: _Cells) -> Iterator[Finding]:
    identity = {field.name for field in sheet.fields if field.identity}
    columns = [letters(place) for place, name in enumerate(cells.headings) if name in identity]
    for place in xml.numbers(columns):
        if place.row > 1:
            yield cells.finding(
                place,
                "numeric-identity",
                ERROR,
                Sentence(
                    "%(value)s是数值格式，编号开头的 0 和第 15 位以后的数字可能已经丢失。",
                    value=quoted(cells.value(place)),
                ),
                Sentence("请把整列设为“文本”格式，再从原始名单重新粘贴这一格（模板中该列已是文本格式）。"),
            )


def _formula(cells: _Cells, place: CellPlace) -> Finding:
    if not cells.value(place):
        return cells.finding(
            place,
            "formula",
            ERROR,
            Sentence("这里是公式，但文件里没有保存计算结果，按空白读取。"),
            Sentence("请在 Excel 中打开并保存一次，或用“选择性粘贴—数值”改成固定的内容。"),
        )
    return cells.finding(
        place,
        "formula",
        WARNING,
        Sentence("这里是公式，读到的是上次保存时的结果%(value)s。", value=quoted(cells.value(place))),
        Sentence("请用“选择性粘贴—数值”改成固定的内容，并核对结果。"),
    )


def _error(cells: _Cells, place: CellPlace) -> Finding:
    return cells.finding(
        place,
        "type",
        ERROR,
        Sentence("这里显示的是 Excel 的错误值（如 #REF!、#N/A），不是数据，按空白读取。"),
        Sentence("请改正公式或直接填写内容。"),
    )
