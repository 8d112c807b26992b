"""A frozen mail as bytes: what every mail server and client expects of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser

from mail.message import Attachment, Content, Sender, as_bytes

WALL = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
SENDER = Sender("office@college.test", "质量部（数据采集）")
CONTENT = Content(
    to="one@college.test",
    message_id="<caiji-1.2@college.test>",
    subject="【数据采集】3 项待办，最近 11月18日（周三）截止",
    text="您好：\n.一行以点开头\n",
    html="<p>您好</p>",
    attachments=(
        Attachment("逾期报告.docx", "application/octet-stream", b"\x00\x01"),
        Attachment("deadlines.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"BEGIN:VCALENDAR"),
    ),
)


def parsed(content: Content = CONTENT) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(as_bytes(content, SENDER, WALL))


def test_headers() -> None:
    message = parsed()
    assert message["From"].addresses[0].display_name == "质量部（数据采集）"
    assert message["From"].addresses[0].addr_spec == "office@college.test"
    assert (message["To"], message["Message-ID"]) == (CONTENT.to, CONTENT.message_id)
    assert (message["Subject"], message["Auto-Submitted"]) == (CONTENT.subject, "auto-generated")
    assert message["Date"].datetime == WALL


def test_both_bodies_and_the_files() -> None:
    message = parsed()
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == CONTENT.text.splitlines()
    assert html.get_content().strip() == CONTENT.html
    files = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ]
    assert files == [
        ("逾期报告.docx", "application/octet-stream", b"\x00\x01"),
        ("deadlines.ics", "text/calendar", b"BEGIN:VCALENDAR"),
    ]
    assert [part["Content-Type"].params.get("method") for part in message.iter_attachments()] == [
        None,
        "PUBLISH",
    ]


def test_a_parser_finds_no_defect_and_every_byte() -> None:
    for content in (b"", b"--=_mixed--\r\n", bytes(range(256)) * 400):
        message = parsed(replace(CONTENT, attachments=(Attachment("a b.xlsx", "application/zip", content),)))
        assert [part.defects for part in message.walk() if part.defects] == []
        (enclosed,) = message.iter_attachments()
        assert (enclosed.get_filename(), enclosed.get_payload(decode=True)) == ("a b.xlsx", content)


def test_a_long_subject_is_folded_and_stays_itself() -> None:
    long = replace(CONTENT, subject="数据采集状态数据待办事项" * 12, attachments=())
    assert parsed(long)["Subject"] == long.subject
    assert max(map(len, as_bytes(long, SENDER, WALL).split(b"\r\n"))) <= 78


def test_a_long_name_of_the_sender_is_several_words() -> None:
    long = Sender("office@college.test", "示例职业技术学院教学质量监控与评估处数据采集办公室")
    sent = as_bytes(CONTENT, long, WALL)
    (line,) = [each for each in sent.split(b"\r\n") if each.startswith(b"From: ")]
    assert max(map(len, line.split())) <= 75
    raw = BytesParser(policy=policy.compat32).parsebytes(sent)["From"]
    assert str(make_header(decode_header(raw))) == f"{long.name} <{long.address}>"


def test_only_ascii_and_whole_lines_go_over_the_line() -> None:
    sent = as_bytes(CONTENT, SENDER, WALL)
    sent.decode("ascii")
    assert sent.count(b"\n") == sent.count(b"\r\n")
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    assert sent.endswith(b"\r\n")


def test_a_line_break_in_a_subject_is_no_new_header() -> None:
    import pytest

    with pytest.raises(ValueError, match="linefeed"):
        as_bytes(Content("a@b.c", "<1@b>", "x\r\nBcc: all@college.test", "t", "h"), SENDER, WALL)


def test_the_domain_is_the_senders() -> None:
    assert SENDER.domain == "college.test"
