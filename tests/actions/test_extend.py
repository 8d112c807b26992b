"""More time: asked for, granted, refused, taken back; one deadline everywhere from that moment on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.exempt import exempt, unexempt
from actions.extend import ask, grant, refuse, revoke
from actions.late import late_report
from actions.notices import due
from actions.plan_in_force import plan_in_force, rules_in_force
from actions.submit import report_nothing
from models import Assignment, Event
from models.board import counts
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.extension import ASKED, GRANTED, REFUSED, REVOKED, extensions_of, waiting_extensions
from models.facts import facts_of
from models.worklist import line
from tests.actions.people import holder, office, task
from tests.conftest import SHANGHAI

WHY = "数据员出差，周五才能回来"
FRIDAY = date(2020, 11, 20)
LATER = date(2020, 11, 24)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def until(session: Session, key: int) -> datetime:
    """The effective deadline as every list has it."""
    return facts_of(line(session, key)).effective


def test_asking_changes_nothing_until_it_is_granted(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, who = task(session, "10.5", "学务部").id, holder(session, "collector", "学务部", morning)
        plain = until(session, key)
        request = ask(session, who, key, FRIDAY, f" {WHY} ", morning)
        assert (request.state, request.reason) == (ASKED, WHY)
        assert until(session, key) == plain
        assert [each.id for each in waiting_extensions(session)] == [request.id]
        granted = grant(session, office(session, morning), key, LATER, "同意", morning)
        assert (granted.id, granted.state, granted.answer) == (request.id, GRANTED, "同意")
        assert until(session, key) == plan_in_force(session).schedule.due_at(LATER)
        assert list(waiting_extensions(session)) == []


def test_what_is_extended_is_late_nowhere(campaign: Database, morning: datetime) -> None:
    after = moment("11-19T09:00")
    with campaign.writing() as session:
        key = task(session, "10.5", "学务部").id
        before = len(late_report(session, after).late)
        owed = {each.subject for each in due(session, after)}
        grant(session, office(session, morning), key, FRIDAY, WHY, morning)
        rules = rules_in_force(session)
        assert len(late_report(session, after).late) == before - 1
        assert "10.5@学务部" in owed
        overdue = sum(row.number for row in counts(session, rules, after) if row.overdue)
        assert overdue == before - 1
        assert not rules.overdue(facts_of(line(session, key)), after)


def test_a_submission_is_taken_in_the_extended_time(campaign: Database, morning: datetime) -> None:
    late = moment("11-27T10:00")
    with campaign.writing() as session:
        key, who = task(session, "10.5", "学务部").id, holder(session, "collector", "学务部", morning)
        with pytest.raises(Conflict):
            report_nothing(session, who, key, late)
        grant(session, office(session, morning), key, date(2020, 11, 27), WHY, late)
        assert report_nothing(session, who, key, late).assignment.stage == "collected"


def test_taking_back_leaves_the_latest_that_stands(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, boss = task(session, "10.5", "学务部").id, office(session, morning)
        plain = until(session, key)
        first = grant(session, boss, key, FRIDAY, WHY, morning)
        second = grant(session, boss, key, LATER, WHY, morning)
        schedule = plan_in_force(session).schedule
        assert revoke(session, boss, second.id or 0, "已回校", morning).state == REVOKED
        assert until(session, key) == schedule.due_at(FRIDAY)
        revoke(session, boss, first.id or 0, "已回校", morning)
        assert until(session, key) == plain
        assert [each.state for each in extensions_of(session, key)] == [REVOKED, REVOKED]


def test_every_decision_stands_in_the_course_of_events(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, boss = task(session, "10.5", "学务部").id, office(session, morning)
        who = holder(session, "collector", "学务部", morning)
        refuse(session, boss, ask(session, who, key, FRIDAY, WHY, morning).id or 0, "数据已齐", morning)
        extension = grant(session, boss, key, FRIDAY, WHY, morning)
        revoke(session, boss, extension.id or 0, "已回校", morning)
        told = session.exec(
            select(Event.verb, Event.reason).where(Event.assignment_id == key).order_by(col(Event.id))
        ).all()
        assert told == [
            ("ask-extension", f"至 2020-11-20 23:59：{WHY}"),
            ("refuse-extension", "数据已齐"),
            ("extend", f"至 2020-11-20 23:59：{WHY}"),
            ("revoke-extension", "已回校"),
        ]


def test_a_refused_request_may_be_made_again(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, who = task(session, "10.5", "学务部").id, holder(session, "collector", "学务部", morning)
        first = ask(session, who, key, FRIDAY, WHY, morning)
        with pytest.raises(Conflict, match="已有一份延期申请"):
            ask(session, who, key, FRIDAY, WHY, morning)
        assert refuse(session, office(session, morning), first.id or 0, "不行", morning).state == REFUSED
        assert ask(session, who, key, FRIDAY, WHY, morning).state == ASKED


@pytest.mark.parametrize(
    ("day", "reason", "sentence"),
    [
        (date(2020, 11, 18), WHY, "不晚于现在的截止时间 11月18日 23:59"),
        (date(2020, 11, 10), WHY, "不晚于现在的截止时间"),
        (date(9999, 12, 31), WHY, "9999年12月31日太远了"),
        (date(2202, 11, 20), WHY, "2202年11月20日太远了"),
        (FRIDAY, "  ", "申请延期必须写明原因"),
        (date(2021, 11, 8), WHY, "2021年11月08日太远了"),
    ],
)
def test_a_request_says_what_is_wrong(
    campaign: Database, morning: datetime, day: date, reason: str, sentence: str
) -> None:
    with campaign.writing() as session:
        key, who = task(session, "10.5", "学务部").id, holder(session, "collector", "学务部", morning)
        with pytest.raises(Unusable, match=sentence):
            ask(session, who, key, day, reason, morning)


def test_more_time_never_lies_in_the_past(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, now = task(session, "10.5", "学务部").id, morning + timedelta(days=30)
        with pytest.raises(Unusable, match="已经过去"):
            grant(session, office(session, now), key, FRIDAY, WHY, now)


def test_only_the_office_decides_and_only_once(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, boss = task(session, "10.5", "学务部").id, office(session, morning)
        who = holder(session, "collector", "学务部", morning)
        stranger = holder(session, "collector", "教务部", morning)
        request = ask(session, who, key, FRIDAY, WHY, morning)
        number = request.id or 0
        refusals: list[tuple[type[PeopleError], object]] = [
            (Refused, lambda: grant(session, who, key, FRIDAY, WHY, morning)),
            (Refused, lambda: refuse(session, who, number, WHY, morning)),
            (NotFound, lambda: ask(session, stranger, key, FRIDAY, WHY, morning)),
            (NotFound, lambda: refuse(session, boss, 999, WHY, morning)),
            (Conflict, lambda: revoke(session, boss, number, WHY, morning)),
        ]
        for kind, attempt in refusals:
            assert callable(attempt)
            with pytest.raises(kind):
                attempt()
        refuse(session, boss, number, WHY, morning)
        with pytest.raises(Conflict, match="已有答复"):
            refuse(session, boss, number, WHY, morning)


@pytest.mark.parametrize("by_now", ["granted", "refused", "asked again"])
def test_a_request_that_another_has_answered_is_answered_no_more(
    campaign: Database, morning: datetime, by_now: str
) -> None:
    with campaign.writing() as session:
        key, boss = task(session, "10.5", "学务部").id, office(session, morning)
        who = holder(session, "collector", "学务部", morning)
        seen = ask(session, who, key, FRIDAY, WHY, morning).id or 0
        if by_now == "granted":
            grant(session, boss, key, FRIDAY, "同意", morning, seen)
        else:
            refuse(session, boss, seen, "数据已齐", morning)
        if by_now == "asked again":
            ask(session, who, key, LATER, WHY, morning)
        before = [(each.id, each.state) for each in extensions_of(session, key)]
        said = "同意延至 11月20日" if by_now == "granted" else "不同意"
        with pytest.raises(Conflict, match=f"已有答复：质量部管理员（示例）{said}"):
            grant(session, boss, key, LATER, "同意", morning, seen)
        with pytest.raises(Conflict, match=f"已有答复：质量部管理员（示例）{said}"):
            refuse(session, boss, seen, "不行", morning)
        assert [(each.id, each.state) for each in extensions_of(session, key)] == before


@pytest.mark.both
def test_of_four_who_answer_at_once_one_does(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, who = task(session, "10.5", "学务部").id, holder(session, "collector", "学务部", morning)
        seen = ask(session, who, key, FRIDAY, WHY, morning).id or 0

    def answer(day: date) -> int:
        with campaign.writing() as session:
            try:
                grant(session, office(session, morning), key, day, "同意", morning, seen)
            except Conflict:
                return 0
        return day.day

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(answer, [FRIDAY, LATER, FRIDAY, LATER]))
    with campaign.reading() as session:
        assert [each.until.astimezone(SHANGHAI).day for each in extensions_of(session, key)] == [sum(given)]
        assert until(session, key).astimezone(SHANGHAI).day == sum(given)


def test_a_request_waits_while_the_table_is_owed(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, boss = task(session, "10.5", "学务部").id, office(session, morning)
        request = ask(session, holder(session, "collector", "学务部", morning), key, FRIDAY, WHY, morning)
        row = session.get_one(Assignment, key)
        exempt(session, boss, key, "没有", morning)
        assert list(waiting_extensions(session)) == []
        with pytest.raises(Conflict, match="不需要延期"):
            grant(session, boss, key, FRIDAY, "同意", morning, request.id)
        unexempt(session, boss, key, "有了", morning)
        assert list(waiting_extensions(session)) == [request]
        for name, value, back in (("stage", "checked", "pending"), ("closed", True, False)):
            setattr(row, name, value)
            session.flush()
            assert list(waiting_extensions(session)) == []
            setattr(row, name, back)
            session.flush()
        assert list(waiting_extensions(session)) == [request]


def test_a_request_whose_day_the_plan_has_overtaken_is_not_granted(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        seen = task(session, "10.5", "学务部")
        request = ask(session, holder(session, "collector", "学务部", morning), seen.id, FRIDAY, WHY, morning)
        seen.table.due = plan_in_force(session).schedule.due_at(LATER)
        session.flush()
        with pytest.raises(Unusable, match="不晚于现在的截止时间 11月24日"):
            grant(session, office(session, morning), seen.id, FRIDAY, "同意", morning, request.id)
        assert request.state == ASKED
