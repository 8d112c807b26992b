"""Cells of stored rows: by their address, or found again by their row's key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})\Z")


@dataclass(frozen=True)
class Place:
    """A cell of stored rows, with its row's key and its value."""

    sheet: str
    cell: str
    row: int
    column: str
    key: str
    value: str


def place_of(content: bytes, key: Sequence[str], sheet: str, cell: str) -> Place | None:
    """The cell at an address such as F17, of the first sheet unless told; None where no data stands there."""
    import polars as pl

    from checks.rows import ROW, SHEET, from_parquet, letters

    found = ADDRESS.match(cell.strip())
    rows = from_parquet(content)
    sheet = sheet or next(iter(rows.columns), "")
    if found is None or sheet not in rows.columns:
        return None
    column, number = found[1].upper(), int(found[2])
    names = {letters(at): name for at, name in enumerate(rows.columns[sheet]) if name}
    row = rows.frame.filter((pl.col(SHEET) == sheet) & (pl.col(ROW) == number))
    if column not in names or row.is_empty() or names[column] not in row.columns:
        return None
    (cells,) = row.head(1).to_dicts()
    name = names[column]
    return Place(sheet, f"{column}{number}", number, name, _key_text(cells, key), cells[name] or "")


def places_again(
    content: bytes, key: Sequence[str], wanted: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], Place]:
    """Where cells told by sheet, row key and column stand in these rows; those that are gone are left out."""
    import polars as pl

    from checks.rows import ROW, SHEET, from_parquet

    rows = from_parquet(content)
    names = [name for name in key if name in rows.frame.columns]
    sought = {each for each in wanted if each[1]}
    if not names or not sought:
        return {}
    keys = {each[1] for each in sought}
    text = pl.concat_str([pl.col(name) for name in names], separator="/", ignore_nulls=True)
    near = rows.frame.filter(text.is_in(list(keys)))
    found: dict[tuple[str, str, str], Place] = {}
    for cells in near.to_dicts():
        told = _key_text(cells, key)
        for sheet, wanted_key, column in sought:
            if (sheet, wanted_key) == (cells[SHEET], told) and column in cells:
                address = rows.address(sheet, cells[ROW], column)
                place = Place(sheet, address, cells[ROW], column, told, cells[column] or "")
                found.setdefault((sheet, wanted_key, column), place)
    return found


def _key_text(cells: dict[str, str], key: Sequence[str]) -> str:
    return "/".join(str(cells[name]) for name in key if cells.get(name))
