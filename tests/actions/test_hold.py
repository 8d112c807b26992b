"""A line held back from the leaders: with a reason, until a day, and for nobody else."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlmodel import Session, col, select

from actions.hold import hold, lift
from actions.late import late_report
from actions.notices import due
from actions.plan_in_force import plan_in_force, rules_in_force
from models import Event
from models.board import board
from models.database import Database
from models.errors import Conflict, NotFound, Refused, Unusable
from models.hold import held_back, hold_of
from tests.actions.people import holder, office, task
from tests.conftest import SHANGHAI

WHY = "专业带头人住院，学校已知悉"
MONDAY = date(2020, 11, 16)
EVE = datetime(2020, 11, 11, 10, 0, tzinfo=SHANGHAI)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def to_leaders(session: Session, now: datetime) -> dict[str, list[str]]:
    """What leaders are owed to be told at ``now`` of the source tables, by rule."""
    found: dict[str, list[str]] = {}
    for each in due(session, now):
        if each.audience in ("leader", "leaders"):
            found.setdefault(each.rule, []).append(each.subject)
    return found


def hold_majors(session: Session) -> int:
    key = task(session, "7.1.1", "教务部").id
    hold(session, office(session, EVE), key, MONDAY, f" {WHY} ", EVE)
    return key


def test_leaders_are_told_of_everything_else(campaign: Database) -> None:
    with campaign.writing() as session:
        before = to_leaders(session, moment("11-12T08:30"))
        hold_majors(session)
        after = to_leaders(session, moment("11-12T08:30"))
    assert before["leader-1-after"].index("7.1.1@教务部") == 2
    before["leader-1-after"].remove("7.1.1@教务部")
    assert after == before


def test_collector_head_and_office_hear_as_before(campaign: Database) -> None:
    def told(session: Session) -> list[tuple[str, str]]:
        moments = (moment("11-11T13:30"), moment("11-12T08:30"))
        return [
            (each.rule, each.audience)
            for now in moments
            for each in due(session, now)
            if each.subject == "7.1.1@教务部" and each.audience not in ("leader", "leaders")
        ]

    with campaign.writing() as session:
        before = told(session)
        hold_majors(session)
        assert told(session) == before
    assert {"collector", "head", "office"} == {audience for _, audience in before}


def test_it_ends_by_itself_or_is_lifted(campaign: Database) -> None:
    with campaign.writing() as session:
        key = hold_majors(session)
        schedule = plan_in_force(session).schedule
        standing = hold_of(session, key, moment("11-12T09:00"))
        assert standing is not None
        assert (standing.until, standing.reason) == (schedule.due_at(MONDAY), WHY)
        assert hold_of(session, key, standing.until) is None
        lifted = lift(session, office(session, standing.until), key, "", moment("11-13T09:00"))
        assert lifted.end == moment("11-13T09:00")
        assert hold_of(session, key, moment("11-13T09:00")) is None
        assert hold_of(session, key, moment("11-13T08:59")) is not None
        [(known, [told])] = held_back(session).items()
        assert (known, told.since, told.until) == (key, moment("11-11T10:00"), moment("11-13T09:00"))
        with pytest.raises(Conflict, match="没有在暂缓上报"):
            lift(session, office(session, standing.until), key, "", moment("11-13T09:01"))


def test_both_stand_in_the_course_of_events_and_move_nothing(campaign: Database) -> None:
    with campaign.writing() as session:
        key = hold_majors(session)
        lift(session, office(session, moment("11-12T09:00")), key, " 已到岗 ", moment("11-12T09:00"))
        told = session.exec(select(Event).where(Event.assignment_id == key).order_by(col(Event.id))).all()
    assert [(each.verb, each.reason) for each in told] == [
        ("hold", f"至 2020-11-16 23:59：{WHY}"),
        ("lift-hold", "已到岗"),
    ]
    assert {(each.from_stage, each.to_stage) for each in told} == {("pending", "pending")}


def test_the_late_report_names_it_at_any_moment_of_its_past(campaign: Database) -> None:
    with campaign.writing() as session:
        hold_majors(session)

        def held(text: str) -> list[tuple[str, str]]:
            report = late_report(session, moment(text))
            held = [line for line in report.late if line.held_until]
            return [(f"{line.held_until:%m-%d %H:%M}", line.held_reason) for line in held]

        assert held("11-12T08:30") == [("11-16 23:59", WHY)]
        assert held("11-17T08:30") == []
        assert len(late_report(session, moment("11-12T08:30")).late) == 5
        document = late_report(session, moment("11-12T08:30")).as_dict()["late"]
    held_until = {line["table"]: line["held_until"] for line in document}
    assert (held_until["7.1.1"], held_until["7.2"]) == ("2020-11-16T23:59:59+08:00", None)


def test_the_board_marks_it(campaign: Database) -> None:
    def marked(session: Session, now: datetime) -> list[int]:
        rows = board(session, rules_in_force(session), now).rows
        return [cell.id for row in rows for cell in row.cells.values() if cell.held]

    with campaign.writing() as session:
        key = hold_majors(session)
        assert marked(session, moment("11-12T09:00")) == [key]
        assert marked(session, moment("11-17T09:00")) == []


@pytest.mark.parametrize(
    ("until", "reason", "sentence"),
    [
        (MONDAY, " ", "必须写明原因"),
        (date(2020, 11, 10), WHY, "11月10日已经过去"),
        (date(9999, 12, 31), WHY, "太远了"),
    ],
)
def test_what_is_refused_says_why(campaign: Database, until: date, reason: str, sentence: str) -> None:
    with campaign.writing() as session, pytest.raises(Unusable, match=sentence):
        hold(session, office(session, EVE), task(session, "7.1.1", "教务部").id, until, reason, EVE)


def test_one_at_a_time_for_what_is_still_owed_by_the_office(campaign: Database) -> None:
    with campaign.writing() as session:
        boss, key = office(session, EVE), hold_majors(session)
        with pytest.raises(Conflict, match="已在暂缓上报"):
            hold(session, boss, key, MONDAY, WHY, EVE)
        other = task(session, "1.6", "政务部")
        with pytest.raises(Refused):
            hold(session, holder(session, "collector", "政务部", EVE), other.id, MONDAY, WHY, EVE)
        with pytest.raises(Refused):
            lift(session, holder(session, "collector", "教务部", EVE), key, "", EVE)
        other.assignment.exempt = True
        session.add(other.assignment)
        session.flush()
        with pytest.raises(Conflict, match="不需要暂缓"):
            hold(session, boss, other.id, MONDAY, WHY, EVE)
        with pytest.raises(NotFound):
            hold(session, boss, 9999, MONDAY, WHY, EVE)
