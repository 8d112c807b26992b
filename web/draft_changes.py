"""What changes a draft as a whole: in a transaction of its own, so that reading the draft holds no lock."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends
from pydantic import BaseModel
from sqlmodel import select

from actions import drafts
from actions.freezing import numbers_in
from models import Version
from models.draft import draft_of, rows_of
from models.worklist import line
from web.deps import Me, writing_now
from web.drafting import Begun, SeenRev, definition_of
from web.numbers import Key
from web.site import CurrentSite, Site
from web.visitor import CurrentVisitor


class Looked(BaseModel):
    """The newest version, by number, whose difference was looked at."""

    version: Key


async def open_draft(
    assignment_id: Key, site: CurrentSite, me: Me, visitor: CurrentVisitor, begun: Begun
) -> None:
    async with writing_now(site) as session:
        await run_sync(drafts.open_draft, session, me, assignment_id, begun, visitor.now)


async def discard(
    assignment_id: Key, site: CurrentSite, me: Me, visitor: CurrentVisitor, rev: SeenRev, begun: Begun
) -> None:
    async with writing_now(site) as session:
        await run_sync(drafts.discard, session, me, assignment_id, rev, begun, visitor.now)


async def keep(assignment_id: Key, site: CurrentSite, me: Me, rev: SeenRev, looked: Looked) -> None:
    found = await run_sync(_found_again, site, assignment_id, looked.version)
    async with writing_now(site) as session:
        await run_sync(drafts.keep_mine, session, me, assignment_id, rev, looked.version, found)


def _found_again(site: Site, assignment_id: int, number: int) -> dict[int, int]:
    """Which row of the version each of the draft's is."""
    with site.database.reading() as session:
        seen = line(session, assignment_id)
        wanted = select(Version).where(Version.assignment_id == assignment_id, Version.number == number)
        version = session.exec(wanted).first()
        rows = rows_of(session, draft_of(session, assignment_id))
    return numbers_in(site.blobs, definition_of(seen), rows, version)


Opened = Annotated[None, Depends(open_draft)]
Discarded = Annotated[None, Depends(discard)]
Kept = Annotated[None, Depends(keep)]
