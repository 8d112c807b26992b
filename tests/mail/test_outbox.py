"""A mail is claimed by one sender, frozen once, and no state loses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, delete, select, update

from actions.leaving import take_out
from mail.leasing import LEASE, Claimed
from mail.settling import PAUSES, TRIES
from mail.verdicts import Answer, Verdict
from models import Assignment, Grant, Mail, Person
from tests.mail.campaign_mail import WALL, PostOffice, told_by

pytestmark = pytest.mark.both

TAKEN = Answer(Verdict.ACCEPTED, "250 ok")
BUSY = Answer(Verdict.LATER, "450 busy")
SILENCE = Answer(Verdict.UNCERTAIN, "timed out")
UNKNOWN = Answer(Verdict.REFUSED, "550 no such user")


def settle(office: PostOffice, claimed: Claimed, answer: Answer) -> None:
    office.outbox.settle([(claimed, answer)], office.wall)


def one(office: PostOffice) -> Claimed:
    [claimed] = office.outbox.claim(office.wall, 1)
    return claimed


def test_a_claimed_mail_is_frozen_and_nobody_elses(office: PostOffice) -> None:
    claimed = one(office)
    row = office.mails()[0]
    assert (row.state, row.attempts, row.leased_until) == ("leased", 1, WALL + LEASE)
    assert row.subject == claimed.content.subject
    assert row.message_id == claimed.content.message_id
    assert claimed.content.message_id.endswith("@college.test>")
    assert len(office.outbox.claim(office.wall, 100)) == 11
    assert office.outbox.claim(office.wall, 100) == []


def test_claims_at_once_share_the_mails(office: PostOffice) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(office.outbox.claim, office.wall, 5) for _ in range(4)]
        ids = [claimed.id for future in found for claimed in future.result()]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 12


def test_accepted_is_sent(office: PostOffice) -> None:
    settle(office, one(office), TAKEN)
    row = office.mails()[0]
    assert (row.state, row.sent_at, row.answer, row.leased_until) == ("sent", WALL, "250 ok", None)


def test_answers_settled_together_are_each_their_own(office: PostOffice) -> None:
    claimed = office.outbox.claim(office.wall, 4)
    office.outbox.settle(list(zip(claimed, [TAKEN, BUSY, SILENCE, UNKNOWN], strict=True)), office.wall)
    assert [mail.state for mail in office.mails()][:4] == ["sent", "queued", "uncertain", "failed"]


def test_refused_is_failed_and_an_incident(office: PostOffice) -> None:
    settle(office, one(office), UNKNOWN)
    assert (office.mails()[0].state, office.incidents()) == ("failed", ["mail-failed"])


def test_later_waits_longer_each_time(office: PostOffice) -> None:
    waits = []
    for _ in range(7):
        claimed = one(office)
        settle(office, claimed, BUSY)
        again = office.mails()[0].next_try_at
        assert again is not None
        waits.append(again - office.wall)
        office.wall = again
    assert waits == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_a_pause_is_kept(office: PostOffice) -> None:
    first = one(office)
    settle(office, first, BUSY)
    assert one(office).id != first.id
    office.pass_time(minutes=1)
    assert one(office).id == first.id


def test_after_many_tries_it_has_failed(office: PostOffice) -> None:
    claimed = one(office)
    with office.database.writing() as session:
        session.connection().execute(update(Mail).where(col(Mail.id) == claimed.id).values(attempts=TRIES))
    settle(office, Claimed(**{**vars(claimed), "attempt": TRIES}), BUSY)
    assert office.mails()[0].state == "failed"


def test_uncertain_comes_again_with_the_same_text_and_message_id(office: PostOffice) -> None:
    first = one(office)
    settle(office, first, SILENCE)
    assert office.mails()[0].state == "uncertain"
    office.pass_time(minutes=2)
    assert one(office).content == first.content


def test_a_dead_senders_mails_come_again_unchanged(office: PostOffice) -> None:
    first = one(office)
    office.wall += LEASE
    assert first.id not in {claimed.id for claimed in office.outbox.claim(office.wall, 100)}
    office.pass_time(seconds=1)
    second = one(office)
    assert (second.id, second.content, second.attempt) == (first.id, first.content, 2)


def test_who_lost_the_lease_settles_nothing(office: PostOffice) -> None:
    first = one(office)
    office.wall += LEASE + timedelta(seconds=1)
    second = one(office)
    settle(office, first, UNKNOWN)
    assert office.mails()[0].state == "leased"
    settle(office, second, TAKEN)
    assert office.mails()[0].state == "sent"


def test_a_released_mail_that_may_have_been_sent_stays_so(office: PostOffice) -> None:
    office.outbox.claim(office.wall, 100)
    office.pass_time(minutes=3)
    office.outbox.release(office.outbox.claim(office.wall, 100))
    assert set(office.states()) == {"uncertain"}


def test_released_mails_have_lost_nothing(office: PostOffice) -> None:
    office.outbox.release(office.outbox.claim(office.wall, 100))
    assert office.states() == {"queued": 12}
    assert {mail.attempts for mail in office.mails()} == {0}


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2020-11-06T08:29", False),
        ("2020-11-06T08:30", True),
        ("2020-11-06T19:59", True),
        ("2020-11-06T20:00", False),
        ("2020-11-07T10:00", False),
        ("2020-11-09T08:30", True),
    ],
)
def test_nothing_goes_at_night_or_on_a_day_off(office: PostOffice, moment: str, goes: bool) -> None:
    office.now = datetime.fromisoformat(moment).replace(tzinfo=office.now.tzinfo)
    assert bool(office.outbox.claim(office.wall, 1)) is goes


def test_tomorrows_digest_waits_for_tomorrow(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(update(Mail).values(slot="2020-11-09"))
    assert office.outbox.claim(office.wall, 100) == []
    office.now += timedelta(days=3)
    assert len(office.outbox.claim(office.wall, 100)) == 12


def test_a_digest_that_never_went_gives_way_to_the_newer_one(office: PostOffice) -> None:
    office.decide(datetime(2020, 11, 12, 8, 31, tzinfo=office.now.tzinfo))
    office.outbox.claim(office.wall, 100)
    states = {(mail.slot, mail.state) for mail in office.mails() if mail.kind == "digest"}
    assert states == {("2020-11-06", "moot"), ("2020-11-12", "leased")}


def test_what_a_digest_that_never_went_was_to_tell_the_newer_one_tells(office: PostOffice) -> None:
    office.decide(datetime(2020, 11, 12, 8, 31, tzinfo=office.now.tzinfo))
    office.outbox.claim(office.wall, 100)
    assert told_by(office, "2020-11-06")
    assert all(ids < told_by(office, "2020-11-12")[who] for who, ids in told_by(office, "2020-11-06").items())


def test_what_a_digest_that_rests_was_to_tell_the_newer_one_tells(office: PostOffice) -> None:
    old = office.outbox.claim(office.wall, 100)
    office.outbox.settle([(claimed, BUSY) for claimed in old], office.wall)
    office.decide(datetime(2020, 11, 12, 8, 31, tzinfo=office.now.tzinfo))
    digests = office.outbox.claim(office.wall, 100)
    office.outbox.settle([(claimed, TAKEN) for claimed in digests], office.wall)
    assert all(ids < told_by(office, "2020-11-12")[who] for who, ids in told_by(office, "2020-11-06").items())
    office.pass_time(minutes=5)
    assert office.outbox.claim(office.wall, 100) == []
    assert {mail.state for mail in office.mails() if mail.slot == "2020-11-06"} == {"moot"}


def test_nothing_owed_any_more_is_moot(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(update(Assignment).values(exempt=True))
    assert office.outbox.claim(office.wall, 5) == []
    assert office.states() == {"moot": 12}


def test_who_has_left_gets_nothing(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(
            update(Person).where(col(Person.staff_no) == "S011").values(active=False)
        )
        session.exec(delete(Grant).where(col(Grant.person_id) == office.mails()[1].person_id))
    office.outbox.claim(office.wall, 100)
    assert [mail.state for mail in office.mails()][:3] == ["moot", "moot", "leased"]


def test_a_changed_address_is_followed(office: PostOffice) -> None:
    with office.database.writing() as session:
        person = session.exec(select(Person).where(Person.id == office.mails()[0].person_id)).one()
        person.email = "new@college.test"
        session.add(person)
    assert one(office).content.to == "new@college.test"


def test_a_mail_that_cannot_be_written_holds_up_no_other(office: PostOffice) -> None:
    with office.database.writing() as session:
        session.connection().execute(update(Mail).where(col(Mail.id) == 1).values(kind="unheard-of"))
    assert len(office.outbox.claim(office.wall, 100)) == 11
    assert (office.mails()[0].state, office.incidents()) == ("failed", ["mail-failed"])


def test_out_of_hours_nothing_is_gathered(office: PostOffice) -> None:
    office.now = office.now.replace(hour=21)
    assert (office.outbox.claim(office.wall, 5), office.desks) == ([], 0)
    office.now = office.now.replace(hour=9)
    assert (len(office.outbox.claim(office.wall, 5)), office.desks) == (5, 1)


@pytest.mark.parametrize("answer", [None, BUSY, SILENCE])
def test_what_was_under_way_to_somebody_who_left_goes_no_more(
    office: PostOffice, answer: Answer | None
) -> None:
    claimed = one(office)
    with office.database.writing() as session:
        mail = session.get_one(Mail, claimed.id)
        staff_no = session.get_one(Person, mail.person_id).staff_no
        take_out(session, staff_no, office.now, office.wall)
    if answer is not None:
        settle(office, claimed, answer)
    office.pass_time(hours=2)
    again = office.outbox.claim(office.wall, 100)
    row = next(mail for mail in office.mails() if mail.id == claimed.id)
    assert (row.state, row.attempts) == ("moot", 1)
    assert claimed.id not in {each.id for each in again}
    assert again
