"""What somebody has to do: grouped by urgency as the clock moves, handed over between roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from actions import clock
from actions.plan_in_force import rules_in_force
from models import Assignment
from models.database import Database
from models.worklist import lines
from tests.actions.people import holder
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from web.tasks import task_of, to_collect, to_review
from web.trouble import due_soon, late


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 11, day, hour, minute, tzinfo=SHANGHAI)


def place(site: Installation, code: str, **values: object) -> None:
    """Make the student office's assignment of this table what the values say."""
    with site.database.writing() as session:
        (line,) = lines(session, table=code, department="学务部")
        for name, value in values.items():
            setattr(line.assignment, name, value)
        session.add(line.assignment)


def urgency(database: Database, code: str, now: datetime) -> str:
    with database.reading() as session:
        (line,) = lines(session, table=code, department="学务部")
        return task_of(line, rules_in_force(session), now).urgency


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(6, 8), "soon"),
        (at(11, 0), "today"),
        (at(11, 23, 59), "today"),
        (at(12, 0), "overdue"),
    ],
)
def test_urgency_follows_the_clock(site: Installation, now: datetime, expected: str) -> None:
    assert urgency(site.database, "10.1.1", now) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"exempt": True}, "done"),
        ({"stage": "checked", "checked_at": at(10, 9)}, "done"),
        ({"stage": "reviewed", "reviewed_at": at(10, 9)}, "handed"),
        ({"extended_until": at(30, 9)}, "later"),
        ({"stage": "returned", "returned_at": at(20, 10)}, "soon"),
        ({"stage": "returned", "returned_at": at(18, 10)}, "overdue"),
        ({"stage": "collected", "collected_at": at(19, 9)}, "soon"),
        ({"stage": "collected", "collected_at": at(17, 9)}, "overdue"),
    ],
)
def test_the_stage_decides_whose_deadline_counts(
    site: Installation, values: dict[str, object], expected: str
) -> None:
    """Seen on Friday the 20th, two days after the deadline of all but the source tables."""
    place(site, "10.4", **values)
    assert urgency(site.database, "10.4", at(20, 11)) == expected


def test_a_collector_s_groups_hold_everything_once(site: Installation) -> None:
    place(site, "10.3", stage="collected", collected_at=at(6, 9))
    place(site, "10.4", stage="checked", checked_at=at(6, 9))
    with site.database.reading() as session:
        who = holder(session, "collector", "学务部", at(11, 9))
        groups = to_collect(session, who, at(11, 9))
        owed = len(lines(session, department="学务部"))
    assert list(groups) == ["today", "later", "handed", "done"]
    assert [task.line.table.code for task in groups["today"]] == ["10.1.1"]
    assert [task.line.table.code for task in groups["handed"]] == ["10.3"]
    assert [task.line.table.code for task in groups["done"]] == ["10.4"]
    assert sum(map(len, groups.values())) == owed


def test_a_collector_is_not_called_late_for_a_slow_reviewer(site: Installation) -> None:
    place(site, "10.3", stage="collected", collected_at=at(6, 9))
    with site.database.reading() as session:
        collector = to_collect(session, holder(session, "collector", "学务部", at(17, 9)), at(17, 9))
        reviewer = to_review(session, holder(session, "reviewer", "学务部", at(17, 9)), at(17, 9))
    (handed,) = collector["handed"]
    (waiting,) = reviewer
    assert (handed.late_days, waiting.urgency, waiting.held_by) == (0, "overdue", "reviewer")
    assert waiting.late_days > 0


def test_a_reviewer_sees_the_most_urgent_first(site: Installation) -> None:
    place(site, "10.3", stage="collected", collected_at=at(10, 9))
    place(site, "10.4", stage="collected", collected_at=at(6, 9))
    with site.database.reading() as session:
        waiting = to_review(session, holder(session, "reviewer", "学务部", at(11, 9)), at(11, 9))
    assert [task.line.table.code for task in waiting] == ["10.4", "10.3"]


