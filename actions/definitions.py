"""Changed definitions: noticed, told in the next digest, shown where one types, kept for next year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from actions.questions_told import next_morning
from checks.definition import load_definition
from checks.definition_diff import Described, described
from deadlines.calendar import WorkingCalendar
from deadlines.facts import COLLECTOR, REVIEWER
from deadlines.owed import Owed
from models import DefinitionEdition
from models.database import insert_or_leave
from models.definition import CHANGED, TO_REVIEWERS, newest_editions, untold_editions
from models.worklist import Line, current_campaign, lines, open_tables
from plans.problems import PlanError


def changed_definitions(session: Session) -> dict[str, Described]:
    """By table of the plan, what its definition says now and didn't when it was last looked at; one that
    cannot be read is left for the next look."""
    known = newest_editions(session)
    found = {table.code: _said(table.code) for table in open_tables(session)}
    return {
        code: said
        for code, said in found.items()
        if said is not None and (code not in known or known[code].said != said)
    }


def keep_definitions(session: Session, found: dict[str, Described], now: datetime) -> None:
    """Keep what was found as the tables' newest editions; who has looked at the same time leaves one."""
    known, campaign = newest_editions(session), current_campaign(session).id
    for code, said in found.items():
        before = known.get(code)
        if before is not None and before.said == said:
            continue
        row = {"campaign_id": campaign, "code": code, "number": before.number + 1 if before else 1}
        made = insert_or_leave(session, DefinitionEdition).values(
            **row, said=said, seen_at=now, carried=False
        )
        session.connection().execute(made)


def definitions_told(session: Session, calendar: WorkingCalendar, now: datetime) -> list[Owed]:
    """Whom to tell of what changed before the last morning and is not told yet: who collects the table and
    who reviews it, but for what is exempt."""
    found: list[Owed] = []
    for edition in untold_editions(session):
        at = next_morning(calendar, edition.seen_at)
        if at <= now:
            owing = [each for each in lines(session, table=edition.code) if not each.assignment.exempt]
            found += _owed(edition, owing, at)
    return found


def editions(session: Session) -> list[DefinitionEdition]:
    """All that was kept, to be carried into the next campaign."""
    return list(session.exec(select(DefinitionEdition).order_by(col(DefinitionEdition.id))))


def carry_editions(session: Session, found: Iterable[DefinitionEdition]) -> None:
    """Let what changed last year stand on the tables' pages; what changes from now on is told."""
    campaign = current_campaign(session).id or 0
    for each in found:
        known = each.model_dump(exclude={"id", "campaign_id", "carried"})
        session.add(DefinitionEdition(campaign_id=campaign, carried=True, **known))
    session.flush()


def _said(code: str) -> Described | None:
    try:
        return described(load_definition(code))
    except PlanError:
        return None


def _owed(edition: DefinitionEdition, owing: Iterable[Line], at: datetime) -> Iterator[Owed]:
    reviewing: dict[str, Line] = {}
    for each in owing:
        yield _one(edition, each, at, COLLECTOR, each.department)
        if each.reviewer is not None:
            reviewing.setdefault(each.reviewer, each)
    for department, each in reviewing.items():
        yield _one(edition, each, at, REVIEWER, department)


def _one(edition: DefinitionEdition, of: Line, at: datetime, audience: str, department: str) -> Owed:
    return Owed(
        at=at,
        kind=CHANGED,
        rule=CHANGED if audience == COLLECTOR else TO_REVIEWERS,
        audience=audience,
        department=department,
        subject=f"{edition.code}@{department}",
        assignment_id=of.id,
        code=edition.code,
        deadline=edition.seen_at,
        occurrence=edition.id or 0,
        opens=at,
    )
