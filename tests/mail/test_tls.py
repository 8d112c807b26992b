"""STARTTLS and TLS are really spoken; what cannot be trusted carries nothing; no password goes in clear."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from trustme import CA

from mail.line import Server, Stopped, Unreachable
from mail.smtp import Connection
from mail.verdicts import Answer, Verdict
from tests.mail.mail_server import Post

MESSAGE = b"Message-ID: <one@test>\r\nSubject: s\r\n\r\nhello\r\n"
PASSWORD = "geheim-授权码-8462"
CLOSED_WAYS = ["starttls", "tls"]


def send(server: Server) -> Answer:
    async def run() -> Answer:
        connection = Connection(server, "college.test")
        try:
            return await connection.send("office@test", "one@test", MESSAGE)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def nothing_in_clear(post: Post) -> Iterator[None]:
    """After every test of this file: the password came in no form over an open line."""
    yield
    for form in (PASSWORD.encode(), base64.b64encode(PASSWORD.encode())):
        assert form not in post.clear
    whole = base64.b64encode(f"\0office\0{PASSWORD}".encode())
    assert whole not in post.clear
    assert b"AUTH" not in post.clear


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_a_mail_goes_over_a_closed_line(trusted: Post, security: str) -> None:
    trusted.password = PASSWORD
    assert send(trusted.secure(security, PASSWORD)).verdict is Verdict.ACCEPTED
    assert (trusted.logins, len(trusted.kept)) == (["office"], 1)
    assert b"MAIL FROM" not in trusted.clear


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_a_wrong_password_is_tried_once(trusted: Post, security: str) -> None:
    trusted.password = "another"
    with pytest.raises(Stopped, match="535"):
        send(trusted.secure(security, PASSWORD))
    assert trusted.logins == ["office"]


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_an_unknown_authority_is_not_believed(post: Post, security: str) -> None:
    CA().issue_cert("127.0.0.1").configure_cert(post.identity)
    refused(post, security)


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_another_s_certificate_is_not_believed(trusted: Post, authority: CA, security: str) -> None:
    authority.issue_cert("mail.elsewhere.test").configure_cert(trusted.identity)
    refused(trusted, security)


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_a_certificate_that_has_ended_is_not_believed(trusted: Post, authority: CA, security: str) -> None:
    ended = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert("127.0.0.1", not_after=ended).configure_cert(trusted.identity)
    refused(trusted, security)


def refused(post: Post, security: str) -> None:
    post.password = PASSWORD
    with pytest.raises(Unreachable, match="certificate"):
        send(post.secure(security, PASSWORD))
    assert (post.logins, post.kept) == ([], [])


def test_a_server_without_starttls_gets_nothing(trusted: Post) -> None:
    trusted.password, trusted.starttls = PASSWORD, False
    with pytest.raises(Stopped, match="STARTTLS"):
        send(trusted.secure("starttls", PASSWORD))
    assert (trusted.logins, trusted.kept) == ([], [])


def test_tls_on_an_open_port_is_no_connection(trusted: Post) -> None:
    trusted.password = PASSWORD
    server = trusted.secure("starttls", PASSWORD)
    with pytest.raises(Unreachable):
        send(Server(server.host, server.port, "tls", "office", PASSWORD, timeout=2))
    assert trusted.logins == []


def test_an_open_line_is_never_signed_in_on(trusted: Post) -> None:
    """The settings refuse this already; the line refuses it too."""
    trusted.password = PASSWORD
    with pytest.raises(Stopped, match="没有加密"):
        send(Server("127.0.0.1", trusted.port, "none", "office", PASSWORD, timeout=5))
    assert (trusted.logins, trusted.kept) == ([], [])


@pytest.mark.parametrize("security", CLOSED_WAYS)
def test_a_server_that_says_nothing_is_left(trusted: Post, security: str) -> None:
    trusted.mute = True
    with pytest.raises(Unreachable):
        send(trusted.secure(security, PASSWORD, timeout=0.3))


@pytest.mark.parametrize("greeting", ["421 too busy", "554 no service for you"])
def test_a_server_that_turns_us_away_is_tried_later(trusted: Post, greeting: str) -> None:
    trusted.greeting = greeting
    with pytest.raises(Unreachable, match=greeting[:3]):
        send(trusted.secure("tls", PASSWORD))


def test_a_password_stands_in_no_description_of_a_server(trusted: Post) -> None:
    assert PASSWORD not in repr(trusted.secure("tls", PASSWORD))
