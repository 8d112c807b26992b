"""What a row of a people file changes in one person: his data, and the rights that begin or end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from actions.people_file import PersonRow
from models import Department, Grant, Person
from models.worklist import current_campaign

Key = tuple[str, int | None, str | None]
"""Role, department and table of a right."""


@dataclass(frozen=True)
class Held:
    """A role, for which department and which table, if for one."""

    role: str
    department: str
    table: str


@dataclass(frozen=True)
class Field:
    """What a person's column said and says now."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Changed:
    """One person who is new or no longer what he was; ``idle``: he holds no standing role any more."""

    staff_no: str
    name: str
    new: bool
    back: bool
    idle: bool
    fields: tuple[Field, ...]
    begun: tuple[Held, ...]
    ended: tuple[Held, ...]


@dataclass(frozen=True)
class Comparison:
    """A row beside the person that it is about, if he is known; ``kept``: standing rights that stay his."""

    row: PersonRow
    person: Person | None
    department_id: int | None
    back: bool
    fields: tuple[Field, ...]
    begin: tuple[Key, ...]
    end: tuple[Grant, ...]
    kept: int

    @property
    def changes(self) -> bool:
        return self.person is None or self.back or bool(self.fields or self.begin or self.end)


class Comparing:
    """Everybody with his standing rights, read once, to be compared with rows."""

    def __init__(self, session: Session) -> None:
        self._names = dict(session.exec(select(Department.id, Department.name)).all())
        here = select(Department.name, Department.id)
        campaign = current_campaign(session).id
        self._departments = dict(session.exec(here.where(Department.campaign_id == campaign)).all())
        self._people = {each.staff_no: each for each in session.exec(select(Person))}
        self._standing: dict[int, list[Grant]] = defaultdict(list)
        standing = select(Grant).where(col(Grant.until).is_(None)).order_by(col(Grant.id))
        for grant in session.exec(standing):
            self._standing[grant.person_id].append(grant)

    def compare(self, row: PersonRow) -> Comparison:
        """What the row changes.  A right of another department, which was handed over to him, is left alone,
        for a row speaks of his own one only."""
        person = self._people.get(row.staff_no)
        department_id = self._departments.get(row.department)
        standing = self._standing[person.id or 0] if person else []
        own = {person.department_id if person else None, department_id}
        wanted, ended = set(_rights(row, self._departments)), []
        for grant in standing:
            if grant.role != "leader" and grant.department_id not in own:
                continue
            key = (grant.role, grant.department_id, grant.table_code)
            if key in wanted:
                wanted.remove(key)
            else:
                ended.append(grant)
        return Comparison(
            row=row,
            person=person,
            department_id=department_id,
            back=bool(row.roles and person and not person.active),
            fields=tuple(self._fields(row, person)) if person else (),
            begin=tuple(sorted(wanted, key=str)),
            end=tuple(ended),
            kept=len(standing) - len(ended),
        )

    def told(self, seen: Comparison) -> Changed:
        """The same in names, to be shown."""
        return Changed(
            staff_no=seen.row.staff_no,
            name=seen.row.name,
            new=seen.person is None,
            back=seen.back,
            idle=bool(seen.end) and not (seen.kept or seen.begin),
            fields=seen.fields,
            begun=tuple(self._held(*key) for key in seen.begin),
            ended=tuple(
                self._held(each.role, each.department_id, each.table_code)
                for each in sorted(seen.end, key=lambda each: each.id or 0)
            ),
        )

    def _held(self, role: str, department_id: int | None, code: str | None) -> Held:
        return Held(role, self._names.get(department_id, ""), code or "")

    def _fields(self, row: PersonRow, person: Person) -> Iterator[Field]:
        held = {
            "name": (person.name, row.name),
            "email": (person.email, row.email),
            "phone": (person.phone, row.phone),
            "department": (self._names.get(person.department_id, ""), row.department),
        }
        return (Field(column, old, new) for column, (old, new) in held.items() if old != new)


def _rights(row: PersonRow, departments: dict[str, int | None]) -> Iterator[Key]:
    own = departments.get(row.department)
    for role in row.roles:
        if role == "reviewer" and row.tables:
            yield from ((role, own, code) for code in row.tables)
        elif role == "leader":
            yield from ((role, departments[name], None) for name in row.leads)
            if not row.leads:
                yield role, None, None
        else:
            yield role, own, None
