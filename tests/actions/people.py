"""Finds the sample people and assignments that tests act with."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.submit import Content
from actions.who import Who, who_is
from checks.finding import Finding
from models import DataTable, Department, Grant, Person
from models.worklist import Line, lines


def who(session: Session, staff_no: str, now: datetime) -> Who:
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
    found = who_is(session, person.id or 0, now)
    assert found is not None
    return found


def holder(session: Session, role: str, department: str, now: datetime) -> Who:
    """The sample person who holds the role for the department."""
    statement = (
        select(Person.staff_no)
        .join(Grant)
        .join(Department, Grant.department_id == Department.id)
        .where(Grant.role == role, Department.name == department)
    )
    return who(session, session.exec(statement).one(), now)


def office(session: Session, now: datetime) -> Who:
    return who(session, "S000", now)


def task(session: Session, code: str, department: str) -> Line:
    (found,) = lines(session, table=code, department=department)
    return found


def workbook(name: str, base: int | None = None, findings: tuple[Finding, ...] = ()) -> Content:
    """A workbook's content by the name of its bytes, clean unless findings are given."""
    return Content(
        kind="upload",
        blob=name,
        rows_blob=f"rows-{name}",
        filename=f"{name}.xlsx",
        base=base,
        findings=findings,
    )


def attested(session: Session, code: str) -> None:
    """Make the table one that is typed into the national platform."""
    table = session.exec(select(DataTable).where(DataTable.code == code)).one()
    table.evidence = "attest"
    session.add(table)
    session.flush()
