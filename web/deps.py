"""The edge of every transaction: opened before a route's body, committed before its answer is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from fastapi.concurrency import contextmanager_in_threadpool
from sqlmodel import Session

from actions.who import Who
from web.rules import SignInNeeded
from web.site import CurrentSite
from web.visitor import CurrentVisitor


def reading(site: CurrentSite) -> Iterator[Session]:
    """A session that cannot write."""
    with site.database.reading() as session:
        yield session


async def writing(site: CurrentSite) -> AsyncIterator[Session]:
    """A session that holds the write lock; an error of the route rolls it back."""
    async with site.writers, contextmanager_in_threadpool(site.database.writing()) as session:
        yield session


writing_now = asynccontextmanager(writing)
"""The same for what opens a transaction of its own before the route's answer is rendered."""


def person(visitor: CurrentVisitor) -> Who:
    """The signed-in person."""
    if visitor.who is None:
        raise SignInNeeded()
    return visitor.who


Reading = Annotated[Session, Depends(reading, scope="function")]
Writing = Annotated[Session, Depends(writing, scope="function")]
Me = Annotated[Who, Depends(person)]
