"""The mail server under test, listening in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from models.database import Database
from tests.mail import robot_server
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post, listening
from tests.mail.robot_server import Robot


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server of the test's own; every connection asks ``post`` how to behave."""
    with listening() as made:
        yield made


@pytest.fixture
def office(campaign: Database, morning: datetime) -> PostOffice:
    """The 2020 campaign at 08:31 of its first day, its twelve digests decided."""
    made = PostOffice(campaign, morning.replace(hour=8, minute=31))
    made.decide()
    return made


@pytest.fixture
def robot() -> Iterator[Robot]:
    """A chat group's robot on this machine."""
    with robot_server.listening() as found:
        yield found
