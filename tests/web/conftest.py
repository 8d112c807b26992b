"""A site over the loaded 2020 plan with its sample people, and browsers signed in as any of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

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
from models.migrate import upgrade
from models.worklist import lines
from plans.load import load_files
from plans.plan import Plan
from settings import ROOT, Settings
from tests.conftest import SHANGHAI
from tests.web.identity_server import College, running
from tests.web.signing_on import given
from tests.web.transport import Browser
from web.app import create_app
from web.visitor import SESSION

PASSWORD = "一句容易记住的话，长一些"
MORNING = datetime(2020, 11, 6, 8, 0, tzinfo=SHANGHAI)


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


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """The loaded database of a rehearsal or of a live installation, made once, to be copied."""

    @cache
    def make(rehearsal: bool) -> Path:
        path = tmp_path_factory.mktemp("loaded") / "caiji.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        with database.writing() as session:
            _fill(session, rehearsal=rehearsal)
        database.close()
        return path

    return make


def _fill(session: Session, *, rehearsal: bool) -> None:
    if rehearsal:
        clock.start_rehearsal(session, MORNING)
        clock.run_at(session, 0)
    else:
        clock.stamp(session, clock.LIVE)
    apply(session, plan_2020(), None, MORNING)
    load_people(session, sample_people(plan_2020()), MORNING, sample=True)


def installed(folder: Path, database: Path, ends: ExitStack, **given: Any) -> Installation:
    """An installation on a copy of this database; ``ends`` closes it."""
    shutil.copyfile(database, folder / "caiji.db")
    settings = Settings(data=folder, **{"public_url": "http://caiji.test", **given})
    opened = Database(settings.url)
    app = create_app(settings, opened)
    ends.callback(opened.close)
    ends.callback(app.state.site.close)
    return Installation(app, opened, settings, ends)


@pytest.fixture
def load_site(tmp_path: Path, loaded: Callable[[bool], Path]) -> Iterator[Callable[..., Installation]]:
    """Makes an installation: a rehearsal unless asked otherwise, settings as given."""
    with ExitStack() as ends:
        yield lambda *, rehearsal=True, **given: installed(tmp_path, loaded(rehearsal), ends, **given)


@pytest.fixture
def site(load_site: Callable[..., Installation]) -> Installation:
    """A rehearsal on the campaign's first morning, its clock standing still."""
    return load_site()


@pytest.fixture
def live(load_site: Callable[..., Installation]) -> Installation:
    """A live installation."""
    return load_site(rehearsal=False)


@pytest.fixture(scope="session")
def running_college() -> Iterator[College]:
    """Making a key takes a while: one provider for all tests."""
    with running() as college:
        yield college


@pytest.fixture
def college(running_college: College) -> College:
    """The provider, telling the truth."""
    running_college.tell_the_truth()
    return running_college


@pytest.fixture
def offered(load_site: Callable[..., Installation], college: College) -> Installation:
    """A live installation that offers single sign-on."""
    return load_site(rehearsal=False, **given(college))
