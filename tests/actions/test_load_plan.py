"""Loading a plan: once, twice, changed, and back; no work is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from actions.load_plan import apply, impact, proposed_plan
from actions.plan_in_force import plan_in_force
from actions.submit import submit, upload
from models import Assignment, DataTable, PlanVersion
from models.database import Database
from models.worklist import Line, lines
from plans.load import load_plan
from plans.plan import Plan, PlanTable
from plans.problems import PlanError
from plans.tasks_file import write_tasks
from tests.actions.people import holder, task, workbook


def changed(plan: Plan, *tables: PlanTable) -> Plan:
    return load_plan(write_tasks(tables), plan.text["schedule"])


def counts(session: Session) -> tuple[int, int, int]:
    return (
        session.exec(select(func.count()).select_from(DataTable)).one(),
        session.exec(select(func.count()).select_from(Assignment)).one(),
        session.exec(select(func.count()).select_from(PlanVersion)).one(),
    )


def test_the_2020_plan_becomes_72_tables_and_189_assignments(campaign: Database) -> None:
    with campaign.reading() as session:
        assert counts(session) == (72, 189, 1)
        found = lines(session)
    assert len([line for line in found if line.table.source]) == 5
    assert {line.reviewer for line in lines_of(found, "12")} == {"质量部"}
    assert {line.department for line in lines_of(found, "8.1")} == {"教务部", "学务部"}


def lines_of(found: list[Line], code: str) -> list[Line]:
    return [line for line in found if line.table.code == code]


def test_the_same_plan_twice_changes_nothing(campaign: Database, plan: Plan, morning: datetime) -> None:
    with campaign.writing() as session:
        assert apply(session, plan, None, morning + timedelta(days=1)).empty
        assert counts(session) == (72, 189, 1)


def test_the_impact_is_shown_before_anything_changes(
    campaign: Database, plan: Plan, morning: datetime
) -> None:
    later = replace(plan.table("10.5"), due=date(2020, 11, 20))
    tables = [later if table.code == "10.5" else table for table in plan.tables if table.code != "10.4"]
    with campaign.reading() as session:
        document = impact(session, changed(plan, *tables)).as_dict()
    assert (document["added"], document["removed"]) == ([], ["10.4"])
    assert document["changed"] == [{"code": "10.5", "field": "due", "from": "2020-11-18", "to": "2020-11-20"}]
    # 学务部 collects and reviews both tables: its two people and the leader in charge hear of it.
    assert document["impact"] == {
        "assignments_added": 0,
        "assignments_closed": 1,
        "deadlines_moved": 1,
        "people_notified": 3,
    }


def test_work_done_survives_a_table_that_leaves_and_comes_back(
    campaign: Database, plan: Plan, morning: datetime
) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        row = task(session, "10.4", "学务部")
        kept = upload(session, collector, row.id, workbook("a"), morning)
        submit(session, collector, row.id, kept.id or 0, morning, None)
    without = [table for table in plan.tables if table.code != "10.4"]
    with campaign.writing() as session:
        apply(session, changed(plan, *without), None, morning)
        assert lines(session, table="10.4") == []
        apply(session, plan, None, morning)
        back = task(session, "10.4", "学务部")
        assert (back.id, back.assignment.stage, back.assignment.version_id) == (row.id, "collected", kept.id)
        assert counts(session) == (72, 189, 3)


def test_what_a_file_leaves_out_stays_as_loaded(campaign: Database, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text(plan.text["tasks"].replace("2020-11-18", "2020-11-19"), "utf-8")
    with campaign.reading() as session:
        alone = proposed_plan(session, tmp_path / "tasks.csv")
        folder = proposed_plan(session, tmp_path)
        assert plan_in_force(session).table("1.1").due == date(2020, 11, 18)
    assert alone.tables == folder.tables
    assert alone.schedule == plan.schedule
    assert alone.table("1.1").due == date(2020, 11, 19)


def test_a_plan_that_cannot_be_used_changes_nothing(campaign: Database, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text(plan.text["tasks"].replace("图书馆", "图书室"), "utf-8")
    with campaign.writing() as session, pytest.raises(PlanError) as refused:
        apply(session, proposed_plan(session, tmp_path), None, datetime(2020, 11, 6).astimezone())
    assert {problem.id for problem in refused.value.problems} == {"unknown-unit"}
    with campaign.reading() as session:
        assert counts(session) == (72, 189, 1)
