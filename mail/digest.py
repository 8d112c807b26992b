"""What a digest says: everything that a person has to do, and what he is told of others' work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deadlines.facts import COLLECTOR, REVIEWER, AssignmentFacts
from mail.awaited import owed_additions, waiting_note
from mail.definitions import LEAD, changed_definitions, changed_subject
from mail.escalation import SENT_BACK as SENT_BACK_STAGES
from mail.more_time import to_answer
from mail.overseen import overseen
from mail.parts import ADD, Group, Item, by_due
from mail.questions import answered
from mail.questions import to_answer as questions_to_answer
from mail.wording import digest_subject
from models import Mail, Notice
from models.addressees import Held
from models.definition import CHANGED as DEFINITION_CHANGED

if TYPE_CHECKING:
    from mail.letters import Desk, Letter

OVERDUE, TODAY, SOON, SENT_BACK, WAITING = "overdue", "today", "soon", "returned", "waiting"
AWAITED, ASKED, OVERSEEN = "awaited", "asked", "overseen"
QUESTIONS, ANSWERED, CHANGED = "questions", "answered", "changed"


def write_digest(desk: Desk, _mail: Mail, notices: Sequence[Notice], held: Sequence[Held]) -> Letter | None:
    """Everything this person has to do, in all roles and tables, grouped by how urgent it is."""
    named = {notice.assignment_id for notice in notices if notice.kind != DEFINITION_CHANGED}
    found: dict[str, list[Item]] = {key: [] for key in TITLES}
    for facts in _to_do(desk, held):
        key = _urgency(desk, facts, facts.id in named)
        if key:
            found[key].append(desk.item(facts, note_on(desk, facts)))
    for key, item in _rosters_to_name(desk, held):
        found[key].append(item)
    found[ADD] += owed_additions(desk, {each.department or "" for each in held if each.role == COLLECTOR})
    found[ASKED] += to_answer(desk, held)
    found[QUESTIONS] += questions_to_answer(desk, held)
    found[ANSWERED] += answered(desk, notices)
    found[CHANGED] += changed_definitions(desk, notices)
    own = [item for key, items in found.items() if key not in (AWAITED, ANSWERED, CHANGED) for item in items]
    found[OVERSEEN] += overseen(desk, notices, held, (*own, *found[AWAITED]))
    if not any(found.values()):
        return None
    groups = [Group(key, TITLES[key], by_due(items)) for key, items in found.items()]
    subject = digest_subject(own, desk.now, len(found[AWAITED]), found[OVERSEEN], len(found[ANSWERED]))
    lead = "以下事项等您处理：" if own or found[AWAITED] else "以下事项尚未完成，请您过问："
    if not (own or found[AWAITED] or found[OVERSEEN]):
        lead = "您的提问有了答复：" if found[ANSWERED] else LEAD
        subject = subject if found[ANSWERED] else changed_subject(len(found[CHANGED]))
    return desk.letter(subject, held, lead, groups, calendar=desk.agenda.attached(held))


TITLES = {
    OVERDUE: "已逾期",
    TODAY: "今天截止",
    SENT_BACK: "退回待修改",
    WAITING: "等我审核",
    ADD: "请补录源表",
    ASKED: "等我答复的延期申请",
    QUESTIONS: "等我回答的提问",
    ANSWERED: "对提问的答复",
    CHANGED: "填报要求有变化",
    AWAITED: "等待其他部门补录",
    SOON: "接下来到期",
    OVERSEEN: "请您过问",
}


def _to_do(desk: Desk, held: Sequence[Held]) -> list[AssignmentFacts]:
    """The assignments that wait for this person, as collector or as reviewer, in the order of the plan."""
    found: dict[int, AssignmentFacts] = {}
    for each in held:
        if each.role in (COLLECTOR, REVIEWER):
            waiting = desk.waiting.get((each.role, each.department), ())
            found |= {place: facts for place, facts in waiting if each.table_code in (None, facts.code)}
    return [found[place] for place in sorted(found)]


def _urgency(desk: Desk, facts: AssignmentFacts, named: bool) -> str | None:
    """The group an assignment belongs to; None while it is neither near nor named by a notice."""
    due = desk.rules.due_now(facts)
    if facts.holder == REVIEWER:
        return WAITING
    if facts.awaits and desk.rules.overdue(facts, desk.now):
        return AWAITED
    if facts.stage in SENT_BACK_STAGES:
        return SENT_BACK
    if desk.rules.overdue(facts, desk.now):
        return OVERDUE
    local = desk.rules.calendar.local
    if due is not None and local(due).date() == local(desk.now).date():
        return TODAY
    return SOON if named or desk.rules.due_soon(facts, desk.now) else None


def note_on(desk: Desk, facts: AssignmentFacts) -> str:
    """What there is to know of it: why it came back, for whom it waits, how late it is."""
    parts = []
    if facts.stage in SENT_BACK_STAGES and desk.reasons.get(facts.id):
        parts.append(f"原因：{desk.reasons[facts.id]}")
    waiting = waiting_note(facts)
    if waiting:
        parts.append(waiting)
    elif desk.rules.overdue(facts, desk.now):
        parts.append(f"已逾期 {desk.rules.late_by(facts, desk.now)} 个工作日")
    return "；".join(parts)


def _rosters_to_name(desk: Desk, held: Sequence[Held]) -> Iterator[tuple[str, Item]]:
    """The rosters that this person's departments still owe: a head names collector and reviewer."""
    for each in held:
        if each.role == "head" and each.department:
            for item in desk.roster_items([each.department]):
                yield OVERDUE if item.due < desk.now else SOON, item
