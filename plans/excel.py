"""The sheets of a workbook as grids; merged cells are filled where they go down, not across."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from plans.decomposition import Grid, heading_row

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS, MOST_COLUMNS = 3000, 50


def excel_grids(content: bytes) -> tuple[str, list[Grid]]:
    """The text above the headings, and the sheets.  Raises whatever the zip and XML readers raise."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    grids = [_grid(sheet) for sheet in book.worksheets]
    return "\n".join("\n".join(text_above(grid)) for grid in grids), grids


def text_above(grid: Grid) -> list[str]:
    """What stands above a grid's headings: its title."""
    return [cell for row in grid[: heading_row(grid) or 0] for cell in row if cell.strip()]


def _grid(sheet: Worksheet) -> Grid:
    rows = sheet.iter_rows(
        max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, MOST_COLUMNS), values_only=True
    )
    grid = [[_text(value) for value in row] for row in rows]
    for area in sheet.merged_cells.ranges:
        _fill_down(grid, area.min_row - 1, min(area.max_row, len(grid)), area.min_col - 1)
    return grid


def _fill_down(grid: Grid, first: int, last: int, column: int) -> None:
    if first < len(grid) and column < len(grid[first]):
        for row in grid[first + 1 : last]:
            row[column] = grid[first][column]


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
