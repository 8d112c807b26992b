"""What becomes of a mail after a try: its state, its next try, and what the office is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col

from mail.verdicts import Answer, Verdict
from models import Mail
from models.incidents import MAIL_FAILED, tell
from models.notice import FAILED, LEASED, QUEUED, SENT, UNCERTAIN
from models.refusal import clear_refusal, note_refusal

PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30, 60))
"""How long to wait after each refusal for now; the last one repeats."""
TRIES = 60
"""Refusals for now until a mail has failed: two and a half days."""
UNWRITTEN = "unwritten"


TAKEN = (
    update(Mail)
    .where(
        col(Mail.id) == bindparam("mail"),
        col(Mail.attempts) == bindparam("attempt"),
        or_(col(Mail.state) == LEASED, col(Mail.state) == UNCERTAIN),
    )
    .values(
        state=SENT,
        sent_at=bindparam("wall"),
        answer=bindparam("said"),
        course=bindparam("went"),
        leased_until=None,
        next_try_at=None,
    )
)
"""Settles mails that the server took, as nearly all are: a statement for all of them, nothing read.
A lease that ran out changes nothing as long as nobody else has tried the mail."""


def taken_row(
    mail_id: int, attempt: int, course: list[dict[str, Any]], answer: Answer, wall: datetime
) -> dict[str, Any]:
    """What `TAKEN` needs of a mail."""
    went = [*course, line(answer.verdict, answer.text, wall)]
    return {"mail": mail_id, "attempt": attempt, "wall": wall, "said": answer.text, "went": went}


def record(session: Session, mail: Mail, answer: Answer, wall: datetime, *, was_refused: bool) -> None:
    """Settle a try; ``was_refused`` tells that the server had refused this address before."""
    note(mail, answer.verdict, answer.text, wall)
    mail.answer, mail.leased_until = answer.text, None
    if answer.verdict is Verdict.ACCEPTED:
        mail.state, mail.sent_at, mail.next_try_at = SENT, wall, None
        if was_refused:
            clear_refusal(session, mail.address, wall)
    elif answer.verdict is Verdict.REFUSED or mail.attempts >= TRIES:
        _give_up(session, mail, answer, wall)
    else:
        mail.state = UNCERTAIN if answer.verdict is Verdict.UNCERTAIN else QUEUED
        mail.next_try_at = wall + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    session.add(mail)


def record_unwritten(session: Session, mail: Mail, reason: str, wall: datetime) -> None:
    """A mail that cannot be written has failed, and the office hears of it."""
    note(mail, UNWRITTEN, reason, wall)
    message = f"给 {mail.address} 的邮件写不成：{reason}。请把这封邮件的编号 {mail.id} 告诉信息中心。"
    _fail(session, mail, reason, message, wall)


def note(mail: Mail, verdict: str, text: str, wall: datetime) -> None:
    """Add a line to what became of the mail."""
    mail.course = [*mail.course, line(verdict, text, wall)]


def line(verdict: str, text: str, wall: datetime) -> dict[str, str]:
    """What became of a try, as the course of a mail keeps it."""
    return {"at": wall.isoformat(), "verdict": str(verdict), "answer": text}


def _give_up(session: Session, mail: Mail, answer: Answer, wall: datetime) -> None:
    if answer.address:
        note_refusal(session, mail.address, answer.text, wall)
        mail.state, mail.next_try_at = FAILED, None
    elif answer.verdict is Verdict.REFUSED:
        message = f"发给 {mail.address} 的邮件被服务器拒绝：{answer.text}。请按答复改正后重新发送。"
        _fail(session, mail, answer.text, message, wall)
    else:
        message = (
            f"发给 {mail.address} 的邮件试了 {mail.attempts} 次都没有送到：{answer.text}。"
            "请核对邮箱，或向邮件服务器的管理员了解原因，然后重新发送。"
        )
        _fail(session, mail, answer.text, message, wall)


def _fail(session: Session, mail: Mail, answer: str, message: str, wall: datetime) -> None:
    mail.state, mail.answer, mail.leased_until, mail.next_try_at = FAILED, answer, None, None
    session.add(mail)
    tell(session, MAIL_FAILED, f"mail:{mail.id}", message, wall)
