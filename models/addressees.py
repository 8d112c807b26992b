"""Who is addressed when a rung of a ladder names an audience: people by the rights they hold at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.campaign import Department
from models.person import Grant, Person, in_force

OF_A_DEPARTMENT = {"collector": "collector", "reviewer": "reviewer", "head": "head", "leader": "leader"}
OF_THE_COLLEGE = {"leaders": "leader", "office": "office"}
EVERYONE = "everyone"
AUDIENCES = (*OF_A_DEPARTMENT, *OF_THE_COLLEGE, EVERYONE)


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, with the department's name and the one table it is narrowed to, if any."""

    person: Person
    role: str
    department: str | None
    table_code: str | None


class Addressees:
    """The active people with the rights in force at ``now``, read once; one of them where asked for."""

    def __init__(self, session: Session, now: datetime, only: int | None = None) -> None:
        statement = (
            select(Person, col(Grant.role), col(Department.name), col(Grant.table_code))
            .select_from(Person)
            .join(Grant, col(Grant.person_id) == Person.id)
            .outerjoin(Department, col(Grant.department_id) == Department.id)
            .where(col(Person.active), in_force(now))
            .order_by(col(Person.staff_no), col(Grant.id))
        )
        if only is not None:
            statement = statement.where(Person.id == only)
        self._held = [Held(*row) for row in session.exec(statement)]
        self._by_role: dict[tuple[str, str | None], list[Held]] = {}
        self._by_person: dict[int | None, list[Held]] = {}
        self._by_address: dict[str, list[Held]] = {}
        for held in self._held:
            self._by_role.setdefault((held.role, held.department), []).append(held)
            self._by_person.setdefault(held.person.id, []).append(held)
            self._by_address.setdefault(held.person.email, []).append(held)

    def of(self, audience: str, department: str | None, code: str | None = None) -> list[Person]:
        """The audience's people, each once; a reviewer of single tables is addressed for these only."""
        found = {held.person.id: held.person for held in self._matching(audience, department, code)}
        return list(found.values())

    def roles_of(self, person_id: int | None) -> list[Held]:
        """What the person holds; nothing for one who has left."""
        return self._by_person.get(person_id, [])

    def roles_at(self, address: str) -> list[Held]:
        """What everybody holds who reads mail at this address: colleagues may share a mailbox."""
        return self._by_address.get(address, [])

    def _matching(self, audience: str, department: str | None, code: str | None) -> Iterator[Held]:
        found = self._held
        if audience in OF_A_DEPARTMENT:
            found = self._by_role.get((OF_A_DEPARTMENT[audience], department), [])
        elif audience != EVERYONE:
            found = [held for held in self._held if held.role == OF_THE_COLLEGE.get(audience)]
        for held in found:
            if held.table_code is None or code is None or held.table_code == code:
                yield held
