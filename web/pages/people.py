"""人员: who takes part in which role; the office imports a list and hands out activation links."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from sqlmodel import Session, col, select

from actions import clock
from actions.people import known_names, load_people, make_activation
from actions.people_file import PersonRow, read_people
from models import Department, Grant, Person
from models.errors import PeopleError, Unusable
from models.refusal import Refusal, refusals
from web.deps import Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.rendering import absolute, page, see
from web.rules import OFFICE
from web.site import CurrentSite
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Entry:
    """A person with his department, his roles as pairs of role and what it is held for, and what the mail
    server said of his address when it refused it."""

    person: Person
    department: str
    roles: tuple[tuple[str, str], ...]
    refusal: Refusal | None = None


@router.get("/people", dependencies=[OFFICE], name="people")
def people(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    return page(
        request,
        "people.html",
        entries=list(entries(session)),
        problem=problem,
        made=None,
        address="",
        typed=typed,
    )


@router.post("/people/{staff_no}/activation", dependencies=[OFFICE], name="make_activation")
@reshown_by(_show)
def activation(request: Request, site: CurrentSite, session: Writing, staff_no: str) -> Response:
    """Show a new one-time link; it is told once, the database keeps only its hash."""
    hours = site.settings.activation_hours
    secret = make_activation(session, staff_no, clock.wall(), hours)
    address = absolute(request, "activate", secret=secret)
    found = list(entries(session))
    made = next(entry.person for entry in found if entry.person.staff_no == staff_no)
    return page(request, "people.html", entries=found, problem=None, made=made, address=address)


def listed(site: CurrentSite, file: Annotated[UploadFile | None, File()] = None) -> list[PersonRow]:
    """The people of the workbook sent; Unusable (422) with every mistake in it."""
    if file is None or not file.filename:
        raise Unusable(_("没有选择文件。"), _("请选择填好的人员表（.xlsx）。"))
    with site.database.reading() as session:
        departments, codes = known_names(session)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        return read_people(path, departments, codes)


@router.post("/people/import", dependencies=[OFFICE], name="people_import")
@reshown_by(_show)
def import_people(
    request: Request,
    visitor: CurrentVisitor,
    rows: Annotated[list[PersonRow], Depends(listed)],
    session: Writing,
) -> Response:
    load_people(session, rows, visitor.now)
    return see(request, "people", done="people")


def entries(session: Session) -> Iterator[Entry]:
    """Everybody, by department and staff number."""
    names = {row.id: row.name for row in session.exec(select(Department))}
    refused = refusals(session)
    grants: dict[int, list[tuple[str, str]]] = {}
    for grant in session.exec(select(Grant).order_by(col(Grant.id))):
        held_for = grant.table_code or names.get(grant.department_id, "")
        grants.setdefault(grant.person_id, []).append((grant.role, held_for))
    for person in session.exec(select(Person).order_by(col(Person.department_id), col(Person.staff_no))):
        held = tuple(grants.get(person.id or 0, ()))
        yield Entry(person, names.get(person.department_id, ""), held, refused.get(person.email))
