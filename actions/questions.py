"""Questions about a table: a collector or reviewer asks, the office or a reviewer of it answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from actions.who import Who, demand_sight, may_collect, may_review
from deadlines.facts import COLLECTOR, REVIEWER
from models import Person, Question
from models.errors import Conflict, NotFound, Refused, Sentence, Unusable
from models.question import Asked, questions
from models.worklist import Line, line


def ask(session: Session, who: Who, assignment_id: int, text: str, now: datetime) -> Question:
    """Ask about the assignment's table."""
    seen = line(session, assignment_id)
    demand_sight(who, seen.assignment)
    role = asking_role(who, seen)
    if role is None:
        raise Refused("只有这张表的采集员、审核员可以提问。", "质量部可以直接回答；其他问题请联系质量部。")
    if not text.strip():
        raise Unusable("没有写问题。", "请写明问的是哪一项、为什么不确定。")
    made = Question(assignment_id=assignment_id, role=role, text=text.strip(), asked_by=who.id, asked_at=now)
    session.add(made)
    session.flush()
    return made


def answer(
    session: Session,
    who: Who,
    question_id: int,
    text: str,
    now: datetime,
    *,
    for_all: bool = False,
    seen: str = "",
) -> Question:
    """Answer a question, or answer it anew (``seen``: the print of the answer that was seen);
    where another stands meanwhile, that is told (409)."""
    asked = session.get(Question, question_id)
    if asked is None:
        raise NotFound("没有这个提问。", "请刷新页面后再试。")
    table = line(session, asked.assignment_id)
    demand_sight(who, table.assignment)
    if not may_answer(who, table):
        raise Refused("只有质量部和这张表的审核员可以回答。", "如您知道答案，请告诉质量部。")
    if not text.strip():
        raise Unusable("没有写答复。", "请写明怎样填。")
    if asked.answer_print not in ("", seen):
        by = session.get(Person, asked.answered_by or 0)
        facts = {"who": by.name if by else Sentence("质量部"), "answer": asked.answer}
        raise Conflict(
            Sentence("%(who)s已经回答：%(answer)s", **facts), "没有再改动。要改写这个答复，请再按一次。"
        )
    asked.answer, asked.for_all = text.strip(), for_all
    asked.answered_by, asked.answered_at = who.id, now
    session.add(asked)
    session.flush()
    return asked


def asking_role(who: Who, seen: Line) -> str | None:
    """As what this person may ask here; None where he may not."""
    if may_collect(who, seen.assignment):
        return COLLECTOR
    return REVIEWER if may_review(who, seen.assignment, seen.table) else None


def may_answer(who: Who, seen: Line) -> bool:
    """Whether this person may answer what is asked about it."""
    return who.office or may_review(who, seen.assignment, seen.table)


def answerable(session: Session, who: Who, found: Sequence[Asked]) -> set[int]:
    """Which of these questions this person may answer."""
    if who.office:
        return {each.question.id or 0 for each in found}
    if not who.has(REVIEWER):
        return set()
    known = {each.question.assignment_id: line(session, each.question.assignment_id) for each in found}
    return {each.question.id or 0 for each in found if may_answer(who, known[each.question.assignment_id])}


def of_table(session: Session, seen: Line) -> list[Asked]:
    """All that was asked about the assignment's table, by whichever department."""
    return questions(session, table_id=seen.assignment.table_id)
