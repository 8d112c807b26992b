"""A request for more time taken back: it waits for nobody, nobody is mailed of it, and an answer is final."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.extend import ask, grant, refuse, withdraw
from actions.late import late_report
from actions.notices import MORE_TIME, Decided, decide
from actions.replay import play, recorded
from models import Event
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError
from models.extension import ASKED, GRANTED, WITHDRAWN, Extension, extensions_of, waiting_extensions
from models.facts import facts_of
from models.worklist import line
from plans.course_file import Deed
from tests.actions.people import holder, office, task

FRIDAY, LATER = date(2020, 11, 20), date(2020, 11, 24)
WHY, DEPARTMENT = "数据员出差", "学务部"


def asked(session: Session, now: datetime, until: date = FRIDAY) -> tuple[int, int]:
    """The assignment and the request."""
    key = task(session, "10.5", DEPARTMENT).id
    return key, ask(session, holder(session, "collector", DEPARTMENT, now), key, until, WHY, now).id or 0


def taken_back(session: Session, key: int, request: int, now: datetime) -> Extension:
    return withdraw(session, holder(session, "collector", DEPARTMENT, now), key, request, now)


def test_it_waits_for_nobody_and_moves_nothing(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, request = asked(session, morning)
        due = facts_of(line(session, key)).effective
        made = taken_back(session, key, request, morning + timedelta(hours=1))
        who = holder(session, "collector", DEPARTMENT, morning)
        assert (made.state, made.decided_by) == (WITHDRAWN, who.id)
        assert list(waiting_extensions(session)) == []
        assert facts_of(line(session, key)).effective == due
        told = (
            select(Event.verb, Event.reason).where(Event.assignment_id == key).order_by(col(Event.id).desc())
        )
        assert session.exec(told).first() == ("withdraw-extension", "至 11月20日")
        assert [made.waited_at(morning + timedelta(minutes=each)) for each in (59, 60)] == [True, False]
        for moment in (morning, morning + timedelta(days=30)):
            assert [made.granted_by(moment), made.refused_by(moment), made.stood_at(moment)] == [False] * 3


def test_it_may_be_asked_again_with_another_day(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, request = asked(session, morning)
        with pytest.raises(Conflict) as told:
            asked(session, morning, LATER)
        assert told.value.remedy == "如需修改日期，请先撤回这份申请，再重新提出。"
        taken_back(session, key, request, morning)
        asked(session, morning, LATER)
        assert [each.state for each in extensions_of(session, key)] == [ASKED, WITHDRAWN]


def test_the_late_report_tells_of_it_while_it_waited(campaign: Database, morning: datetime) -> None:
    late = morning + timedelta(days=14)
    with campaign.writing() as session:
        key, request = asked(session, late)
        taken_back(session, key, request, late + timedelta(hours=2))

        def waiting(hours: int) -> tuple[int, int]:
            report = late_report(session, late + timedelta(hours=hours))
            [found] = [each for each in report.late if (each.table, each.department) == ("10.5", DEPARTMENT)]
            return found.requests_waiting, found.requests_refused

        assert [waiting(1), waiting(3)] == [(1, 0), (0, 0)]


@pytest.mark.parametrize("answer", ["granted", "refused"])
def test_an_answer_stands_and_is_told_to_who_comes_too_late(
    campaign: Database, morning: datetime, answer: str
) -> None:
    with campaign.writing() as session:
        (key, request), boss = asked(session, morning), office(session, morning)
        if answer == "granted":
            grant(session, boss, key, FRIDAY, "同意", morning, request)
        else:
            refuse(session, boss, request, "数据已齐", morning)
        said = "质量部管理员（示例）" + ("同意延至 11月20日" if answer == "granted" else "不同意")
        with pytest.raises(Conflict, match=said) as told:
            taken_back(session, key, request, morning)
        assert "申请没有撤回" in told.value.remedy
        assert [each.state for each in extensions_of(session, key)] == [answer]


def test_nobody_answers_what_was_taken_back(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        (key, request), boss = asked(session, morning), office(session, morning)
        taken_back(session, key, request, morning)
        name = holder(session, "collector", DEPARTMENT, morning).name
        for answer in (
            lambda: grant(session, boss, key, FRIDAY, "同意", morning, request),
            lambda: refuse(session, boss, request, "不行", morning),
            lambda: taken_back(session, key, request, morning),
        ):
            with pytest.raises(Conflict, match=f"这份申请已由{name}撤回"):
                answer()
        assert [each.state for each in extensions_of(session, key)] == [WITHDRAWN]


def test_only_its_own_collectors_take_it_back(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, request = asked(session, morning)
        other = task(session, "10.4", DEPARTMENT).id
        stranger, boss = holder(session, "collector", "教务部", morning), office(session, morning)
        with pytest.raises(NotFound):
            withdraw(session, stranger, key, request, morning)
        with pytest.raises(PeopleError):
            withdraw(session, boss, key, request, morning)
        for wrong in ((other, request), (key, 999)):
            with pytest.raises(NotFound, match="没有这份延期申请"):
                taken_back(session, *wrong, morning)
        assert session.get_one(Extension, request).state == ASKED


@pytest.mark.both
def test_an_answer_at_the_same_moment_leaves_one_of_the_two(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, request = asked(session, morning)

    def attempt(verb: str) -> str:
        with campaign.writing() as session:
            try:
                if verb == WITHDRAWN:
                    taken_back(session, key, request, morning)
                else:
                    grant(session, office(session, morning), key, FRIDAY, "同意", morning, request)
            except Conflict:
                return ""
        return verb

    with ThreadPoolExecutor(4) as pool:
        done = [each for each in pool.map(attempt, (WITHDRAWN, GRANTED) * 2) if each]
    with campaign.reading() as session:
        assert [each.state for each in extensions_of(session, key)] == done
        assert (facts_of(line(session, key)).extended_until is not None) == (done == [GRANTED])


@pytest.mark.parametrize("told", [False, True])
def test_nobody_is_mailed_of_it(campaign: Database, morning: datetime, told: bool) -> None:
    now = morning.replace(day=10, hour=9, minute=5)
    with campaign.writing() as session:
        decide(session, MORE_TIME, now)
        key, request = asked(session, now)
    quarters = [now.replace(minute=minute) for minute in (15, 30, 45)]
    with campaign.writing() as session:
        if told:
            assert decide(session, MORE_TIME, quarters[0]) == Decided(1, 1)
        taken_back(session, key, request, now.replace(minute=16))
    for moment in quarters[1:]:
        with campaign.writing() as session:
            assert decide(session, MORE_TIME, moment) == Decided(0, 0)


def test_a_recorded_course_does_it_again(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, request = asked(session, morning)
        taken_back(session, key, request, morning)
        [_, deed] = [each for each in recorded(session) if each.what.endswith("extension")]
        assert (deed.what, deed.by) == (
            "withdraw-extension",
            holder(session, "collector", DEPARTMENT, morning).staff_no,
        )
        again, _ = asked(session, morning)
        assert play(session, deed, again) == ""
        assert {each.state for each in extensions_of(session, key)} == {WITHDRAWN}
        assert "没有这份延期申请" in play(session, Deed(morning, "10.5", DEPARTMENT, deed.what), key)


def test_another_department_s_request_is_as_one_that_there_is_none(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        _, request = asked(session, morning)
        refuse(session, office(session, morning), request, "不急", morning)
        own = task(session, "3.2", "图书馆").id
        for key in (request, 9999):
            with pytest.raises(NotFound, match="这张表没有这份延期申请"):
                withdraw(session, holder(session, "collector", "图书馆", morning), own, key, morning)
