"""A one-click correction, worked out before any transaction is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Form

from actions import clock, mend
from actions.inputs import inputs_of
from actions.mend import Choice
from actions.submit import Content
from actions.who import Who
from checks.finding import NORMALISED, Finding
from models.worklist import current_campaign
from web.deps import Me
from web.numbers import Key
from web.received import Order, present, read
from web.site import CurrentSite, Site


@dataclass(frozen=True)
class Ready:
    """The content to keep, the version it was made from, and what the page says then."""

    version_id: int
    content: Content
    done: str


def choice_of(
    rule: Annotated[str, Form(max_length=400)] = "",
    sheet: Annotated[str, Form(max_length=400)] = "",
    column: Annotated[str, Form(max_length=400)] = "",
    finding: Annotated[Key | None, Form()] = None,
) -> Choice:
    """Which findings a form speaks of: one, or all of a rule."""
    return Choice(rule, sheet, column, finding)


async def mended(
    assignment_id: Key,
    site: CurrentSite,
    me: Me,
    choice: Annotated[Choice, Depends(choice_of)],
    version: Annotated[Key, Form()],
) -> Ready:
    """The mended rows as a version's content; it waits like an upload, for it is as much work."""
    async with site.queue.place(me.id):
        return await run_sync(ready, site, me, assignment_id, version, choice)


def ready(site: Site, me: Who, assignment_id: int, version_id: int, choice: Choice) -> Ready:
    """The same where one may wait in a thread."""
    with site.database.reading() as session:
        now = clock.now(session)
        seen, asked = mend.mending(session, me, assignment_id, version_id, choice, now)
        known, campaign = inputs_of(session, seen), current_campaign(session).name

    def read_again() -> Sequence[Finding]:
        return read(site, Order(seen, known), present(site, asked.version.blob or "")).findings

    content = mend.mended(site.blobs, seen, campaign, known, asked, read_again)
    return Ready(version_id, content, "undone" if asked.why == NORMALISED else "mended")


Mended = Annotated[Ready, Depends(mended)]
