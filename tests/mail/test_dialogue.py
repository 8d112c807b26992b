"""Commands go together where the server takes them so, and no answer is taken for another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from mail.dialogue import LONGEST_ANSWER
from mail.line import Server
from mail.smtp import Connection
from mail.verdicts import Answer, Verdict

MESSAGE = b"Message-ID: <one@test>\r\nSubject: s\r\n\r\nhello\r\n"
TAKEN = "250 ok\r\n250 ok\r\n354 go on\r\n"
KEPT = "250 kept\r\n"
HANG_UP, SILENCE, PAUSE = "hang up", "silence", "pause"


@dataclass
class Scripted:
    """A server that gives these answers, one for each time that it has read what it waits for: a group
    (three lines, or ``waits_for`` of them) or a message.  ``loses``: it takes a line at a time, though it
    says otherwise, and forgets what came with it.  ``heard``: each connection's lines."""

    answers: list[str]
    waits_for: int = 3
    loses: bool = False
    timeout: float = 0.3
    heard: list[list[str]] = field(default_factory=list)
    talks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.append(asyncio.create_task(self._whole(reader, writer)))

    async def _whole(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await self._talk(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard: list[str] = []
        self.heard.append(heard)
        writer.write(b"220 scripted\r\n")
        await reader.readline()
        writer.write(b"250-scripted\r\n250 PIPELINING\r\n" if self.waits_for > 1 else b"250 scripted\r\n")
        in_message = False
        while self.answers:
            lines = await (self._message(reader) if in_message else self._group(reader))
            heard += lines
            if not lines or lines[-1] in ("QUIT", ""):
                break
            answer = self.answers.pop(0)
            if answer == SILENCE:
                await reader.read()
                break
            for number, part in enumerate(answer.removesuffix(HANG_UP).split(PAUSE)):
                await asyncio.sleep(0.5 if number else 0)
                writer.write(part.encode())
            if answer.endswith(HANG_UP):
                break
            in_message = "354" in answer

    async def _group(self, reader: asyncio.StreamReader) -> list[str]:
        first = await self._line(reader)
        wanted = 1 if first in ("RSET", "QUIT", "") or self.loses else self.waits_for
        if self.loses and first:
            await self._forget(reader)
        return [first, *[await self._line(reader) for _ in range(wanted - 1)]]

    async def _forget(self, reader: asyncio.StreamReader) -> None:
        """What came together with the last line."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(4096), 0.02)

    async def _message(self, reader: asyncio.StreamReader) -> list[str]:
        lines = [await self._line(reader)]
        while lines[-1] not in (".", ""):
            lines.append(await self._line(reader))
        while lines[-1] != "." and not reader.at_eof():
            lines.append(await self._line(reader))
        return lines if lines[-1] == "." else []

    async def _line(self, reader: asyncio.StreamReader) -> str:
        return (await reader.readline()).decode().strip()


@asynccontextmanager
async def listening(scripted: Scripted) -> AsyncIterator[Server]:
    server = await asyncio.start_server(scripted.begin, "127.0.0.1", 0)
    try:
        yield Server("127.0.0.1", server.sockets[0].getsockname()[1], timeout=scripted.timeout)
    finally:
        server.close()
        await asyncio.gather(*scripted.talks)
        await server.wait_closed()


def run(
    scripted: Scripted, play: Callable[[Connection], Coroutine[None, None, list[Answer]]]
) -> list[Answer]:
    async def whole() -> list[Answer]:
        async with listening(scripted) as server:
            connection = Connection(server, "college.test")
            answers = await play(connection)
            await connection.close()
            return answers

    return asyncio.run(whole())


def send(scripted: Scripted, mails: int = 1) -> list[Answer]:
    async def play(connection: Connection) -> list[Answer]:
        return [await connection.send("office@test", "one@test", MESSAGE) for _ in range(mails)]

    return run(scripted, play)


def kept_line(scripted: Scripted) -> list[Answer]:
    """One mail over a line that was opened before."""

    async def play(connection: Connection) -> list[Answer]:
        await connection.open()
        return [await connection.send("office@test", "one@test", MESSAGE)]

    return run(scripted, play)


def test_a_group_is_said_before_any_of_it_is_answered() -> None:
    scripted = Scripted([TAKEN, KEPT])
    assert send(scripted) == [Answer(Verdict.ACCEPTED, "250 kept")]
    assert scripted.heard[0][:3] == ["MAIL FROM:<office@test>", "RCPT TO:<one@test>", "DATA"]


def test_a_server_that_does_not_say_so_is_asked_one_by_one() -> None:
    scripted = Scripted([*TAKEN.splitlines(keepends=True), KEPT], waits_for=1)
    assert send(scripted) == [Answer(Verdict.ACCEPTED, "250 kept")]


def test_answers_of_several_lines() -> None:
    scripted = Scripted(
        ["250-fine\r\n250 ok\r\n251 forwarded\r\n354-a\r\n354 b\r\n", "250-queued\r\n250 as 7\r\n"]
    )
    assert send(scripted) == [Answer(Verdict.ACCEPTED, "250 queued\nas 7")]


def test_what_is_refused_in_a_group_leaves_the_line_in_step() -> None:
    refused = "250 ok\r\n550 no such user\r\n503 need RCPT\r\n"
    scripted = Scripted([refused, "250 cleared\r\n", TAKEN, KEPT])
    answers = send(scripted, 2)
    assert [(answer.verdict, answer.address) for answer in answers] == [
        (Verdict.REFUSED, True),
        (Verdict.ACCEPTED, False),
    ]
    assert len(scripted.heard) == 1


def test_no_empty_mail_goes_where_the_server_waits_for_one_all_the_same() -> None:
    """A recipient was refused, and the message is asked for: the line is dropped, with no final dot."""
    scripted = Scripted(["250 ok\r\n550 no such user\r\n354 go on\r\n", "250 an empty mail"])
    assert send(scripted) == [Answer(Verdict.REFUSED, "550 no such user", address=True)]
    assert scripted.heard[0][3:] == []


def test_a_farewell_in_the_middle_of_a_group_is_told() -> None:
    scripted = Scripted([f"421 too many connections\r\n{HANG_UP}"])
    [answer] = send(scripted)
    assert (answer.verdict, answer.text, answer.throttled) == (
        Verdict.LATER,
        "421 too many connections",
        True,
    )


@pytest.mark.parametrize("answer", [HANG_UP, f"250 ok\r\n250 ok\r\n{HANG_UP}", SILENCE, "250 ok\r\n250"])
def test_a_group_that_is_not_answered_whole_is_no_doubt(answer: str) -> None:
    assert [answer.verdict for answer in send(Scripted([answer]))] == [Verdict.LATER]


@pytest.mark.parametrize(
    "answer", [HANG_UP, SILENCE, "250", "354 go on\r\n", "what?\r\n", "\r\n", "150 wait\r\n"]
)
def test_a_message_that_is_not_answered_is_uncertain(answer: str) -> None:
    """Nor is it sent once more at once, though the line was a kept one."""
    scripted = Scripted([TAKEN, answer, TAKEN, KEPT])
    assert [answer.verdict for answer in kept_line(scripted)] == [Verdict.UNCERTAIN]
    assert sum(line == "." for heard in scripted.heard for line in heard) == 1


@pytest.mark.parametrize("answers", [[TAKEN, "451 no\r\n"], ["250 ok\r\n450 too many\r\n354 go on\r\n"]])
def test_what_was_answered_is_not_tried_again_at_once(answers: list[str]) -> None:
    """Though the line ended after it: only a kept line that was gone before says nothing about the mail."""
    scripted = Scripted([*answers[:-1], answers[-1] + HANG_UP, TAKEN, KEPT])
    assert [answer.verdict for answer in kept_line(scripted)] == [Verdict.LATER]
    assert sum(line == "DATA" for heard in scripted.heard for line in heard) == 1


def test_an_answer_that_nobody_asked_for_ends_the_line() -> None:
    """It is not taken for the next one's: the next mail goes over another line."""
    scripted = Scripted([TAKEN, KEPT + "421 idle for too long\r\n", TAKEN, KEPT])

    async def play(connection: Connection) -> list[Answer]:
        answers = [await connection.send("office@test", "one@test", MESSAGE)]
        while connection.is_open:
            await asyncio.sleep(0)
        return [*answers, await connection.send("office@test", "two@test", MESSAGE)]

    assert [answer.verdict for answer in run(scripted, play)] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert len(scripted.heard) == 2


@pytest.mark.parametrize("half", ["250", "250-stale\r\n"])
def test_half_an_answer_that_nobody_asked_for_is_joined_to_none(half: str) -> None:
    scripted = Scripted([TAKEN + half, " stale\r\n451 disk full\r\n", TAKEN, KEPT])
    [answer] = send(scripted)
    assert (answer.verdict, answer.text) == (Verdict.LATER, "an answer that nobody asked for")
    assert scripted.heard[0][3:] == []


def test_a_server_that_is_slow_at_each_step_is_in_time() -> None:
    """It may take as long for each answer as it might for one alone."""
    slow = PAUSE.join(TAKEN.splitlines(keepends=True))
    assert send(Scripted([slow, KEPT], timeout=0.8)) == [Answer(Verdict.ACCEPTED, "250 kept")]


def test_a_server_that_loses_what_follows_the_first_command_is_asked_one_by_one() -> None:
    """From the next line on: it said that it takes groups."""
    scripted = Scripted(["250 ok\r\n", *TAKEN.splitlines(keepends=True), KEPT], loses=True)
    assert [answer.verdict for answer in send(scripted, 2)] == [Verdict.LATER, Verdict.ACCEPTED]
    assert len(scripted.heard) == 2


def test_a_reset_that_is_refused_ends_the_line() -> None:
    refused = "250 ok\r\n550 no such user\r\n503 need RCPT\r\n"
    scripted = Scripted([refused, "500 what?\r\n", TAKEN, KEPT])
    assert [answer.verdict for answer in send(scripted, 2)] == [Verdict.REFUSED, Verdict.ACCEPTED]
    assert len(scripted.heard) == 2


@pytest.mark.parametrize("line", ["nonsense\r\n", "2x0 ok\r\n", "\r\n", "²50 ok\r\n"])
def test_an_answer_without_a_code_is_none_that_lets_us_go_on(line: str) -> None:
    assert [answer.verdict for answer in send(Scripted([line * 3, "250 cleared\r\n"]))] == [Verdict.LATER]


def test_an_answer_without_an_end_ends_the_line() -> None:
    for flood in ("x" * (LONGEST_ANSWER + 1), "250-more\r\n" * LONGEST_ANSWER):
        [answer] = send(Scripted([flood]))
        assert (answer.verdict, answer.text) == (Verdict.LATER, "an answer without an end")


def test_an_address_with_a_line_break_says_nothing_to_the_server() -> None:
    scripted = Scripted([TAKEN, KEPT])

    async def play(connection: Connection) -> list[Answer]:
        return [await connection.send("office@test", "one@test>\r\nRCPT TO:<two@test", MESSAGE)]

    assert run(scripted, play)[0].verdict is Verdict.REFUSED
    assert scripted.heard == [["QUIT"]]
