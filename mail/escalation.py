"""What an escalation says: three numbers, one ask, then what is late, apart by whose turn it is (P9).

It reads as a report by itself, on a phone, without signing in.  The subjects of its notices stand first; what
was told before and is still late follows, so that the numbers are the whole scope's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from deadlines.facts import REVIEWER, SYSTEM_CHECK, AssignmentFacts
from deadlines.standing import IN_DEPARTMENT, LEADERS
from mail.awaited import told_additions, waiting_note
from mail.parts import ADD, Group, Item, by_due, told
from mail.wording import ASKS, HANDS, OF_AN_AUDIENCE, day, day_and_time, escalation_subject
from models.addressees import Held
from models.notice import Mail, Notice
from models.stages import FAILED, PENDING, RETURNED, SAYS

if TYPE_CHECKING:
    from mail.letters import Desk, Letter

SENT_BACK = (RETURNED, FAILED)


def write_escalation(
    desk: Desk, mail: Mail, notices: Sequence[Notice], held: Sequence[Held]
) -> Letter | None:
    """After a deadline: what is still late; it stops when the work is done."""
    audience = widest(notices)
    scope = _Scope(desk, audience, held)
    named = {notice.assignment_id for notice in notices}
    fresh = [each for each in scope.with_people if each.id in named and not each.awaits]
    parts = (*_by_turn(scope, fresh), _additions(desk, notices, scope), _rosters(desk, notices, scope))
    groups = [group for group in parts if group.items]
    items = [item for group in groups for item in group.items]
    if not items:
        return None
    counted = "，".join(f"{group.title} {len(group.items)} 项" for group in groups)
    lead = f"截至 {day_and_time(desk.rules.calendar.local(desk.now))}，{counted}。{ASKS[audience]}"
    if mail.attachments:
        lead += "附件是通报草稿，请核对、编号后由您决定是否印发。"
    subject = escalation_subject([replace(item, department=item.holder) for item in items])
    letter = desk.letter(subject, held, lead, groups, template="escalation")
    return replace(letter, context=scope.told(items), audience=audience, told=told(notices, items))


def widest(notices: Sequence[Notice]) -> str:
    """To whom a mail speaks: who hears of some things as the office, of others as a head, as the office."""
    audiences = [notice.audience for notice in notices]
    return next((each for each in audiences if each not in IN_DEPARTMENT), audiences[0])


def departments_of(audience: str, held: Sequence[Held]) -> set[str] | None:
    """The departments that the audience's people answer for; None where it is the whole college."""
    if audience not in IN_DEPARTMENT:
        return None
    return {each.department for each in held if each.role == audience and each.department}


