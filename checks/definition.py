"""What a table is made of: sheets, columns, units and rules, read from `tables/CODE.yaml`.

The files are Frictionless Table Schemas with a few keys of ours; a table without one has the generic columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from plans.problems import Problems
from plans.yaml_section import FLAG, TEXT, Form, Section, open_section, word_of

TABLES = Path(__file__).parent.parent / "tables"
GENERIC = "generic"

TYPES = ("string", "integer", "number", "year", "date")
DATE_FORMATS = {"%Y%m%d": "年月日八位数字，如 20200901", "%Y%m": "年月六位数字，如 202009"}
PERIODS = ("school-year", "calendar-year", "point-in-time")
WINDOWS = ("until-end", "in-period")
RULES = ("student-status", "cohort", "destination")
PROVENANCE = ("found", "general-knowledge")


@dataclass(frozen=True)
class Reference:
    """The column's values must stand in one of ``fields`` of the source table ``table``."""

    table: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One column.

    ``type``: string, integer, number, year or date (``format`` says how it is written).  ``identity``: a
    number that names somebody or something and must be text.  ``sure``: whether the enumeration was seen in
    the platform; an unsure one only warns.  ``window``: dates must lie in the period, or not after its end.
    ``rule``: one of the campaign's own lists (student status, cohort, destination).
    """

    name: str
    type: str = "string"
    format: str = ""
    required: bool = False
    enum: tuple[str, ...] = ()
    sure: bool = True
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    note: str = ""
    identity: bool = False
    sensitive: bool = False
    reference: Reference | None = None
    rule: str = ""
    window: str = ""
    provenance: str = "general-knowledge"

    @property
    def exact(self) -> bool:
        """Whether the value has one right way to be written (free text has none)."""
        return bool(self.identity or self.enum or self.rule or self.type != "string")


@dataclass(frozen=True)
class Sheet:
    """One data sheet of the table's workbook."""

    name: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Definition:
    """A table's definition; ``key`` names the columns that no two rows may share, over all its sheets."""

    code: str
    title: str
    period: str
    key: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    note: str = ""
    generic: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every column of the table once, in the order of its sheets."""
        return tuple({field.name: field for sheet in self.sheets for field in sheet.fields}.values())

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name; KeyError where the table has none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    @property
    def label(self) -> str:
        """Code and title, as people call the table."""
        return f"{self.code} {self.title}".strip()


def load_definition(code: str, title: str = "", folder: Path = TABLES) -> Definition:
    """The definition of a table; the generic one under this code (and ``title``) where it has no file.

    PlanError with file, line and remedy where the file cannot be used.
    """
    path = folder / f"{code}.yaml"
    if not path.is_file():
        path = folder / f"{GENERIC}.yaml"
    state = path.stat()
    found = _load(path, state.st_mtime_ns, state.st_size)
    return _named(found, code, title) if found.generic else found


def _named(generic: Definition, code: str, title: str) -> Definition:
    sheet = replace(generic.sheets[0], name=code, title=title)
    return replace(generic, code=code, title=title, sheets=(sheet,))


@lru_cache(maxsize=128)
def _load(path: Path, modified: int, size: int) -> Definition:
    """Read once as long as the file stays the same (``modified``, ``size``)."""
    return read_definition(path.read_text(encoding="utf-8"), path.stem)


def read_definition(text: str, code: str) -> Definition:
    """The definition that a file's text says; PlanError with every problem and its line."""
    problems = Problems(f"tables/{code}.yaml")
    root = open_section(text, problems)
    title = root.default("title", TEXT, "")
    fields = tuple(_field(entry) for entry in root.sections("fields", "name: 学号"))
    if not fields and not root.absent:
        root.note("missing-key", root.line_of("fields"), "fields", "至少要有一列", "- name: 学号")
    _note_repeated(root, fields)
    definition = Definition(
        code=code,
        title=title,
        period=root.default("period", word_of(*PERIODS), PERIODS[0]),
        key=_known(root, "primaryKey", {field.name for field in fields}),
        sheets=_sheets(root, code, title, fields),
        note=root.default("description", TEXT, ""),
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
