"""A draft counts only for a mail that is as it was read; a run writes from facts kept for some seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, update

from mail.drafting import FRESH, Batch, Kept
from mail.letters import Desk
from mail.verdicts import Answer, Verdict
from models import Mail
from tests.mail.campaign_mail import PostOffice, told_by

pytestmark = pytest.mark.both

UNKNOWN = Answer(Verdict.REFUSED, "550 no such user")


def test_a_draft_of_what_another_has_taken_takes_nothing(office: PostOffice) -> None:
    batch = drafted(office, 5)
    assert len(office.outbox.claim(office.wall, 3)) == 3
    assert [claimed.id for claimed in office.outbox.take(batch, office.wall)] == [4, 5]


def test_a_draft_of_what_another_has_tried_takes_nothing(office: PostOffice) -> None:
    batch = drafted(office, 1)
    [tried] = office.outbox.claim(office.wall, 1)
    office.outbox.settle([(tried, Answer(Verdict.LATER, "450 busy"))], office.wall)
    office.pass_time(minutes=2)
    assert office.outbox.take(batch, office.wall) == []
    [again] = office.outbox.claim(office.wall, 1)
    assert again.content == tried.content


def test_a_draft_of_what_waits_no_more_takes_nothing(office: PostOffice) -> None:
    batch = drafted(office, 1)
    with office.database.writing() as session:
        session.connection().execute(update(Mail).where(col(Mail.id) == 1).values(state="moot"))
    assert office.outbox.take(batch, office.wall) == []
    assert office.mails()[0].state == "moot"


def test_a_mail_that_was_added_to_since_is_drafted_anew(office: PostOffice) -> None:
    batch = drafted(office, 2)
    with office.database.writing() as session:
        mail = session.get_one(Mail, 1)
        mail.notice_ids = {"ids": [*mail.notice_ids["ids"], 10_000]}
        session.add(mail)
    assert [claimed.id for claimed in office.outbox.take(batch, office.wall)] == [2]
    assert [claimed.id for claimed in office.outbox.claim(office.wall, 1)] == [1]
    assert 10_000 in office.mails()[0].notice_ids["ids"]


def test_a_digest_that_an_older_one_hands_over_to_since_is_drafted_anew(office: PostOffice) -> None:
    """The older one was given up when the newer was drafted, and is queued again before that is taken."""
    old = office.outbox.claim(office.wall, 100)
    office.outbox.settle([(claimed, UNKNOWN) for claimed in old], office.wall)
    office.decide(datetime(2020, 11, 12, 8, 31, tzinfo=office.now.tzinfo))
    batch = drafted(office, 100)
    with office.database.writing() as session:
        session.connection().execute(update(Mail).where(col(Mail.id) == old[0].id).values(state="queued"))
    taken = {claimed.content.to for claimed in office.outbox.take(batch, office.wall)}
    assert old[0].content.to not in taken
    again = office.outbox.claim(office.wall, 100)
    assert [claimed.content.to for claimed in again if claimed.id > 12] == [old[0].content.to]
    assert told_by(office, "2020-11-06")[old[0].content.to] < told_by(office, "2020-11-12")[old[0].content.to]


def drafted(office: PostOffice, limit: int) -> Batch:
    batch = office.outbox.draft(office.wall, limit, Kept())
    assert batch is not None
    return batch


def test_a_run_reads_the_facts_once_for_some_seconds(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, kept, hour = reads(office, monkeypatch), Kept(), [0.0]
    monkeypatch.setattr("mail.drafting.monotonic", lambda: hour[0])
    counts = []
    for seconds in (0.0, FRESH, FRESH + 1):
        hour[0] = seconds
        assert len(office.outbox.claim(office.wall, 2, kept)) == 2
        counts.append(len(read))
    office.outbox.claim(office.wall, 2)
    assert [*counts, len(read)] == [1, 1, 2, 3]


def test_facts_are_read_anew_where_the_campaign_s_clock_was_moved(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, kept = reads(office, monkeypatch), Kept()
    for _ in range(2):
        office.outbox.claim(office.wall, 2, kept)
        office.now += timedelta(hours=1)
    assert len(read) == 2


def test_facts_are_read_anew_for_what_was_decided_since(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, kept = reads(office, monkeypatch), Kept()
    office.now = office.now.replace(day=12)
    office.outbox.claim(office.wall, 100, kept)
    office.decide()
    assert office.outbox.claim(office.wall, 100, kept)
    assert len(read) == 2


def reads(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> list[Desk]:
    """The desks that are read from now on."""
    read, desk_of = list[Desk](), office.outbox.drafting.desk_of

    def remembered(session: Session) -> Desk:
        read.append(desk_of(session))
        return read[-1]

    monkeypatch.setattr(office.outbox.drafting, "desk_of", remembered)
    return read
