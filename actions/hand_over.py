"""Roles change hands (P7): for good from now on, or to a deputy for some days; the work goes with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, or_, select

from actions.handed_work import tell_taker
from actions.people import demand_here, person_by_staff_no
from actions.plan_in_force import plan_in_force
from actions.rights import NOTHING, Ending, Taken
from actions.who import Right, Who, demand_office_or_console, may_collect, may_review
from models import Grant, Person
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.person import in_force
from models.worklist import lines

LONGEST = 366
"""Days that a deputy may stand in at most."""
TABLES_TOLD = 5


@dataclass(frozen=True)
class Handed:
    """From whom to whom how many roles went, and what was taken from him who had them."""

    giver: str
    taker: str
    number: int
    taken: Taken = NOTHING


def standing_rights(session: Session, person: Person, now: datetime) -> Sequence[Grant]:
    """What this person holds for good and can hand over; what he does as somebody's deputy is not his."""
    held = select(Grant).where(Grant.person_id == person.id, in_force(now), col(Grant.until).is_(None))
    return session.exec(held.order_by(col(Grant.id))).all()


def hand_over(
    session: Session, giver: str, taker: str, chosen: Collection[int], now: datetime, by: Who | None = None
) -> Handed:
    """Give these rights of the giver (staff numbers, ids of grants) to the taker, from now on and for good.

    What the taker has already ends with the giver only.  Conflict where he would collect and review the same
    table, or has left; ``by`` is of the office, or None at the command line.
    """
    change = _Change(session, giver, taker, chosen, now, by)
    own = change.taker_rights(now, None)
    lasting = [right for right in own if right.until is None]
    new = [each for each in change.rights if not any(_covers(right, each) for right in lasting)]
    change.demand_separate(own, new)
    ending = Ending(session, now)
    for right in own:
        if right.until is not None and any(_covers(each, right) for each in new):
            ending.end(change.taker, right)
    for right in change.rights:
        ending.end(change.giver, right)
    change.give(new, now, None)
    return Handed(change.giver.name, change.taker.name, len(change.rights), ending.taken())


def name_deputy(
    session: Session,
    giver: str,
    taker: str,
    chosen: Collection[int],
    days: tuple[date, date],
    now: datetime,
    by: Who | None = None,
) -> Handed:
    """Let the taker hold these rights beside the giver from the first of the days to the end of the last.

    Unusable for days that are over or the wrong way round; Conflict where he holds one of them then anyway,
    would collect and review the same table, or has left.
    """
    change = _Change(session, giver, taker, chosen, now, by)
    since, until = _period(session, days, now)
    own = change.taker_rights(since, until)
    if any(_covers(right, each) for right in own for each in change.rights):
        raise Conflict(
            Sentence("%(name)s在这段时间里已有其中的角色。", name=change.taker.name),
            "请去掉他已有的角色，或换一段时间、换一个人。",
        )
    change.demand_separate(own, change.rights)
    change.give(change.rights, since, until)
    return Handed(change.giver.name, change.taker.name, len(change.rights))


def end_deputy(session: Session, staff_no: str, number: int, now: datetime, by: Who | None = None) -> Grant:
    """He is no deputy any more, or does not become one; NotFound where he is none (any more)."""
    demand_office_or_console(by)
    person, right = person_by_staff_no(session, staff_no), session.get(Grant, number)
    if right is None or right.person_id != person.id or right.until is None or right.until <= now:
        raise NotFound("没有这项代理，或者已经结束。", "请刷新页面核对。")
    Ending(session, now).end(person, right)
    session.flush()
    return right


class _Change:
    """Rights on their way from one person to another."""

    def __init__(
        self,
        session: Session,
        giver: str,
        taker: str,
        chosen: Collection[int],
        now: datetime,
        by: Who | None,
    ) -> None:
        demand_office_or_console(by)
        self.session, self.now = session, now
        self.giver = person_by_staff_no(session, giver)
        self.taker = self._taker(taker)
        held = standing_rights(session, self.giver, now)
        self.rights = [right for right in held if right.id in chosen]
        if not self.rights:
            raise Unusable("没有选择要移交的角色。", "请至少勾选一个。")

    def taker_rights(self, since: datetime, until: datetime | None) -> Sequence[Grant]:
        """What the taker holds at any time between the two."""
        lasting = or_(col(Grant.until).is_(None), col(Grant.until) > since)
        held = select(Grant).where(Grant.person_id == self.taker.id, lasting)
        if until is not None:
            held = held.where(or_(col(Grant.since).is_(None), col(Grant.since) < until))
        return self.session.exec(held).all()

    def demand_separate(self, own: Iterable[Grant], new: Iterable[Grant]) -> None:
        """Conflict where the taker would collect and review a table that he did not before."""
        before = self._who(own)
        after = Who(before.id, "", "", None, (*before.rights, *self._who(new).rights))
        both = [
            seen.table.code
            for seen in lines(self.session, department_ids=after.departments("collector"))
            if not seen.assignment.exempt
            and may_collect(after, seen.assignment)
            and may_review(after, seen.assignment, seen.table)
            and not (may_collect(before, seen.assignment) and may_review(before, seen.assignment, seen.table))
        ]
        if both:
            named = "、".join(both[:TABLES_TOLD]) + (" …" if len(both) > TABLES_TOLD else "")
            facts = {"name": self.taker.name, "number": len(both), "tables": named}
            raise Conflict(
                Sentence("%(name)s会既采集又审核同一张表（%(number)s 张：%(tables)s）。", **facts),
                "采集和审核须由两人担任：请换一个人，或只移交其中一个角色。",
            )

    def give(self, rights: Iterable[Grant], since: datetime, until: datetime | None) -> None:
        """Let the taker hold these between the two moments, and hear of the work that goes with them."""
        given = [
            Grant(
                person_id=self.taker.id or 0,
                role=each.role,
                department_id=each.department_id,
                table_code=each.table_code,
                since=since,
                until=until,
            )
            for each in rights
        ]
        self.session.add_all(given)
        self.session.flush()
        tell_taker(self.session, self.taker, given, max(since, self.now), self.now)

    def _taker(self, staff_no: str) -> Person:
        found = person_by_staff_no(self.session, staff_no)
        if found.id == self.giver.id:
            raise Unusable("不能移交给本人。", "请填写另一个人的工号。")
        demand_here(found)
        return found

    def _who(self, rights: Iterable[Grant]) -> Who:
        held = (Right(each.role, each.department_id, each.table_code) for each in rights)
        return Who(self.taker.id or 0, self.taker.staff_no, self.taker.name, None, tuple(held))


def _covers(right: Grant, other: Grant) -> bool:
    """Whether who holds the one can do what the other allows."""
    same = (right.role, right.department_id) == (other.role, other.department_id)
    return same and right.table_code in (None, other.table_code)


def _period(session: Session, days: tuple[date, date], now: datetime) -> tuple[datetime, datetime]:
    """From the first day, or now where that is today, to the end of the last."""
    (first, last), zone = days, plan_in_force(session).schedule.zone
    today = now.astimezone(zone).date()
    if last < first:
        raise Unusable("代理的结束日期早于开始日期。", "请把两个日期对调，或改正其中一个。")
    if first < today:
        raise Unusable("代理的开始日期已经过去。", "请从今天或以后的一天开始；过去的事不能改由别人承担。")
    if (last - first).days >= LONGEST:
        raise Unusable("代理最长一年。", "更久的，请改为移交。")
    since = max(datetime.combine(first, time.min, zone), now)
    return since, datetime.combine(last + timedelta(days=1), time.min, zone)
