"""What a check knows besides the rows: the period, the cohorts, the closed lists, the approved sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from plans.cohorts import FIVE_YEAR, NEW, THREE_YEAR, printed_years, year_label
from plans.plan import Period, Schedule

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class CohortVerdict:
    """What the printed table and the period's arithmetic say of an entry year (None: not there)."""

    printed: str | None
    counted: str | None
    printed_valid: bool
    counted_valid: bool


@dataclass(frozen=True)
class CheckContext:
    """What the rows are compared with.

    ``sources``: approved rows (as text) of the source tables, by code; an absent one isn't referred to.
    ``prior``: last year's rows of the same assignment, as text too; None where there are none.
    """

    schedule: Schedule
    sources: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    prior: pl.DataFrame | None = None

    def period(self, kind: str) -> Period:
        """The span that a definition's `period` means."""
        if kind == "calendar-year" and self.schedule.calendar_year:
            year = self.schedule.calendar_year
            return Period(date(year, 1, 1), date(year, 12, 31))
        return self.schedule.period

    @property
    def statuses(self) -> tuple[str, ...]:
        return self.schedule.enrolled_statuses + self.schedule.other_statuses

    @property
    def destinations(self) -> tuple[str, ...]:
        return self.schedule.employed + self.schedule.unemployed

    def cohort(self, code: str, entry: int, years: int | None) -> CohortVerdict:
        """Whether students who entered in ``entry`` for ``years`` belong in table ``code`` (S11).

        Valid means that they study there at all; tables of new students want the newcomers only.
        """
        programme = FIVE_YEAR if years == FIVE_YEAR else THREE_YEAR
        printed = printed_years(self.schedule.cohorts, programme).get(entry)
        counted = year_label(self.schedule, entry, programme)
        newcomers = code in self.schedule.new_student_tables
        return CohortVerdict(printed, counted, _fits(printed, newcomers), _fits(counted, newcomers))


def _fits(label: str | None, newcomers: bool) -> bool:
    return label is not None and (label == NEW) == newcomers


def context_for(
    schedule: Schedule,
    sources: Mapping[str, pl.DataFrame] | None = None,
    prior: pl.DataFrame | None = None,
) -> CheckContext:
    """The context of one check."""
    return CheckContext(schedule, sources or {}, prior)
