"""Last year's summary, as `caiji export` wrote it, read back: rows by table and department, explanations.

Opens no session; each workbook is read by a limited child process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions.explanations import LONGEST
from actions.summary import EXPLANATIONS, MANIFEST
from actions.typed_rows import numbered
from checks.definition import Definition, load_definition
from models.errors import NotFound, Unusable
from plans.plan import Schedule

if TYPE_CHECKING:
    from checks.rows import Rows
    from workbooks.reading import Readers

Told = dict[str, str]
UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class PartOfLastYear:
    """One department's rows of a table (Parquet), and how many there are."""

    code: str
    department: str
    rows: bytes
    count: int


@dataclass(frozen=True)
class Skipped:
    """What is not taken over: where it stands, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class LastYear:
    """What an export holds; ``source`` is the campaign that it was made of."""

    source: str
    parts: tuple[PartOfLastYear, ...] = ()
    explanations: tuple[Told, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())


def read_export(readers: Readers, folder: Path, schedule: Schedule, names: Mapping[str, str]) -> LastYear:
    """Everything in the folder that this year's tables (``names`` by code) can use.

    NotFound where it is no export; Unusable where its manifest cannot be read.
    """
    manifest = _manifest(folder)
    parts: list[PartOfLastYear] = []
    skipped: list[Skipped] = []
    for entry in manifest["tables"]:
        code = str(entry.get("table"))
        if not entry.get("file"):
            continue
        for found in _table(readers, folder, code, schedule, names):
            if isinstance(found, Skipped):
                skipped.append(found)
            else:
                parts.append(found)
    return LastYear(str(manifest.get("campaign", folder.name)), tuple(parts), _told(folder), tuple(skipped))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            f"{folder} 里没有 {MANIFEST}，不是 caiji export 写出的目录。", "请指定上一年汇总所在的目录。"
        )
    try:
        found = _document(path)
        tables = found["tables"]
        if isinstance(tables, list) and all(isinstance(entry, dict) for entry in tables):
            return dict(found)
    except UNREADABLE:
        pass
    raise Unusable(f"{path} 读不出来。", "请重新导出上一年的汇总，文件不要改动。")


def _table(
    readers: Readers, folder: Path, code: str, schedule: Schedule, names: Mapping[str, str]
) -> Iterator[PartOfLastYear | Skipped]:
    if code not in names:
        yield Skipped(code, "今年的计划里没有这张表。")
        return
    path = folder / f"{code}.xlsx"
    if not path.is_file():
        yield Skipped(code, f"清单里有，目录里没有 {path.name}。")
        return
    result = readers.read(path, code, schedule)
    if result.unreadable:
        yield Skipped(code, result.findings[0].message)
        return
    yield from _split(load_definition(code, names[code]), result.rows)


def _split(definition: Definition, content: bytes) -> Iterator[PartOfLastYear | Skipped]:
    """The rows by department, numbered anew; columns that the definition no longer has are told."""
    import polars as pl

    from checks.rows import Rows, from_parquet
    from workbooks.export import DEPARTMENT

    rows = from_parquet(content)
    if DEPARTMENT not in rows.frame.columns:
        yield Skipped(definition.code, f"没有“{DEPARTMENT}”列，不知道是哪个部门的。")
        return
    gone = set(rows.names()) - {DEPARTMENT} - {known.name for known in definition.fields}
    if gone:
        yield Skipped(definition.code, f"今年没有这些列，内容不带过来：{'、'.join(sorted(gone))}。")
    for department in sorted(rows.frame[DEPARTMENT].drop_nulls().unique().to_list()):
        yield _part(
            definition, Rows(rows.frame.filter(pl.col(DEPARTMENT) == department), rows.columns), department
        )
    if unnamed := rows.frame[DEPARTMENT].null_count():
        yield Skipped(definition.code, f"{unnamed} 行没有写“{DEPARTMENT}”。")


def _part(definition: Definition, rows: Rows, department: str) -> PartOfLastYear:
    from checks.rows import to_parquet

    placed = numbered(definition, rows)
    return PartOfLastYear(definition.code, department, to_parquet(definition, placed), placed.frame.height)


def _told(folder: Path) -> tuple[Told, ...]:
    """The explanations that were accepted; what isn't of their form is left out."""
    names = ("table", "department", "rule", "sheet", "column", "key", "text")
    try:
        found = _document(folder / EXPLANATIONS)
        told = tuple({name: str(each[name]) for name in names} for each in found)
    except UNREADABLE:
        return ()
    return tuple(each for each in told if len(each["text"]) <= LONGEST)


def _document(path: Path) -> Any:
    """What the file says; half a character that no database takes is an error like any other."""
    found = json.loads(path.read_text(encoding="utf-8"))
    json.dumps(found, ensure_ascii=False).encode()
    return found
