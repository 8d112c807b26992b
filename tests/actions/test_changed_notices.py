"""What a plan would change in the notices to come: said before it is applied, and true after it is."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
from sqlmodel import col, delete, select, update

from actions import changed_notices
from actions.changed_notices import changed_by_extensions, changed_by_plan
from actions.extend import grant
from actions.load_plan import apply
from actions.notices import WITHDRAW, decide
from actions.plan_in_force import plan_in_force
from deadlines.course import under
from deadlines.withdrawal import WITHDRAWAL
from models import Department, Grant, Mail, Notice
from models.database import Database
from models.facts import gather
from plans.load import load_plan
from tests.actions.changing import ZONE, at, edited, issue, live, rows, shown, told
from tests.actions.people import office, task
from tests.flows.replayed import small_campaign

DUE = ("2020-11-13", "2020-11-17")
HOLIDAY = ("holidays: []  ", "holidays: [2020-11-12]")
ROSTER = ("roster: 2020-11-07 17:30", "roster: 2020-11-11 17:30")
SECOND_DAY = ("overdue, audience: collector, days: 1, every", "overdue, audience: collector, days: 2, every")
TWO = "  - {id: two, kind: reminder, audience: collector, days: -2, at: '08:30'}\n"
RUNG = ("  - {id: collect-3-before", TWO + "  - {id: collect-3-before")
NO_EVE = ("  - {id: collect-1-before", "  # - {id: collect-1-before")
MOVED_RUNG = ("collector, days: -3", "collector, days: -2")
"""The rung of three days before, under its old name, two days before."""
RENAMED = (
    'collect-3-before, kind: reminder, audience: collector, days: -3, at: "08:30"',
    'three, kind: reminder, audience: collector, days: -3, at: "13:30"',
)
"""The same under another name, later on the same day: who was told in the morning isn't told again."""


@pytest.fixture
def issued(database: Database) -> Database:
    """The small campaign as it was issued on Friday 6 November; one department has named no collector."""
    issue(database, small_campaign())
    with database.writing() as session:
        second = session.exec(select(Department).where(Department.name == "二系")).one()
        session.execute(
            delete(Grant).where(col(Grant.department_id) == second.id, col(Grant.role) == "collector")
        )
    return database


def test_the_facts_under_the_plan_in_force_are_the_facts(issued: Database) -> None:
    with issued.writing() as session:
        plan = plan_in_force(session)
        less = load_plan("\n".join(plan.text["tasks"].splitlines()[:-1]), plan.text["schedule"])
        apply(session, less, None, at(9, 9))
    with issued.reading() as session:
        known, present = gather(session, at(9, 9), closed=True), gather(session, at(9, 9))
        assert len(known.assignments) > len(present.assignments)
        assert under(plan_in_force(session), known, known.effective_from) == present


def test_the_same_plan_changes_no_notice(issued: Database) -> None:
    live(issued, at(9, 8), at(9, 10))
    assert shown(issued, small_campaign(), at(9, 10)).days == ()
    remark = edited(small_campaign(), ("campaign:\n", "# 备注\ncampaign:\n"))
    assert shown(issued, remark, at(9, 10)).days == ()


@pytest.mark.parametrize(
    ("now", "edit", "expected"),
    [
        (
            at(10, 12),
            RUNG,
            [("11-11", "reminder", "collector", 3, 5), ("11-12", "reminder", "collector", 2, 4)],
        ),
        (at(11, 12), RUNG, [("11-12", "reminder", "collector", 2, 4)]),
        (
            at(10, 12),
            NO_EVE,
            [("11-12", "reminder", "collector", 2, 0), ("11-13", "reminder", "collector", 4, 2)],
        ),
    ],
    ids=["a rung more", "a rung that has passed for one", "a rung less"],
)
def test_a_rung_of_the_ladder(
    issued: Database, now: datetime, edit: tuple[str, str], expected: list[tuple[str, str, str, int, int]]
) -> None:
    assert rows(shown(issued, edited(small_campaign(), edit), now)) == expected


