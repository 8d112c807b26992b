"""Templates to take away: one assignment's, stamped and holding what was handed in, or many as a zip."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import IO
from urllib.parse import quote
from zipfile import ZipFile, ZipInfo

from fastapi.responses import StreamingResponse
from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from actions.submit import latest_version
from actions.who import Who, may_collect
from models.stages import OPEN_TO_COLLECTOR
from models.worklist import Line, current_campaign, lines
from web.filenames import fit, unlike
from web.site import Site

# A workbook packed twice has the same bytes: nothing in the zip tells when it was made.
PACKED = (2020, 1, 1, 0, 0, 0)
PIECE = 256 * 1024


def template_of(site: Site, session: Session, seen: Line, person: str = "") -> tuple[bytes, str]:
    """The workbook to fill in and its file name; it carries the version that it was made from.

    One ``person``'s is empty: what was handed in before is everybody's.
    """
    from checks.definition import load_definition
    from workbooks.template import TemplateStamp, write_template

    latest = latest_version(session, seen.id)
    stamp = TemplateStamp(
        campaign=current_campaign(session).name,
        assignment_id=seen.id,
        table=seen.table.code,
        department=seen.department,
        version=latest.number if latest else 0,
        person=person,
    )
    definition = load_definition(seen.table.code, seen.table.name)
    rows = latest.rows_blob if latest and not person else None
    prior = site.blobs.get(rows) if rows else None
    out = BytesIO()
    schedule = plan_in_force(session).schedule
    write_template(definition, out, stamp=stamp, schedule=schedule, prior=prior)
    return out.getvalue(), template_name(seen, person)


def template_name(seen: Line, person: str = "") -> str:
    """What the assignment's workbook, or one person's sheet of it, is called on every system."""
    whose = f"{seen.department}-{person}" if person else seen.department
    return fit(f"{seen.table.code} {seen.table.name}-{whose}") + ".xlsx"


def own_lines(session: Session, who: Who, *, owed: bool = False) -> list[Line]:
    """What this person collects; ``owed``: only what is still to be handed in."""
    departments = who.departments("collector")
    found = lines(session, department_ids=departments) if departments else []
    return [seen for seen in found if may_collect(who, seen.assignment) and _wanted(seen, owed=owed)]


def department_lines(session: Session, department: str) -> list[Line]:
    """What a department has to fill in."""
    return [seen for seen in lines(session, department=department) if not seen.assignment.exempt]


def _wanted(seen: Line, *, owed: bool) -> bool:
    open_still = seen.assignment.stage in OPEN_TO_COLLECTOR
    return not seen.assignment.exempt and (open_still or not owed)


def as_zip(site: Site, books: Iterable[tuple[bytes, str]], filename: str) -> StreamingResponse:
    """The workbooks by name as one file to save; it is whole before the first byte is sent."""
    folder = site.data / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as unless_sent:
        out = unless_sent.enter_context(tempfile.TemporaryFile(dir=folder))
        pack(books, out)
        size = out.tell()
        out.seek(0)
        unless_sent.pop_all()
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(out), media_type="application/zip", headers=headers)


def pack(books: Iterable[tuple[bytes, str]], out: IO[bytes]) -> None:
    """Write the zip, no two names alike; the same workbooks give the same bytes (packed once already)."""
    taken: set[str] = set()
    with ZipFile(out, "w") as package:
        for content, name in books:
            package.writestr(ZipInfo(unlike(name, taken), PACKED), content)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
