"""The catcher as a process keeps what it accepted, whatever happens to it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from mail.catcher import FOLDER, HOST, attachment, mailbox, message, port_of
from mail.line import Server
from mail.message import Attachment, Content, Sender, as_bytes
from mail.smtp import Connection
from mail.verdicts import Verdict
from settings import ROOT

WALL = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
SENDER = Sender("office@college.test", "质量部")


class Running:
    """A catcher process over a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.start()

    def start(self) -> None:
        (self.data / "catcher.port").unlink(missing_ok=True)
        argv = [sys.executable, "-m", "mail.catcher", "--data", str(self.data)]
        self.process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL)
        deadline = monotonic() + 30
        while not port_of(self.data):
            assert monotonic() < deadline
            Event().wait(0.02)

    def send(self, number: int, *attachments: Attachment, subject: str = "你好") -> Verdict:
        content = Content(
            f"p{number}@college.test",
            f"<{number}@college.test>",
            subject,
            f"第 {number} 封",
            "<b>h</b>",
            attachments,
        )

        async def run() -> Verdict:
            connection = Connection(Server(HOST, port_of(self.data) or 0, timeout=10), SENDER.domain)
            answer = await connection.send(SENDER.address, content.to, as_bytes(content, SENDER, WALL))
            await connection.close()
            return answer.verdict

        return asyncio.run(run())


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_what_was_sent_can_be_read(catcher: Running) -> None:
    assert catcher.send(1, Attachment("表.docx", "application/octet-stream", b"abc")) is Verdict.ACCEPTED
    [heading] = mailbox(catcher.data)
    caught = message(catcher.data, heading.name)
    assert caught is not None
    assert (heading.to, heading.subject, heading.at) == (caught.to, caught.subject, caught.at)
    assert (caught.to, caught.subject, caught.message_id) == ("p1@college.test", "你好", "<1@college.test>")
    assert (caught.text, caught.html.strip(), caught.attachments) == ("第 1 封\n", "<b>h</b>", ("表.docx",))
    assert attachment(catcher.data, caught.name, "表.docx") == b"abc"
    assert attachment(catcher.data, caught.name, "other") is None
    assert attachment(catcher.data, "../caiji.db", "other") is None


def test_newest_first_and_a_duplicate_is_shown_once_with_its_count(catcher: Running) -> None:
    for number in (1, 2, 1, 3):
        catcher.send(number)
    assert [(caught.message_id, caught.times) for caught in mailbox(catcher.data)] == [
        ("<3@college.test>", 1),
        ("<1@college.test>", 2),
        ("<2@college.test>", 1),
    ]
    assert len(mailbox(catcher.data, limit=1)) == 1


def test_a_kill_loses_nothing_that_was_accepted(catcher: Running) -> None:
    for number in range(5):
        assert catcher.send(number) is Verdict.ACCEPTED
    catcher.process.kill()
    catcher.process.wait()
    catcher.start()
    catcher.send(5)
    assert len(mailbox(catcher.data)) == 6


def test_it_ends_when_asked(catcher: Running) -> None:
    catcher.process.send_signal(signal.SIGTERM)
    assert catcher.process.wait(10) == 0


def test_an_empty_folder_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert (mailbox(tmp_path), port_of(tmp_path)) == ([], None)


def test_only_messages_of_the_folder_are_opened(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "notes.eml").write_bytes(b"To: a@college.test\n\nhi")
    (tmp_path / "1-secret.eml").write_bytes(b"To: a@college.test\n\nhi")
    assert mailbox(tmp_path) == []
    assert [message(tmp_path, name) for name in ("notes.eml", "../1-secret.eml", "1-none.eml")] == [None] * 3


def test_the_filter_looks_through_everything_before_the_limit(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for number in range(6):
        headers = f"To: p{number % 2}@college.test\nMessage-ID: <{number}@x>\nSubject: {number}\n"
        body = b"\nbroken \xff body" if number else b""
        (tmp_path / FOLDER / f"{number}-a.eml").write_bytes(headers.encode() + body)
    assert [heading.subject for heading in mailbox(tmp_path, "p0@", limit=2)] == ["4", "2"]
    assert [heading.subject for heading in mailbox(tmp_path, "p1@")] == ["5", "3", "1"]
