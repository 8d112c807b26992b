"""The tables of a Word document as grids; merged cells are filled where they go down, not across."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from plans.decomposition import Grid

if TYPE_CHECKING:
    from docx.oxml.table import CT_Row, CT_Tbl, CT_Tc

TEXT = ".//w:t[not(ancestor::w:txbxContent)] | .//w:br | .//w:tab"


def word_grids(content: bytes) -> tuple[str, list[Grid]]:
    """The document's running text and its tables.  Raises whatever the zip and XML readers raise."""
    import docx

    document = docx.Document(BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs), [
        _grid(table._tbl) for table in document.tables
    ]


def _grid(table: CT_Tbl) -> Grid:
    grid: Grid = []
    for row in table.tr_lst:
        grid.append(_row(row, grid[-1] if grid else []))
    return grid


def _row(row: CT_Row, above: list[str]) -> list[str]:
    """The cells by their column of the grid: a cell that spans several stands in its first one."""
    cells: list[str] = [""] * row.grid_before
    for cell in row.tc_lst:
        at = len(cells)
        continued = cell.vMerge == "continue" and at < len(above)
        cells += [above[at] if continued else _text(cell), *[""] * (cell.grid_span - 1)]
    return cells


def _text(cell: CT_Tc) -> str:
    """The cell's paragraphs, one a line."""
    return "\n".join(
        "".join(node.text or "" if node.tag.endswith("}t") else "\n" for node in paragraph.xpath(TEXT))
        for paragraph in cell.p_lst
    )
