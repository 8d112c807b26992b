"""The late report counted once more, by SQL and plain arithmetic, without anything that it is made with."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.database import Database
from tests.conftest import SHANGHAI
from tests.mail.owed_by_hand import HELD, Owed, Roster, moment

OWED = """
    SELECT a.id, d.name, t.code, t.name, t.step = 1, r.name, t.due, t.due_stage FROM assignment a
    JOIN datatable t ON t.id = a.table_id JOIN department d ON d.id = a.department_id
    LEFT JOIN department r ON r.id = a.reviewer_id
    ORDER BY d.position, t.step != 1, t.no
"""
MOVES = "SELECT assignment_id, at, to_stage FROM event WHERE from_stage != to_stage ORDER BY id"
EXTENSIONS = """
    SELECT assignment_id, until, reason, state, asked_at, decided_at, revoked_at FROM extension ORDER BY id
"""
HOLDS = "SELECT assignment_id, held_at, until, reason FROM hold"
WAITS = """
    SELECT w.assignment_id, d.name, w.asked_at, w.closed_at FROM addition w
    JOIN assignment o ON o.id = w.owner_id JOIN department d ON d.id = o.department_id ORDER BY w.id
"""
RECEIPTS = """
    SELECT r.id, r.about, r.audience, r.person_id, r.made_at, a.at, a.by FROM receipt r
    LEFT JOIN answer a ON a.receipt_id = r.id ORDER BY r.id DESC, a.id DESC
"""
NAMED = """
    SELECT d.name, g.role, min(g.since) FROM department d
    LEFT JOIN "grant" g ON g.department_id = d.id AND g.role IN ('collector', 'reviewer')
    WHERE EXISTS (SELECT 1 FROM assignment a WHERE a.department_id = d.id)
    GROUP BY d.id, g.role ORDER BY d.position
"""
ROSTER_DUE = datetime(2020, 11, 7, 17, 30, tzinfo=SHANGHAI)


def read(connection: Connection, at: datetime) -> list[Owed]:
    """What is owed, with all that was recorded of it until ``at``."""
    found: dict[str, dict[int, list[tuple[Any, ...]]]] = {
        "moves": _by_assignment(connection, MOVES, 1),
        "requests": _by_assignment(connection, EXTENSIONS, 1, 4, 5, 6),
        "holds": _by_assignment(connection, HOLDS, 1, 2),
        "waits": _by_assignment(connection, WAITS, 2, 3),
    }
    moves = {key: [each for each in rows if each[0] <= at] for key, rows in found.pop("moves").items()}
    told = _told(connection, at)
    return [
        Owed(
            department=department,
            code=code,
            name=name,
            source=bool(source),
            reviewer=reviewer,
            base=_sure(due),
            by_review=due_stage == "reviewed",
            at=at,
            moves=moves.get(key, []),
            told=told[key],
            **{kind: rows[key] for kind, rows in found.items()},
        )
        for key, department, code, name, source, reviewer, due, due_stage in connection.execute(text(OWED))
    ]


def _sure(stored: str) -> datetime:
    at = moment(stored)
    assert at is not None
    return at


def _by_assignment(connection: Connection, statement: str, *moments: int) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *values in connection.execute(text(statement)):
        read_ = [moment(each) if place in moments else each for place, each in enumerate(values, start=1)]
        found[key].append(tuple(read_))
    return found


def _told(connection: Connection, at: datetime) -> dict[int | str, list[tuple[Any, ...]]]:
    """By assignment, or by department of a roster: audience, person, whose turn it was, when it was seen, by
    when it was promised."""
    found: dict[int | str, list[tuple[Any, ...]]] = defaultdict(list)
    known = set()
    for key, about, audience, person, made, seen, by in connection.execute(text(RECEIPTS)):
        answered = seen is not None and _sure(seen) <= at
        if _sure(made) > at or key in known:
            continue
        known.add(key)
        for holder, assignments in json.loads(about).items():
            for each in assignments:
                answer = (moment(seen), moment(by)) if answered else (None, None)
                found[each].append((audience, person, holder, *answer))
    return found


def rosters(connection: Connection, at: datetime) -> list[Owed]:
    """What each department owes beside its tables: to name a collector and a reviewer."""
    named: dict[str, dict[str, datetime | None]] = defaultdict(dict)
    for department, role, since in connection.execute(text(NAMED)):
        named[department] |= {role: moment(since)} if role else {}
    told = _told(connection, at)
    return [_roster(name, roles, at, told[name]) for name, roles in named.items()]


def _roster(department: str, roles: dict[str, datetime | None], at: datetime, told: list[Any]) -> Owed:
    since = max((each for each in roles.values() if each), default=ROSTER_DUE)
    moves = [(since, "collected"), (since, "checked")] if len(roles) == 2 and since <= at else []
    named = (department, "名单", "采集员、审核员名单", False, None, ROSTER_DUE, False)
    return Roster(*named, at, moves, [], [], [], told)


def owed(database: Database, at: datetime) -> list[Owed]:
    with database.connection() as connection:
        return sorted([*rosters(connection, at), *read(connection, at)], key=_place(connection))


def _place(connection: Connection) -> Callable[[Owed], int]:
    """Of a department in the plan; its roster and its source tables stand first."""
    ordered = connection.execute(text("SELECT name FROM department ORDER BY position"))
    places = {name: place for place, (name,) in enumerate(ordered)}
    return lambda each: places[each.department]


def departments(due: Sequence[Owed], late: Iterable[Owed], order: Sequence[str]) -> list[tuple[object, ...]]:
    """Of each department: due, in time, late, and late in whose hands."""
    owes, in_time = Counter(each.department for each in due), Counter(e.department for e in due if e.in_time)
    held = Counter((name, each.holder) for each in late for name in each.answerable)
    names = [name for name in order if owes[name] or any(held[name, holder] for holder in HELD)]
    return [
        (name, owes[name], in_time[name], sum(numbers), *numbers)
        for name in names
        for numbers in [tuple(held[name, holder] for holder in HELD)]
    ]
