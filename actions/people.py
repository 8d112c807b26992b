"""People and their rights: loaded from a file, added one by one, activated by a one-time link."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from actions.clock import wall
from actions.people_change import Changed, Comparing, Comparison
from actions.people_file import PersonRow
from actions.rights import NOTHING, Ending, Taken
from actions.who import Who, demand_office_or_console
from models import AccessToken, ActivationLink, DataTable, Department, Grant, Person
from models.digest import digest
from models.errors import Conflict, NotFound, Sentence
from models.refusal import clear_unused
from models.worklist import current_campaign

NEW, CHANGED, SAME = "new", "changed", "same"


def known_names(session: Session) -> tuple[frozenset[str], frozenset[str]]:
    """The departments and the table codes of the loaded campaign, for checking a people file; one that has
    left the plan is known still, so that the people of before go in again."""
    campaign = current_campaign(session)
    departments = session.exec(select(Department.name).where(Department.campaign_id == campaign.id))
    codes = session.exec(select(DataTable.code).where(DataTable.campaign_id == campaign.id))
    return frozenset(departments), frozenset(codes)


@dataclass(frozen=True)
class Loaded:
    """How many people were new, are changed, were right already, and were left alone: not in the rows; what
    was taken from whom, who had left and is back, and each change."""

    new: int
    changed: int
    same: int
    others: int
    taken: Taken = NOTHING
    back: tuple[str, ...] = ()
    changes: tuple[Changed, ...] = field(default=(), compare=False)

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.same


def load_people(
    session: Session,
    rows: Iterable[PersonRow],
    now: datetime,
    *,
    by: Who | None = None,
    sample: bool = False,
) -> Loaded:
    """Make the people what the rows say, by staff number; rights not named any more end, but for a deputy's.

    People that the rows leave out stay as they are; who had left is back when he is given a role.  ``by`` is
    of the office, or None at the command line.
    """
    demand_office_or_console(by)
    loading = _Loading(session, now, sample)
    for row in rows:
        loading.settle(row)
    clear_unused(session, wall())
    return loading.loaded()


def person_by_staff_no(session: Session, staff_no: str) -> Person:
    """The person of this staff number; NotFound where there is none."""
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).first()
    if person is None:
        raise NotFound(
            Sentence("没有工号为 %(staff_no)s 的人员。", staff_no=staff_no),
            "请核对工号，或先导入人员表（caiji people import）。",
        )
    return person


def make_activation(
    session: Session, staff_no: str, now: datetime, hours: int, made_by: Who | None = None
) -> str:
    """A new one-time activation secret, good for ``hours``, made by this person or at the command line;
    earlier unused ones end.  Conflict for one who has left."""
    demand_office_or_console(made_by)
    person = person_by_staff_no(session, staff_no)
    if not person.active:
        raise Conflict(
            Sentence("%(name)s（%(staff_no)s）已登记为离任/离校。", name=person.name, staff_no=staff_no),
            "要恢复，请重新给他角色。",
        )
    open_ones = (
        col(ActivationLink.person_id) == person.id,
        col(ActivationLink.used_at).is_(None),
        col(ActivationLink.ended_at).is_(None),
        col(ActivationLink.expires_at) > now,
    )
    session.exec(update(ActivationLink).where(*open_ones).values(ended_at=now))
    secret = secrets.token_urlsafe(32)
    link = ActivationLink(
        secret_hash=digest(secret),
        person_id=person.id or 0,
        made_at=now,
        made_by=made_by.id if made_by else None,
        expires_at=now + timedelta(hours=hours),
    )
    session.add(link)
    return secret


def make_activations(session: Session, now: datetime, hours: int, made_by: Who) -> dict[str, str]:
    """A new secret for everybody whose account is not activated yet, by staff number."""
    waiting = select(Person.staff_no).where(col(Person.active), Person.password_hash == "")
    return {
        staff_no: make_activation(session, staff_no, now, hours, made_by)
        for staff_no in session.exec(waiting.order_by(col(Person.staff_no))).all()
    }


def demand_here(person: Person) -> None:
    """Conflict where he has left."""
    if not person.active:
        facts = {"name": person.name, "staff_no": person.staff_no}
        raise Conflict(
            Sentence("%(name)s（%(staff_no)s）已登记为离任/离校。", **facts), "要恢复，请重新给他角色。"
        )


def make_token(session: Session, staff_no: str, now: datetime) -> str:
    """A new bearer token for the API; it is shown once, only its hash is kept."""
    person = person_by_staff_no(session, staff_no)
    if not person.active:
        raise Conflict("这位同事已离任/离校。", "请先恢复其角色，再生成接口令牌。")
    secret = secrets.token_urlsafe(32)
    session.add(AccessToken(secret_hash=digest(secret), person_id=person.id or 0, created_at=now))
    return secret


class _Loading:
    """Loads people one by one and counts what became of each."""

    def __init__(self, session: Session, now: datetime, sample: bool) -> None:
        self._session, self._now, self._sample = session, now, sample
        self._comparing = Comparing(session)
        self._ending = Ending(session, now)
        self._counted: Counter[str] = Counter()
        self._back: list[str] = []
        self._changes: list[Changed] = []
        self._seen: set[str] = set()

    def settle(self, row: PersonRow) -> None:
        """Make one person what the row says."""
        self._seen.add(row.staff_no)
        seen = self._comparing.compare(row)
        kind = NEW if seen.person is None else CHANGED if seen.changes else SAME
        self._counted[kind] += 1
        if not seen.changes:
            return
        self._changes.append(self._comparing.told(seen))
        self._settle_rights(self._settled(seen), seen)

    def _settled(self, seen: Comparison) -> Person:
        """The person with the row's data."""
        row = seen.row
        person = seen.person or Person(staff_no=row.staff_no, name="", email="", sample=self._sample)
        person.name, person.email, person.phone = row.name, row.email, row.phone
        person.department_id = seen.department_id
        if seen.back:
            person.active = True
            self._back.append(person.name)
        self._session.add(person)
        if person.id is None:
            self._session.flush()
        return person

    def loaded(self) -> Loaded:
        """What became of them all."""
        self._session.flush()
        active = set(self._session.exec(select(Person.staff_no).where(col(Person.active))))
        return Loaded(
            new=self._counted[NEW],
            changed=self._counted[CHANGED],
            same=self._counted[SAME],
            others=len(active - self._seen),
            taken=self._ending.taken(),
            back=tuple(self._back),
            changes=tuple(self._changes),
        )

    def _settle_rights(self, person: Person, seen: Comparison) -> None:
        for grant in seen.end:
            self._ending.end(person, grant)
        for role, department_id, code in seen.begin:
            right = Grant(
                person_id=person.id or 0,
                role=role,
                department_id=department_id,
                table_code=code,
                since=self._now,
            )
            self._session.add(right)
