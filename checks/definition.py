"""What a table is made of: sheets, columns, units and rules, read from `tables/CODE.yaml`.

The files are Frictionless Table Schemas with a few keys of ours; a table without one has the generic columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from plans.sentence import Sentence

TABLES = Path(__file__).parent.parent / "tables"
GENERIC = "generic"
RULES_FILE = "rules"

TYPES = ("string", "integer", "number", "year", "date")
DATE_FORMATS = {
    "%Y%m%d": Sentence("年月日八位数字，如 20200901"),
    "%Y%m": Sentence("年月六位数字，如 202009"),
}
PERIODS = ("school-year", "calendar-year", "point-in-time")
WINDOWS = ("until-end", "in-period")
RULES = ("student-status", "cohort", "destination")
PROVENANCE = ("found", "general-knowledge")
ONE, MANY = "one", "many"
RECORDS = (ONE, MANY)
EQUAL, SUM_AT_MOST, EACH_AT_MOST = "equal", "sum-at-most", "each-at-most"
RELATIONS = (EQUAL, SUM_AT_MOST, EACH_AT_MOST)


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
    ``rule``: one of the campaign's own lists (student status, cohort, destination).  ``change``: the share
    of last year's value beyond which a changed number wants an explanation (None: the table's own).
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
    change: float | None = None
    provenance: str = "general-knowledge"

    @property
    def exact(self) -> bool:
        """Whether the value has one right way to be written (free text has none)."""
        return bool(self.identity or self.enum or self.rule or self.type != "string")


@dataclass(frozen=True)
class RowSum:
    """Within each row, ``parts`` against ``total``: their sum equals it, their sum is at most it, or each is.

    A blank part counts as 0; a row whose total and parts are all blank is left out.
    """

    total: str
    parts: tuple[str, ...]
    relation: str = EQUAL
    severity: str = "error"


@dataclass(frozen=True)
class Sheet:
    """One data sheet of the table's workbook."""

    name: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Definition:
    """A table's definition; ``key`` names the columns that no two rows may share, over all its sheets.

    ``records``: one (a table of one row, filled in as a form) or many.  ``match``: the columns by which a row
    is found again in last year's data (the key unless given).  ``change``: see `Field`.  ``source``: where
    the columns are known from, and how the platform's tables were split or merged for it.
    """

    code: str
    title: str
    period: str
    key: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    note: str = ""
    records: str = MANY
    match: tuple[str, ...] = ()
    sums: tuple[RowSum, ...] = ()
    change: float | None = None
    source: str = ""
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
    """The definition of a table, named by ``title`` where the plan gives one; generic where it has no file.

    PlanError with file, line and remedy where the file cannot be used.
    """
    found = _load(*definition_file(code, folder))
    return _named(found, code, title) if found.generic else replace(found, title=title or found.title)


FileState = tuple[Path, int, int]
"""A file, when it was changed and its size: what was read from it holds as long as these are the same."""


def told_as(path: Path) -> str:
    """How a message names a file of definitions: ours by their folder, others as they were given."""
    return f"{TABLES.name}/{path.name}" if path.parent == TABLES else str(path)


def definition_file(code: str, folder: Path = TABLES) -> FileState:
    """The file that defines a table."""
    path = folder / f"{code}.yaml"
    return file_state(path if path.is_file() else folder / f"{GENERIC}.yaml")


def file_state(path: Path) -> FileState:
    state = path.stat()
    return path, state.st_mtime_ns, state.st_size


def _named(generic: Definition, code: str, title: str) -> Definition:
    sheet = replace(generic.sheets[0], name=code, title=title)
    return replace(generic, code=code, title=title, sheets=(sheet,))


@lru_cache(maxsize=128)
def _load(path: Path, modified: int, size: int) -> Definition:
    """Read once as long as the file stays the same (``modified``, ``size``)."""
    from checks.definition_file import file_text, read_definition

    return read_definition(file_text(path), path.stem, path.parent)
