"""One person as the office adds, changes or takes him out on a page; whole lists are `load_people`."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from actions.people import Loaded, known_names, load_people, person_by_staff_no
from actions.people_file import PersonRow, demand_valid
from actions.who import Who, demand_office
from models import AccessToken, ActivationLink, CalendarFeed, Grant, Person, SignIn
from models.errors import Conflict, Sentence, Unusable


def save_one(session: Session, who: Who, row: PersonRow, changing: str, now: datetime) -> Loaded:
    """Add him, or make the one who is being changed what the row says; an account taken out is open again.

    Conflict where somebody else has the staff number, or the office would take its own right away.
    """
    demand_office(who)
    demand_valid([row], *known_names(session))
    if not row.roles:
        raise Unusable("没有选择角色。", "请至少选择一个；不再参加的人，请在名单里点“修改”，再停用。")
    held = session.exec(select(Person.name).where(Person.staff_no == row.staff_no)).first()
    if held is not None and row.staff_no != changing:
        raise Conflict(
            Sentence("工号 %(staff_no)s 已经是 %(held)s。", staff_no=row.staff_no, held=held),
            "请核对工号；要改这个人，请在名单里点“修改”。",
        )
    if row.staff_no == who.staff_no and "office" not in row.roles:
        raise Conflict("不能取消自己的质量部角色。", "请让另一位质量部人员来改。")
    return load_people(session, [row], now)


def take_out(session: Session, who: Who, staff_no: str, wall: datetime) -> Person:
    """End his account: no right, no mail, no way in. What he did and what his department has stay."""
    demand_office(who)
    person = person_by_staff_no(session, staff_no)
    if person.id == who.id:
        raise Conflict("不能停用自己的账号。", "请让另一位质量部人员来停用。")
    person.active = False
    session.add(person)
    for what in (Grant, SignIn, AccessToken, CalendarFeed):
        session.exec(delete(what).where(col(what.person_id) == person.id))
    unused = (col(ActivationLink.used_at).is_(None), col(ActivationLink.ended_at).is_(None))
    session.exec(
        update(ActivationLink)
        .where(col(ActivationLink.person_id) == person.id, *unused, col(ActivationLink.expires_at) > wall)
        .values(ended_at=wall)
    )
    return person
