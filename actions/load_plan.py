"""Loading a plan: shows its impact first, then applies it in one transaction and keeps all work done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, insert, select

from actions.clock import now
from actions.plan_in_force import plan_version_in_force
from actions.who import Who, demand_office_or_console
from models import Assignment, Campaign, DataTable, Department, Grant, Person, PlanVersion
from models.errors import NotFound, Sentence
from models.person import in_force
from models.stages import APPROVED, COLLECTED
from models.system import counts_from
from models.worklist import loaded_campaign
from plans.diff import PlanDiff, diff
from plans.importing import import_plan
from plans.load import load_plan, read_text
from plans.plan import Obligation, Plan, PlanTable
from plans.tasks_file import write_tasks

HANDED_IN = (COLLECTED, *APPROVED)
"""Stages that go on as they were handed in: what was sent back is handed in anew, the new way."""


@dataclass(frozen=True)
class Impact:
    """What loading a plan would change; ``people_notified`` counts those whose departments are touched,
    ``handed_in`` what has been handed in already of the assignments that change their way of it."""

    diff: PlanDiff
    people_notified: int
    handed_in: int = 0

    @property
    def empty(self) -> bool:
        return self.diff.empty

    def as_dict(self) -> dict[str, Any]:
        """The document of `plan diff --json`."""
        return self.diff.as_dict(self.people_notified, self.handed_in)


def impact(session: Session, plan: Plan) -> Impact:
    """The difference between the loaded campaign and ``plan``; nothing is applied."""
    campaign = loaded_campaign(session)
    former = None
    if campaign is not None:
        version = plan_version_in_force(session, campaign)
        former = load_plan(version.tasks_text, version.schedule_text)
    difference = diff(former, plan)
    handed_in = _handed_in(session, {code for code, _ in difference.evidence_changed})
    return Impact(difference, _people_of(session, difference.departments), handed_in)


def proposed_plan(session: Session, new: Path) -> Plan:
    """The plan that a file or folder proposes; what it leaves out stays as loaded.

    A folder holds `tasks.csv`, `schedule.yaml` or both; a file is one of them, or a decomposition in
    Word or Excel.  PlanError where it cannot be used.
    """
    text = {"tasks": "", "schedule": ""}
    campaign = loaded_campaign(session)
    if campaign is not None:
        version = plan_version_in_force(session, campaign)
        text = {"tasks": version.tasks_text, "schedule": version.schedule_text}
    text |= _texts_of(new, campaign.year if campaign else None)
    return load_plan(text["tasks"], text["schedule"])


def _texts_of(new: Path, year: int | None) -> dict[str, str]:
    if new.is_dir():
        found = {"tasks": new / "tasks.csv", "schedule": new / "schedule.yaml"}
        texts = {name: read_text(path) for name, path in found.items() if path.exists()}
        if not texts:
            raise NotFound(
                Sentence("目录 %(new)s 里既没有 tasks.csv，也没有 schedule.yaml。", new=new),
                "请指定含有其中至少一个文件的目录。",
            )
        return texts
    if new.suffix.lower() in (".yaml", ".yml"):
        return {"schedule": read_text(new)}
    if new.suffix.lower() == ".csv":
        return {"tasks": read_text(new)}
    return {"tasks": write_tasks(import_plan(new, year).tables)}


def apply(session: Session, plan: Plan, by: Who | None, now: datetime) -> Impact:
    """Make the campaign what the plan says.  The same plan twice changes nothing; no work is lost:
    what left the plan is closed, not deleted, and reopens when a plan names it again.  ``by`` is of the
    office, or None at the command line."""
    demand_office_or_console(by)
    outcome = impact(session, plan)
    campaign = loaded_campaign(session)
    if campaign is not None and _same_text(session, campaign, plan):
        return outcome
    if campaign is None:
        schedule = plan.schedule
        campaign = Campaign(name=schedule.name, year=schedule.year, timezone=schedule.timezone)
        session.add(campaign)
        session.flush()
    _record_version(session, campaign, plan, by.id if by else None, now)
    departments = _settle_departments(session, campaign, plan)
    tables = _settle_tables(session, campaign, plan)
    _settle_assignments(session, plan, departments, tables)
    session.flush()
    return outcome


def _same_text(session: Session, campaign: Campaign, plan: Plan) -> bool:
    version = plan_version_in_force(session, campaign)
    return plan.text == {"tasks": version.tasks_text, "schedule": version.schedule_text}


def _record_version(session: Session, campaign: Campaign, plan: Plan, by: int | None, now: datetime) -> None:
    number = session.exec(
        select(func.coalesce(func.max(PlanVersion.number), 0)).where(PlanVersion.campaign_id == campaign.id)
    ).one()
    version = PlanVersion(
        campaign_id=campaign.id or 0,
        number=number + 1,
        schedule_text=plan.text["schedule"],
        tasks_text=plan.text["tasks"],
        applied_at=counts_from(session, now),
        applied_by=by,
    )
    session.add(version)
    session.flush()
    schedule = plan.schedule
    campaign.plan_version_id, campaign.name = version.id, schedule.name
    campaign.year, campaign.timezone = schedule.year, schedule.timezone
    session.add(campaign)


def _settle_departments(session: Session, campaign: Campaign, plan: Plan) -> dict[str, Department]:
    known = {
        row.name: row for row in session.exec(select(Department).where(Department.campaign_id == campaign.id))
    }
    named = {department.name for department in plan.schedule.departments}
    for name, row in known.items():
        row.closed = name not in named
    for position, department in enumerate(plan.schedule.departments):
        row = known.setdefault(
            department.name, Department(campaign_id=campaign.id or 0, name=department.name)
        )
        row.position, row.sample = position, department.sample
        session.add(row)
    session.flush()
    return known


def _settle_tables(session: Session, campaign: Campaign, plan: Plan) -> dict[str, DataTable]:
    known = {
        row.code: row for row in session.exec(select(DataTable).where(DataTable.campaign_id == campaign.id))
    }
    codes = {table.code for table in plan.tables}
    for code, row in known.items():
        row.closed = code not in codes
    for table in plan.tables:
        values = _columns(campaign, plan, table)
        row = known.setdefault(table.code, DataTable(**values))
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
    session.flush()
    return known


def _columns(campaign: Campaign, plan: Plan, table: PlanTable) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id or 0,
        "no": table.no,
        "code": table.code,
        "name": table.name,
        "printed": table.printed,
        "directory": table.directory,
        "step": table.step,
        "due": plan.schedule.due_at(table.due),
        "due_stage": table.due_stage,
        "evidence": table.evidence or plan.schedule.evidence,
        "preloaded": table.preloaded,
    }


def _settle_assignments(
    session: Session, plan: Plan, departments: dict[str, Department], tables: dict[str, DataTable]
) -> None:
    known = {(row.table_id, row.department_id): row for row in session.exec(select(Assignment))}
    wanted = {
        (tables[each.code].id or 0, departments[each.department].id or 0): _reviewer(each, departments)
        for each in plan.obligations()
    }
    for key, row in known.items():
        row.closed = key not in wanted
        row.reviewer_id = wanted.get(key, row.reviewer_id)
        session.add(row)
    names = ("table_id", "department_id", "reviewer_id")
    new = [dict(zip(names, (*key, wanted[key]), strict=True)) for key in wanted if key not in known]
    if new:
        session.connection().execute(insert(Assignment), new)


def _reviewer(obligation: Obligation, departments: dict[str, Department]) -> int | None:
    return departments[obligation.reviewer].id if obligation.reviewer else None


def _handed_in(session: Session, codes: Collection[str]) -> int:
    """How many assignments of these tables have been handed in, whatever became of it."""
    counted = select(func.count()).select_from(Assignment)
    of_tables = counted.join(DataTable, col(Assignment.table_id) == DataTable.id)
    handed_in = col(Assignment.closed).is_(False), col(Assignment.stage).in_(HANDED_IN)
    return session.exec(of_tables.where(col(DataTable.code).in_(codes), *handed_in)).one()


def _people_of(session: Session, departments: frozenset[str]) -> int:
    statement = (
        select(func.count(func.distinct(Grant.person_id)))
        .join(Department, col(Grant.department_id) == Department.id)
        .join(Person, col(Grant.person_id) == Person.id)
        .where(col(Department.name).in_(departments), col(Person.active), in_force(now(session)))
    )
    return session.exec(statement).one()
