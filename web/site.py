"""What the pages share: settings, database, files, templates; one object on the application."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import anyio
from anyio.to_thread import run_sync
from fastapi import Depends, Request

from models.blobs import Blobs
from models.database import Database
from settings import Settings
from web.pacing import Pace
from web.queueing import Queue
from web.rehearsals import Rehearsals

if TYPE_CHECKING:
    from workbooks.reading import Readers

WRONG_LINKS_A_MINUTE = 20
"""From one address: more is guessing."""
CALENDARS_A_MINUTE = 20
"""For each address: a few devices that ask at once, no program gone wild."""


@dataclass
class Site:
    """One installation's pages.  ``prefect``: the address of the Prefect UI and the word that opens it."""

    settings: Settings
    database: Database
    public_url: str = ""
    prefect: tuple[str, str] | None = None

    @property
    def data(self) -> Path:
        return self.settings.data

    @cached_property
    def blobs(self) -> Blobs:
        return Blobs(self.data / "blobs")

    @cached_property
    def writers(self) -> anyio.Semaphore:
        """Who may wait for the write lock in a thread: one, else waiters would use up the threads that the
        holder of the lock needs to finish."""
        return anyio.Semaphore(1)

    @cached_property
    def pace(self) -> Pace:
        """How often a calendar is asked for."""
        return Pace(CALENDARS_A_MINUTE)

    @cached_property
    def guesses(self) -> Pace:
        """How often a receipt's link was wrong."""
        return Pace(WRONG_LINKS_A_MINUTE)

    @cached_property
    def queue(self) -> Queue:
        """Where uploads wait for one of the readers."""
        return Queue(self.settings.readers)

    @cached_property
    def readers(self) -> Readers:
        """The limited child processes that read workbooks; started with the first upload."""
        from workbooks.reading import Limits, Readers

        limits = Limits(seconds=self.settings.read_seconds, megabytes=self.settings.read_megabytes)
        return Readers(limit=self.settings.readers, limits=limits, folder=self.data / "reading")

    @cached_property
    def rehearsals(self) -> Rehearsals:
        """What 预演 has foreseen."""
        return Rehearsals(self.settings)

    async def turn_away(self) -> None:
        """Before the pages stop: uploads that wait are refused, those being read come back as interrupted."""
        self.queue.close()
        await run_sync(self.close)

    def close(self) -> None:
        """End the child processes."""
        rehearsals: Rehearsals | None = self.__dict__.pop("rehearsals", None)
        if rehearsals is not None:
            rehearsals.close()
        readers: Any = self.__dict__.pop("readers", None)
        if readers is not None:
            readers.close()


def site_of(request: Request) -> Site:
    """The site that serves this request."""
    return cast(Site, request.app.state.site)


CurrentSite = Annotated[Site, Depends(site_of)]
