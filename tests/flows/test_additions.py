"""What a source table lacks is asked of its owner, promised and added, or refused (P2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from actions.additions import ask, promise, refuse, reopen
from actions.late import late_report
from actions.who import Who
from models import Addition, StoredFinding
from models.addition import requests, waiting_on
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.history import findings
from models.worklist import line
from tests.actions.people import holder, office
from tests.flows.colleges import DROPOUTS, STUDENTS, College

ASKS, OWNS = "10.2.1", "10.1.1"
TEACHING = "教务部"


@pytest.fixture
def college(
    campaign: Database, tmp_path: Path, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> College:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return College(campaign, tmp_path, morning)


def missing(college: College) -> tuple[int, int]:
    """The asking assignment, and the finding about a student whom the approved source lacks."""
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20180001", "20180002")
    with college.database.reading() as session:
        [found] = findings(session, college.newest(key).id or 0, severity="error")
    return key, found.id or 0


def act(college: College, role: str, do: Callable[[Session, Who], Addition]) -> Addition:
    with college.database.writing() as session:
        who = (
            office(session, college.now) if role == "office" else holder(session, role, "学务部", college.now)
        )
        return do(session, who)


def asked(college: College) -> Addition:
    key, finding = missing(college)
    return act(college, "collector", lambda s, who: ask(s, who, key, finding, "转专业学生", college.now))


def state(college: College) -> str:
    with college.database.reading() as session:
        return session.exec(select(Addition)).one().state


def test_asked_promised_by_the_reviewer_added_and_gone(college: College) -> None:
    made = asked(college)
    assert (made.table_code, made.column, made.value, made.note) == (OWNS, "学号", "20180002", "转专业学生")
    owner = act(college, "reviewer", lambda s, who: promise(s, who, made.id or 0, "", college.now)).owner_id
    assert college.stage(owner) == "returned"
    with college.database.reading() as session:
        row = line(session, owner).assignment
        assert row.reopened == "cells"
        assert waiting_on(session) == {made.assignment_id: ["学务部"]}
    college.settle()
    college.approve(STUDENTS, "20180001", "20180002")
    assert state(college) == "added"
    assert (college.errors(made.assignment_id), college.newest(made.assignment_id).errors) == ([], 0)
    assert college.events(made.assignment_id) == ["ask-addition", "promise-addition", "addition-made"]
    with college.database.reading() as session:
        assert waiting_on(session) == {}


def test_a_collector_s_promise_waits_for_the_reviewer_s_click(college: College) -> None:
    made = asked(college)
    owner = act(
        college, "collector", lambda s, who: promise(s, who, made.id or 0, "下午补", college.now)
    ).owner_id
    assert (college.stage(owner), state(college)) == ("checked", "promised")
    with pytest.raises(Refused, match="审核人或质量部"):
        act(college, "collector", lambda s, who: reopen(s, who, made.id or 0, college.now))
    act(college, "reviewer", lambda s, who: reopen(s, who, made.id or 0, college.now))
    assert college.stage(owner) == "returned"
    with college.database.reading() as session:
        assert line(session, owner).assignment.reopened == "cells"
    with pytest.raises(Conflict, match="可以直接补录"):
        act(college, "reviewer", lambda s, who: reopen(s, who, made.id or 0, college.now))


def test_refused_with_a_reason_that_the_asker_reads(college: College) -> None:
    made = asked(college)
    with pytest.raises(Unusable, match="原因"):
        act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, " ", college.now))
    act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, "此人未报到", college.now))
    with college.database.reading() as session:
        [request] = requests(session, of=made.assignment_id)
        assert (request.addition.state, request.addition.answer, request.open) == (
            "refused",
            "此人未报到",
            False,
        )
        assert (request.source, request.owner, request.department) == ("学生基本信息", "学务部", "学务部")
    for again in (promise, refuse):
        with pytest.raises(Conflict, match="已有答复"):
            act(
                college,
                "office",
                lambda s, who, again=again: again(s, who, made.id or 0, "再说", college.now),
            )


def test_the_office_answers_for_anybody(college: College) -> None:
    made = asked(college)
    owner = act(college, "office", lambda s, who: promise(s, who, made.id or 0, "", college.now)).owner_id
    assert college.stage(owner) == "returned"


def test_what_stands_in_the_source_by_itself_is_noted_too(college: College) -> None:
    made = asked(college)
    college.back(made.owner_id)
    college.approve(STUDENTS, "20180001", "20180002")
    assert state(college) == "added"


def test_the_same_is_asked_once(college: College) -> None:
    key, finding = missing(college)
    act(college, "collector", lambda s, who: ask(s, who, key, finding, "", college.now))
    with pytest.raises(Conflict, match="正在等待"):
        act(college, "collector", lambda s, who: ask(s, who, key, finding, "", college.now))


def test_only_what_a_source_lacks_is_asked_for(college: College) -> None:
    key, finding = missing(college)
    with college.database.writing() as session:
        session.get_one(StoredFinding, finding).rule = "enum"
    with pytest.raises(Unusable, match="只有源表里缺少的内容"):
        act(college, "collector", lambda s, who: ask(s, who, key, finding, "", college.now))
    with pytest.raises(NotFound):
        act(college, "collector", lambda s, who: ask(s, who, key, 9999, "", college.now))
    with pytest.raises(NotFound, match="不属于这张表"):
        act(college, "collector", lambda s, who: ask(s, who, key + 1, finding, "", college.now))


def test_others_neither_ask_nor_answer(college: College) -> None:
    key, finding = missing(college)
    for role in ("reviewer", "office"):
        with pytest.raises(Refused):
            act(college, role, lambda s, who: ask(s, who, key, finding, "", college.now))
    made = act(college, "collector", lambda s, who: ask(s, who, key, finding, "", college.now))
    with college.database.writing() as session:
        stranger = holder(session, "collector", TEACHING, college.now)
        for answer in (promise, refuse):
            with pytest.raises(PeopleError):
                answer(session, stranger, made.id or 0, "不行", college.now)


def test_the_lateness_is_the_owner_s_meanwhile(college: College) -> None:
    made = asked(college)
    late = college.now + timedelta(days=30)
    with college.database.reading() as session:
        [found] = [each for each in late_report(session, late).late if each.table == ASKS]
    assert (found.held_by, found.waiting_on, found.answerable) == ("collector", ("学务部",), "学务部")
    act(
        college, "office", lambda s, who: refuse(s, who, made.id or 0, "此人未报到", late - timedelta(days=1))
    )
    with college.database.reading() as session:
        [now] = [each for each in late_report(session, late).late if each.table == ASKS]
        then = late_report(session, late - timedelta(days=2)).late
        [before] = [each for each in then if each.table == ASKS]
    assert (now.waiting_on, before.waiting_on) == ((), ("学务部",))
