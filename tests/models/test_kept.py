"""What is kept between looks is what is counted anew, whatever has changed and whenever one looks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, update
from sqlmodel import Session, col, select

from actions.approved import owing_of
from actions.plan_in_force import rules_in_force
from deadlines.effective import DeadlineRules
from deadlines.facts import AssignmentFacts
from models import Assignment, Change, DataTable, Department
from models.board import counts, department_counts, reached_by_day, tables_done
from models.database import Database
from models.facts import facts_of, gather
from models.hold import Hold
from models.kept import ANSWERS
from models.pace import counted_paces
from models.stages import RETURNED, REVIEWED
from models.throw_away import copy
from models.trouble import first_due_soon, first_late
from models.void import reopened_tables
from models.worklist import lines
from tests.conftest import SHANGHAI
from tests.models.test_board import MOMENTS, place, scatter

pytestmark = pytest.mark.both


def answers(session: Session, rules: DeadlineRules, now: datetime) -> list[Any]:
    """All that is kept or looked up quickly, told by this session."""
    return [
        counts(session, rules, now),
        department_counts(session, rules, now),
        reached_by_day(session, SHANGHAI),
        list(counted_paces(session, now - timedelta(days=3)).items()),
        first_late(session, rules, now, 12),
        first_due_soon(session, rules, now, 12),
        tables_done(session),
        sorted(reopened_tables(session)),
        approved(session),
        *(sorted(gather(session, now, closed).assignments, key=id_of) for closed in (False, True)),
    ]


def id_of(facts: AssignmentFacts) -> int:
    return facts.id


def by_line(session: Session, closed: bool) -> list[AssignmentFacts]:
    """The facts that `gather` keeps, each made of its line."""
    return sorted((facts_of(line) for line in lines(session, closed=closed)), key=id_of)


def approved(session: Session) -> list[Any]:
    """What checks of some tables would be told of their departments."""
    tables = owing_of(session, ["1.6", "7.1.1", "10.1.1", "no such table"])
    return [
        (code, tuple(owing), owing.whole, owing.approved, owing.reopened) for code, owing in tables.items()
    ]


def anew(session: Session) -> Session:
    """The same session with nothing kept."""
    session.info.pop(ANSWERS)
    return session


def any_row(session: Session, chance: Random) -> Assignment:
    return chance.choice(session.exec(select(Assignment).order_by(col(Assignment.id))).all())


def moves(session: Session, chance: Random, morning: datetime) -> None:
    for _ in range(chance.randrange(1, 4)):
        place(any_row(session, chance), chance, morning)


def closes(session: Session, chance: Random, _morning: datetime) -> None:
    row = any_row(session, chance)
    session.connection().execute(
        update(Assignment).where(col(Assignment.id) == row.id).values(closed=not row.closed)
    )


def goes(session: Session, chance: Random, _morning: datetime) -> None:
    row = any_row(session, chance)
    session.connection().execute(delete(Assignment).where(col(Assignment.id) == row.id))


def postpones(session: Session, chance: Random, morning: datetime) -> None:
    table = chance.choice(session.exec(select(DataTable).order_by(col(DataTable.id))).all())
    table.due = morning + timedelta(days=chance.randrange(14))


def renames(session: Session, chance: Random, _morning: datetime) -> None:
    department = chance.choice(session.exec(select(Department).order_by(col(Department.id))).all())
    department.name, department.position = f"{department.name}·新", chance.randrange(100, 200)


def looks_and_moves(session: Session, chance: Random, morning: datetime) -> None:
    """What a writer is told before its change does not hold after it, and what it is told then is kept."""
    before = approved(session)
    row = any_row(session, chance)
    row.stage = RETURNED if row.stage == REVIEWED else REVIEWED
    assert answers(session, rules_in_force(session), morning)
    after = approved(session)
    looked_at = {each.id for _, owing, *_ in after for each in owing}
    assert (after != before) == (row.id in looked_at)


def thinks_better_of_it(session: Session, chance: Random, morning: datetime) -> None:
    moves(session, chance, morning)
    session.flush()
    answers(session, rules_in_force(session), morning)
    raise InterruptedError


CHANGES: list[Callable[[Session, Random, datetime], None]] = [
    moves,
    moves,
    moves,
    closes,
    goes,
    looks_and_moves,
    looks_and_moves,
    postpones,
    renames,
    thinks_better_of_it,
]


@pytest.mark.parametrize("seed", range(2))
def test_kept_is_counted_anew(campaign: Database, morning: datetime, seed: int) -> None:
    chance = Random(seed)
    with campaign.writing() as session:
        scatter(session, morning, seed)
    for _ in range(8):
        with suppress(InterruptedError), campaign.writing() as session:
            chance.choice(CHANGES)(session, chance, morning)
        now = chance.choice(MOMENTS)
        with campaign.reading() as kept, campaign.writing() as writer, campaign.reading() as counted:
            rules = rules_in_force(kept)
            wanted = answers(anew(counted), rules, now)
            assert answers(writer, rules, now) == wanted, now
            assert answers(kept, rules, now) == wanted, now
            assert wanted[-2:] == [by_line(counted, closed) for closed in (False, True)]


def test_facts_stand_in_the_order_of_the_plan_whatever_was_asked_anew(
    campaign: Database, morning: datetime
) -> None:
    for _ in range(2):
        with campaign.reading() as session:
            found = gather(session, morning)
            assert [each.id for each in found.assignments] == [line.id for line in lines(session)]
            assert {each for share in found.shares for each in share} == set(found.assignments)
            assert len(found.shares) == 12
        with campaign.writing() as session:
            any_row(session, Random(1)).stage = RETURNED


def test_holds_and_waits_stand_beside_what_is_kept(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        before, row = gather(session, morning), any_row(session, Random(1))
        hold = Hold(
            assignment_id=row.id or 0, reason="领导已知", held_at=morning, until=morning + timedelta(1)
        )
        session.add(hold)
        session.flush()
        held = gather(session, morning)
        assert [each.id for each in held.assignments if each.holds] == [row.id]
        assert [each.id for share in held.shares for each in share if each.holds] == [row.id]
        again = gather(session, morning)
        assert all(one is other for one, other in zip(held.shares, again.shares, strict=True))
        session.delete(hold)
        session.flush()
        assert gather(session, morning) == before


def test_what_a_writer_was_told_is_kept_once_it_has_committed(campaign: Database) -> None:
    def asked(change: bool, commits: bool) -> int:
        statements = list[str]()
        with suppress(InterruptedError), campaign.writing() as session:
            if change:
                any_row(session, Random(1)).stage = REVIEWED if commits else RETURNED
                session.flush()
            event.listen(
                session.get_bind(),
                "before_cursor_execute",
                note := lambda *given: statements.append(given[2]),
            )
            try:
                approved(session)
            finally:
                event.remove(session.get_bind(), "before_cursor_execute", note)
            if not commits:
                raise InterruptedError
        return sum("FROM assignment" in statement for statement in statements)

    assert asked(change=False, commits=False) == 1
    assert asked(change=False, commits=True) == 1
    assert asked(change=False, commits=True) == 0
    assert asked(change=True, commits=False) == 1
    assert asked(change=False, commits=True) == 0
    assert asked(change=True, commits=True) == 1
    assert asked(change=False, commits=True) == 0


def test_where_nothing_tells_of_changes_nothing_is_kept(campaign: Database, tmp_path: Path) -> None:
    """As in a rehearsal's throw-away database, which has no triggers."""
    rehearsed = Database(f"sqlite:///{tmp_path / 'rehearsed.db'}")
    with campaign.reading() as session:
        copy(session, rehearsed)
    with rehearsed.writing() as session:
        assert approved(session)
    with rehearsed.reading() as session:
        before = approved(session)
    with rehearsed.writing() as session:
        session.connection().execute(update(Assignment).values(stage=REVIEWED))
    with rehearsed.reading() as session:
        assert approved(session) != before
    rehearsed.close()


