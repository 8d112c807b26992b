"""The mail server under test, listening in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from trustme import CA

from models.database import Database
from tests.mail import robot_server
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post, listening
from tests.mail.robot_server import Robot


@pytest.fixture(scope="session")
def authority() -> CA:
    """Who signs the certificates of the mail server under test."""
    return CA()


@pytest.fixture
def trusted(post: Post, authority: CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """The mail server with a certificate that is believed, as SSL_CERT_FILE would have it."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    authority.issue_cert("127.0.0.1").configure_cert(post.identity)
    return post


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
