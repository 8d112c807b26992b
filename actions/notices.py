"""What has fallen due to be told becomes notices and queued mails: in one transaction, each once.

The keys decide, not the callers: several tickers, a kill or a restart at any point leave each notice once,
and each person one digest a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from actions.clock import wall
from actions.definitions import definitions_told
from actions.more_time_told import ANSWER, REQUEST, more_time_told
from actions.plan_in_force import plan_in_force, rules_in_force
from actions.questions_told import questions_told
from actions.queued_mails import Enclosure, Wish, queue_all
from actions.withdrawals import not_told_today, people_of_each, withdrawals
from deadlines.calendar import WorkingCalendar
from deadlines.owed import Owed, owed
from deadlines.withdrawal import WITHDRAWAL
from models import Mark, Notice
from models.database import insert_or_leave
from models.definition import CHANGED as DEFINITION_CHANGED
from models.facts import gather
from models.incidents import tell
from models.notice import DIGEST
from models.question import ANSWERED as QUESTION_ANSWERED
from models.question import ASKED as QUESTION_ASKED
from models.worklist import current_campaign
from plans.sentence import Sentence

A_SECOND = timedelta(seconds=1)

MAIL_KINDS = {
    "roster-reminder": DIGEST,
    "reminder": DIGEST,
    "overdue": DIGEST,
    QUESTION_ASKED: DIGEST,
    QUESTION_ANSWERED: DIGEST,
    DEFINITION_CHANGED: DIGEST,
    "forewarning": "forewarning",
    "escalation": "escalation",
    "report": "report",
    WITHDRAWAL: WITHDRAWAL,
    REQUEST: REQUEST,
    ANSWER: ANSWER,
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
REMIND = Family(
    "remind",
    frozenset(
        {"roster-reminder", "reminder", "overdue", QUESTION_ASKED, QUESTION_ANSWERED, DEFINITION_CHANGED}
    ),
)
MORE_TIME = Family("more_time", frozenset({REQUEST, ANSWER}))
FAMILIES = (WITHDRAW, MORE_TIME, ESCALATE, REPORT, REMIND)
"""Those that mails tell, in the order of deciding: what no longer holds is taken back first, then the office
hears of a deadline before anyone else."""
ANNOUNCE = Family("announce", frozenset({"announcement"}))
"""What chat groups are told (`actions.announcing`)."""
LOOK = Family("look", frozenset())
"""How far is looked at, marked before anything is read: what is written meanwhile begins after it."""


@dataclass(frozen=True)
class Decided:
    """How many notices were new, and how many mails tell them."""

    notices: int
    mails: int


def due(session: Session, now: datetime, families: Sequence[Family] = FAMILIES) -> list[Owed]:
    """What these families owe at ``now`` since their marks, in the order of telling; nothing is written."""
    facts = gather(session, now)
    marks = {family: _since(session, family, facts.effective_from) for family in families}
    found = owed(plan_in_force(session).schedule, facts, min(marks.values()), now)
    if WITHDRAW in marks:
        found += withdrawals(session, rules_in_force(session), facts, marks[WITHDRAW], now)
    since = {kind: marks[family] for family in families for kind in family.kinds}
    fresh = [each for each in found if each.kind in since and each.at > since[each.kind]]
    calendar = rules_in_force(session).calendar
    answered = more_time_told(session, calendar, marks[MORE_TIME], now) if MORE_TIME in marks else []
    more = questions_told(session, calendar, now) if REMIND in marks else []
    more += definitions_told(session, calendar, now) if REMIND in marks else []
    return answered + not_told_today(session, calendar, fresh) + more


def count_mails(session: Session, found: Iterable[Owed], now: datetime) -> int:
    """How many mails would tell these."""
    people_of = people_of_each(session, found := list(found), now)
    return len({(person.id, MAIL_KINDS[each.kind]) for each in found for person in people_of(each)})


def decide(session: Session, family: Family, now: datetime, enclosed: Enclosure | None = None) -> Decided:
    """Write the family's new notices and their mails, and move its mark to ``now``."""
    found = due(session, now, [family])
    fresh = write_notices(session, found, now)
    wishes = _wishes(session, fresh, now)
    queue_all(session, wishes, now, enclosed or Enclosure())
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
    if rows:
        statement = insert_or_leave(session, Notice).returning(*(getattr(Notice, key) for key in keys))
        for row in session.connection().execute(statement, rows):
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


def _wishes(session: Session, fresh: Sequence[tuple[int, Owed]], now: datetime) -> list[Wish]:
    """One mail a person, kind and slot; who cannot be reached becomes an incident, not a stop.
    What was missed goes with the last that its audience is told: the end of a downtime is one mail."""
    people_of = people_of_each(session, [each for _, each in fresh], now)
    calendar = rules_in_force(session).calendar
    last: dict[tuple[str, str], Owed] = {}
    for _, each in fresh:
        known = last.get((each.kind, each.audience), each)
        last[each.kind, each.audience] = each if each.at > known.at else known
    wishes: dict[tuple[int | None, str, str], Wish] = {}
    for identity, each in fresh:
        kind, newest = MAIL_KINDS[each.kind], last[each.kind, each.audience]
        slot = _slot(kind, each if each.at == newest.at else newest, calendar, now)
        reachable = [person for person in people_of(each) if person.email]
        for person in reachable:
            wish = wishes.setdefault((person.id, kind, slot), Wish(person, kind, slot))
            wish.add(identity, each)
        if not reachable and each.kind != WITHDRAWAL:
            _tell_unreachable(session, identity, each)
    return list(wishes.values())


def _slot(kind: str, each: Owed, calendar: WorkingCalendar, now: datetime) -> str:
    if kind == DIGEST:
        return calendar.next_working_moment(now).date().isoformat()
    return f"{each.rule} {calendar.local(each.at):%Y-%m-%dT%H:%M}"


def _tell_unreachable(session: Session, identity: int, each: Owed) -> None:
    session.connection().execute(update(Notice).where(col(Notice.id) == identity).values(untold=True))
    subject = f"{each.audience}@{each.department or ''}"
    message = Sentence(
        "应通知%(department)s的%(who)s，但没有可用的人员或邮箱，请在“人员”中补上。",
        department=each.department or Sentence("学院"),
        who=_SAYS[each.audience],
    )
    tell(session, "no-addressee", subject, message, wall())


_SAYS = {
    "collector": Sentence("采集员"),
    "reviewer": Sentence("审核员"),
    "head": Sentence("部门负责人"),
    "leader": Sentence("分管院领导"),
    "leaders": Sentence("院领导"),
    "office": Sentence("质量部管理员"),
    "everyone": Sentence("参与人员"),
}
