"""What a check of a version is computed from, and the hash that says when it is stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlmodel import Session

from actions.approved import NOTHING, Approved, Owing, Part, Whole, owing_of, print_of
from actions.plan_in_force import plan_in_force
from checks.definition import load_definition
from checks.release import Released
from checks.system import inputs_hash, referred, used_tables
from models import Version
from models.prior import priors
from models.release import releases_in_force
from models.worklist import Line
from plans.plan import Schedule

FAILED_VERDICT = "failed"
PRIOR, RELEASED, OTHERS = "prior", "released", "others"
"""The names, beside table codes, under which a check run keeps the prints of its inputs."""


Parts = Mapping[str, Whole]


@dataclass(frozen=True)
class Inputs:
    """What a check of an assignment's rows asks besides the rows: blob names only, no session needed.

    ``sources``: the complete source tables it refers to; ``tables``: the complete tables that its cross-table
    rules use, own rows included (none for a version that is not approved); ``prior``: last year's rows;
    ``released``: what the office lets pass; ``beside``: what departments have approved of the same table,
    own rows included, where its keys are compared.
    """

    schedule: Schedule
    sources: Parts = field(default_factory=dict)
    prior: str | None = None
    released: tuple[Released, ...] = ()
    tables: Parts = field(default_factory=dict)
    beside: Approved = NOTHING
    department: str = ""

    @property
    def others(self) -> tuple[Part, ...]:
        """What other departments have approved of the same table."""
        return tuple(part for part in self.beside.parts if part.department != self.department)

    def hash_of(self, code: str, rows: str) -> str:
        """The hash over these inputs and the rows of this name (or the kind of a version without any)."""
        return inputs_hash(
            code,
            rows,
            {table: parts.print for table, parts in {**self.sources, **self.tables}.items()},
            self.schedule,
            prior=self.prior or "",
            released=self.released,
            others=self.beside.print,
        )

    def prints(self) -> dict[str, str]:
        """A short print of each input: of a table by its code, of what else there is by its name."""
        found = {table: parts.print for table, parts in sorted({**self.sources, **self.tables}.items())}
        return found | {
            PRIOR: print_of(self.prior or ""),
            RELEASED: print_of(*map(repr, self.released)),
            OTHERS: self.beside.print,
        }


class Knowledge:
    """All that checks may be computed from now, read once for any number of assignments.

    ``codes`` are the tables that are looked at, ``only`` the assignment that is asked about;
    ``approving`` is one that counts as approved.
    """

    def __init__(
        self, session: Session, codes: Iterable[str], only: int | None = None, approving: int | None = None
    ) -> None:
        self.schedule = plan_in_force(session).schedule
        self._priors = priors(session, only)
        self._releases = releases_in_force(session)
        self.tables = owing_of(session, codes)
        for code, owing in self.tables.items():
            if approving in owing.by_assignment:
                self.tables[code] = owing.were_approved(approving)

    def of_upload(self, assignment_id: int, code: str) -> Inputs:
        """What a version that is not yet approved is checked against."""
        return Inputs(
            self.schedule,
            self._complete(table for table in referred(load_definition(code)) if self._source(table)),
            self._priors.get(assignment_id),
            tuple(
                Released(
                    each.rule, each.reason, each.table_code, each.sheet, each.column, each.key, each.cell
                )
                for each in self._releases
                if each.fits(assignment_id, code)
            ),
        )

    def of_check(self, assignment_id: int, code: str) -> Inputs:
        """What the system check of an approved version is computed from."""
        owing = self.tables.get(code, Owing())
        own = owing.by_assignment.get(assignment_id)
        compared = own is not None and own.rows and load_definition(code).key
        return replace(
            self.of_upload(assignment_id, code),
            tables=self._complete(used_tables(code)),
            beside=owing.approved if compared else NOTHING,
            department=own.department if own else "",
        )

    def sign(self, code: str) -> tuple[object, ...]:
        """All that checks of the table are computed from but what is each assignment's own."""
        owing = self.tables[code]
        common = replace(self.of_check(0, code), released=(), beside=owing.approved)
        return common.hash_of(code, ""), tuple(map(repr, self._releases)), self._last_year

    @cached_property
    def _last_year(self) -> int:
        return hash(frozenset(self._priors.items()))

    def _complete(self, codes: Iterable[str]) -> dict[str, Whole]:
        found = {code: self.tables[code].whole for code in sorted(codes) if code in self.tables}
        return {code: whole for code, whole in found.items() if whole is not None}

    def _source(self, code: str) -> bool:
        return code in self.tables and self.tables[code][0].source


def inputs_of(session: Session, seen: Line) -> Inputs:
    """What a version of this assignment that is not yet approved would be checked against now."""
    code = seen.table.code
    return Knowledge(session, referred(load_definition(code)), seen.id).of_upload(seen.id, code)


def check_inputs(session: Session, seen: Line) -> Inputs:
    """What the system check of this assignment would be computed from now."""
    code = seen.table.code
    return Knowledge(session, _telling(code, seen.version), seen.id).of_check(seen.id, code)


def current_inputs(session: Session, code: str, version: Version) -> str:
    """The hash over what a system check of this version would be computed from, were it approved now."""
    key = version.assignment_id
    known = Knowledge(session, _telling(code, version), key, approving=key).of_check(key, code)
    return known.hash_of(code, version.rows_blob or version.kind)


def _telling(code: str, version: Version | None) -> set[str]:
    """The tables that a check of this version is computed from: its own too where keys are compared."""
    compared = version is not None and version.rows_blob and load_definition(code).key
    return {*used_tables(code), *([code] if compared else [])}
