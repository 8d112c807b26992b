"""A site over the loaded 2020 plan with its sample people, and browsers signed in as any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from actions import clock
from actions.load_plan import apply
from actions.people import load_people, make_token
from actions.sample_people import sample_people
from actions.sign_in import sign_in
from models import Person
from models.database import Database
from models.worklist import lines
from plans.load import load_files
from plans.plan import Plan
from settings import ROOT, Settings
from tests.web.transport import Browser
from web.app import create_app
from web.visitor import SESSION

PASSWORD = "一句容易记住的话"


@cache
def plan_2020() -> Plan:
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")


@dataclass
class Installation:
    """A running site, and what tests need to know of its database."""

    app: FastAPI
    database: Database
    settings: Settings
    browsers: ExitStack

    def browser(self, staff_no: str = "") -> Browser:
        """A new browser; signed in where a staff number is given."""
        found = self.browsers.enter_context(Browser(self.app))
        if staff_no:
            with self.database.writing() as session:
                secret = sign_in(session, self._id(session, staff_no), clock.wall(), 12)
            found.cookies.set(SESSION, secret, domain="caiji.test", path="/")
        return found

    def program(self, staff_no: str) -> Browser:
        """A client with a bearer token."""
        found = self.browser()
        with self.database.writing() as session:
            secret = make_token(session, staff_no, clock.wall())
        found.headers["Authorization"] = f"Bearer {secret}"
        return found

    def assignment(self, code: str, department: str) -> int:
        with self.database.reading() as session:
            (found,) = lines(session, table=code, department=department)
            return found.id

    def stage(self, assignment_id: int) -> str:
        with self.database.reading() as session:
            (found,) = lines(session, ids=[assignment_id])
            return found.assignment.stage

    def _id(self, session: Session, staff_no: str) -> int:
        return session.exec(select(Person).where(Person.staff_no == staff_no)).one().id or 0


@pytest.fixture
def load_site(tmp_path: Path, database: Database, morning: datetime) -> Iterator[Callable[..., Installation]]:
    """Makes an installation: live unless asked for a rehearsal, settings as given."""
    with ExitStack() as browsers:

        def load(*, rehearsal: bool = True, **given: object) -> Installation:
            settings = Settings(data=tmp_path, **given)
            with database.writing() as session:
                if rehearsal:
                    clock.start_rehearsal(session, morning)
                    clock.run_at(session, 0)
                else:
                    clock.stamp(session, clock.LIVE)
                apply(session, plan_2020(), None, morning)
                load_people(session, sample_people(plan_2020()), morning, sample=True)
            app = create_app(settings, database)
            browsers.callback(app.state.site.close)
            return Installation(app, database, settings, browsers)

        yield load


@pytest.fixture
def site(load_site: Callable[..., Installation]) -> Installation:
    """A rehearsal on the campaign's first morning, its clock standing still."""
    return load_site()


@pytest.fixture
def live(load_site: Callable[..., Installation]) -> Installation:
    """A live installation."""
    return load_site(rehearsal=False)
