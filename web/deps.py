"""The edge of every transaction: opened before a route's body, committed before its answer is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool
from sqlmodel import Session

from actions.who import Who
from web.rules import SignInNeeded
from web.site import Site, site_of
from web.visitor import visitor_of


def reading(request: Request) -> Iterator[Session]:
    """A session that cannot write."""
    with site_of(request).database.reading() as session:
        yield session


@asynccontextmanager
async def writing_now(site: Site) -> AsyncIterator[Session]:
    """A session that holds the write lock, for what opens a transaction of its own before the route's answer
    is rendered."""
    async with site.writers, contextmanager_in_threadpool(site.database.writing()) as session:
        yield session


async def writing(request: Request) -> AsyncIterator[Session]:
    """The same for the whole of a route; an error of the route rolls it back."""
    async with writing_now(site_of(request)) as session:
        yield session


def person(request: Request) -> Who:
    """The signed-in person."""
    who = visitor_of(request).who
    if who is None:
        raise SignInNeeded()
    return who


Reading = Annotated[Session, Depends(reading, scope="function")]
Writing = Annotated[Session, Depends(writing, scope="function")]
Me = Annotated[Who, Depends(person)]
