"""A definition file read: every key known, every problem told with its line and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from checks.definition import (
    DATE_FORMATS,
    GENERIC,
    PERIODS,
    PROVENANCE,
    RECORDS,
    RELATIONS,
    RULES,
    TABLES,
    TYPES,
    WINDOWS,
    Definition,
    Field,
    Reference,
    RowSum,
    Sheet,
    told_as,
)
from plans.problems import PlanError, Problems
from plans.yaml_section import FLAG, TEXT, Form, Section, open_section, word_of

TEXT_RULES = ("student-status", "destination")
OWN_COLUMNS = ("_sheet", "_row")


def file_text(path: Path) -> str:
    """A definition file's text; PlanError where it is no UTF-8, as Notepad's “ANSI” isn't."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems = Problems(told_as(path))
        message = "文件不是 UTF-8 编码，请在记事本中另存为，编码选 UTF-8"
        problems.add("unreadable-file", None, problems.file, message)
        raise PlanError(problems.found) from error


def read_definition(text: str, code: str, folder: Path = TABLES) -> Definition:
    """The definition that a file's text says; PlanError with every problem and its line."""
    problems = Problems(told_as(folder / f"{code}.yaml"))
    root = open_section(text, problems)
    title = root.default("title", TEXT, "") if code == GENERIC else root.required("title", TEXT, "")
    fields = tuple(_field(entry) for entry in root.sections("fields", "name: 学号"))
    if not fields and not root.absent:
        root.note("missing-key", root.line_of("fields"), "fields", "至少要有一列", "- name: 学号")
    _note_repeated(root, "fields", "列", [field.name for field in fields])
    names = {field.name for field in fields}
    key = _known(root, "primaryKey", names)
    definition = Definition(
        code=code,
        title=title,
        period=root.default("period", word_of(*PERIODS), PERIODS[0]),
        key=key,
        sheets=_sheets(root, code, title, fields),
        note=root.default("description", TEXT, ""),
        records=root.default("records", word_of(*RECORDS), RECORDS[-1]),
        match=_known(root, "match", names) or key,
        sums=_sums(root, {field.name: field for field in fields}),
        change=root.optional("change", SHARE),
        source=root.default("source", TEXT, ""),
        generic=code == GENERIC,
    )
    root.finish()
    problems.raise_any()
    return definition


def _note_repeated(root: Section, key: str, what: str, names: Sequence[str]) -> None:
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        root.note("duplicate-field", root.line_of(key), key, f"{what} {name} 写了不止一次，请只留一处")


def _known(section: Section, key: str, names: set[str], what: str = "列名") -> tuple[str, ...]:
    values = section.values(key, TEXT)
    for value in values:
        if value not in names:
            near = get_close_matches(value, names, n=1)
            hint = f"，是不是想写 {near[0]}" if near else "，请照列名原样写"
            section.note("unknown-field", section.line_of(key), key, f"{value} 不是 fields 里的{what}{hint}")
    return values


def _sheets(root: Section, code: str, title: str, fields: tuple[Field, ...]) -> tuple[Sheet, ...]:
    """The sheets as listed, or one that holds every column and is named by the code."""
    if not root.has("sheets"):
        return (Sheet(code, title, fields),)
    known = {field.name: field for field in fields}
    sheets = tuple(_sheet(entry, known) for entry in root.sections("sheets", 'name: "6.1.1"'))
    _note_repeated(root, "sheets", "工作表", [sheet.name for sheet in sheets])
    placed = {field.name for sheet in sheets for field in sheet.fields}
    for name in sorted(known.keys() - placed):
        root.note("unknown-field", root.line_of("sheets"), "sheets", f"列 {name} 没有放进任何一张工作表")
    return sheets


def _sheet(entry: Section, known: dict[str, Field]) -> Sheet:
    columns = _known(entry, "columns", set(known))
    sheet = Sheet(
        name=entry.required("name", TEXT, ""),
        title=entry.default("title", TEXT, ""),
        fields=tuple(known[name] for name in columns if name in known),
    )
    entry.finish()
    return sheet


def _sums(root: Section, fields: dict[str, Field]) -> tuple[RowSum, ...]:
    if not root.has("sums"):
        return ()
    return tuple(_sum(entry, fields) for entry in root.sections("sums", "total: 合计"))


