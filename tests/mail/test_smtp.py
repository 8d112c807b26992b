"""Each of a mail server's ways to fail lands in its right class."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event

import pytest

from mail.line import Server, Stopped, Unreachable, Withheld
from mail.smtp import Connection
from mail.verdicts import Answer, Verdict, verdict_on
from tests.mail.mail_server import DROP_AFTER_DOT, DROP_BEFORE_DATA, STALL, Post

MESSAGE = b"Message-ID: <one@test>\r\nSubject: s\r\n\r\nfirst\r\n.hidden dot\r\n"


@pytest.fixture(params=[True, False], ids=["in groups", "one by one"])
def post(post: Post, request: pytest.FixtureRequest) -> Post:
    """A server that takes commands in groups, and one that doesn't."""
    post.groups = request.param
    return post


def send(server: Server, count: int = 1, mails: int = 50) -> list[Answer]:
    """Send the message `count` times over one connection object."""

    async def run() -> list[Answer]:
        connection = Connection(server, "college.test", mails)
        answers = [await connection.send("office@test", "one@test", MESSAGE) for _ in range(count)]
        await connection.close()
        return answers

    return asyncio.run(run())


def test_a_mail_arrives_as_it_was(post: Post) -> None:
    [answer] = send(post.server)
    assert answer == Answer(Verdict.ACCEPTED, "250 kept")
    assert post.kept[0].get_content().splitlines() == ["first", ".hidden dot"]


def test_a_connection_carries_its_number_of_mails(post: Post) -> None:
    send(post.server, count=5, mails=2)
    assert (len(post.kept), post.connections) == (5, 3)


def test_a_message_waits_for_what_must_be_done_before(post: Post) -> None:
    """Its failure hands nothing over, and the line is not used again."""
    arrived: list[int] = []

    def ready() -> None:
        arrived.append(len(post.kept))

    def failing() -> None:
        raise OSError("disk full")

    async def run() -> None:
        connection = Connection(post.server, "college.test")
        for before in (ready, failing, ready):
            with suppress(Withheld):
                await connection.send("office@test", "one@test", MESSAGE, before)
        await connection.close()

    asyncio.run(run())
    assert (arrived, len(post.kept), post.connections) == ([0, 1], 2, 2)


@pytest.mark.parametrize(
    ("refusal", "verdict", "throttled", "address"),
    [
        ("450 mailbox busy", Verdict.LATER, False, False),
        ("450 4.2.1 user unknown for now", Verdict.LATER, False, False),
        ("451 local error", Verdict.LATER, False, False),
        ("452 try again later", Verdict.LATER, True, False),
        ("550 Ip frequency limited", Verdict.LATER, True, False),
        ("550 User has exceeded its 24-hour sending limit", Verdict.LATER, True, False),
        ("554 MI:STC mail count", Verdict.LATER, True, False),
        ("550 no such user", Verdict.REFUSED, False, True),
        ("550 5.1.1 <one@test>: Recipient address rejected", Verdict.REFUSED, False, True),
        ("550 Mailbox not found or access denied", Verdict.REFUSED, False, True),
        ("550 MX:NUS 用户不存在", Verdict.REFUSED, False, True),
        ("553 5.1.3 invalid mailbox", Verdict.REFUSED, False, True),
        ("550 5.7.1 relaying denied", Verdict.REFUSED, False, False),
        ("550 the sender is blocked by an SPF policy", Verdict.REFUSED, False, False),
        ("550 发件地址未通过认证", Verdict.REFUSED, False, False),
        ("554 DT:SPM content", Verdict.REFUSED, False, False),
    ],
)
def test_a_refused_recipient(
    post: Post, refusal: str, verdict: Verdict, throttled: bool, address: bool
) -> None:
    post.faults = [refusal]
    assert send(post.server) == [Answer(verdict, refusal, throttled, address)]
    assert post.kept == []


def test_a_refusal_leaves_the_connection_usable(post: Post) -> None:
    post.faults = ["550 no such user"]
    assert [answer.verdict for answer in send(post.server, 2)] == [Verdict.REFUSED, Verdict.ACCEPTED]
    assert post.connections == 1


def test_refused_content(post: Post) -> None:
    post.data = ["552 message size exceeds fixed limit", "451 try later", "554 rejected"]
    verdicts = [answer.verdict for answer in send(post.server, 4)]
    assert verdicts == [Verdict.REFUSED, Verdict.LATER, Verdict.REFUSED, Verdict.ACCEPTED]


def test_421_ends_the_connection_and_the_next_mail_opens_another(post: Post) -> None:
    post.faults = ["421 closing"]
    assert [answer.verdict for answer in send(post.server, 2)] == [Verdict.LATER, Verdict.ACCEPTED]
    assert post.connections == 2


def test_a_drop_before_the_message_is_no_doubt(post: Post) -> None:
    post.faults = [DROP_BEFORE_DATA]
    assert send(post.server)[0].verdict is Verdict.LATER
    assert post.kept == []


def test_a_kept_connection_that_was_closed_is_no_failure(post: Post) -> None:
    async def run() -> list[Verdict]:
        connection = Connection(post.server, "college.test")
        first = await connection.send("office@test", "one@test", MESSAGE)
        post.faults = [DROP_BEFORE_DATA]
        second = await connection.send("office@test", "one@test", MESSAGE)
        await connection.close()
        return [first.verdict, second.verdict]

    assert asyncio.run(run()) == [Verdict.ACCEPTED, Verdict.ACCEPTED]


def test_a_drop_after_the_final_dot_is_uncertain(post: Post) -> None:
    post.faults = [DROP_AFTER_DOT]
    assert send(post.server)[0].verdict is Verdict.UNCERTAIN
    assert post.times == {"<one@test>": 1}


def test_a_stall_after_the_final_dot_is_uncertain(post: Post) -> None:
    post.faults = [STALL]
    server = Server("127.0.0.1", post.port, timeout=0.3)
    assert send(server)[0].verdict is Verdict.UNCERTAIN


def test_an_answer_that_came_while_we_were_busy_is_in_time(post: Post) -> None:
    """A locked database holds up everything here, but not the server."""

    async def run() -> list[Verdict]:
        connection = Connection(Server("127.0.0.1", post.port, timeout=0.3), "college.test")
        await connection.open()
        first = asyncio.create_task(connection.send("office@test", "one@test", MESSAGE))
        asyncio.get_running_loop().call_soon(Event().wait, 0.5)
        second = [await first, await connection.send("office@test", "two@test", MESSAGE)]
        await connection.close()
        return [answer.verdict for answer in second]

    assert asyncio.run(run()) == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert post.connections == 1


def test_a_refused_sender_stops_everything(post: Post) -> None:
    post.mail = ["553 mail from must equal authorized user"]
    with pytest.raises(Stopped, match="553"):
        send(post.server)


def test_a_server_that_is_down(post: Post) -> None:
    post.down = True
    with pytest.raises(Unreachable):
        send(post.server)
    with pytest.raises(Unreachable):
        send(Server("127.0.0.1", 1))


def test_an_impossible_address_is_refused(post: Post) -> None:
    async def run() -> Answer:
        connection = Connection(post.server, "college.test")
        answer = await connection.send("office@test", "某人@学校", MESSAGE)
        await connection.close()
        return answer

    assert asyncio.run(run()).verdict is Verdict.REFUSED


def test_a_size_limit_is_no_throttling() -> None:
    assert verdict_on(552, "5.3.4 message size exceeds limit").verdict is Verdict.REFUSED
