"""人员, one by one: add somebody, change him, take him out when he leaves or somebody else takes over."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from actions import clock
from actions.leaving import take_out
from actions.one_person import save_one
from actions.people import person_by_staff_no
from actions.people_book import people_now
from actions.people_file import PersonRow, words_of
from actions.who import ROLES
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.pages.people import show_people
from web.rules import OFFICE
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


class Typed(BaseModel):
    """The form; ``changing`` is the staff number of the one who is being changed, empty for a new one."""

    changing: str = ""
    staff_no: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    department: str = ""
    leads: str = ""
    tables: str = ""
    collector: bool = False
    reviewer: bool = False
    head: bool = False
    leader: bool = False
    office: bool = False
    auditor: bool = False

    def row(self) -> PersonRow:
        """As a row of the file; rights without their role don't count."""
        roles = tuple(role for role in ROLES if getattr(self, role))
        leads = words_of(self.leads) if self.leader else ()
        tables = words_of(self.tables) if self.reviewer else ()
        return PersonRow(
            line=0,
            staff_no=self.staff_no.strip(),
            name=self.name.strip(),
            email=self.email.strip(),
            phone=self.phone.strip(),
            department=self.department,
            roles=roles,
            leads=leads,
            tables=tables,
        )


@router.get("/people/{staff_no}", dependencies=[OFFICE], name="person")
def person(request: Request, session: Reading, visitor: CurrentVisitor, staff_no: str) -> Response:
    """The page with the form filled in for him."""
    known = person_by_staff_no(session, staff_no)
    row = next((each for each in people_now(session, visitor.now) if each.staff_no == staff_no), None)
    typed = {"changing": staff_no, "staff_no": staff_no, "name": known.name, "email": known.email}
    if row is not None:
        typed |= {"phone": row.phone, "department": row.department, **dict.fromkeys(row.roles, "true")}
        typed |= {"leads": "、".join(row.leads), "tables": " ".join(row.tables)}
    return show_people(request, session, None, typed)


@router.post("/people", dependencies=[OFFICE], name="save_person")
@reshown_by(show_people)
def save(
    request: Request, visitor: CurrentVisitor, me: Me, session: Writing, typed: Annotated[Typed, Form()]
) -> Response:
    """Show what it changed, what it took from him, and where nobody is left."""
    loaded = save_one(session, me, typed.row(), typed.changing, visitor.now)
    return show_people(request, session, None, {}, loaded)


@router.post("/people/{staff_no}/take-out", dependencies=[OFFICE], name="take_out")
@reshown_by(show_people)
def leave(request: Request, visitor: CurrentVisitor, me: Me, session: Writing, staff_no: str) -> Response:
    """Show what was taken from him, and where nobody is left."""
    left = take_out(session, staff_no, visitor.now, clock.wall(), me)
    return show_people(request, session, None, {}, left=left)
