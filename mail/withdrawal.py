"""The letter that takes back what was told: what, when, why it no longer holds, and what holds instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from deadlines.facts import ROSTER, AssignmentFacts, Facts
from deadlines.withdrawal import WITHDRAWAL, Present
from mail.parts import Group, Item
from mail.wording import day_and_time, most_named
from models import Assignment, Mail, Notice
from models.addressees import Held
from models.extension import GRANTED, Extension, all_grants

if TYPE_CHECKING:
    from mail.letters import Desk, Letter

MOVED, GONE = "moved", "gone"
TITLES = {MOVED: "截止时间已变", GONE: "不再需要"}
TOLD = {"forewarning": "即将到期", "escalation": "逾期"}


class TakenBack:
    """What withdrawals are written from: the notices that were taken back, and why they could be."""

    def __init__(self, session: Session) -> None:
        taken = select(Notice.occurrence).where(Notice.kind == WITHDRAWAL)
        found = session.exec(select(Notice).where(col(Notice.id).in_(taken))).all()
        self.notices = {notice.id: notice for notice in found}
        self.grants = all_grants(session) if found else {}
        exempt = select(Assignment.id, Assignment.exempt_reason).where(col(Assignment.exempt))
        self.exempted = dict(session.exec(exempt).all()) if found else {}


def write_withdrawal(
    desk: Desk, _mail: Mail, notices: Sequence[Notice], held: Sequence[Held]
) -> Letter | None:
    """What this person was told that no longer holds, each subject once; None where it holds again."""
    facts = Facts(tuple(desk.facts.values()), tuple(desk.rosters.values()), desk.now)
    present = Present(desk.rules, facts)
    told: dict[str, list[Notice]] = {}
    for notice in (desk.taken_back.notices[each.occurrence] for each in notices):
        if not present.holds(notice):
            told.setdefault(notice.subject, []).append(notice)
    found: dict[str, list[Item]] = {MOVED: [], GONE: []}
    for known in told.values():
        deadline = present.deadline(known[-1])
        found[GONE if deadline is None else MOVED].append(_item(desk, known, deadline))
    items = [*found[MOVED], *found[GONE]]
    if not items:
        return None
    groups = [Group(key, TITLES[key], tuple(each)) for key, each in found.items()]
    subject = f"【更正】先前告知的 {len(items)} 项期限已变，不再按原期限计（{most_named(items)}）"
    lead = "以下事项此前曾告知您逾期或即将到期，情况已有变化，请以本邮件为准："
    return desk.letter(subject, held, lead, groups, template="withdrawal")


def _item(desk: Desk, told: Sequence[Notice], deadline: datetime | None) -> Item:
    notice = told[-1]
    facts = desk.facts.get(notice.assignment_id or 0)
    local = desk.rules.calendar.local
    label = desk.label(facts) if facts else "报采集员、审核员名单"
    said = "；".join(f"{day_and_time(local(each.decided_at))} 告知{TOLD[each.kind]}" for each in told)
    was = f"{said}（当时截止 {day_and_time(local(notice.deadline))}）"
    return Item(
        label=label,
        department=facts.department if facts else notice.subject.removeprefix(f"{ROSTER}@"),
        due=local(deadline or notice.deadline),
        link=desk.link(f"/assignments/{notice.assignment_id}" if facts else "/people"),
        note=f"{was}。{_why(desk, facts)}",
    )


def _why(desk: Desk, facts: AssignmentFacts | None) -> str:
    if facts is None or facts.closed:
        return "采集计划已调整。"
    if facts.exempt:
        return f"已免报：{desk.taken_back.exempted[facts.id]}。"
    grants = [each for each in desk.taken_back.grants.get(facts.id, []) if each.state == GRANTED]
    if any(each.until == facts.effective for each in grants):
        return f"{desk.schedule.contacts.office}已批准延期：{_latest(grants).reason}。"
    return "采集计划已调整。"


def _latest(grants: Sequence[Extension]) -> Extension:
    return max(grants, key=lambda each: each.until)