class _Scope:
    """The assignments that concern an audience: those in the hands of its departments, or all."""

    def __init__(self, desk: Desk, audience: str, held: Sequence[Held]) -> None:
        self.desk, self.audience = desk, audience
        self.departments = departments_of(audience, held)
        late = [
            each for each in desk.facts.values() if desk.rules.held_by(each, desk.now) and self._mine(each)
        ]
        self.held_back = [each for each in late if audience in LEADERS and each.id in desk.holds]
        silent = {each.id for each in self.held_back}
        self.late = [each for each in late if each.id not in silent]
        self.with_people = [each for each in self.late if each.holder != SYSTEM_CHECK]
        self.rosters = [each for each in desk.rosters.values() if self.asks(each.department)]
        self.unnamed = [each.department for each in self.rosters if desk.rules.roster_overdue(each, desk.now)]

    def item(self, facts: AssignmentFacts, *, staged: bool = False) -> Item:
        """A late assignment with who holds it and for how long; ``staged``: and where it stands."""
        days = self.desk.rules.late_by(facts, self.desk.now)
        note = f"在{HANDS[facts.holder or '']}手中，逾期 {days} 个工作日"
        if facts.awaits:
            note += f"；{waiting_note(facts)}"
        if staged:
            note = f"{SAYS[facts.stage]}，{note}"
        return replace(self.desk.item(facts, note), holder="、".join(_hands(facts)))

    def told(self, items: Sequence[Item]) -> dict[str, object]:
        """What the letter says beside its groups, which have these items."""
        rules, said = self.desk.rules, {item.id for item in items}
        due = [each for each in self.desk.facts.values() if self._fell_due(each)]
        named = self.rosters if rules.schedule.roster_due <= self.desk.now else []
        still = [self.item(each, staged=True) for each in self.with_people if each.id not in said]
        rosters = {item.department for item in items if item.id is None}
        still += self.roster_items(each for each in self.unnamed if each not in rosters)
        checking = [each for each in self.late if each.holder == SYSTEM_CHECK]
        return {
            "scope": self._named(),
            "due": len(due) + len(named),
            "on_time": sum(map(rules.was_in_time, due)) + sum(map(rules.roster_in_time, named)),
            "late": len(self.late) + len(self.unnamed),
            "rest": Group("overdue", "此前已报告、仍未完成", by_due(still)),
            "checking": [self.item(each).label for each in checking],
            "held_back": list(self._held_back()),
        }

    def roster_items(self, departments: Iterable[str]) -> list[Item]:
        """The rosters of these departments that are owed, each in its department's hands."""
        return [replace(item, holder=item.department) for item in self.desk.roster_items(departments)]

    def asks(self, department: str) -> bool:
        """Whether this department is one that the audience answers for."""
        return self.departments is None or department in self.departments

    def _named(self) -> str:
        """Of whom the numbers are; many departments are counted."""
        if self.departments is None:
            return "全院"
        order = [department.name for department in self.desk.schedule.departments]
        names = [name for name in order if name in self.departments]
        told = "、".join(names) if len(names) <= 3 else f"{'、'.join(names[:3])}等 {len(names)} 个部门"
        return f"{OF_AN_AUDIENCE[self.audience]}（{told}）"

    def _held_back(self) -> Iterator[str]:
        for each in self.held_back:
            hold, item = self.desk.holds[each.id], self.item(each)
            until = day(self.desk.rules.calendar.local(hold.until))
            yield f"{item.label} · {item.department}：暂缓至 {until}，{hold.reason}"

    def _mine(self, facts: AssignmentFacts) -> bool:
        return facts.active and (self.departments is None or not self.departments.isdisjoint(_hands(facts)))

    def _fell_due(self, facts: AssignmentFacts) -> bool:
        """As the late report counts; a department's are what it collects, and what waits for it too long."""
        if not facts.active or not (facts.effective <= self.desk.now or self._late(facts)):
            return False
        collects = self.departments is None or facts.department in self.departments
        return collects or (self._late(facts) and self._mine(facts))

    def _late(self, facts: AssignmentFacts) -> bool:
        return self.desk.rules.held_by(facts, self.desk.now) is not None


def in_hands_of(facts: AssignmentFacts) -> str:
    """The department in whose hands it is: what waits for a review is the reviewing one's."""
    return facts.reviewer or "" if facts.holder == REVIEWER else facts.department


def _hands(facts: AssignmentFacts) -> tuple[str, ...]:
    """The departments whose lateness it is: what waits for additions to source tables is their owners'."""
    return tuple(facts.waits_for) if facts.awaits else (in_hands_of(facts),)


def _by_turn(scope: _Scope, late: Sequence[AssignmentFacts]) -> Iterator[Group]:
    """Apart: not handed in, to mend, waiting for review."""

    def items(found: Iterable[AssignmentFacts]) -> tuple[Item, ...]:
        return by_due([scope.item(each) for each in found])

    yield Group("overdue", "未提交", items(each for each in late if each.stage == PENDING))
    yield Group("returned", "退回待修改", items(each for each in late if each.stage in SENT_BACK))
    yield Group("waiting", "待审核", items(each for each in late if each.holder == REVIEWER))


def _additions(desk: Desk, notices: Sequence[Notice], scope: _Scope) -> Group:
    found = told_additions(desk, notices)
    mine = [item for item in found if scope.departments is None or item.department in scope.departments]
    return Group(ADD, "请补录源表", by_due(mine))


def _rosters(desk: Desk, notices: Sequence[Notice], scope: _Scope) -> Group:
    named = [item.department for item in desk.named_rosters(notices) if scope.asks(item.department)]
    return Group("overdue", "名单未报", tuple(scope.roster_items(named)))
