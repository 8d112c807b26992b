"""What digests say of changed definitions: table by table, what is otherwise than it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.definition_words import told
from mail.parts import Item
from models import Notice
from models.definition import CHANGED, whole_change

if TYPE_CHECKING:
    from mail.letters import Desk

LEAD = "以下各表的填报要求有变化，请按新的要求填报和审核："


def changed_definitions(desk: Desk, notices: Sequence[Notice]) -> Iterator[Item]:
    """The tables that the notices speak of, each once, where they are otherwise still."""
    ids: dict[str, set[int]] = {}
    first: dict[str, Notice] = {}
    for notice in notices:
        if notice.kind == CHANGED:
            code = notice.subject.partition("@")[0]
            ids.setdefault(code, set()).add(notice.occurrence)
            first.setdefault(code, notice)
    for code, notice in first.items():
        found = whole_change(desk.definitions.get(code, ()), ids[code])
        facts = desk.facts.get(notice.assignment_id or 0)
        if found and facts is not None and facts.active:
            yield desk.item(facts, "；".join(map(told, found)))


def changed_subject(count: int) -> str:
    """The subject of a mail that tells of nothing else."""
    return f"【数据采集】{count} 张表的填报要求有变化"
