"""One person as the office adds or changes him on a page; whole lists are `load_people`."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.people import Loaded, known_names, load_people
from actions.people_book import people_now
from actions.people_file import PersonRow, demand_valid
from actions.who import Who, demand_office, who_is
from models import Person
from models.errors import Conflict, Sentence, Unusable


def save_one(session: Session, who: Who, row: PersonRow, changing: str, now: datetime) -> Loaded:
    """Add him, or make the one who is being changed what the row says; an account taken out is open again.

    Conflict where somebody else has the staff number, or the office would take its own right away.
    """
    demand_office(who)
    demand_valid([row], *known_names(session))
    shown = _shown(session, row.staff_no, now)
    if not row.roles and (shown or not _works(session, row.staff_no, now)):
        raise Unusable("没有选择角色。", "请至少选择一个；不再参加的人，请在“修改”里登记为已离任/离校。")
    held = session.exec(select(Person.name).where(Person.staff_no == row.staff_no)).first()
    if held is not None and row.staff_no != changing:
        raise Conflict(
            Sentence("工号 %(staff_no)s 已经是 %(held)s。", staff_no=row.staff_no, held=held),
            "请核对工号；要改这个人，请在名单里点“修改”。",
        )
    if row.staff_no == who.staff_no and "office" in shown and "office" not in row.roles:
        raise Conflict("不能取消自己的质量部角色。", "请让另一位质量部人员来改。")
    return load_people(session, [row], now)


def _shown(session: Session, staff_no: str, now: datetime) -> tuple[str, ...]:
    """The roles that the form shows of him, which are those that it can take."""
    return next((each.roles for each in people_now(session, now) if each.staff_no == staff_no), ())


def _works(session: Session, staff_no: str, now: datetime) -> bool:
    """Whether he has any right: a deputy's and one handed over from another department, too."""
    known = session.exec(select(Person.id).where(Person.staff_no == staff_no)).first()
    found = who_is(session, known, now) if known else None
    return found is not None and bool(found.rights)
