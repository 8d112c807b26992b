"""Entry year × programme -> year of study: by the school year's arithmetic, beside what the plan prints."""

from __future__ import annotations

from plans.plan import Cohort, Schedule

LABELS = ("一年级", "二年级", "三年级", "四年级", "五年级")
NEW = "新生"
THREE_YEAR, FIVE_YEAR = 3, 5


def year_label(schedule: Schedule, entry: int, programme: int) -> str | None:
    """The year of study of those who entered in ``entry``, by the period; ``None`` where they aren't there.

    ``programme`` is 3 or 5 (years); of five years the first ``five_year_offset`` don't count.
    """
    if entry == schedule.period.start.year + 1:
        return NEW
    offset = schedule.five_year_offset if programme == FIVE_YEAR else 0
    year = schedule.period.start.year - entry + 1 - offset
    return LABELS[year - 1] if 1 <= year <= programme - offset else None


def printed_years(cohorts: tuple[Cohort, ...], programme: int) -> dict[int, str]:
    """Entry year -> the label the plan prints for this programme."""
    column = "three_year" if programme == THREE_YEAR else "five_year"
    labels = {cohort.entry: getattr(cohort, column) for cohort in cohorts}
    return {entry: label for entry, label in labels.items() if label}


def disagreeing(schedule: Schedule, programme: int) -> dict[int, str]:
    """The printed labels that the period's arithmetic doesn't bear out."""
    printed = printed_years(schedule.cohorts, programme)
    return {
        entry: label for entry, label in printed.items() if label != year_label(schedule, entry, programme)
    }


def steps_evenly(printed: dict[int, str]) -> bool:
    """Whether each entry year stands one year of study above the next; unknown labels don't count."""
    ranks = {
        entry: (NEW, *LABELS).index(label) for entry, label in printed.items() if label in (NEW, *LABELS)
    }
    return len({entry + rank for entry, rank in ranks.items()}) <= 1
