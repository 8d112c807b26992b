"""The late report counted once more, by SQL and plain arithmetic, without anything that it is made with."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.database import Database
from tests.conftest import SHANGHAI

STAGES = {"pending": "待采集", "returned": "已退回", "collected": "待审核", "reviewed": "待系统检测"}
HOLDERS = {"pending": "采集", "returned": "采集", "collected": "审核", "reviewed": "系统检测"}
HELD = ("采集", "审核", "系统检测")
ROLES = {"采集": "collector", "审核": "reviewer", "系统检测": "system-check"}
AUDIENCES = {"office": "质量部", "head": "部门负责人", "leader": "分管院领导", "leaders": "院领导"}
OFFICE = "质量部办公室"

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
ROSTERS = """
    SELECT d.name FROM department d WHERE EXISTS (SELECT 1 FROM assignment a WHERE a.department_id = d.id)
    AND (NOT EXISTS (SELECT 1 FROM "grant" g WHERE g.department_id = d.id AND g.role = 'collector')
    OR NOT EXISTS (SELECT 1 FROM "grant" g WHERE g.department_id = d.id AND g.role = 'reviewer'))
"""


def moment(stored: str | datetime | None) -> datetime | None:
    if stored is None:
        return None
    read = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return read.replace(tzinfo=UTC).astimezone(SHANGHAI)


def working_days(first: datetime, last: datetime) -> list[datetime]:
    """Ends of the working days after the one until the other: Monday to Friday this November."""
    days = (first.date() + timedelta(n) for n in range(1, (last.date() - first.date()).days + 1))
    return [datetime.combine(day, time(17, 30), SHANGHAI) for day in days if day.weekday() < 5]


def day(at: datetime) -> str:
    return f"{at.month}月{at.day}日"


@dataclass
class Owed:
    """One assignment, what happened with it until the moment that is asked, and what follows of that."""

    department: str
    code: str
    name: str
    source: bool
    reviewer: str | None
    base: datetime
    by_review: bool
    at: datetime
    moves: list[tuple[datetime, str]]
    requests: list[tuple[Any, ...]]
    holds: list[tuple[Any, ...]]
    waits: list[tuple[Any, ...]]
    told: list[tuple[Any, ...]]

    @property
    def table(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def granted(self) -> list[tuple[datetime, str, bool]]:
        """Until when, why, and whether taken back."""
        return [
            (until, reason, revoked is not None and revoked <= self.at)
            for until, reason, state, _, decided, revoked in self.requests
            if state in ("granted", "revoked") and decided <= self.at
        ]

    @property
    def waiting(self) -> int:
        return sum(
            asked <= self.at and (decided is None or self.at < decided)
            for _, _, _, asked, decided, _ in self.requests
        )

    @property
    def refused(self) -> int:
        return sum(state == "refused" and decided <= self.at for _, _, state, _, decided, _ in self.requests)

    @property
    def due(self) -> datetime:
        return max([self.base, *(until for until, _, revoked in self.granted if not revoked)])

    def stage(self, at: datetime) -> str:
        return next((stage for moved, stage in reversed(self.moves) if moved <= at), "pending")

    @property
    def deadline(self) -> datetime:
        """Of who holds it now: two working days to review, one to mend."""
        stage = self.stage(self.at)
        if stage not in ("returned", "collected") or (stage == "collected" and self.by_review):
            return self.due
        days = 2 if stage == "collected" else 1
        since = self.moves[-1][0]
        end = working_days(since, since + timedelta(days=10))[days - 1]
        return end if stage == "collected" else max(end, self.due)

    @property
    def late(self) -> bool:
        return self.stage(self.at) != "checked" and self.at > self.deadline

    @property
    def in_time(self) -> bool:
        return any(stage == "collected" and moved <= self.due for moved, stage in self.moves)

    @property
    def holder(self) -> str:
        return HOLDERS[self.stage(self.at)]

    def _evenings(self) -> list[datetime]:
        return [min(evening, self.at) for evening in working_days(self.due, self.at)]

    def _waits_at(self, at: datetime) -> list[str]:
        return [name for name, asked, closed in self.waits if asked <= at and (closed is None or at < closed)]

    @property
    def spent(self) -> tuple[int, ...]:
        counted = Counter(
            HOLDERS.get(self.stage(each))
            for each in self._evenings()
            if not (HOLDERS.get(self.stage(each)) == "采集" and self._waits_at(each))
        )
        return tuple(counted[holder] for holder in HELD)

    @property
    def waited(self) -> dict[str, int]:
        mine = [each for each in self._evenings() if HOLDERS.get(self.stage(each)) == "采集"]
        return dict(Counter(name for each in mine for name in dict.fromkeys(self._waits_at(each))))

    @property
    def waiting_on(self) -> list[str]:
        return list(dict.fromkeys(self._waits_at(self.at))) if self.holder == "采集" else []

    @property
    def answerable(self) -> list[str]:
        own = [] if self.waiting_on and not any(self.spent) else [self.department]
        return list(dict.fromkeys([*own, *self.waiting_on]))

    @property
    def held_by(self) -> str:
        told = [f"等待{'、'.join(self.waiting_on)}补录"] if self.waiting_on else []
        told += [f"其中等{name}补录 {days} 个工作日" for name, days in self.waited.items()]
        return f"{self.holder}（{'；'.join(told)}）" if told else self.holder

    @property
    def hold(self) -> tuple[datetime | None, str]:
        standing = [(until, why) for held, until, why in self.holds if held <= self.at < until]
        return standing[0] if standing else (None, "")

    @property
    def extended(self) -> str:
        told = [
            f"至{day(until)}，{reason}{'，已收回' if revoked else ''}"
            for until, reason, revoked in self.granted
        ]
        return f"{len(told)} 次：{'；'.join(told)}（{OFFICE}批准）" if told else ""

    @property
    def receipts(self) -> list[str]:
        """By audience: how many were told, have seen it, what was promised, and whether that was broken."""
        by_audience: dict[str, dict[int, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
        for audience, person, *answer in self.told:
            by_audience[audience][person].append(tuple(answer))
        return [self._receipt(AUDIENCES[name], people) for name, people in by_audience.items()]

    def _receipt(self, who: str, people: dict[int, list[tuple[Any, ...]]]) -> str:
        newest = [next((each for each in told if each[1] is not None), told[0]) for told in people.values()]
        seen = sum(each[1] is not None for each in newest)
        if not seen:
            return f"{who}未回执"
        promised = max((by for _, _, by in newest if by), default=None)
        broken = any(by and by < self.at and holder == ROLES[self.holder] for holder, _, by in newest)
        first = f"{who}已阅" if len(newest) == 1 else f"{who} {seen}/{len(newest)} 人已阅"
        told = f"，承诺{day(promised)}前完成" if promised else ""
        return f"{first}{told}{'（未兑现）' if broken else ''}"

    @property
    def days_late(self) -> int:
        return len(working_days(self.deadline, self.at))

    @property
    def notes(self) -> list[str]:
        """What the last column says, piece by piece."""
        asked = [f"{self.waiting} 次待答复"] if self.waiting else []
        asked += [f"{self.refused} 次未获同意"] if self.refused else []
        until, why = self.hold
        told = [self.extended, f"申请延期 {'，'.join(asked)}" if asked else ""]
        told += [f"暂缓上报至{day(until)}，{why}" if until else "", *self.receipts]
        return sorted("；".join(each for each in told if each).split("；"))


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


def _told(connection: Connection, at: datetime) -> dict[int, list[tuple[Any, ...]]]:
    """By assignment: audience, person, whose turn it was, when it was seen, by when it was promised."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    known = set()
    for key, about, audience, person, made, seen, by in connection.execute(text(RECEIPTS)):
        answered = seen is not None and _sure(seen) <= at
        if _sure(made) > at or key in known:
            continue
        known.add(key)
        for holder, assignments in json.loads(about).items():
            for each in assignments if holder != "rosters" else []:
                answer = (moment(seen), moment(by)) if answered else (None, None)
                found[each].append((audience, person, holder, *answer))
    return found


def rosters(database: Database) -> str:
    """The departments without a collector or without a reviewer."""
    with database.connection() as connection:
        return "、".join(name for (name,) in connection.execute(text(ROSTERS)))


def owed(database: Database, at: datetime) -> list[Owed]:
    with database.connection() as connection:
        return read(connection, at)


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
