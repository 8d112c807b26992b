"""When the rungs of a ladder fall due for one deadline: the rules of days off and of sending hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from typing import NamedTuple

from deadlines.calendar import WorkingCalendar
from plans.plan import Rule, Schedule

OVERDUE, ESCALATION, REPORT = "overdue", "escalation", "report"
AFTER_THE_DEADLINE = (OVERDUE, ESCALATION, REPORT)
IN_A_DIGEST = ("roster-reminder", "reminder", OVERDUE)
A_MINUTE = timedelta(minutes=1)
"""The deadline itself is still in time: what follows it starts a minute later."""


class Slot(NamedTuple):
    """A moment at which a rule wants to be told: ``nominal``, and ``at`` when that may be sent.

    ``rung`` is the rule's place in its ladder; ``after`` says that the slot follows the deadline.  ``opens``:
    when those may be told who chose no time of their own; earlier only where the office lets people choose.
    """

    at: datetime
    deadline: datetime
    nominal: datetime
    rung: int
    occurrence: int
    audience: str
    after: bool
    rule: Rule
    opens: datetime

    @property
    def height(self) -> tuple[datetime, bool, datetime, int, int]:
        """Where it stands on the ladder; a deadline's own report stands above the daily ones."""
        own = self.rule.kind == REPORT and self.rule.on is not None
        return self.deadline, own, self.nominal, self.rung, self.occurrence


class Timetable:
    """The slots of every rule for any deadline, up to ``until``; each deadline is worked out once."""

    def __init__(self, schedule: Schedule, calendar: WorkingCalendar, until: datetime) -> None:
        self.schedule = schedule
        self.calendar = calendar
        self.until = until
        self.rules = (*schedule.reminders, *schedule.escalation)
        self._known: dict[tuple[int, datetime], tuple[Slot, ...]] = {}

    def slots(self, rung: int, deadline: datetime) -> tuple[Slot, ...]:
        """Every slot of the rule at ``rung`` for ``deadline``, in order."""
        found = self._known.get((rung, deadline))
        if found is None:
            found = self._known[rung, deadline] = tuple(self._work_out(rung, deadline))
        return found

    def _work_out(self, rung: int, deadline: datetime) -> Iterator[Slot]:
        rule = self.rules[rung]
        after, shown = follows_deadline(rule), self.calendar.local(deadline)
        for n, (nominal, wanted) in enumerate(self._moments(rule, deadline)):
            at = self._in_sending_hours(rule, wanted, deadline)
            # A rule that repeats has no end of its own: it stops with what is asked, or at the deadline.
            if at > self.until or (n and not after and nominal > deadline):
                return
            early = self._early(rule, at, deadline)
            # By its day, not by its number: another calendar or ladder gives the days other numbers.
            occurrence = nominal.toordinal() if rule.every else 0
            yield Slot(early, shown, nominal, rung, occurrence, rule.audience, after, rule, at)

    def _moments(self, rule: Rule, deadline: datetime) -> Iterable[tuple[datetime, datetime]]:
        """What the rule says, and the same moved off days off where it names a day."""
        if rule.days is not None:
            return self._daily(rule, deadline)
        if rule.on == "issue":
            moment = self._issued(rule)
        elif rule.hours is not None:
            moment = self.calendar.minus_working_hours(deadline, abs(rule.hours))
        else:
            moment = deadline + A_MINUTE
        return [(moment, moment)]

    def _issued(self, rule: Rule) -> datetime:
        """When the plan is issued, or later that day where the rule names a time."""
        start = self.calendar.local(self.schedule.start)
        return start if rule.at is None else max(start, self.calendar.at(start.date(), rule.at))

    def _daily(self, rule: Rule, deadline: datetime) -> Iterator[tuple[datetime, datetime]]:
        calendar, direction = self.calendar, 1 if follows_deadline(rule) else -1
        clock = min(max(rule.at or time.min, calendar.rules.start), calendar.rules.end)
        day = calendar.add_workdays(calendar.local(deadline).date(), rule.days or 0)
        for _ in count() if rule.every else range(1):
            worked = day if calendar.is_workday(day) else calendar.add_workdays(day, direction)
            yield calendar.at(day, clock), calendar.at(worked, clock)
            day = calendar.add_workdays(day, rule.every or 0)

    def _early(self, rule: Rule, at: datetime, deadline: datetime) -> datetime:
        """The slot of a rule whose notices wait for a digest, as early as a person may choose to have it."""
        between = self.schedule.digest_between
        if between is None or rule.kind not in IN_A_DIGEST or rule.days is None:
            return at
        early = min(at, self.calendar.at(at.date(), between[0]))
        return early if not follows_deadline(rule) or early > deadline else at

    def _in_sending_hours(self, rule: Rule, wanted: datetime, deadline: datetime) -> datetime:
        """Never before the deadline where the rule follows it, never after it where it goes before."""
        if follows_deadline(rule):
            return self.calendar.next_working_moment(max(wanted, deadline + A_MINUTE))
        if rule.on == "issue":
            return self.calendar.next_working_moment(wanted)
        return self.calendar.previous_working_moment(min(wanted, deadline))


def follows_deadline(rule: Rule) -> bool:
    """Whether the rule speaks once the deadline has passed."""
    return rule.kind in AFTER_THE_DEADLINE or rule.on == "deadline" or (rule.days or 0) > 0
