"""Mails that the office queues by hand: a failed one anew, a sent one once more, a test to himself."""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid

from sqlalchemy import update
from sqlmodel import Session, col

from actions.who import Who, demand_office
from models import Mail, Person
from models.errors import Conflict, NotFound, Sentence, Unusable
from models.incidents import ADDRESS_REFUSED, MAIL_FAILED, over
from models.notice import FAILED, QUEUED, SENT, TEST, follow_address
from models.refusal import incident_subject
from models.worklist import current_campaign

AGAIN = "again"
"""The word for a resending in what became of a mail."""


def resend(session: Session, who: Who, mail_id: int, wall: datetime) -> None:
    """Queue a failed mail anew: it is written again, to the address that its person has by now.

    Conflict where it has not failed.
    """
    mail = _demand(session, who, mail_id)
    _queue(session, mail, FAILED, _logged(mail, who, "", wall) | {"message_id": ""})
    over(session, MAIL_FAILED, wall, f"mail:{mail_id}")
    over(session, ADDRESS_REFUSED, wall, incident_subject(mail.address))


def resend_sent(session: Session, who: Who, mail_id: int, reason: str, wall: datetime) -> None:
    """Queue a sent mail once more, word for word, to the address that its person has by now.

    It gets a Message-ID of its own, as mail programs drop what they have seen; the reason is kept with it.
    Unusable without a reason, Conflict where it has not been sent.
    """
    mail = _demand(session, who, mail_id)
    if not reason.strip():
        raise Unusable("请写明为什么再发一次。", "例如“本人称没有收到”；原因会留在这封邮件的记录里。")
    made = make_msgid(f"caiji-{mail_id}", mail.message_id.rpartition("@")[2].rstrip(">") or "localhost")
    _queue(session, mail, SENT, _logged(mail, who, reason.strip(), wall) | {"message_id": made})
    person = session.get(Person, mail.person_id) if mail.person_id else None
    session.refresh(mail)
    if person is not None and person.email != mail.address:
        follow_address(session, mail, person.email)
        session.add(mail)


def queue_test(session: Session, who: Who, now: datetime, wall: datetime) -> Mail:
    """Queue a test mail to whoever asks; it goes at any hour.  Unusable where he has no address."""
    demand_office(who)
    person = session.get_one(Person, who.id)
    if not person.email:
        raise Unusable("您还没有登记邮箱。", "请先在“人员”中补上自己的邮箱。")
    made = Mail(
        campaign_id=current_campaign(session).id or 0,
        person_id=person.id,
        address=person.email,
        kind=TEST,
        slot=wall.isoformat(),
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _demand(session: Session, who: Who, mail_id: int) -> Mail:
    demand_office(who)
    mail = session.get(Mail, mail_id)
    if mail is None:
        raise NotFound("没有这封邮件。", "请从“通知”页面重新选择。")
    person = session.get(Person, mail.person_id) if mail.person_id else None
    if person is not None and not person.active:
        raise Conflict("收件人已离任/离校，不再给他发邮件。", "请转告接手的同事，待办在他的每日提醒里。")
    return mail


def _logged(mail: Mail, who: Who, reason: str, wall: datetime) -> dict[str, object]:
    """What became of the mail, with a line that says who has it sent again, and from which Message-ID."""
    line = {"at": wall.isoformat(), "verdict": AGAIN, "answer": reason, "by": who.name}
    return {"course": [*mail.course, line | {"message_id": mail.message_id, "address": mail.address}]}


def _queue(session: Session, mail: Mail, state: str, anew: dict[str, object]) -> None:
    """Queue the mail if it is in this state; Conflict else."""
    fresh = {"state": QUEUED, "next_try_at": None, "leased_until": None, "attempts": 0, **anew}
    changed = session.connection().execute(
        update(Mail).where(col(Mail.id) == mail.id, col(Mail.state) == state).values(**fresh)
    )
    if changed.rowcount != 1:
        word = {FAILED: Sentence("发送失败"), SENT: Sentence("已经发出")}[state]
        raise Conflict(
            Sentence("只有%(word)s的邮件可以重新发送。", word=word), "这封邮件可能已在排队，请刷新页面查看。"
        )
