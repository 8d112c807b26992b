"""What is committed after a look, but stamped before it, begins after it: nothing lost, nothing twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from actions.additions import ask, refuse, withdraw
from actions.exempt import exempt, unexempt
from actions.extend import grant, revoke
from actions.hold import hold, lift
from actions.load_plan import apply
from actions.missing import close
from actions.notices import FAMILIES, decide
from actions.review import RETURN
from actions.review import decide as review
from actions.submit import latest_version, report_nothing, upload
from actions.submit import withdraw as take_back
from actions.who import Who
from checks.finding import Finding
from models import DataTable, Notice, StoredFinding
from models.addition import ADDED
from models.database import Database
from tests.actions import people
from tests.actions.changing import EARLIER_DIGESTS, at, edited
from tests.conftest import shipped_plan

LADDER = ("audience: collector, days: -5", "audience: collector, days: -6")
SOONER = ("2020-11-18,collected", "2020-11-11,collected")
ASKED = Finding("reference", "error", "“9”不在源表中。", row=2, column="专业代码", value="9")
SOURCE, USER = ("7.1.1", "教务部"), ("10.1.1", "学务部")
LOOKS = ((8, 15), (8, 31), (9, 1), (10, 15), (17, 0))
BEHIND = timedelta(minutes=50)
"""A clock that is behind; a wait for the write lock is less of the same."""
FRIDAY, MONDAY = date(2020, 11, 13), date(2020, 11, 16)

Deed = Callable[[Session, datetime], object]


def office(session: Session, now: datetime) -> Who:
    return people.office(session, now)


def key(session: Session, task: tuple[str, str] = SOURCE) -> int:
    return people.task(session, *task).id


def collector(session: Session, now: datetime, task: tuple[str, str] = SOURCE) -> Who:
    return people.holder(session, "collector", task[1], now)


def hand_in(session: Session, now: datetime) -> None:
    report_nothing(session, collector(session, now), key(session), now, confirmed=True)


def send_back(session: Session, now: datetime) -> None:
    who = people.holder(session, "reviewer", SOURCE[1], now)
    version = latest_version(session, key(session))
    assert version is not None
    review(session, who, key(session), version.id or 0, RETURN, "有误", now)


def ask_owner(session: Session, now: datetime) -> None:
    made = session.exec(select(StoredFinding).where(StoredFinding.rule == "reference")).one()
    ask(session, collector(session, now, USER), key(session, USER), made.id or 0, "", now)


def missing(session: Session, now: datetime) -> None:
    """A table waits for what its source lacks; it is due with the sources."""
    table = session.exec(select(DataTable).where(DataTable.code == USER[0])).one()
    table.due = people.task(session, *SOURCE).table.due
    content = people.workbook("a", findings=(ASKED,))
    upload(session, collector(session, now, USER), key(session, USER), content, now)


def wait(session: Session, now: datetime) -> None:
    missing(session, now)
    ask_owner(session, now)


@dataclass(frozen=True)
class Case:
    """What was there before the look, what is done beside it, and of whom something is told then."""

    day: int
    before: tuple[Deed, ...]
    deed: Deed
    of: str = "7.1.1@教务部"
    hour: int = 8


def plan_of(*edits: tuple[str, str]) -> Deed:
    return lambda session, now: apply(session, edited(shipped_plan(), EARLIER_DIGESTS, *edits), None, now)


CASES = {
    "a plan": Case(10, (), plan_of(SOONER), "8.6@示例一系（信息工程）"),
    "a ladder": Case(10, (), plan_of(LADDER), "8.6@示例一系（信息工程）"),
    "time revoked": Case(
        10,
        (lambda session, now: grant(session, office(session, now), key(session), MONDAY, "出差", now),),
        lambda session, now: revoke(session, office(session, now), 1, "已齐", now),
    ),
    "asked for again": Case(
        10,
        (lambda session, now: exempt(session, office(session, now), key(session), "没有", now),),
        lambda session, now: unexempt(session, office(session, now), key(session), "有了", now),
    ),
    "handed in": Case(10, (), hand_in),
    "taken back": Case(
        10, (hand_in,), lambda session, now: take_back(session, collector(session, now), key(session), now)
    ),
    "sent back": Case(11, (hand_in,), send_back),
    "an addition asked for": Case(12, (missing,), ask_owner, "10.1.1@学务部/教务部"),
    "an addition refused": Case(
        12,
        (wait,),
        lambda session, now: refuse(session, collector(session, now), 1, "不属于", now),
        "10.1.1@学务部",
    ),
    "an addition no longer wanted": Case(
        12,
        (wait,),
        lambda session, now: withdraw(session, collector(session, now, USER), 1, now),
        "10.1.1@学务部",
    ),
    "an addition made": Case(
        12, (wait,), lambda session, now: close(session, 1, ADDED, now), "10.1.1@学务部"
    ),
    "a hold lifted": Case(
        12,
        (lambda session, now: hold(session, office(session, now), key(session), FRIDAY, "住院", now),),
        lambda session, now: lift(session, office(session, now), key(session), "", now),
        hour=10,
    ),
}


def look(database: Database, now: datetime) -> None:
    for family in FAMILIES:
        with database.writing() as session:
            decide(session, family, now)


def done(database: Database, deed: Deed, now: datetime) -> None:
    with database.writing() as session:
        deed(session, now)


def told(database: Database, case: Case, deed_at: datetime) -> Counter[tuple[str, str, str]]:
    """What is told of it, to whom and when, if the deed is committed after the look at its hour."""
    done(database, case.deed, deed_at)
    for hour, minute in LOOKS:
        if (hour, minute) > (case.hour, 0):
            look(database, at(case.day, hour, minute))
    with database.reading() as session:
        found = session.exec(select(Notice).where(Notice.subject == case.of).order_by(col(Notice.id)))
        return Counter(
            (each.rule, each.audience, f"{each.slot_at.astimezone():%d %H:%M}")
            for each in found
            if each.decided_at > at(case.day, case.hour)
        )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_committed_late_begins_when_it_is_known(
    campaign: Database, tmp_path: Path, case: Case
) -> None:
    done(campaign, plan_of(), at(9, 12))
    for deed in case.before:
        done(campaign, deed, at(9, 14))
    look(campaign, at(case.day - 1, 17))
    looked = at(case.day, case.hour)
    look(campaign, looked)
    twin = tmp_path / "twin.db"
    with closing(sqlite3.connect(tmp_path / "caiji.db")) as known, closing(sqlite3.connect(twin)) as made:
        known.backup(made)
    right = Database(f"sqlite:///{twin}")
    expected = told(right, case, looked + timedelta(seconds=1))
    right.close()
    assert expected
    assert told(campaign, case, looked - BEHIND) == expected
