"""Whose the lateness is while somebody waits for an addition to a source table."""

from __future__ import annotations

from datetime import datetime, timedelta

from actions.additions import ask, refuse
from actions.late import late_report
from actions.submit import latest_version
from models import Addition
from models.late import LateLine, LateReport
from models.stages import Move, move
from models.worklist import line
from tests.actions.people import task
from tests.flows.adding import ASKS, OWNS, TEACHING, act, asked, missing
from tests.flows.colleges import College


def asking(report: LateReport) -> LateLine:
    [found] = [each for each in report.late if each.table == ASKS]
    return found


def test_only_the_days_of_waiting_are_the_owner_s(college: College) -> None:
    """Due on Wednesday the 18th, asked on Monday the 23rd, refused on Thursday the 26th."""
    key, finding = missing(college)
    with college.database.writing() as session:
        owner = line(session, task(session, OWNS, "学务部").id)
        owner.assignment.department_id = task(session, "7.1.1", TEACHING).assignment.department_id
        session.add(owner.assignment)
    zone = college.now.tzinfo
    moments = [datetime(2020, 11, day, 10, tzinfo=zone) for day in (23, 25, 26, 30)]
    made = act(college, "collector", lambda s, who: ask(s, who, key, finding, "", moments[0]))
    with college.database.reading() as session:
        before = asking(late_report(session, moments[0] - timedelta(hours=1)))
        meanwhile = asking(late_report(session, moments[1]))
    act(college, "office", lambda s, who: refuse(s, who, made.id or 0, "此人未报到", moments[2]))
    with college.database.reading() as session:
        after = asking(late_report(session, moments[3]))
    told = [
        (dict(each.waited), each.days["collector"], each.answerable) for each in (before, meanwhile, after)
    ]
    assert told == [
        ({}, 3, ("学务部",)),
        ({TEACHING: 3}, 2, ("学务部", TEACHING)),
        ({TEACHING: 3}, 5, ("学务部",)),
    ]


def test_asked_in_time_the_lateness_is_the_owner_s_alone(college: College) -> None:
    made = asked(college)
    with college.database.writing() as session:
        other = session.get_one(Addition, made.id)
        owner = task(session, "7.1.1", TEACHING)
        session.add(
            Addition(
                assignment_id=other.assignment_id,
                owner_id=owner.id,
                table_code="7.1.1",
                column="专业代码",
                value="1",
                asked_at=college.now,
            )
        )
    with college.database.reading() as session:
        report = late_report(session, college.now + timedelta(days=30))
    found = asking(report)
    assert (found.waiting_on, found.answerable) == (("学务部", TEACHING), ("学务部", TEACHING))
    assert (found.days["collector"], found.held_by) == (0, "collector")
    document = next(each for each in report.as_dict()["late"] if each["table"] == ASKS)
    assert (document["waiting_on"], document["answerable"]) == (["学务部", TEACHING], ["学务部", TEACHING])


def test_what_waits_for_a_review_waits_for_nobody_else(college: College) -> None:
    made = asked(college)
    with college.database.writing() as session:
        row = line(session, made.assignment_id).assignment
        version = latest_version(session, row.id or 0)
        move(session, row, Move("submit", "collected", college.now, None, version.id if version else None))
    with college.database.reading() as session:
        found = asking(late_report(session, college.now + timedelta(days=30)))
    assert (found.held_by, found.waiting_on, found.answerable) == ("reviewer", (), ("学务部",))
