"""Whom the departments have named: their collectors and reviewers by staff number."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from models.campaign import Department
from models.person import Grant, Person
from plans.lint_people import DepartmentRoles


def named_roles(session: Session, now: datetime) -> dict[str, DepartmentRoles] | None:
    """The active people with rights in force at ``now``, by department; None while nobody is named."""
    statement = (
        select(Department.name, Grant, Person.staff_no)
        .join(Grant, col(Grant.department_id) == Department.id)
        .join(Person, col(Grant.person_id) == Person.id)
        .where(col(Person.active), col(Department.closed).is_(False))
        .where(col(Grant.role).in_(("collector", "reviewer")))
        .order_by(col(Department.position), col(Person.staff_no))
    )
    named: dict[str, dict[str, dict[str, None]]] = {}
    for department, grant, staff_no in session.exec(statement):
        if (grant.since is None or grant.since <= now) and (grant.until is None or now < grant.until):
            named.setdefault(department, {}).setdefault(grant.role, {})[staff_no] = None
    return {
        department: DepartmentRoles(tuple(roles.get("collector", ())), tuple(roles.get("reviewer", ())))
        for department, roles in named.items()
    } or None
