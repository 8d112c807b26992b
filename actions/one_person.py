"""One person as the office adds or changes him on a page; whole lists are `load_people`."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.people import Loaded, known_names, load_people
from actions.people_file import PersonRow, demand_valid
from actions.who import Who, demand_office
from models import Person
from models.errors import Conflict, Sentence, Unusable


def save_one(session: Session, who: Who, row: PersonRow, changing: str, now: datetime) -> Loaded:
    """Add him, or make the one who is being changed what the row says; an account taken out is open again.

    Conflict where somebody else has the staff number, or the office would take its own right away.
    """
    demand_office(who)
    demand_valid([row], *known_names(session))
    if not row.roles:
        raise Unusable("没有选择角色。", "请至少选择一个；不再参加的人，请在“修改”里登记为已离任/离校。")
    held = session.exec(select(Person.name).where(Person.staff_no == row.staff_no)).first()
    if held is not None and row.staff_no != changing:
        raise Conflict(
            Sentence("工号 %(staff_no)s 已经是 %(held)s。", staff_no=row.staff_no, held=held),
            "请核对工号；要改这个人，请在名单里点“修改”。",
        )
    if row.staff_no == who.staff_no and "office" not in row.roles:
        raise Conflict("不能取消自己的质量部角色。", "请让另一位质量部人员来改。")
    return load_people(session, [row], now)
