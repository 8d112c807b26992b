"""Rows for tests that need an assignment but no plan."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from models import Assignment, Campaign, DataTable, Department, Person, Version

DUE = datetime(2020, 11, 18, 15, 59, 59, tzinfo=UTC)


def person(session: Session, staff_no: str) -> Person:
    found = Person(staff_no=staff_no, name=staff_no, email=f"{staff_no}@sample.example")
    session.add(found)
    session.flush()
    return found


def assignment(session: Session) -> Assignment:
    campaign = Campaign(name="2020", year=2020, timezone="Asia/Shanghai")
    session.add(campaign)
    session.flush()
    department = Department(campaign_id=campaign.id or 0, name="学务部")
    table = DataTable(
        campaign_id=campaign.id or 0,
        no=62,
        code="10.1.2",
        name="学生就业信息",
        printed="10.1.2 学生就业信息",
        step=2,
        due=DUE,
        due_stage="collected",
        evidence="upload",
    )
    session.add_all([department, table])
    session.flush()
    found = Assignment(table_id=table.id or 0, department_id=department.id or 0, reviewer_id=department.id)
    session.add(found)
    session.flush()
    return found


def version(session: Session, owner: Assignment, number: int, at: datetime) -> Version:
    found = Version(assignment_id=owner.id or 0, number=number, kind="nil", made_at=at)
    session.add(found)
    session.flush()
    return found
