"""What has fallen due to be told becomes notices and queued mails: in one transaction, each once.

The keys decide, not the callers: several tickers, a kill or a restart at any point leave each notice once,
and each person one digest a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from actions.clock import wall
from actions.plan_in_force import plan_in_force, rules_in_force
from actions.withdrawals import not_told_today, people_of_each, withdrawals
from deadlines.calendar import WorkingCalendar
from deadlines.owed import Owed, owed
from deadlines.withdrawal import WITHDRAWAL
from models import Mail, Mark, Notice, Person
from models.facts import gather
from models.incidents import tell
from models.notice import DIGEST, QUEUED
from models.worklist import current_campaign

ROWS_A_STATEMENT = 500
A_SECOND = timedelta(seconds=1)

MAIL_KINDS = {
    "roster-reminder": DIGEST,
    "reminder": DIGEST,
    "overdue": DIGEST,
    "forewarning": "forewarning",
    "escalation": "escalation",
    "report": "report",
    WITHDRAWAL: WITHDRAWAL,
}
"""Which mail tells a notice of each kind: whatever can wait for the morning goes into the one digest."""


@dataclass(frozen=True)
class Family:
    """Kinds of notices that one flow decides, up to a mark of its own (both called ``name``)."""

    name: str
    kinds: frozenset[str]


WITHDRAW = Family("withdraw", frozenset({WITHDRAWAL}))
ESCALATE = Family("escalate", frozenset({"forewarning", "escalation"}))
REPORT = Family("late_report", frozenset({"report"}))
REMIND = Family("remind", frozenset({"roster-reminder", "reminder", "overdue"}))
FAMILIES = (WITHDRAW, ESCALATE, REPORT, REMIND)
"""Those that mails tell, in the order of deciding: what no longer holds is taken back first, then the office
hears of a deadline before anyone else."""
ANNOUNCE = Family("announce", frozenset({"announcement"}))
"""What chat groups are told (`actions.announcing`)."""


@dataclass(frozen=True)
class Enclosure:
    """What goes with the mails of a decision, frozen with them: values for their text, files by blob name.

    ``rules``: whose mails; None for all.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, str] = field(default_factory=dict)
    rules: frozenset[str] | None = None

    def of(self, rules: set[str]) -> Enclosure:
        """What goes with a mail that tells of these rules."""
        return self if self.rules is None or self.rules & rules else Enclosure()


@dataclass(frozen=True)
class Decided:
    """How many notices were new, and how many mails tell them."""

    notices: int
    mails: int


@dataclass
class _Wish:
    """A mail that somebody is to get, with the notices that it tells."""

    person: Person
    kind: str
    slot: str
    rules: set[str] = field(default_factory=set)
    notice_ids: list[int] = field(default_factory=list)
    opens: list[datetime] = field(default_factory=list)
    pressing: bool = False

    def add(self, identity: int, each: Owed) -> None:
        """Let it tell this, too; what is past its deadline presses."""
        self.notice_ids.append(identity)
        self.rules.add(each.rule)
        self.opens.append(each.opens)
        self.pressing = self.pressing or each.at > each.deadline


def due(session: Session, now: datetime, families: Sequence[Family] = FAMILIES) -> list[Owed]:
    """What these families owe at ``now`` since their marks, in the order of telling; nothing is written."""
    facts = gather(session)
    marks = {family: _since(session, family, facts.effective_from) for family in families}
    found = owed(plan_in_force(session).schedule, facts, min(marks.values()), now)
    if WITHDRAW in marks:
        found += withdrawals(session, rules_in_force(session), facts, marks[WITHDRAW], now)
    since = {kind: marks[family] for family in families for kind in family.kinds}
    fresh = [each for each in found if each.kind in since and each.at > since[each.kind]]
    return not_told_today(session, rules_in_force(session).calendar, fresh)


def count_mails(session: Session, found: Iterable[Owed], now: datetime) -> int:
    """How many mails would tell these."""
    people_of = people_of_each(session, found := list(found), now)
    return len({(person.id, MAIL_KINDS[each.kind]) for each in found for person in people_of(each)})


def decide(session: Session, family: Family, now: datetime, enclosed: Enclosure | None = None) -> Decided:
    """Write the family's new notices and their mails, and move its mark to ``now``."""
    found = due(session, now, [family])
    fresh = write_notices(session, found, now)
    wishes = _wishes(session, fresh, now)
    calendar = rules_in_force(session).calendar
    for wish in wishes:
        _queue(session, wish, calendar, now, (enclosed or Enclosure()).of(wish.rules))
    move_marks(session, [family], now)
    return Decided(len(fresh), len(wishes))


def move_marks(session: Session, families: Iterable[Family], now: datetime) -> None:
    """Say that these families have been looked after up to ``now``; a mark never moves back."""
    for family in families:
        session.connection().execute(insert_or_leave(session, Mark).values(job=family.name, until=now))
        session.connection().execute(
            update(Mark).where(col(Mark.job) == family.name, col(Mark.until) < now).values(until=now)
        )


def _since(session: Session, family: Family, effective_from: datetime) -> datetime:
    mark = session.get(Mark, family.name, populate_existing=True)
    return mark.until if mark is not None else effective_from - A_SECOND


