"""What a source table lacks is asked of its owner, promised and added, or refused (P2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from actions.additions import Sending, ask, promise, refuse, reopen, withdraw
from models import Addition, StoredFinding, Version
from models.addition import requests, waiting_on
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.history import happenings
from models.worklist import line
from tests.actions.people import holder
from tests.flows.adding import OWNS, TEACHING, act, asked, missing
from tests.flows.colleges import DROPOUTS, STUDENTS, College


def seen(college: College, made: Addition) -> Sending:
    """What the owner's page shows of the source table."""
    with college.database.reading() as session:
        row = line(session, made.owner_id).assignment
        return Sending(row.version_id or 0, row.stage, college.station.blobs)


def returned(college: College, role: str, made: Addition) -> Addition:
    """Promised with one click that returns the source."""
    sending = seen(college, made)
    return act(college, role, lambda s, who: promise(s, who, made.id or 0, "", college.now, sending))


def state(college: College) -> str:
    with college.database.reading() as session:
        return session.exec(select(Addition)).one().state


def test_asked_promised_by_the_reviewer_added_and_gone(college: College) -> None:
    made = asked(college)
    assert (made.table_code, made.column, made.value, made.note) == (OWNS, "学号", "20180002", "转专业学生")
    owner = returned(college, "reviewer", made).owner_id
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
    sending = seen(college, made)
    for role in ("collector", "office"):
        with pytest.raises(Refused, match="只有源表的审核人"):
            act(college, role, lambda s, who: reopen(s, who, made.id or 0, sending, college.now))
    act(college, "reviewer", lambda s, who: reopen(s, who, made.id or 0, sending, college.now))
    assert college.stage(owner) == "returned"
    with college.database.reading() as session:
        assert line(session, owner).assignment.reopened == "cells"
    with pytest.raises(Conflict, match="可以直接补录"):
        act(college, "reviewer", lambda s, who: reopen(s, who, made.id or 0, sending, college.now))


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


def test_the_office_answers_for_anybody_but_returns_nothing(college: College) -> None:
    made = asked(college)
    with pytest.raises(Refused, match="只有源表的审核人"):
        returned(college, "office", made)
    assert state(college) == "asked"
    owner = act(college, "office", lambda s, who: promise(s, who, made.id or 0, "", college.now)).owner_id
    assert (college.stage(owner), state(college)) == ("checked", "promised")


def test_a_source_that_has_moved_on_is_not_returned(college: College) -> None:
    made = asked(college)
    sending = seen(college, made)
    college.back(made.owner_id)
    college.approve(STUDENTS, "20180001", "20180003")
    with pytest.raises(Conflict, match="您看到的是第 1 版"):
        act(college, "reviewer", lambda s, who: promise(s, who, made.id or 0, "", college.now, sending))
    assert (college.stage(made.owner_id), state(college)) == ("checked", "asked")
    other = replace(seen(college, made), stage="reviewed")
    with pytest.raises(Conflict, match="已变为“已通过”"):
        act(college, "reviewer", lambda s, who: promise(s, who, made.id or 0, "", college.now, other))


def test_nobody_returns_what_he_handed_in_himself(college: College) -> None:
    made = asked(college)
    with college.database.writing() as session:
        version = session.get_one(Version, seen(college, made).version_id)
        version.made_by = holder(session, "reviewer", "学务部", college.now).id
    with pytest.raises(Refused, match="自己提交"):
        returned(college, "reviewer", made)
    assert college.stage(made.owner_id) == "checked"


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


def test_the_asker_takes_it_back(college: College) -> None:
    made = asked(college)
    for role in ("reviewer", "office"):
        with pytest.raises(Refused):
            act(college, role, lambda s, who: withdraw(s, who, made.id or 0, college.now))
    act(college, "collector", lambda s, who: withdraw(s, who, made.id or 0, college.now))
    assert state(college) == "withdrawn"
    assert college.events(made.assignment_id) == ["ask-addition", "withdraw-addition"]
    for answer in (withdraw, lambda s, who, key, now: promise(s, who, key, "", now)):
        with pytest.raises(Conflict, match="已撤回"):
            act(college, "collector", lambda s, who, do=answer: do(s, who, made.id or 0, college.now))
    with college.database.reading() as session:
        assert waiting_on(session) == {}


