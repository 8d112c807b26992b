"""What is due when, who holds it, how late it is: derived from facts and a moment, never stored."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from deadlines.calendar import WorkingCalendar
from deadlines.facts import (
    COLLECTOR,
    PENDING,
    REVIEWER,
    SYSTEM_CHECK,
    AssignmentFacts,
    RosterFacts,
    Wait,
    holder_of,
)
from plans.plan import REVIEWED, Schedule

DUE_SOON = 3
"""Working days before a deadline from which it counts as due soon."""


class DeadlineRules:
    """The deadlines of a schedule: for collecting, reviewing, mending, and for accepting anything."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.calendar = WorkingCalendar(schedule.calendar, schedule.zone)
        self._kept: tuple[datetime | None, dict[date, Sequence[datetime]]] = None, {}

    def due_now(self, facts: AssignmentFacts) -> datetime | None:
        """The deadline of whoever holds it: to collect, review or mend; None where no person is asked."""
        if not facts.active:
            return None
        if facts.holder == REVIEWER:
            return self.review_due(facts)
        return self.mend_due(facts) if facts.holder == COLLECTOR else None

    def review_due(self, facts: AssignmentFacts) -> datetime:
        """Until when it has to be reviewed: the deadline itself where that asks for reviewed data, else
        ``review_within`` working days after the submission."""
        if facts.due_stage == REVIEWED or facts.collected_at is None:
            return facts.effective
        return self._within(facts.collected_at, self.schedule.review_within)

    def mend_due(self, facts: AssignmentFacts) -> datetime:
        """Until when it has to be submitted: the deadline, or ``mend_within`` after it was sent back."""
        if facts.sent_back_at is None:
            return facts.effective
        return max(facts.effective, self._within(facts.sent_back_at, self.schedule.mend_within))

    def closes_at(self, facts: AssignmentFacts) -> datetime:
        """Until when a submission is taken: the end of the ``close_after``-th working day after the deadline,
        or as long as mending is not due."""
        day = self.calendar.local(facts.effective).date()
        closing = self.schedule.due_at(self.calendar.add_workdays(day, self.schedule.close_after))
        return max(closing, self.mend_due(facts))

    def overdue(self, facts: AssignmentFacts, now: datetime) -> bool:
        """Whether its holder has let his deadline pass."""
        due = self.due_now(facts)
        return due is not None and now > due

    def due_soon(self, facts: AssignmentFacts, now: datetime) -> bool:
        """Whether it is due within the next three working days, and not yet overdue."""
        due = self.due_now(facts)
        return due is not None and now <= due and self._workdays(now, due) <= DUE_SOON

    def late_by(self, facts: AssignmentFacts, now: datetime) -> int:
        """Working days begun since its holder's deadline (the table's, where it waits for the system check);
        0 while nothing is late."""
        if self.held_by(facts, now) is None:
            return 0
        return self._workdays(self.due_now(facts) or facts.effective, now)

    def was_in_time(self, facts: AssignmentFacts) -> bool:
        """Whether the first submission came by the deadline; a later return doesn't take that away (P5)."""
        first = facts.first_collected_at
        return first is not None and first <= facts.effective

    def held_by(self, facts: AssignmentFacts, now: datetime) -> str | None:
        """Who holds up what is late: collector or reviewer past his deadline, the system check past the
        table's; None while nothing is late."""
        if facts.holder == SYSTEM_CHECK and facts.active:
            return SYSTEM_CHECK if now > facts.effective else None
        return facts.holder if self.overdue(facts, now) else None

    def lateness(
        self,
        deadline: datetime,
        history: Sequence[tuple[datetime, str]],
        now: datetime,
        waits: Sequence[Wait] = (),
    ) -> dict[str, int]:
        """Each working day since ``deadline`` put down to whoever held the assignment when it ended.

        ``history``: the assignment's transitions in their order, each with the stage it led to.  The days on
        which the collector was waiting for other departments are not his: `waited` has them.
        """
        days = dict.fromkeys((COLLECTOR, REVIEWER, SYSTEM_CHECK), 0)
        for evenings, holder in self._spells(deadline, history, now):
            days[holder] += len(evenings)
            if holder == COLLECTOR and waits:
                days[holder] -= sum(any(wait.at(each) for wait in waits) for each in evenings)
        return days

    def waited(
        self,
        deadline: datetime,
        history: Sequence[tuple[datetime, str]],
        now: datetime,
        waits: Sequence[Wait],
    ) -> dict[str, int]:
        """By department, the collector's working days since ``deadline`` that he was waiting for it; a day
        counts for each of several."""
        if not waits:
            return {}
        spells = self._spells(deadline, history, now)
        evenings = [each for spell, holder in spells if holder == COLLECTOR for each in spell]
        days = {
            name: sum(any(wait.at(each) for wait in waits if wait.department == name) for each in evenings)
            for name in dict.fromkeys(wait.department for wait in waits)
        }
        return {name: count for name, count in days.items() if count}

    def _spells(
        self, deadline: datetime, history: Sequence[tuple[datetime, str]], now: datetime
    ) -> Iterator[tuple[Sequence[datetime], str]]:
        """The ends of the working days since then, by who held it without a break, the latest first."""
        evenings = self._evenings(self.calendar.local(deadline).date(), now)
        end = len(evenings)
        for moment, stage in (*reversed(history), (None, PENDING)):
            begin = bisect_left(evenings, moment) if moment else 0
            if begin < end:
                if holder := holder_of(stage):
                    yield evenings[begin:end], holder
                end = begin

    def _evenings(self, day: date, now: datetime) -> Sequence[datetime]:
        """The ends of the working days after ``day``, ``now`` for the running one; kept for one ``now``."""
        moment, kept = self._kept  # another thread may ask for another moment
        if moment != now:
            self._kept = now, (kept := {})
        if day not in kept:
            today = self.calendar.local(now).date()
            after = (day + timedelta(days=n) for n in range(1, (today - day).days + 1))
            ends = (self.calendar.end_of_work(each) for each in after if self.calendar.is_workday(each))
            kept[day] = [min(end, now) for end in ends]
        return kept[day]

    def roster_overdue(self, roster: RosterFacts, now: datetime) -> bool:
        """Whether the department's roster is incomplete past its deadline."""
        return not roster.complete and now > self.schedule.roster_due

    def roster_in_time(self, roster: RosterFacts) -> bool:
        """Whether collector and reviewer were both named by the deadline."""
        named = roster.completed_at
        return roster.complete and (named is None or named <= self.schedule.roster_due)

    def roster_late_by(self, roster: RosterFacts, now: datetime) -> int:
        """Working days begun since the roster was due; 0 while nothing is late."""
        return 0 if roster.complete else self._workdays(self.schedule.roster_due, now)

    def _within(self, start: datetime, days: int) -> datetime:
        day = self.calendar.local(start).date()
        return self.calendar.end_of_work(self.calendar.add_workdays(day, days))

    def _workdays(self, first: datetime, last: datetime) -> int:
        return self.calendar.workdays_between(
            self.calendar.local(first).date(), self.calendar.local(last).date()
        )