def write_notices(session: Session, found: Sequence[Owed], now: datetime) -> list[tuple[int, Owed]]:
    """The notices that were not there yet, with their ids."""
    campaign_id = current_campaign(session).id or 0
    by_key = {(each.rule, each.subject, each.deadline, each.occurrence): each for each in found}
    rows = [_notice(each, campaign_id, now) for each in by_key.values()]
    keys = ("id", "rule", "subject", "deadline", "occurrence")
    fresh: list[tuple[int, Owed]] = []
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        statement = insert_or_leave(session, Notice).values(rows[start : start + ROWS_A_STATEMENT])
        for row in session.connection().execute(statement.returning(*(getattr(Notice, key) for key in keys))):
            fresh.append((int(row[0]), by_key[row[1], row[2], row[3], row[4]]))
    return fresh


def _notice(each: Owed, campaign_id: int, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "rule": each.rule,
        "kind": each.kind,
        "subject": each.subject,
        "deadline": each.deadline,
        "occurrence": each.occurrence,
        "slot_at": each.at,
        "audience": each.audience,
        "holder": each.holder,
        "department": each.department,
        "assignment_id": each.assignment_id,
        "decided_at": now,
    }


def _wishes(session: Session, fresh: Sequence[tuple[int, Owed]], now: datetime) -> list[_Wish]:
    """One mail a person, kind and slot; who cannot be reached becomes an incident, not a stop.
    What was missed goes with the last that its audience is told: the end of a downtime is one mail."""
    people_of = people_of_each(session, [each for _, each in fresh], now)
    calendar = rules_in_force(session).calendar
    last: dict[tuple[str, str], Owed] = {}
    for _, each in fresh:
        known = last.get((each.kind, each.audience), each)
        last[each.kind, each.audience] = each if each.at > known.at else known
    wishes: dict[tuple[int | None, str, str], _Wish] = {}
    for identity, each in fresh:
        kind, newest = MAIL_KINDS[each.kind], last[each.kind, each.audience]
        slot = _slot(kind, each if each.at == newest.at else newest, calendar, now)
        reachable = [person for person in people_of(each) if person.email]
        for person in reachable:
            wish = wishes.setdefault((person.id, kind, slot), _Wish(person, kind, slot))
            wish.add(identity, each)
        if not reachable and each.kind != WITHDRAWAL:
            _tell_unreachable(session, identity, each)
    return list(wishes.values())


def _slot(kind: str, each: Owed, calendar: WorkingCalendar, now: datetime) -> str:
    if kind == DIGEST:
        return calendar.next_working_moment(now).date().isoformat()
    return f"{each.rule} {calendar.local(each.at):%Y-%m-%dT%H:%M}"


def _queue(
    session: Session, wish: _Wish, calendar: WorkingCalendar, now: datetime, enclosed: Enclosure
) -> None:
    """Queue the mail, or add its notices to the one that waits; after one that left, take the next slot."""
    for slot in _slots(wish, calendar):
        row = _mail(session, wish, slot, now, enclosed)
        inserted = session.connection().execute(
            insert_or_leave(session, Mail).values(row).returning(col(Mail.id))
        )
        if inserted.first() is not None or _join(session, wish, slot):
            return


def _slots(wish: _Wish, calendar: WorkingCalendar) -> Iterator[str]:
    """The wished slot, then those that may stand in for it: a digest's next working days."""
    yield wish.slot
    for n in count(1):
        if wish.kind == DIGEST:
            yield calendar.add_workdays(date.fromisoformat(wish.slot), n).isoformat()
        else:
            yield f"{wish.slot} +{n}"


def _mail(session: Session, wish: _Wish, slot: str, now: datetime, enclosed: Enclosure) -> dict[str, Any]:
    return {
        "campaign_id": current_campaign(session).id or 0,
        "person_id": wish.person.id,
        "address": wish.person.email,
        "kind": wish.kind,
        "slot": slot,
        "state": QUEUED,
        "notice_ids": {"ids": wish.notice_ids},
        "context": dict(enclosed.context),
        "subject": "",
        "text": "",
        "html": "",
        "attachments": dict(enclosed.attachments),
        "message_id": "",
        "pressing": wish.pressing,
        "opens_at": min(wish.opens),
        "created_at": now,
        "attempts": 0,
        "answer": "",
    }


def _join(session: Session, wish: _Wish, slot: str) -> bool:
    """Add the notices to the mail of this slot; False where its text is frozen already."""
    mail = session.exec(
        select(Mail).where(Mail.address == wish.person.email, Mail.kind == wish.kind, Mail.slot == slot)
    ).one()
    ids = sorted({*mail.notice_ids["ids"], *wish.notice_ids})
    changed = session.connection().execute(
        update(Mail)
        .where(col(Mail.id) == mail.id, col(Mail.state) == QUEUED, col(Mail.message_id) == "")
        .values(
            notice_ids={"ids": ids},
            pressing=mail.pressing or wish.pressing,
            opens_at=min([*wish.opens, mail.opens_at or min(wish.opens)]),
        )
    )
    return changed.rowcount == 1


def _tell_unreachable(session: Session, identity: int, each: Owed) -> None:
    session.connection().execute(update(Notice).where(col(Notice.id) == identity).values(untold=True))
    subject = f"{each.audience}@{each.department or ''}"
    missing = f"{each.department or '学院'}的{_SAYS[each.audience]}"
    message = f"应通知{missing}，但没有可用的人员或邮箱，请在“人员”中补上。"
    tell(session, "no-addressee", subject, message, wall())


def insert_or_leave(session: Session, model: type[SQLModel]) -> Insert:
    """An INSERT that leaves rows whose key is taken as they are."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model).on_conflict_do_nothing()
    return postgresql.insert(model).on_conflict_do_nothing()


_SAYS = {
    "collector": "采集员",
    "reviewer": "审核员",
    "head": "部门负责人",
    "leader": "分管院领导",
    "leaders": "院领导",
    "office": "质量部管理员",
    "everyone": "参与人员",
}
