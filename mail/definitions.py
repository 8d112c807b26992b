"""What digests say of changed definitions: table by table, what is otherwise than it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.definition_words import told
from deadlines.facts import AssignmentFacts
from mail.parts import Item
from models import Notice
from models.definition import CHANGED, TO_REVIEWERS, whole_change

if TYPE_CHECKING:
    from mail.letters import Desk

LEAD = "以下各表的填报要求有变化，请按新的要求填报和审核："


def changed_definitions(desk: Desk, notices: Sequence[Notice]) -> Iterator[Item]:
    """The tables that the notices speak of, each once, where they are otherwise still."""
    by_code: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.kind == CHANGED:
            by_code.setdefault(notice.subject.partition("@")[0], []).append(notice)
    for code, own in by_code.items():
        found = whole_change(desk.definitions.get(code, ()), {notice.occurrence for notice in own})
        facts = next((each for notice in own for each in _active(desk, code, notice)), None)
        if found and facts is not None:
            yield desk.item(facts, "；".join(map(told, found)))


def _active(desk: Desk, code: str, notice: Notice) -> Iterator[AssignmentFacts]:
    """What is still owed of that which the notice tells of: a reviewer's names one of all that he reviews."""
    named = desk.facts.get(notice.assignment_id or 0)
    if named is not None and named.active:
        yield named
    elif notice.rule == TO_REVIEWERS:
        reviewed = (each for each in desk.facts.values() if each.reviewer == notice.department)
        yield from (each for each in reviewed if each.code == code and each.active)


def changed_subject(count: int) -> str:
    """The subject of a mail that tells of nothing else."""
    return f"【数据采集】{count} 张表的填报要求有变化"
