"""What is handed in after a return of single cells, compared before any transaction is opened."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form

from actions.reopening import Confined, confined, opening_of
from actions.who import demand_collector
from models import Version
from models.worklist import line
from web.deps import Me
from web.numbers import Key
from web.received import Received
from web.site import CurrentSite, Site


def confined_rows(site: Site, assignment_id: int, rows_blob: str | None) -> Confined | None:
    """How the stored rows keep to what the last return opened; None where that was everything."""
    with site.database.reading() as session:
        opening = opening_of(session, line(session, assignment_id))
    if opening is None or rows_blob in (None, opening.rows_blob):
        return None
    return confined(opening, rows_blob, site.blobs)


def _received(assignment_id: Key, site: CurrentSite, content: Received) -> Confined | None:
    return confined_rows(site, assignment_id, content.rows_blob)


def _version(
    assignment_id: Key, site: CurrentSite, me: Me, version: Annotated[Key, Form()]
) -> Confined | None:
    with site.database.reading() as session:
        demand_collector(me, line(session, assignment_id).assignment)
        found = session.get(Version, version)
        rows_blob = found.rows_blob if found and found.assignment_id == assignment_id else None
    return confined_rows(site, assignment_id, rows_blob)


ConfinedUpload = Annotated[Confined | None, Depends(_received)]
ConfinedVersion = Annotated[Confined | None, Depends(_version)]
