"""The application: pages for people, an API for programs, the same verbs behind both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

from actions.clock import wall
from actions.tidy import sweep_kept
from models.database import Database
from settings import Settings
from web import errors
from web.api import assignments, drafts, health, office, uploads, work
from web.hardening import Hardening
from web.pages import ROUTERS
from web.rendering import STATIC
from web.site import Site

VERSION = "0.1.0"


def create_app(
    settings: Settings, database: Database, *, public_url: str = "", prefect: tuple[str, str] | None = None
) -> FastAPI:
    """The pages and the API over this database.

    ``public_url`` is what links in other places begin with; ``prefect`` the address of the Prefect UI and
    the word that opens it, shown to the office.
    """
    app = FastAPI(
        title="Caiji",
        version=VERSION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        routes=_routes(),
    )
    app.state.paths = {}
    app.state.site = Site(settings, database, public_url or settings.public_url, prefect)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.install(app)
    app.add_middleware(Hardening, settings=settings)
    return app


def _routes() -> list[BaseRoute]:
    """Those of the routers themselves: including a router builds its routes anew, at the first page asked."""
    routers = [*ROUTERS, *(part.router for part in (health, assignments, drafts, work, uploads, office))]
    return [route for router in routers for route in router.routes]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_sync(sweep_kept, app.state.site.data, wall())
    yield
    await run_sync(app.state.site.close)
