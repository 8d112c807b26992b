"""The board flags what its database knows: checks that are void while a source is mended, and who waits."""

from __future__ import annotations

from sqlmodel import Session, select

from actions.additions import withdraw
from actions.plan_in_force import rules_in_force
from models import Assignment
from models.board import board, narrowed
from models.void import count_where, is_void, reopened_tables, waits_for_addition
from tests.flows.adding import act, asked
from tests.flows.colleges import DROPOUTS, STUDENTS, College


def void(session: Session) -> set[int | None]:
    return set(session.exec(select(Assignment.id).where(is_void(reopened_tables(session)))))


def flagged(college: College, flag: str) -> list[tuple[str, int]]:
    """Table and assignment of the cells that the narrowed board shows."""
    with college.database.reading() as session:
        rules, codes = rules_in_force(session), reopened_tables(session)
        found = narrowed(board(session, rules, college.now, reopened=codes), flag)
    cells = [(row.table.code, cell.id) for row in found.rows for cell in row.cells.values()]
    assert len(found.columns) == (1 if cells else 0)
    return cells


def test_void_in_the_database_is_stale_by_the_hashes(college: College) -> None:
    source, key = college.approve(STUDENTS, "20180001", "20180002"), college.approve(DROPOUTS, "20180001")
    with college.database.reading() as session:
        assert (reopened_tables(session), void(session), college.stale()) == ([], set(), {})
    college.back(source)
    with college.database.reading() as session:
        assert reopened_tables(session) == [STUDENTS]
        assert void(session) == {key} == set(college.stale())
        assert count_where(session, is_void([STUDENTS])) == 1
        assert count_where(session, is_void(["1.6"])) == 0
    assert flagged(college, "void") == [(DROPOUTS, key)]
    college.approve(STUDENTS, "20180001", "20180002", "20180003")
    with college.database.reading() as session:
        assert (reopened_tables(session), void(session), college.stale()) == ([], set(), {})
    assert flagged(college, "void") == []


def test_who_waits_for_an_addition_is_counted_until_it_ends(college: College) -> None:
    made = asked(college)
    assert flagged(college, "waiting") == [(DROPOUTS, made.assignment_id)]
    with college.database.reading() as session:
        assert count_where(session, waits_for_addition()) == 1
    act(college, "collector", lambda s, who: withdraw(s, who, made.id or 0, college.now))
    assert flagged(college, "waiting") == []
