"""The state machine: what it allows, what it writes down, and that of two decisions one wins."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models import Assignment, Event, FollowUp
from models.database import Database
from models.errors import Conflict
from models.stages import STAGES, TRANSITIONS, Move, allowed, move, stage_before_collecting
from tests.models.rows import assignment, version

ALLOWED = {
    ("submit", "pending", "collected"),
    ("submit", "returned", "collected"),
    ("submit", "failed", "collected"),
    ("submit", "collected", "collected"),
    ("withdraw", "collected", "pending"),
    ("withdraw", "collected", "returned"),
    ("withdraw", "collected", "failed"),
    ("approve", "collected", "reviewed"),
    ("restore", "returned", "reviewed"),
    ("return", "collected", "returned"),
    ("return", "reviewed", "returned"),
    ("return", "checked", "returned"),
    ("pass", "reviewed", "checked"),
    ("fail", "reviewed", "failed"),
    ("fail", "checked", "failed"),
}


@pytest.mark.parametrize("verb", TRANSITIONS)
def test_the_table_of_transitions_is_exactly_this(verb: str) -> None:
    found = {(verb, a, b) for a, b in itertools.product(STAGES, STAGES) if allowed(verb, a, b)}
    assert found == {entry for entry in ALLOWED if entry[0] == verb}


def test_a_move_writes_its_event_and_its_follow_up(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        row = assignment(session)
        first = version(session, row, 1, morning)
        event = move(session, row, Move("submit", "collected", morning, None, first.id, ""))
        assert (row.stage, row.version_id, row.collected_at) == ("collected", first.id, morning)
        assert (event.from_stage, event.to_stage, event.verb) == ("pending", "collected", "submit")
        follow_up = session.exec(select(FollowUp)).one()
        assert (follow_up.event_id, follow_up.done_at) == (event.id, None)


def test_what_the_table_lacks_is_a_conflict_and_moves_nothing(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        row = assignment(session)
        with pytest.raises(Conflict) as refused:
            move(session, row, Move("approve", "reviewed", morning))
        assert "待采集" in refused.value.message
        assert refused.value.remedy
        assert session.exec(select(Event)).all() == []


def test_the_first_submission_in_time_stays(database: Database, morning: datetime) -> None:
    later = morning + timedelta(days=3)
    with database.writing() as session:
        row = assignment(session)
        first = version(session, row, 1, morning)
        move(session, row, Move("submit", "collected", morning, None, first.id))
        move(session, row, Move("return", "returned", later, None, first.id, "缺 3 人"))
        move(session, row, Move("submit", "collected", later, None, first.id))
        assert (row.first_collected_at, row.collected_at) == (morning, later)


def test_a_withdrawn_first_submission_does_not_count_as_in_time(
    database: Database, morning: datetime
) -> None:
    with database.writing() as session:
        row = assignment(session)
        first = version(session, row, 1, morning)
        move(session, row, Move("submit", "collected", morning, None, first.id))
        assert stage_before_collecting(session, row) == ("pending", None)
        move(session, row, Move("withdraw", "pending", morning, None, None))
        assert (row.stage, row.first_collected_at) == ("pending", None)


def test_withdrawing_goes_back_to_what_was_returned(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        row = assignment(session)
        first, second = version(session, row, 1, morning), version(session, row, 2, morning)
        move(session, row, Move("submit", "collected", morning, None, first.id))
        move(session, row, Move("return", "returned", morning, None, first.id, "改"))
        move(session, row, Move("submit", "collected", morning, None, second.id))
        third = version(session, row, 3, morning)
        move(session, row, Move("submit", "collected", morning, None, third.id))
        assert stage_before_collecting(session, row) == ("returned", first.id)


def test_a_closed_assignment_takes_nothing(database: Database, morning: datetime) -> None:
    with database.writing() as session:
        row = assignment(session)
        row.closed = True
        session.add(row)
        session.flush()
        with pytest.raises(Conflict):
            move(session, row, Move("submit", "collected", morning))


@pytest.mark.parametrize("round_", range(8))
def test_two_reviewers_at_once_make_one_decision(database: Database, morning: datetime, round_: int) -> None:
    with database.writing() as session:
        row = assignment(session)
        first = version(session, row, 1, morning)
        move(session, row, Move("submit", "collected", morning, None, first.id))
        key = row.id
    barrier, outcomes = threading.Barrier(2), list[str]()

    def decide(verb: str, to: str) -> None:
        with database.reading() as session:
            seen = session.get_one(Assignment, key)
        barrier.wait()
        try:
            with database.writing() as session:
                move(session, session.merge(seen, load=False), Move(verb, to, morning, None, first.id, "x"))
            outcomes.append(verb)
        except Conflict:
            outcomes.append("conflict")

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in (("approve", "reviewed"), ("return", "returned"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 1
    with database.reading() as session:
        assert len(session.exec(select(Event)).all()) == 2