def test_who_began_to_look_before_a_change_is_told_what_was(campaign: Database, morning: datetime) -> None:
    with campaign.reading() as before:
        rules = rules_in_force(before)
        seen = counts(before, rules, morning)
        with campaign.writing() as session:
            any_row(session, Random(1)).stage = RETURNED
        with campaign.reading() as after:
            assert counts(after, rules, morning) != seen
        assert counts(before, rules, morning) == seen
        with campaign.reading() as after:
            assert counts(after, rules, morning) != seen


def test_many_changes_in_one_transaction_are_seen(campaign: Database, morning: datetime) -> None:
    """On PostgreSQL a trigger runs once a statement, with all its rows."""
    with campaign.reading() as session:
        rules = rules_in_force(session)
        counts(session, rules, morning)
        newest = session.exec(select(Change.number).order_by(col(Change.number).desc())).first() or 0
    with campaign.writing() as session:
        session.connection().execute(update(Assignment).values(stage=RETURNED))
        tables = session.exec(select(DataTable.id).order_by(col(DataTable.id))).all()
        campaign_id = session.exec(select(Department.campaign_id)).first() or 0
        added = Department(campaign_id=campaign_id, name="新成立的系", position=500)
        session.add(added)
        session.flush()
        owed = {
            "department_id": added.id,
            "stage": RETURNED,
            "exempt": False,
            "closed": False,
            "exempt_reason": "",
        }
        session.connection().execute(insert(Assignment), [owed | {"table_id": table} for table in tables])
    with campaign.reading() as session:
        assert sum(count.number for count in counts(session, rules, morning)) == 189 + 72
        assert {count.stage for count in counts(session, rules, morning)} == {RETURNED}
        changed = session.exec(select(Change.department_id).where(col(Change.number) > newest)).all()
        assert len(changed) == 1 + 12 + 1
