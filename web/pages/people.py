"""人员: who takes part in which role; the office imports a list and hands out activation links."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from actions import clock
from actions.leaving import Left
from actions.people import (
    Loaded,
    known_names,
    make_activation,
    make_activations,
    person_by_staff_no,
)
from actions.people_book import Link, people_now, write_links, write_people
from actions.people_file import PersonRow, demand_valid, read_people
from actions.people_preview import load_as_seen, preview
from models import ActivationLink, Department, Grant, Person
from models.errors import PeopleError, Unusable
from models.person import in_force, links_made
from models.refusal import Refusal, refusals
from models.rosters import unnamed
from models.worklist import open_departments
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.pages.files import attached
from web.rendering import absolute, page
from web.rules import OFFICE
from web.site import CurrentSite
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
KEPT = TypeAdapter(list[PersonRow])
"""A file's rows, as the preview's page keeps them until they are loaded."""


@dataclass(frozen=True)
class Entry:
    """A person with his department, his roles (each with what it is held for, and its end where he is a
    deputy), what the mail server said of his address when it refused it, and the activation links made for
    him with their makers' names."""

    person: Person
    department: str
    roles: tuple[tuple[str, str, datetime | None], ...]
    refusal: Refusal | None = None
    links: Sequence[tuple[ActivationLink, str]] = ()


@router.get("/people", dependencies=[OFFICE], name="people")
def people(request: Request, session: Reading) -> Response:
    return show_people(request, session, None, {})


def show_people(
    request: Request,
    session: Session,
    problem: PeopleError | None,
    typed: dict[str, str],
    loaded: Loaded | None = None,
    made: tuple[str, str] | None = None,
    left: Left | None = None,
) -> Response:
    """The page; ``made``: a name and his one-time link; ``left``: who has just been taken out."""
    found = list(entries(session, visitor_of(request).now))
    content: dict[str, Any] = {"entries": found, "loaded": loaded, "made": made, "left": left}
    content |= {"wall": clock.wall(), "departments": open_departments(session)}
    content["unnamed"] = unnamed(session, visitor_of(request).now)
    return page(request, "people.html", problem=problem, typed=typed, **content)


@router.get("/people/template.xlsx", dependencies=[OFFICE], name="people_template")
def empty_file(session: Reading) -> Response:
    """The file to be filled in."""
    return attached(write_people([], open_departments(session)), "people.xlsx")


@router.get("/people/people.xlsx", dependencies=[OFFICE], name="people_file")
def file_now(session: Reading, visitor: CurrentVisitor) -> Response:
    """The people as they are, to be changed and loaded again."""
    return attached(write_people(people_now(session, visitor.now), open_departments(session)), "people.xlsx")


@router.post("/people/{staff_no}/activation", dependencies=[OFFICE], name="make_activation")
@reshown_by(show_people)
def activation(request: Request, site: CurrentSite, me: Me, session: Writing, staff_no: str) -> Response:
    """Show a new one-time link; it is told once, the database keeps only its hash."""
    secret = make_activation(session, staff_no, clock.wall(), site.settings.activation_hours, me)
    name = person_by_staff_no(session, staff_no).name
    return show_people(request, session, None, {}, made=(name, absolute(request, "activate", secret=secret)))


@router.post("/people/activations", dependencies=[OFFICE], name="make_activations")
@reshown_by(show_people)
def activations(
    request: Request, site: CurrentSite, me: Me, visitor: CurrentVisitor, session: Writing
) -> Response:
    """New one-time links for everybody who has none of use yet, as a workbook; earlier ones end."""
    wall, hours = clock.wall(), site.settings.activation_hours
    secrets = make_activations(session, wall, hours, me)
    if not secrets:
        raise Unusable(_("所有人都已激活，没有要生成的链接。"), _("忘记密码的人，请在名单里单独生成。"))
    until = (wall + timedelta(hours=hours)).astimezone(visitor.zone)
    links = [
        Link(person, absolute(request, "activate", secret=secrets[person.staff_no]), until)
        for person in people_now(session, visitor.now)
        if person.staff_no in secrets
    ]
    return attached(write_links(links), f"{_('激活链接')}-{wall.astimezone(visitor.zone):%Y%m%d}.xlsx")


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


@router.post("/people/preview", dependencies=[OFFICE], name="people_preview")
@reshown_by(show_people)
def preview_people(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    rows: Annotated[list[PersonRow], Depends(listed)],
    session: Writing,
) -> Response:
    """Show what the file would change, with the button that loads it."""
    seen = preview(session, rows, visitor.now, me)
    return page(request, "people_preview.html", preview=seen, rows=KEPT.dump_json(rows).decode())


@router.post("/people/import", dependencies=[OFFICE], name="people_import")
@reshown_by(show_people)
def import_people(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    rows: Annotated[str, Form()],
    base: Annotated[str, Form()],
) -> Response:
    """Load what was previewed; show what it changed, whom it took a role from, and where nobody is left."""
    loaded = load_as_seen(session, _previewed(session, rows), base, visitor.now, me)
    return show_people(request, session, None, {}, loaded)


def _previewed(session: Session, kept: str) -> list[PersonRow]:
    """The rows that the preview's page kept, looked through again."""
    try:
        rows = KEPT.validate_json(kept)
    except ValidationError as error:
        raise Unusable(_("预览的内容不完整。"), _("请重新上传人员表。")) from error
    demand_valid(rows, *known_names(session))
    return rows


def entries(session: Session, now: datetime) -> Iterator[Entry]:
    """Everybody with the roles that he holds now, by department and staff number; who has left, last."""
    names = {row.id: row.name for row in session.exec(select(Department))}
    refused, links = refusals(session), links_made(session)
    grants: dict[int, list[tuple[str, str, datetime | None]]] = {}
    for grant in session.exec(select(Grant).where(in_force(now)).order_by(col(Grant.id))):
        held_for = grant.table_code or names.get(grant.department_id, "")
        grants.setdefault(grant.person_id, []).append((grant.role, held_for, grant.until))
    order = (col(Person.active).desc(), col(Person.department_id), col(Person.staff_no))
    for person in session.exec(select(Person).order_by(*order)):
        held, made = tuple(grants.get(person.id or 0, ())), links.get(person.id or 0, ())
        yield Entry(person, names.get(person.department_id, ""), held, refused.get(person.email), made)