def test_what_the_asker_mended_himself_is_waited_for_no_longer(college: College) -> None:
    """His own slip: the value is gone from his newest rows, whether the source is approved or not."""
    made = asked(college)
    college.settle()
    assert state(college) == "asked"
    college.back(made.owner_id)
    college.keep(DROPOUTS, "20180001", "20180003", "20180002")
    college.settle()
    assert state(college) == "asked"
    college.keep(DROPOUTS, "20180001")
    college.settle()
    with college.database.reading() as session:
        kept = session.exec(select(Addition)).one()
        assert (kept.state, kept.closed_at is None, waiting_on(session)) == ("withdrawn", False, {})
    assert college.events(made.assignment_id) == ["ask-addition", "withdraw-addition"]


def history(college: College, owner: int) -> list[str]:
    """The verbs of the source table's last events."""
    with college.database.reading() as session:
        return [each.event.verb for each in happenings(session, owner)][:2]


def again(college: College, key: int, value: str) -> Addition:
    """The same table misses another student."""
    version = college.newest(key).id or 0
    with college.database.writing() as session:
        found = StoredFinding(
            version_id=version, rule="reference", severity="error", message="x", value=value
        )
        found.sheet, found.column, found.row, found.cell = DROPOUTS, "学号", 9, "A9"
        session.add(found)
        session.flush()
        finding = found.id or 0
    return act(college, "collector", lambda s, who: ask(s, who, key, finding, "", college.now))


@pytest.mark.parametrize("end", ["refuse", "withdraw", "mended"])
def test_a_source_returned_for_nothing_is_approved_again(college: College, end: str) -> None:
    made = asked(college)
    owner = returned(college, "reviewer", made).owner_id
    with college.database.reading() as session:
        before = line(session, owner).assignment
    if end == "refuse":
        act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, "此人未报到", college.now))
    elif end == "withdraw":
        act(college, "collector", lambda s, who: withdraw(s, who, made.id or 0, college.now))
    else:
        college.keep(DROPOUTS, "20180001")
        college.settle()
    with college.database.reading() as session:
        row = line(session, owner).assignment
        assert (row.reopened, row.version_id, row.reviewed_at) == ("", before.version_id, before.reviewed_at)
    assert "restore" in history(college, owner)
    college.settle()
    assert college.stage(owner) == "checked"


def test_a_source_that_another_still_needs_stays_open(college: College) -> None:
    made = asked(college)
    owner = returned(college, "reviewer", made).owner_id
    other = again(college, made.assignment_id, "20180009")
    act(college, "collector", lambda s, who: promise(s, who, other.id or 0, "", college.now))
    act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, "未报到", college.now))
    assert college.stage(owner) == "returned"
    act(college, "collector", lambda s, who: refuse(s, who, other.id or 0, "未报到", college.now))
    assert college.stage(owner) == "reviewed"


def test_what_its_collector_has_begun_is_not_taken_away(college: College) -> None:
    made = asked(college)
    owner = returned(college, "reviewer", made).owner_id
    college.keep(STUDENTS, "20180001", "20180003")
    act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, "未报到", college.now))
    assert college.stage(owner) == "returned"


def test_a_return_for_another_reason_stands(college: College) -> None:
    made = asked(college)
    act(college, "collector", lambda s, who: promise(s, who, made.id or 0, "", college.now))
    college.back(made.owner_id)
    act(college, "collector", lambda s, who: refuse(s, who, made.id or 0, "未报到", college.now))
    assert college.stage(made.owner_id) == "returned"
