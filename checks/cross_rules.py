"""Rules over several tables, read from `tables/rules.yaml`: what a rule is, and which tables it concerns.

Running them is `checks.cross_check`; here nothing heavy is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from checks.definition import RULES_FILE, TABLES, FileState, file_state

NAME = re.compile(r"\{([^{}]*)\}")
"""A place in a message for a column of the query's result."""
Given = Mapping[str, tuple[Mapping[str, str | None], ...]]


@dataclass(frozen=True)
class Expected:
    """A finding that a test wants: its row (None: no cell), its whole message."""

    message: str
    row: int | None = None


@dataclass(frozen=True)
class Case:
    """A test of a rule: rows by table code, texts by column (rows count from 2), and what it then finds."""

    given: Given
    finds: tuple[Expected, ...]
    line: int = 0


@dataclass(frozen=True)
class CrossRule:
    """One rule; its finding lands on ``table``, at ``column`` where that is given.

    ``sql`` is one SELECT over the tables ``uses`` (among them ``table``), named by their codes in double
    quotes; each is the union of its approved parts with typed columns, `_department`, `_sheet` and `_row`.
    `statuses(name, enrolled)` and `destinations(name, employed)` are the campaign's lists.  A row of its
    result is a violation: its columns fill the {names} in ``message``, and `_department`, `_sheet`, `_row`,
    where it yields them, say at which row it stands.  ``line`` is the statement's in the file.
    """

    id: str
    title: str
    table: str
    uses: tuple[str, ...]
    severity: str
    sql: str
    message: str
    remedy: str
    column: str = ""
    tests: tuple[Case, ...] = field(default=(), repr=False)
    line: int = field(default=0, repr=False)


def template_of(message: str) -> str:
    """The message as a `Sentence` has it."""
    return NAME.sub(r"%(\1)s", message.replace("%", "%%")) if NAME.search(message) else message


def rules(folder: Path = TABLES) -> tuple[CrossRule, ...]:
    """Every rule, in the order of the file; none where there is no file.

    PlanError with line and remedy where the file cannot be used.
    """
    state = rules_file(folder)
    return _rules(*state) if state else ()


def rules_file(folder: Path = TABLES) -> FileState | None:
    """The file of the rules, None where there is none."""
    path = folder / f"{RULES_FILE}.yaml"
    return file_state(path) if path.is_file() else None


def rules_on(code: str, folder: Path = TABLES) -> tuple[CrossRule, ...]:
    """The rules whose findings land on this table."""
    return tuple(rule for rule in rules(folder) if rule.table == code)


@lru_cache(maxsize=8)
def _rules(path: Path, modified: int, size: int) -> tuple[CrossRule, ...]:
    """Read once as long as the file stays the same (``modified``, ``size``)."""
    from checks.cross_rules_file import read_rules
    from checks.definition_file import file_text

    return read_rules(file_text(path), path.parent)
