"""What is read from a worksheet's XML, however a program writes it."""

from __future__ import annotations

import pytest

from workbooks.refusal import Refused
from workbooks.sheet_xml import CellPlace, SheetXml

STYLES = {
    "as Excel writes": '<worksheet><sheetData><row r="2">{}</row></sheetData>{}</worksheet>',
    "with a prefix": (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2">{}</x:row></x:sheetData>{}</x:worksheet>'
    ),
}
CELLS = [
    '<c r="A2" t="s"><v>0</v></c>',
    '<c r="B2"><v>1</v></c>',
    '<c r="C2" s="3" t="n"><v>2</v></c>',
    '<c r="D2" t="inlineStr"><is><t>x</t></is></c>',
    '<c r="E2" s="1"/>',
    '<c r="F2" t="str"><f>A1</f><v>x</v></c>',
    '<c r="G2"><f>1+1</f><v>2</v></c>',
    '<c r="H2" t="e"><v>#REF!</v></c>',
    '<c r="I2" t="b"><v>1</v></c>',
]


def _sheet(style: str, cells: list[str], after: str = "") -> SheetXml:
    inner, tail = "".join(cells), after
    if style == "with a prefix":
        inner, tail = (
            text.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:") for text in (inner, tail)
        )
    return SheetXml("t", STYLES[style].format(inner, tail).encode())


@pytest.mark.parametrize("style", STYLES)
def test_numbers_formulas_errors_and_merges(style: str) -> None:
    sheet = _sheet(style, CELLS, '<mergeCells><mergeCell ref="A2:B3"/></mergeCells>')
    assert sheet.numbers("ABCDEFGHI") == [CellPlace(2, 1), CellPlace(2, 2), CellPlace(2, 8)]
    assert sheet.numbers("AD") == []
    assert sheet.numbers(()) == []
    assert sheet.formulas() == [CellPlace(2, 5), CellPlace(2, 6)]
    assert sheet.errors() == [CellPlace(2, 7)]
    assert sheet.merged() == ["A2:B3"]
    assert (sheet.demand_bounds(), sheet.first_column) == (1, 0)


def test_attributes_in_another_order() -> None:
    cells = [
        '<c s="1" r="B2"><v>1</v></c>',
        '<c t="s" r="C2"><v>1</v></c>',
        '<c s="2" r="D2" t="s"><v>1</v></c>',
    ]
    sheet = _sheet("as Excel writes", cells)
    assert sheet.numbers("BCD") == [CellPlace(2, 1)]
    assert sheet.first_column == 1


def test_nothing_special() -> None:
    sheet = _sheet("as Excel writes", ['<c r="C2" t="s"><v>0</v></c>'])
    assert (sheet.formulas(), sheet.errors(), sheet.merged()) == ([], [], [])
    assert sheet.first_column == 2


@pytest.mark.parametrize("reference", ["XFD1", "DA2", "AAA1", "A200000", "B1048577", "A99999999"])
def test_far_cells_are_refused_by_name(reference: str) -> None:
    for first in ("", '<c s="1" r="A2"/>'):
        with pytest.raises(Refused) as caught:
            _sheet("as Excel writes", [first, f'<c r="{reference}"><v>1</v></c>']).demand_bounds()
        assert caught.value.finding.cell == reference


@pytest.mark.parametrize("reference", ["CZ2", "A99999", "Z100001"])
def test_near_ones_are_not(reference: str) -> None:
    assert _sheet("as Excel writes", [f'<c r="{reference}"><v>1</v></c>']).demand_bounds() == 1


def test_places() -> None:
    assert CellPlace.parse(b"XFD1048576") == CellPlace(1_048_576, 16_383)
    assert CellPlace.parse(b"AA10") == CellPlace(10, 26)
