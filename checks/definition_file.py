"""A definition file read: every key known, every problem told with its line and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.definition import (
    DATE_FORMATS,
    GENERIC,
    PERIODS,
    PROVENANCE,
    RECORDS,
    RELATIONS,
    RULES,
    TYPES,
    WINDOWS,
    Definition,
    Field,
    Reference,
    RowSum,
    Sheet,
)
from plans.problems import Problems
from plans.yaml_section import FLAG, TEXT, Form, Section, open_section, word_of


def read_definition(text: str, code: str) -> Definition:
    """The definition that a file's text says; PlanError with every problem and its line."""
    problems = Problems(f"tables/{code}.yaml")
    root = open_section(text, problems)
    title = root.default("title", TEXT, "")
    fields = tuple(_field(entry) for entry in root.sections("fields", "name: 学号"))
    if not fields and not root.absent:
        root.note("missing-key", root.line_of("fields"), "fields", "至少要有一列", "- name: 学号")
    _note_repeated(root, fields)
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


def _note_repeated(root: Section, fields: Sequence[Field]) -> None:
    names = [field.name for field in fields]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        root.note("duplicate-field", root.line_of("fields"), "fields", f"列 {name} 写了不止一次，请只留一处")


def _known(section: Section, key: str, names: set[str]) -> tuple[str, ...]:
    values = section.values(key, TEXT)
    for value in values:
        if value not in names:
            section.note("unknown-field", section.line_of(key), key, f"{value} 不在 fields 的列名里")
    return values


def _sheets(root: Section, code: str, title: str, fields: tuple[Field, ...]) -> tuple[Sheet, ...]:
    """The sheets as listed, or one that holds every column and is named by the code."""
    if not root.has("sheets"):
        return (Sheet(code, title, fields),)
    known = {field.name: field for field in fields}
    return tuple(_sheet(entry, known) for entry in root.sections("sheets", 'name: "6.1.1"'))


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
        parts=_known(entry, "parts", numbers),
        relation=entry.default("relation", word_of(*RELATIONS), RELATIONS[0]),
        severity=entry.default("severity", word_of("error", "warning"), "error"),
    )
    if found.total and found.total not in numbers:
        entry.note("unknown-field", entry.line_of("total"), "total", f"{found.total} 不是 fields 里的数字列")
    entry.finish()
    return found


def _field(entry: Section) -> Field:
    kind = entry.default("type", word_of(*TYPES), "string")
    limits = entry.section("constraints")
    field = Field(
        name=entry.required("name", TEXT, ""),
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
    limits.finish()
    entry.finish()
    return field


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


PATTERN = Form(_pattern, "正则表达式（不含环视和反向引用）", r"'\d{6}'")
NUMBER = Form(float, "数字", "0")


def _share(raw: str) -> float:
    share = float(raw)
    if not 0 < share < 1000:
        raise ValueError(raw)
    return share


SHARE = Form(_share, "大于 0 的数，0.3 表示变动超过三成", "0.3")
