"""Who is acting, and what he may do; the only place that knows the roles' rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models import Assignment, DataTable, Grant, Person
from models.errors import NotFound, Refused
from models.person import in_force

ROLES = ("collector", "reviewer", "head", "leader", "office", "auditor")
SEES_ALL = frozenset({"office", "auditor", "leader"})


@dataclass(frozen=True)
class Right:
    role: str
    department_id: int | None
    table_code: str | None


@dataclass(frozen=True)
class Who:
    """A signed-in person with the rights that hold now."""

    id: int
    staff_no: str
    name: str
    department_id: int | None
    rights: tuple[Right, ...]

    def has(self, role: str) -> bool:
        return any(right.role == role for right in self.rights)

    @property
    def office(self) -> bool:
        return self.has("office")

    def departments(self, role: str) -> set[int]:
        """The departments for which this person holds the role."""
        return {r.department_id for r in self.rights if r.role == role and r.department_id is not None}


def who_is(session: Session, person_id: int, now: datetime) -> Who | None:
    """The person with the rights in force at ``now``; None where unknown or no longer active."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    held = select(Grant).where(Grant.person_id == person_id, in_force(now)).order_by(col(Grant.id))
    rights = tuple(Right(grant.role, grant.department_id, grant.table_code) for grant in session.exec(held))
    return Who(person_id, person.staff_no, person.name, person.department_id, rights)


def may_see(who: Who, assignment: Assignment) -> bool:
    """Office, auditor and leaders see every assignment; others those their department collects or reviews."""
    mine = sight(who)
    return mine is None or assignment.department_id in mine or assignment.reviewer_id in mine


def sight(who: Who) -> set[int] | None:
    """The departments whose assignments this person sees, as they collect or review them; None sees all."""
    if any(right.role in SEES_ALL for right in who.rights):
        return None
    return {right.department_id for right in who.rights if right.department_id is not None}


def may_collect(who: Who, assignment: Assignment) -> bool:
    """The collectors of the collecting department (S7: the data belongs to the assignment)."""
    return assignment.department_id in who.departments("collector")


def may_review(who: Who, assignment: Assignment, table: DataTable) -> bool:
    """The reviewers of the reviewing department, narrowed to single tables where the grant says so."""
    return any(
        right.role == "reviewer"
        and right.department_id == assignment.reviewer_id
        and right.table_code in (None, table.code)
        for right in who.rights
        if right.department_id is not None
    )


def demand_sight(who: Who, assignment: Assignment) -> None:
    """NotFound where the assignment isn't this person's to see: its existence isn't told either."""
    if not may_see(who, assignment):
        raise NotFound("没有这项采集任务。", "它可能属于其他部门；请从“我的任务”进入。")


def demand_collector(who: Who, assignment: Assignment) -> None:
    """Refused unless this person collects for the assignment's department."""
    demand_sight(who, assignment)
    if not may_collect(who, assignment):
        raise Refused("只有采集部门的采集员可以填报这张表。", "如需代填，请质量部在“人员”中授予采集员权限。")


def demand_reviewer(who: Who, assignment: Assignment, table: DataTable) -> None:
    """Refused unless this person reviews the table for the reviewing department."""
    demand_sight(who, assignment)
    if not may_review(who, assignment, table):
        raise Refused("只有审核部门的审核员可以审核这张表。", "如需代审，请质量部在“人员”中授予审核员权限。")


def demand_office(who: Who) -> None:
    """Refused unless this person is of the quality office."""
    if not who.office:
        raise Refused("只有质量部可以进行此操作。", "如确需办理，请联系质量部。")


def demand_office_or_console(by: Who | None) -> None:
    """The same for what is done at the machine's own command line too, where ``by`` is nobody."""
    if by is not None:
        demand_office(by)
