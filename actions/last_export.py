"""Last year's summary, as `caiji export` wrote it, read back: rows by table and department, explanations.

Opens no session; each workbook is read by a limited child process.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions.explanations import LONGEST
from actions.summary import EXPLANATIONS, MANIFEST
from actions.typed_rows import numbered
from checks.definition import Definition, load_definition
from models.errors import NotFound, Sentence, Unusable
from models.release import named_rules
from plans.plan import Schedule
from plans.sentence import together

if TYPE_CHECKING:
    from checks.rows import Rows
    from workbooks.reading import Readers

Told = dict[str, str]
TOLD = ("table", "department", "rule", "sheet", "column", "key", "text")
MOST_TABLES, NAMED, LONGEST_CODE = 1000, 3, 20
EXPORT_ANEW = "请重新导出上一年的汇总，文件不要改动。"
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

    NotFound where it is no export; Unusable where its manifest cannot be read or names a table twice.
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
    told, untold = _told(folder)
    source = str(manifest.get("campaign", folder.name))
    return LastYear(source, tuple(parts), tuple(told), (*skipped, *untold))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            Sentence(
                "%(folder)s 里没有 %(file)s，不是 caiji export 写出的目录。",
                folder=folder,
                file=MANIFEST,
            ),
            "请指定上一年汇总所在的目录。",
        )
    try:
        found = _document(path)
        tables = found["tables"]
        if isinstance(tables, list) and all(isinstance(entry, dict) for entry in tables):
            _demand_each_once(path.name, [str(each.get("table")) for each in tables if each.get("file")])
            return dict(found)
    except UNREADABLE:
        pass
    raise Unusable(Sentence("%(name)s 读不出来。", name=path.name), EXPORT_ANEW)


def _demand_each_once(name: str, codes: list[str]) -> None:
    """Unusable where the manifest is none of ours: each table that it names costs a reader of its own."""
    if len(codes) > MOST_TABLES:
        raise Unusable(
            Sentence(
                "%(name)s 里列了 %(count)s 张表，最多 %(most)s 张。",
                name=name,
                count=len(codes),
                most=MOST_TABLES,
            ),
            EXPORT_ANEW,
        )
    repeated = {code: times for code, times in Counter(codes).items() if times > 1}
    if repeated:
        told = together(
            Sentence("%(code)s（%(times)s 次）", code=code[:LONGEST_CODE], times=times)
            for code, times in list(repeated.items())[:NAMED]
        )
        more = Sentence(" 等 %(count)s 张", count=len(repeated)) if len(repeated) > NAMED else ""
        raise Unusable(
            Sentence("%(name)s 里同一张表列了几次：%(told)s%(more)s。", name=name, told=told, more=more),
            EXPORT_ANEW,
        )


def _table(
    readers: Readers, folder: Path, code: str, schedule: Schedule, names: Mapping[str, str]
) -> Iterator[PartOfLastYear | Skipped]:
    if code not in names:
        yield Skipped(code, Sentence("今年的计划里没有这张表。"))
        return
    path = folder / f"{code}.xlsx"
    if not path.is_file():
        yield Skipped(code, Sentence("清单里有，目录里没有 %(name)s。", name=path.name))
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
        yield Skipped(
            definition.code, Sentence("没有“%(column)s”列，不知道是哪个部门的。", column=DEPARTMENT)
        )
        return
    gone = set(rows.names()) - {DEPARTMENT} - {known.name for known in definition.fields}
    if gone:
        yield Skipped(
            definition.code,
            Sentence("今年没有这些列，内容不带过来：%(gone)s。", gone="、".join(sorted(gone))),
        )
    for department in sorted(rows.frame[DEPARTMENT].drop_nulls().unique().to_list()):
        yield _part(
            definition, Rows(rows.frame.filter(pl.col(DEPARTMENT) == department), rows.columns), department
        )
    if unnamed := rows.frame[DEPARTMENT].null_count():
        yield Skipped(
            definition.code,
            Sentence("%(unnamed)s 行没有写“%(column)s”。", unnamed=unnamed, column=DEPARTMENT),
        )


def _part(definition: Definition, rows: Rows, department: str) -> PartOfLastYear:
    from checks.rows import to_parquet

    placed = numbered(definition, rows)
    return PartOfLastYear(definition.code, department, to_parquet(definition, placed), placed.frame.height)


def _told(folder: Path) -> tuple[list[Told], list[Skipped]]:
    """The explanations that were accepted, and those that are not taken over."""
    path = folder / EXPLANATIONS
    if not path.is_file():
        return [], [Skipped(EXPLANATIONS, Sentence("目录里没有这个文件，没有说明可以带过来。"))]
    try:
        found = _document(path)
        if not isinstance(found, list):
            raise TypeError(found)
    except UNREADABLE:
        return [], [Skipped(EXPLANATIONS, Sentence("读不出来，说明都不带过来。"))]
    rules = named_rules()
    told: list[Told] = []
    skipped: list[Skipped] = []
    for number, each in enumerate(found, 1):
        checked = _one_told(each, number, rules)
        if isinstance(checked, Skipped):
            skipped.append(checked)
        else:
            told.append(checked)
    return told, skipped


def _one_told(each: Any, number: int, rules: set[str]) -> Told | Skipped:
    """An explanation as it can be offered, else why not."""
    try:
        told = {name: str(each[name]) for name in TOLD}
    except (KeyError, TypeError):
        return Skipped(
            Sentence("%(file)s 第 %(number)s 条", file=EXPLANATIONS, number=number),
            Sentence("内容不全，不带过来。"),
        )
    where = f"{told['table']} · {told['department']}"
    if told["rule"] not in rules:
        return Skipped(
            where, Sentence("今年没有检测规则“%(told)s”，它的说明不带过来。", told=told["rule"][:40])
        )
    if not told["text"].strip():
        return Skipped(where, Sentence("说明是空的，不带过来。"))
    if len(told["text"]) > LONGEST:
        return Skipped(
            where,
            Sentence("说明超过 %(most)s 个字，不带过来：“%(told)s…”。", most=LONGEST, told=told["text"][:20]),
        )
    return told


def _document(path: Path) -> Any:
    """What the file says; half a character that no database takes is an error like any other."""
    found = json.loads(path.read_text(encoding="utf-8"))
    json.dumps(found, ensure_ascii=False).encode()
    return found
