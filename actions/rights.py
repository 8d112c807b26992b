"""Rights end and stay on record; whoever ends some is told which, and where nobody is left to do the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models import Department, Grant, Person
from models.errors import Conflict
from models.person import in_force
from models.rosters import ROSTER_ROLES, rosters
from models.worklist import current_campaign


@dataclass(frozen=True)
class Ended:
    """A right that was taken away: whose, which role, for which department or table, if for one."""

    staff_no: str
    name: str
    role: str
    department: str
    table: str


@dataclass(frozen=True)
class Vacancy:
    """A department that has nobody in this role any more."""

    department: str
    role: str


@dataclass(frozen=True)
class Taken:
    """What a change took away, and what is vacant since."""

    ended: tuple[Ended, ...] = ()
    vacant: tuple[Vacancy, ...] = ()


NOTHING = Taken()


class Ending:
    """Ends rights at ``now`` in one change, of which it then tells."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._names = {row.id: row.name for row in session.exec(select(Department))}
        self._named = self._filled()
        self._ended: list[Ended] = []

    def end(self, person: Person, grant: Grant) -> None:
        """This right is over from now on."""
        grant.until = self._now
        self._session.add(grant)
        department = self._names.get(grant.department_id, "")
        self._ended.append(
            Ended(person.staff_no, person.name, grant.role, department, grant.table_code or "")
        )

    def taken(self) -> Taken:
        """What was taken; Conflict where nobody of the quality office would be left."""
        self._session.flush()
        if any(each.role == "office" for each in self._ended):
            self._demand_office()
        filled = self._filled()
        vacant = tuple(each for each in self._named if each not in filled)
        return Taken(tuple(self._ended), vacant)

    def _filled(self) -> dict[Vacancy, None]:
        """The places that are filled, in the order of the plan."""
        found = rosters(self._session, current_campaign(self._session).id or 0, self._now)
        return {
            Vacancy(each.department, role): None
            for each in found
            for role, named in zip(ROSTER_ROLES, (each.has_collector, each.has_reviewer), strict=True)
            if named
        }

    def _demand_office(self) -> None:
        """A deputy's right ends by itself, and leaves nobody."""
        left = (
            select(Grant.id)
            .join(Person)
            .where(Grant.role == "office", in_force(self._now), col(Grant.until).is_(None))
        )
        if self._session.exec(left.where(col(Person.active))).first() is None:
            raise Conflict(
                "这样就没有质量部管理员了，没有保存。", "请先让另一位同事担任质量部，再取消这一位的角色。"
            )
