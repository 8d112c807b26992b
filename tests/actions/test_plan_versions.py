"""Each version of the plan is kept: what it changed, who applied it, and it can be had again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from actions.load_plan import apply, impact
from actions.plan_in_force import plan_in_force
from actions.plan_versions import plan_again, plan_versions
from models import PlanVersion
from models.database import Database
from models.errors import NotFound
from models.worklist import lines
from plans.load import load_plan
from plans.plan import Plan
from plans.tasks_file import write_tasks
from tests.actions.people import holder, office, task
from tests.actions.played import move
from web.plan_words import plan_change


def later(plan: Plan, code: str, day: int) -> Plan:
    tables = [replace(each, due=date(2020, 11, day)) if each.code == code else each for each in plan.tables]
    return load_plan(write_tasks(tables), plan.text["schedule"])


def attesting(plan: Plan) -> Plan:
    return load_plan(
        plan.text["tasks"], plan.text["schedule"].replace("evidence: upload", "evidence: attest")
    )


def test_each_version_tells_what_it_changed(campaign: Database, plan: Plan, morning: datetime) -> None:
    with campaign.writing() as session:
        boss = office(session, morning)
        apply(session, later(plan, "10.5", 20), boss, morning)
        apply(session, attesting(later(plan, "10.5", 20)), boss, morning + timedelta(hours=1))
        told = [
            (each.number, each.by, plan_change(each.changed, each.number == 1))
            for each in plan_versions(session)
        ]
    name = boss.name
    assert told == [
        (3, name, "填报方式：72 张表；设置：填报方式"),
        (2, name, "截止日期：10.5"),
        (1, None, "首次载入"),
    ]


def test_the_newest_are_told_as_among_all(campaign: Database, plan: Plan, morning: datetime) -> None:
    with campaign.writing() as session:
        for day in (20, 23, 24):
            apply(session, later(plan, "10.5", day), None, morning)
        assert plan_versions(session, 2) == plan_versions(session)[:2]
        assert len(plan_versions(session, 9)) == 4


def test_a_version_applied_again_is_the_plan_of_then(
    campaign: Database, plan: Plan, morning: datetime
) -> None:
    with campaign.writing() as session:
        apply(session, later(plan, "10.5", 20), None, morning)
        apply(session, plan_again(session, 1), None, morning + timedelta(hours=1))
        assert plan_in_force(session) == plan
        assert [each.number for each in plan_versions(session)] == [3, 2, 1]
        with pytest.raises(NotFound, match="没有第 9 版计划"):
            plan_again(session, 9)


def test_a_version_that_cannot_be_read_any_more_says_so(
    campaign: Database, plan: Plan, morning: datetime
) -> None:
    with campaign.writing() as session:
        apply(session, later(plan, "10.5", 20), None, morning)
        session.exec(select(PlanVersion).where(PlanVersion.number == 1)).one().schedule_text = "name: [\n"
        session.flush()
        assert [plan_change(each.changed, each.number == 1) for each in plan_versions(session)] == [
            "与前一版无法比较",
            "首次载入",
        ]


def test_the_impact_of_another_way_of_handing_in(campaign: Database, plan: Plan, morning: datetime) -> None:
    with campaign.writing() as session:
        hand_in(session, morning)
        found = impact(session, attesting(plan))
        document = found.as_dict()
    assert document["evidence"] == {"assignments": 189, "handed_in": 1}
    assert {(each["field"], each["from"], each["to"]) for each in document["changed"]} == {
        ("evidence", "upload", "attest")
    }
    assert (len(document["changed"]), document["settings"]) == (72, ["evidence"])
    assert found.people_notified == 28


def hand_in(session: Session, now: datetime) -> None:
    """One is handed in, one is sent back; the others wait."""
    assert holder(session, "collector", "政务部", now)
    move(session, task(session, "1.6", "政务部").assignment, now, "submit", "collected")
    back = task(session, "6.1", "政务部").assignment
    move(session, back, now, "submit", "collected")
    move(session, back, now, "return", "returned")
    assert len(lines(session)) == 189
