"""What a person owes, as the entries of his calendar: in mails and at his calendar address alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, REVIEWER, AssignmentFacts, RosterFacts
from mail.ics import Entry, as_ics
from mail.wording import day_and_time
from models.addressees import Held
from models.campaign import Department, PlanVersion
from models.facts import facts_of
from models.history import Changes, changes_of
from models.rosters import rosters
from models.worklist import current_campaign, lines

DOES = {COLLECTOR: "采集", REVIEWER: "审核"}
HEAD = "head"
ATTACHED = 500
"""Entries of a calendar that goes with a mail: that of who has more is at his calendar address."""


class Agenda:
    """Calendars over assignments and rosters that were read once.

    A thing stays in the calendar after it is done, as cancelled: programs that took it in learn of it.  Its
    sequence is the number of its events and of the plan's versions, neither of which ever falls.
    """

    def __init__(
        self,
        session: Session,
        rules: DeadlineRules,
        found: Iterable[AssignmentFacts],
        names: Mapping[str, str],
        changes: Mapping[int, Changes],
        rosters: Iterable[RosterFacts],
        url: str,
    ) -> None:
        self._rules = rules
        self._url = url.rstrip("/")
        self._names = names
        self._collecting: dict[str, list[AssignmentFacts]] = {}
        self._reviewing: dict[str | None, list[AssignmentFacts]] = {}
        for facts in found:
            self._collecting.setdefault(facts.department, []).append(facts)
            self._reviewing.setdefault(facts.reviewer, []).append(facts)
        self._changes = changes
        self._rosters = {roster.department: roster for roster in rosters}
        campaign = current_campaign(session)
        self._version = session.get_one(PlanVersion, campaign.plan_version_id)
        self._installation = _installation(session, campaign.id or 0)

    def ics(self, held: Sequence[Held]) -> bytes:
        """The calendar file of whoever holds these roles; empty where nothing ever was his."""
        return self._as_ics(self.entries(held))

    def attached(self, held: Sequence[Held]) -> str:
        """The same to go with a mail; nothing where it would be longer than any calendar takes in."""
        entries = self.entries(held)
        return "" if len(entries) > ATTACHED else self._as_ics(entries).decode()

    def changed(self, held: Sequence[Held]) -> datetime:
        """When anything of it changed last."""
        return max((each.changed for each in self._entries(held)), default=self._version.applied_at)

    def entries(self, held: Sequence[Held]) -> list[Entry]:
        """What these roles owe or have owed, the nearest first."""
        return sorted(self._entries(held), key=lambda entry: (entry.due, entry.uid))

    def _entries(self, held: Sequence[Held]) -> Iterator[Entry]:
        reviews = {(each.department, each.table_code) for each in held if each.role == REVIEWER}
        for name in {each.department for each in held if each.role == COLLECTOR and each.department}:
            for facts in self._collecting.get(name, ()):
                yield self._entry(facts, COLLECTOR)
        for name in {department for department, _code in reviews if department}:
            for facts in self._reviewing.get(name, ()):
                whole = (name, None) in reviews
                if facts.collected_at and (whole or (name, facts.code) in reviews):
                    yield self._entry(facts, REVIEWER)
        for name in {each.department for each in held if each.role == HEAD and each.department}:
            if name in self._rosters:
                yield self._roster(self._rosters[name])

    def _entry(self, facts: AssignmentFacts, role: str) -> Entry:
        changes = self._changes.get(facts.id, Changes())
        over = not (facts.active and facts.holder == role)
        due = self._due(facts, role)
        named = f"{facts.code} {self._names[facts.code]} · {facts.department}"
        return Entry(
            uid=f"assignment-{facts.id}-{role}-{self._installation}@caiji",
            due=due,
            title=f"{'【已办】' if over else ''}{DOES[role]} {named}",
            text=self._text(f"{DOES[role]}：{named}", due, f"/assignments/{facts.id}"),
            link=self._link(f"/assignments/{facts.id}"),
            sequence=changes.count + self._version.number,
            changed=max(changes.last or self._version.applied_at, self._version.applied_at),
            over=over,
        )

    def _due(self, facts: AssignmentFacts, role: str) -> datetime:
        if role == REVIEWER:
            return self._rules.review_due(facts)
        return self._rules.mend_due(facts)

    def _roster(self, roster: RosterFacts) -> Entry:
        due, version = self._rules.schedule.roster_due, self._version
        named = hashlib.sha256(roster.department.encode()).hexdigest()[:12]
        told = f"报采集员、审核员名单 · {roster.department}"
        return Entry(
            uid=f"roster-{named}-{self._installation}@caiji",
            due=due,
            title=f"{'【已办】' if roster.complete else ''}{told}",
            text=self._text(told, due, "/people"),
            link=self._link("/people"),
            sequence=2 * version.number + roster.complete,
            changed=max(roster.completed_at or version.applied_at, version.applied_at),
            over=roster.complete,
        )

    def _text(self, told: str, due: datetime, path: str) -> str:
        contacts = self._rules.schedule.contacts
        lines = [
            told,
            f"截止：{day_and_time(self._rules.calendar.local(due))}",
            self._link(path),
            f"{contacts.office} {contacts.phone}",
        ]
        return "\n".join(line for line in lines if line)

    def _as_ics(self, entries: Sequence[Entry]) -> bytes:
        schedule = self._rules.schedule
        return as_ics(f"数据采集 · {schedule.college}", schedule.zone, entries)

    def _link(self, path: str) -> str:
        return f"{self._url}{path}" if self._url else ""


def own_agenda(
    session: Session, rules: DeadlineRules, held: Sequence[Held], url: str, now: datetime
) -> Agenda:
    """The same for one person, reading no more than the departments he holds a role for."""
    campaign_id = current_campaign(session).id or 0
    named = select(Department.id).where(
        Department.campaign_id == campaign_id, col(Department.name).in_({each.department for each in held})
    )
    ids = [key for key in session.exec(named) if key is not None]
    found = {line.id: line for line in lines(session, department_ids=ids, closed=True)}
    for key in ids:
        found |= {line.id: line for line in lines(session, reviewer_id=key, closed=True)}
    heads = rosters(session, campaign_id, now) if any(each.role == HEAD for each in held) else ()
    facts = [facts_of(line) for line in found.values()]
    names = {line.table.code: line.table.name for line in found.values()}
    return Agenda(session, rules, facts, names, changes_of(session, found), heads, url)


def _installation(session: Session, campaign_id: int) -> str:
    """What sets this installation's entries apart from any other's: when its campaign was first loaded."""
    first = select(PlanVersion.applied_at).where(PlanVersion.campaign_id == campaign_id)
    return f"{session.exec(first.order_by(col(PlanVersion.number))).first():%Y%m%d%H%M%S}"