@pytest.mark.parametrize(
    ("hour", "edit"),
    [(12, DUE), (8, HOLIDAY), (8, ROSTER), (12, RUNG), (8, NO_EVE), (12, MOVED_RUNG), (12, RENAMED)],
    ids=["deadline", "holiday", "roster", "rung more", "rung less", "rung moved", "rung renamed"],
)
def test_what_is_shown_is_what_happens_and_nothing_earlier_fires_late(
    issued: Database, hour: int, edit: tuple[str, str]
) -> None:
    now, end = at(10, hour), at(16, 12)
    live(issued, at(9, 8), now)
    plan = edited(small_campaign(), edit)
    changes = shown(issued, plan, now)
    assert changes.days
    with issued.writing() as session:
        apply(session, plan, None, now)
    live(issued, now, end)
    with issued.reading() as session:
        happened = told(session, now)
        late = select(Notice).where(col(Notice.decided_at) >= now, col(Notice.slot_at) < now)
        assert session.exec(late).all() == []
    expected = {(day, *who): after for day, *who, _, after in rows(changes) if day < "11-16"}
    assert {key: happened.get(key, 0) for key in expected} == expected


@pytest.mark.parametrize(
    "edit", [("holidays: []  ", "holidays: [2020-11-12]"), SECOND_DAY], ids=["calendar", "ladder"]
)
def test_what_repeats_goes_on_each_day_by_another_count_of_days(
    issued: Database, edit: tuple[str, str]
) -> None:
    now = at(13, 12)
    live(issued, at(11, 8), now)
    with issued.writing() as session:
        apply(session, edited(small_campaign(), edit), None, now)
    live(issued, now, at(18, 12))
    with issued.reading() as session:
        overdue = select(Notice.slot_at).where(Notice.kind == "overdue", Notice.subject == "1.6@教务部")
        days = [f"{slot.astimezone(ZONE):%m-%d}" for slot in session.exec(overdue) if slot >= now]
    assert days == ["11-16", "11-17", "11-18"]


def test_more_time_for_one_table_changes_what_was_said_and_nothing_else(issued: Database) -> None:
    now, end = at(12, 12), at(17, 14)
    live(issued, at(9, 8), now)
    with issued.writing() as session:
        one, other = task(session, "8.6", "一系").id, task(session, "8.6", "二系").id
        changes = changed_by_extensions(session, {one: at(17, 23, 59)}, now)[one]
        assert changed_by_extensions(session, {other: at(13, 23, 59)}, now)[other].days == ()
        grant(session, office(session, now), one, date(2020, 11, 17), "出差", now)
    live(issued, now, end)
    with issued.reading() as session:
        decided = select(Notice).where(col(Notice.decided_at) >= now, Notice.assignment_id == one)
        found = Counter(
            (f"{each.slot_at.astimezone(ZONE):%m-%d}", each.kind, each.audience)
            for each in session.exec(decided)
        )
    assert {each for day in changes.days for each in day.departments} == {"一系"}
    assert rows(changes)[0] == ("11-13", "forewarning", "head", 1, 0)
    expected = {(day, *who): after for day, *who, _, after in rows(changes) if day <= "11-17"}
    assert {key: found.get(key, 0) for key in expected} == expected
    assert sum(expected.values()) == 3


def test_who_was_told_of_a_deadline_that_goes_is_counted(issued: Database) -> None:
    now = at(13, 15, 5)
    live(issued, at(9, 8), now)
    with issued.writing() as session:
        session.connection().execute(update(Mail).values(message_id="<1@x>", state="sent"))
        one = task(session, "8.6", "一系").id
        changes = changed_by_extensions(session, {one: at(17, 23, 59)}, now)[one]
        grant(session, office(session, now), one, date(2020, 11, 17), "出差", now)
    withdrawn = [
        (f"{day.day:%m-%d}", day.audience, day.after) for day in changes.days if day.kind == WITHDRAWAL
    ]
    assert withdrawn == [("11-13", "head", 1)]
    with issued.writing() as session:
        decide(session, WITHDRAW, at(13, 15, 15))
        happened = told(session, now)
    assert {key: number for key, number in happened.items() if key[1] == WITHDRAWAL} == {
        ("11-13", WITHDRAWAL, "head"): 1
    }


def test_a_slip_of_ten_years_is_shown_for_half_a_year(issued: Database) -> None:
    days = shown(issued, edited(small_campaign(), ("2020-11-16", "2030-11-16")), at(10, 12)).days
    assert days[0].day == date(2020, 11, 11)
    assert date(2021, 4, 1) < days[-1].day <= date(2021, 5, 12)


def test_more_assignments_than_can_be_foreseen_at_once(
    issued: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_notices, "MOST", 4)
    with issued.reading() as session:
        assert changed_by_plan(session, edited(small_campaign(), DUE), at(9, 9)) is None


def test_before_the_first_plan_everything_is_new(database: Database) -> None:
    plan = small_campaign()
    with database.reading() as session:
        changes = changed_by_plan(session, plan, plan.schedule.start)
    assert changes is not None
    assert {day.before for day in changes.days} == {0}
    assert f"{changes.first}" == "2020-11-06"
