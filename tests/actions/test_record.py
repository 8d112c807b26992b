"""A report on a moment of the past tells what was known then, whatever came later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, delete, update

from actions.exempt import exempt, unexempt
from actions.extend import ask, grant, revoke
from actions.late import late_report, record_report
from actions.load_plan import apply
from actions.plan_in_force import plan_in_force
from actions.submit import report_nothing
from models import Grant, Mark, PlanVersion
from models.database import Database
from models.late import LateLine, LateReport
from plans.load import load_plan
from plans.plan import Plan
from tests.actions.people import holder, office, task
from tests.conftest import SHANGHAI, shipped_plan

WHY = "数据员出差"
THEN, LATER = "11-12T09:00", "11-13T09:00"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as session:
        yield session


@pytest.fixture
def key(session: Session) -> int:
    return task(session, "1.6", "政务部").id


def line(report: LateReport, code: str = "1.6") -> LateLine | None:
    return next((each for each in report.late if each.table == code), None)


def grant_until(session: Session, key: int, at: str, day: int = 20) -> int:
    now = moment(at)
    return grant(session, office(session, now), key, date(2020, 11, day), WHY, now).id or 0


def take_back(session: Session, extension: int, at: str) -> None:
    revoke(session, office(session, moment(at)), extension, "已回校", moment(at))


Change = Callable[[Session, int], object]

LATER_CHANGES: dict[str, Change] = {
    "an extension": lambda session, key: grant_until(session, key, LATER),
    "an extension and its end": lambda session, key: take_back(
        session, grant_until(session, key, LATER), "11-16T09:00"
    ),
    "an exemption": lambda session, key: exempt(
        session, office(session, moment(LATER)), key, "无此项业务", moment(LATER)
    ),
    "a submission": lambda session, key: report_nothing(
        session, holder(session, "collector", "政务部", moment(LATER)), key, moment(LATER)
    ),
    "a table less": lambda session, key: apply(session, without("1.6"), None, moment(LATER)),
    "a later deadline": lambda session, key: apply(session, moved("1.6", "2020-11-25"), None, moment(LATER)),
}


@pytest.mark.parametrize("what", list(LATER_CHANGES))
def test_what_comes_later_changes_nothing_of_the_past(session: Session, key: int, what: str) -> None:
    before = late_report(session, moment(THEN))
    LATER_CHANGES[what](session, key)
    session.flush()
    session.expire_all()
    assert line(before) is not None
    assert late_report(session, moment(THEN)) == before
    after = line(late_report(session, moment("11-13T10:00")))
    assert after is None or after.held_by == "reviewer"


def test_an_extension_that_stood_then_is_told_though_it_was_taken_back(session: Session, key: int) -> None:
    extension = grant_until(session, key, "11-10T09:00", 13)
    take_back(session, extension, LATER)
    assert line(late_report(session, moment(THEN))) is None
    after = line(late_report(session, moment("11-16T09:00")))
    assert after is not None
    assert (after.due.day, after.working_days_late) == (11, 3)
    [told] = after.extensions
    assert (told.reason, told.by, told.revoked) == (WHY, "质量部办公室", True)


def test_each_extension_is_told_with_its_reason_and_who_granted_it(session: Session, key: int) -> None:
    now = moment("11-10T09:00")
    ask(session, holder(session, "collector", "政务部", now), key, date(2020, 11, 12), "等人事处盖章", now)
    grant_until(session, key, "11-10T10:00", 12)
    grant_until(session, key, "11-12T10:00", 13)
    found = line(late_report(session, moment("11-16T09:00")))
    assert found is not None
    assert [(each.until.day, each.reason, each.revoked) for each in found.extensions] == [
        (12, "等人事处盖章", False),
        (13, WHY, False),
    ]
    assert (found.due.day, found.working_days_late) == (13, 1)


def test_asking_for_time_is_no_extension(session: Session, key: int) -> None:
    now = moment("11-10T09:00")
    ask(session, holder(session, "collector", "政务部", now), key, date(2020, 11, 20), WHY, now)
    found = line(late_report(session, moment(THEN)))
    assert found is not None
    assert found.extensions == ()


def test_an_exemption_that_was_ended_stood_in_between(session: Session, key: int) -> None:
    for verb, at in ((exempt, "11-11T09:00"), (unexempt, "11-13T09:00")):
        verb(session, office(session, moment(at)), key, "无此项业务", moment(at))
    told = [line(late_report(session, moment(at))) is not None for at in (THEN, "11-13T10:00")]
    assert told == [False, True]
    assert [late_report(session, moment(at)).total for at in ("11-10T09:00", THEN, LATER)] == [201, 200, 201]


def test_an_assignment_added_later_was_not_owed_before(session: Session) -> None:
    plan = shipped(session)
    apply(session, without("1.6"), None, moment("11-08T09:00"))
    apply(session, plan, None, moment(LATER))
    totals = [late_report(session, moment(at)).total for at in ("11-07T09:00", THEN, LATER)]
    assert totals == [201, 200, 201]
    assert line(late_report(session, moment(THEN))) is None


def test_who_was_named_later_was_not_named_before(session: Session) -> None:
    gone = (col(Grant.role) == "collector", col(Grant.department_id) == 3)
    session.connection().execute(update(Grant).where(*gone).values(since=moment("11-10T09:00")))
    told = [late_report(session, moment(at)).rosters for at in ("11-07T17:00", "11-09T09:00", "11-10T09:00")]
    assert told == [(), ("学务部",), ()]
    session.exec(delete(Grant).where(*gone))
    assert late_report(session, moment(THEN)).rosters == ("学务部",)


def test_a_plan_loaded_after_its_dates_counts_all_who_are_named(session: Session) -> None:
    session.connection().execute(update(Grant).values(since=moment("12-24T09:00")))
    assert len(late_report(session, moment("11-09T09:00")).rosters) == 12
    session.connection().execute(update(PlanVersion).values(applied_at=moment("12-24T09:00")))
    session.expire_all()
    assert late_report(session, moment("11-09T09:00")).rosters == ()


def made(session: Session, at: str) -> LateReport:
    report = late_report(session, moment(at), issued=True)
    record_report(session, report, {})
    session.flush()
    return report


def test_reports_that_go_out_are_numbered_and_compared(session: Session, key: int) -> None:
    first = made(session, THEN)
    assert (first.number, first.change) == (1, None)
    report_nothing(
        session,
        holder(session, "collector", "学务部", moment(THEN)),
        task(session, "10.5", "学务部").id,
        moment(THEN),
    )
    grant_until(session, key, "11-12T10:00", 27)
    second = made(session, "11-17T09:00")
    assert second.number == 2
    assert second.change is not None
    assert (second.change.since, second.change.late_then) == (moment(THEN), 5)
    assert [each.key for each in second.change.new] == [("10.5", "学务部")]
    assert [(each.table, each.department, each.stage) for each in second.change.settled] == [
        ("1.6", "政务部", "pending")
    ]
    assert second.as_dict()["since"] == {
        "at": "2020-11-12T09:00:00+08:00",
        "late": 5,
        "new": [{"table": "10.5", "department": "学务部"}],
        "settled": [{"table": "1.6", "name": "机构设置", "department": "政务部", "stage": "pending"}],
    }


def test_a_report_between_two_has_no_number_and_is_compared_with_the_one_before(session: Session) -> None:
    made(session, THEN)
    made(session, LATER)
    between = late_report(session, moment("11-12T15:00"))
    assert (between.number, between.change and between.change.since) == (None, moment(THEN))
    again = late_report(session, moment(LATER) + timedelta(seconds=30))
    assert (again.number, again.change and again.change.since) == (2, moment(THEN))


def test_what_is_not_owed_any_more_is_settled(session: Session, key: int) -> None:
    made(session, THEN)
    exempt(session, office(session, moment(LATER)), key, "无此项业务", moment(LATER))
    change = late_report(session, moment(LATER)).change
    assert change is not None
    assert [(each.table, each.stage) for each in change.settled] == [("1.6", "")]


def test_lines_stand_by_department_its_source_tables_first(session: Session, plan: Plan) -> None:
    report = late_report(session, moment("11-19T09:00"))
    places = [each.name for each in plan.schedule.departments]
    keys = [(places.index(each.department), not each.source) for each in report.late]
    assert len(keys) == 189
    assert keys == sorted(keys)
    assert [each.table for each in report.late[:3]] == ["1.6", "6.1", "1.1"]


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=300)])
def test_now_the_plan_in_force_is_told_though_a_clock_was_ahead(
    session: Session, key: int, ahead: timedelta
) -> None:
    then = moment(THEN)
    assert line(late_report(session, then, now=then)) is not None
    session.add(Mark(job="look", until=then + ahead))
    apply(session, moved("1.6", "2020-11-25"), None, then)
    at = then + timedelta(minutes=10)
    assert line(late_report(session, at, now=at)) is None
    assert line(late_report(session, then - timedelta(hours=1), now=at)) is not None


def shipped(session: Session) -> Plan:
    return plan_in_force(session)


def without(code: str) -> Plan:
    kept = [row for row in shipped_plan().text["tasks"].splitlines() if f",{code}," not in row]
    return load_plan("\n".join(kept) + "\n", shipped_plan().text["schedule"])


def moved(code: str, day: str) -> Plan:
    rows = [
        row.replace("2020-11-11", day) if f",{code}," in row else row
        for row in shipped_plan().text["tasks"].splitlines()
    ]
    return load_plan("\n".join(rows) + "\n", shipped_plan().text["schedule"])