def _sum(entry: Section, fields: dict[str, Field]) -> RowSum:
    numbers = {name for name, field in fields.items() if field.type in ("integer", "number")}
    found = RowSum(
        total=entry.required("total", TEXT, ""),
        parts=_known(entry, "parts", numbers, "数字列"),
        relation=entry.default("relation", word_of(*RELATIONS), RELATIONS[0]),
        severity=entry.default("severity", word_of("error", "warning"), "error"),
    )
    if found.total and found.total not in numbers:
        entry.note("unknown-field", entry.line_of("total"), "total", f"{found.total} 不是 fields 里的数字列")
    if not found.parts or found.total in found.parts:
        entry.note(
            "bad-value",
            entry.line_of("parts"),
            "parts",
            "应列出合计以外的数字列，至少一列",
            "parts: [男, 女]",
        )
    entry.finish()
    return found


def _field(entry: Section) -> Field:
    kind = entry.default("type", word_of(*TYPES), "string")
    limits = entry.section("constraints")
    field = Field(
        name=entry.required("name", COLUMN, ""),
        type=kind,
        format=_format(entry, kind),
        required=limits.default("required", FLAG, False),
        enum=limits.values("enum", TEXT),
        sure=entry.default("enum_source", word_of(*PROVENANCE), "found") == "found",
        pattern=limits.default("pattern", PATTERN, ""),
        minimum=limits.optional("minimum", NUMBER),
        maximum=limits.optional("maximum", NUMBER),
        unit=entry.default("unit", TEXT, ""),
        note=entry.default("note", TEXT, ""),
        identity=entry.default("identity", FLAG, False),
        sensitive=entry.default("sensitive", FLAG, False),
        reference=_reference(entry),
        rule=entry.default("rule", word_of(*RULES), ""),
        window=entry.default("window", word_of(*WINDOWS), ""),
        change=entry.optional("change", SHARE),
        provenance=entry.default("provenance", word_of(*PROVENANCE), PROVENANCE[-1]),
    )
    _note_at_odds(entry, limits, field)
    limits.finish()
    entry.finish()
    return field


def _note_at_odds(entry: Section, limits: Section, field: Field) -> None:
    """Keys that contradict the column's type or each other."""
    if field.type != "string":
        for key in ("identity", "rule" if field.rule in TEXT_RULES else ""):
            if entry.has(key):
                entry.note("bad-value", entry.line_of(key), key, "只能用于 type: string 的列", "type: string")
        for key in ("enum", "pattern"):
            if limits.has(key):
                limits.note(
                    "bad-value", limits.line_of(key), key, "只能用于 type: string 的列", "type: string"
                )
    if field.rule == "cohort" and field.type != "year":
        entry.note("bad-value", entry.line_of("rule"), "rule", "年级规则只能用于年份列", "type: year")
    if field.window and field.type != "date":
        entry.note("bad-value", entry.line_of("window"), "window", "采集期规则只能用于日期列", "type: date")
    for key in ("minimum", "maximum"):
        if limits.has(key) and field.type not in ("integer", "number", "year"):
            limits.note("bad-value", limits.line_of(key), key, "只能用于数字列和年份列", "type: integer")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        limits.note("bad-value", limits.line_of("maximum"), "maximum", f"比 minimum（{field.minimum:g}）还小")


def _format(entry: Section, kind: str) -> str:
    if kind == "date":
        return entry.required("format", word_of(*DATE_FORMATS), "%Y%m%d")
    return entry.default("format", word_of("default"), "")


def _reference(entry: Section) -> Reference | None:
    if not entry.has("reference"):
        return None
    section = entry.section("reference")
    found = Reference(section.required("table", TEXT, ""), section.values("fields", TEXT))
    section.finish()
    return found


def _pattern(raw: str) -> str:
    """A pattern that every engine understands: no look-around, no back references."""
    try:
        re.compile(raw)
    except re.error as error:
        raise ValueError(raw) from error
    if re.search(r"\(\?[=!<P]|\\[1-9]", raw):
        raise ValueError(raw)
    return raw


def _column(raw: str) -> str:
    """A column's name as the workbook's row 1 is read: without any blank, and none of our own."""
    if not raw or re.search(r"\s", raw) or raw in OWN_COLUMNS:
        raise ValueError(raw)
    return raw


COLUMN = Form(_column, "不含空格和换行的列名", "学号")
PATTERN = Form(_pattern, "正则表达式（不含环视和反向引用）", r"'\d{6}'")


def _number(raw: str) -> float:
    number = float(raw)
    if not isfinite(number):
        raise ValueError(raw)
    return number


NUMBER = Form(_number, "数字", "0")


def _share(raw: str) -> float:
    share = float(raw)
    if not 0 < share < 1000:
        raise ValueError(raw)
    return share


SHARE = Form(_share, "大于 0 的数，0.3 表示变动超过三成", "0.3")