def test_a_reviewer_of_nothing_has_nothing_waiting(site: Installation) -> None:
    place(site, "10.3", stage="collected", collected_at=at(10, 9))
    with site.database.reading() as session:
        assert to_review(session, holder(session, "reviewer", "财务处", at(11, 9)), at(11, 9)) == []
        assert to_collect(session, holder(session, "head", "图书馆", at(11, 9)), at(11, 9)) == {}


Listing = Callable[[Session, datetime], list[str]]


def late_codes(session: Session, now: datetime) -> list[str]:
    return [task.line.table.code for task in late(session, rules_in_force(session), now, 100)]


def soon_codes(session: Session, now: datetime) -> list[str]:
    return [task.line.table.code for task in due_soon(session, rules_in_force(session), now, 100)]


@pytest.mark.parametrize(
    ("listing", "now", "number"),
    [
        (late_codes, at(11, 9), 0),
        (late_codes, at(12, 9), 5),
        (late_codes, at(19, 9), 100),
        (soon_codes, at(6, 9), 5),
        (soon_codes, at(12, 9), 0),
        (soon_codes, at(16, 9), 100),
        (soon_codes, at(19, 9), 0),
    ],
)
def test_the_office_s_lists_end_where_they_can_be_read(
    site: Installation, listing: Listing, now: datetime, number: int
) -> None:
    with site.database.reading() as session:
        assert len(listing(session, now)) == number


def test_the_worst_stands_first(site: Installation) -> None:
    place(site, "10.4", stage="collected", collected_at=at(2, 9))
    with site.database.reading() as session:
        assert late_codes(session, at(12, 9))[0] == "10.4"


def test_the_page_says_what_is_late_and_what_is_left(site: Installation) -> None:
    place(site, "10.3", exempt=True, exempt_reason="没有社团")
    with site.database.writing() as session:
        clock.jump(session, at(12, 9))
    html = site.browser("S031").get("/mine").text
    assert "已逾期" in html
    assert "逾期 1 个工作日" in html
    assert "还有 6 天" in html
    page = site.browser("S031").get(f"/assignments/{site.assignment('10.3', '学务部')}").text
    assert "没有社团" in page
    assert "上传并检查" not in page


def test_what_left_the_plan_is_read_only(site: Installation) -> None:
    with site.database.writing() as session:
        (line,) = lines(session, table="10.3", department="学务部")
        row = session.get_one(Assignment, line.id)
        row.closed = True
        session.add(row)
        key = line.id
    page = site.browser("S031").get(f"/assignments/{key}").text
    assert "已不在现行计划中" in page
    assert "上传并检查" not in page


def test_an_attesting_table_asks_for_rows_and_date_and_keeps_what_was_typed(site: Installation) -> None:
    with site.database.writing() as session:
        (line,) = lines(session, table="10.4", department="学务部")
        line.table.evidence = "attest"
        session.add(line.table)
        key = line.id
    browser = site.browser("S031")
    assert "确认已填报，提交审核" in browser.get(f"/assignments/{key}").text
    wrong = browser.form(f"/assignments/{key}/attest", {"rows": "-3", "typed_on": "2020-11-06"})
    assert (wrong.status_code, 'value="-3"' in wrong.text) == (422, True)
    done = browser.form(f"/assignments/{key}/attest", {"rows": "12", "typed_on": "2020-11-06"})
    assert "已登记平台填报情况" in done.text
    assert "在国家平台录入 12 行，日期 2020-11-06" in done.text
    reviewer = site.browser("S032")
    reviewer.form(f"/assignments/{key}/review", {"version": "1", "decision": "approve"})
    office = site.browser("S000")
    assert "登记国家平台的结论" in office.get(f"/assignments/{key}").text
    answer = office.form(f"/assignments/{key}/verdict", {"passed": "true"})
    assert "平台结论已登记" in answer.text
    assert site.stage(key) == "checked"


def test_nothing_is_taken_after_acceptance_has_closed(site: Installation) -> None:
    key = site.assignment("10.4", "学务部")
    with site.database.writing() as session:
        clock.jump(session, at(26, 9) + timedelta(days=30))
    answer = site.browser("S031").form(f"/assignments/{key}/nil")
    assert (answer.status_code, "停止接收" in answer.text) == (409, True)
    assert "请联系质量部" in answer.text
