"""Questions about a table: who asks, who answers, who is told in the next digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from actions.notices import REMIND, decide, due
from actions.plan_in_force import rules_in_force
from actions.questions import answer, answerable, ask, of_table
from actions.questions_told import questions_told
from deadlines.calendar import WorkingCalendar
from models import Notice, Question
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.question import ANSWERED, ASKED, count_waiting, questions
from tests.actions.people import office, task, who
from tests.conftest import MORNING, SHANGHAI

WHY = "兼课教师按人还是按门次填？"
TEXT = "按门次填，一门一行。"


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as found:
        yield found


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def asked(
    session: Session, staff_no: str = "S071", code: str = "6.2", department: str = "示例一系（信息工程）",
    now: datetime = MORNING,
) -> Question:  # fmt: skip
    return ask(session, who(session, staff_no, now), task(session, code, department).id, f" {WHY} ", now)


def answered(
    session: Session,
    question: Question,
    now: datetime = MORNING,
    for_all: bool = False,
    seen: str = "",
) -> Question:
    return answer(
        session, office(session, now), question.id or 0, f" {TEXT} ", now, for_all=for_all, seen=seen
    )


def test_everybody_who_has_the_table_sees_it(session: Session) -> None:
    question = asked(session)
    assert (question.text, question.role) == (WHY, "collector")
    for department in ("示例一系（信息工程）", "示例二系（机电工程）"):
        [found] = of_table(session, task(session, "6.2", department))
        assert (found.department, found.reviewer, found.waits) == ("示例一系（信息工程）", "教务部", True)
    assert of_table(session, task(session, "10.1.1", "学务部")) == []
    answered(session, question, for_all=True)
    [found] = of_table(session, task(session, "6.2", "示例二系（机电工程）"))
    assert (found.question.answer, found.question.for_all, found.answerer) == (
        TEXT, True, "质量部管理员（示例）",
    )  # fmt: skip


def test_what_waits_stands_first_and_is_counted(session: Session) -> None:
    first, second, third = asked(session), asked(session), asked(session)
    answered(session, third)
    assert [each.question.id for each in questions(session)] == [second.id, first.id, third.id]
    assert [each.question.id for each in questions(session, waiting=True)] == [second.id, first.id]
    assert count_waiting(session) == 2


@pytest.mark.parametrize(
    ("staff_no", "may"), [("S000", True), ("S022", True), ("S071", False), ("S072", False), ("S910", False)]
)
def test_the_office_and_its_reviewer_answer(session: Session, staff_no: str, may: bool) -> None:
    question, person = asked(session), who(session, staff_no, MORNING)
    assert bool(answerable(session, person, questions(session))) is may
    if may:
        assert answer(session, person, question.id or 0, TEXT, MORNING).answered_by == person.id
        return
    with pytest.raises(Refused):
        answer(session, person, question.id or 0, TEXT, MORNING)


@pytest.mark.parametrize(
    ("staff_no", "error", "sentence"),
    [("S000", Refused, "只有这张表的采集员"), ("S041", NotFound, "没有这项采集任务")],
)
def test_who_has_not_the_table_does_not_ask(
    session: Session, staff_no: str, error: type[PeopleError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        asked(session, staff_no)


def test_a_reviewer_asks_as_such(session: Session) -> None:
    assert asked(session, "S022").role == "reviewer"


def test_nothing_is_asked_or_answered_by_nothing(session: Session) -> None:
    key = task(session, "6.2", "示例一系（信息工程）").id
    with pytest.raises(Unusable, match="没有写问题"):
        ask(session, who(session, "S071", MORNING), key, " ", MORNING)
    question = asked(session)
    with pytest.raises(Unusable, match="没有写答复"):
        answer(session, office(session, MORNING), question.id or 0, " ", MORNING)
    with pytest.raises(NotFound, match="没有这个提问"):
        answer(session, office(session, MORNING), 99, TEXT, MORNING)


def test_of_two_who_answer_the_second_is_told_first(session: Session) -> None:
    question = asked(session)
    answered(session, question)
    with pytest.raises(Conflict, match=f"质量部管理员（示例）已经回答：{TEXT}"):
        answer(session, who(session, "S022", MORNING), question.id or 0, "按人", MORNING)
    assert answer(
        session, who(session, "S022", MORNING), question.id or 0, "按人", MORNING, seen=question.answer_print
    ).answer == "按人"  # fmt: skip


def test_an_answer_that_was_not_seen_is_not_written_over(session: Session) -> None:
    """Though the clock stands still, and though only whom it holds for has changed."""
    question = asked(session)
    seen = answered(session, question).answer_print
    answered(session, question, for_all=True, seen=seen)
    with pytest.raises(Conflict, match=f"已经回答：{TEXT}"):
        answer(session, who(session, "S022", MORNING), question.id or 0, "按人", MORNING, seen=seen)
    assert (question.answer, question.for_all) == (TEXT, True)


def told(session: Session, now: datetime) -> list[tuple[str, str, str | None, int]]:
    found = (each for each in due(session, now, [REMIND]) if each.kind in (ASKED, ANSWERED))
    return [(each.kind, each.audience, each.department, each.occurrence) for each in found]


def test_the_office_hears_in_the_next_morning_s_digest_and_once(session: Session) -> None:
    question = asked(session, now=at("11-06T10:00"))
    assert told(session, at("11-06T17:00")) == []
    assert told(session, at("11-08T12:00")) == [], "a weekend"
    monday = at("11-09T08:31")
    assert told(session, monday) == [(ASKED, "office", None, question.id)]
    decide(session, REMIND, monday)
    assert told(session, at("11-10T08:31")) == []
    [notice] = session.exec(select(Notice).where(Notice.kind == ASKED)).all()
    assert notice.subject == "6.2@示例一系（信息工程）"


@pytest.mark.parametrize(
    ("staff_no", "audience", "department"),
    [("S071", "collector", "示例一系（信息工程）"), ("S022", "reviewer", "教务部")],
)
def test_who_asked_hears_of_the_answer(
    session: Session, staff_no: str, audience: str, department: str
) -> None:
    question = asked(session, staff_no, now=at("11-09T10:00"))
    answered(session, question, at("11-10T07:00"))
    assert told(session, at("11-10T08:31")) == [(ANSWERED, audience, department, question.id)]
    decide(session, REMIND, at("11-10T08:31"))
    answered(session, question, at("11-10T15:00"), seen=question.answer_print)
    assert told(session, at("11-11T08:31")) == [(ANSWERED, audience, department, question.id)]


@pytest.mark.parametrize(
    ("moment", "morning"),
    [("11-09T07:00", "11-09T08:30"), ("11-09T08:30", "11-10T08:30"), ("11-07T07:00", "11-09T08:30")],
)
def test_the_next_morning_is_a_working_day_s(session: Session, moment: str, morning: str) -> None:
    asked(session, now=at(moment))
    assert told(session, at(morning) - timedelta(seconds=1)) == []
    assert len(told(session, at(morning))) == 1


def test_what_is_answered_the_same_day_asks_nobody(session: Session) -> None:
    question = asked(session, now=at("11-09T10:00"))
    answered(session, question, at("11-09T11:00"))
    assert [each[0] for each in told(session, at("11-10T08:31"))] == [ANSWERED]


def test_what_has_left_the_plan_is_not_asked_about(session: Session) -> None:
    asked(session)
    line = task(session, "6.2", "示例一系（信息工程）")
    line.assignment.closed = True
    session.add(line.assignment)
    session.flush()
    assert (questions(session), count_waiting(session), told(session, at("11-10T08:31"))) == ([], 0, [])


def test_a_change_of_the_calendar_tells_nothing_again(session: Session) -> None:
    answered(session, asked(session))
    rules = rules_in_force(session)
    decide(session, REMIND, at("11-10T08:31"))
    known = session.exec(select(Notice).where(Notice.kind == ANSWERED)).all()
    assert len(known) == 1
    later = WorkingCalendar(replace(rules.schedule.calendar, start=time(9)), rules.schedule.zone)
    assert questions_told(session, later, at("11-20T10:00")) == []
