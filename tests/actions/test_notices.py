"""Each notice is decided once, each person gets one digest a day, whoever asks however often."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from actions.load_plan import apply
from actions.notices import (
    ANNOUNCE,
    ESCALATE,
    FAMILIES,
    MAIL_KINDS,
    MORE_TIME,
    REMIND,
    REPORT,
    WITHDRAW,
    Decided,
    Family,
    count_mails,
    decide,
    due,
    move_marks,
)
from actions.queued_mails import Enclosure
from models import Assignment, Grant, Incident, Mail, Mark, Notice, Person, PlanVersion
from models.addressees import AUDIENCES, Addressees
from models.database import Database
from models.definition import CHANGED
from models.question import ANSWERED, ASKED
from plans.ladder import KINDS
from plans.plan import Plan

pytestmark = pytest.mark.both

NOTHING = Decided(0, 0)


def run(database: Database, now: datetime, *families: Family) -> list[Decided]:
    """Decide for the families at `now`, each in its own transaction, as the flows do."""
    decided = []
    for family in families or FAMILIES:
        with database.writing() as session:
            decided.append(decide(session, family, now))
    return decided


def mails(database: Database, **wanted: Any) -> list[Mail]:
    with database.reading() as session:
        return list(session.exec(select(Mail).filter_by(**wanted).order_by(col(Mail.id))))


def notices(database: Database) -> int:
    with database.reading() as session:
        return len(session.exec(select(Notice)).all())


@pytest.fixture
def issued(morning: datetime) -> datetime:
    """A minute after the first reminders fall due."""
    return morning.replace(hour=8, minute=31)


def test_before_the_first_slot_nothing_is_owed(campaign: Database, morning: datetime) -> None:
    assert run(campaign, morning.replace(minute=29)) == [NOTHING] * len(FAMILIES)
    assert mails(campaign) == []


def test_what_lies_at_its_own_mark_is_not_due_beside_what_lags(campaign: Database, morning: datetime) -> None:
    slot = morning.replace(minute=30)
    with campaign.writing() as session:
        move_marks(session, [REMIND], slot)
    with campaign.reading() as session:
        found = due(session, slot + timedelta(minutes=1), [ESCALATE, REMIND])
    assert [each.kind for each in found if each.kind in REMIND.kinds] == []


def test_what_falls_due_as_the_plan_is_applied_is_told(campaign: Database, morning: datetime) -> None:
    slot = morning.replace(minute=30)
    with campaign.writing() as session:
        session.connection().execute(update(PlanVersion).values(applied_at=slot))
    assert run(campaign, slot, REMIND) == [Decided(189, 12)]


def test_what_a_downtime_missed_goes_with_the_newest(campaign: Database, morning: datetime) -> None:
    run(campaign, morning.replace(day=19, hour=9), ESCALATE)
    found = {mail.slot for mail in mails(campaign, kind="escalation", address="s000@sample.example")}
    assert found == {"office-at-deadline 2020-11-19T08:30"}


def test_each_collector_gets_one_digest_for_all_tables(campaign: Database, issued: datetime) -> None:
    assert run(campaign, issued, REMIND) == [Decided(189, 12)]
    found = mails(campaign)
    assert {(mail.kind, mail.slot, mail.state, mail.subject) for mail in found} == {
        ("digest", "2020-11-06", "queued", "")
    }
    assert len({mail.address for mail in found}) == 12
    assert sum(len(mail.notice_ids["ids"]) for mail in found) == 189


def test_asking_again_changes_nothing(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    for later in (0, 1, 60):
        assert run(campaign, issued + timedelta(seconds=later)) == [NOTHING] * len(FAMILIES)
    assert len(mails(campaign)) == 12


def test_a_lost_mark_loses_and_repeats_nothing(campaign: Database, issued: datetime) -> None:
    """What is written decides, not the mark."""
    run(campaign, issued)
    with campaign.writing() as session:
        for mark in session.exec(select(Mark)).all():
            session.delete(mark)
    assert run(campaign, issued + timedelta(minutes=1)) == [NOTHING] * len(FAMILIES)
    assert notices(campaign) == 189


def test_a_decision_that_is_rolled_back_is_made_again(campaign: Database, issued: datetime) -> None:
    def killed(session: Session) -> None:
        decide(session, REMIND, issued)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), campaign.writing() as session:
        killed(session)
    assert mails(campaign) == []
    assert run(campaign, issued, REMIND) == [Decided(189, 12)]


def test_two_tickers_at_once(campaign: Database, issued: datetime) -> None:
    with ThreadPoolExecutor(4) as pool:
        decided = [pool.submit(run, campaign, issued, REMIND) for _ in range(4)]
        counts = sorted(future.result()[0].notices for future in decided)
    assert counts == [0, 0, 0, 189]
    assert Counter(mail.address for mail in mails(campaign)).most_common(1)[0][1] == 1


def test_marks_move_with_the_decision_and_never_back(campaign: Database, issued: datetime) -> None:
    run(campaign, issued, REMIND)
    with campaign.writing() as session:
        move_marks(session, [REMIND, REPORT], issued - timedelta(hours=1))
    with campaign.reading() as session:
        marks = {mark.job: mark.until for mark in session.exec(select(Mark))}
    assert marks == {"remind": issued, "late_report": issued - timedelta(hours=1)}


def test_more_for_a_waiting_digest_is_added_to_it(campaign: Database, issued: datetime) -> None:
    with campaign.writing() as session:
        head = session.exec(select(Person).join(Grant).where(Grant.role == "head")).first()
        assert head is not None
        session.add(Mail(**waiting_digest(head, issued)))
        for grant in session.exec(select(Grant).where(Grant.role == "collector")).all():
            session.delete(grant)
    run(campaign, issued, REMIND)
    [digest] = mails(campaign, address=head.email)
    assert 7 in digest.notice_ids["ids"]
    assert len(digest.notice_ids["ids"]) == 2


def test_more_after_a_digest_has_left_waits_for_the_next_working_day(
    campaign: Database, issued: datetime
) -> None:
    with campaign.writing() as session:
        head = session.exec(select(Person).join(Grant).where(Grant.role == "head")).first()
        assert head is not None
        session.add(Mail(**{**waiting_digest(head, issued), "state": "sent", "message_id": "<1@x>"}))
        for grant in session.exec(select(Grant).where(Grant.role == "collector")).all():
            session.delete(grant)
    run(campaign, issued, REMIND)
    assert [mail.slot for mail in mails(campaign, address=head.email)] == ["2020-11-06", "2020-11-09"]


def waiting_digest(person: Person, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": 1,
        "person_id": person.id,
        "address": person.email,
        "kind": "digest",
        "slot": "2020-11-06",
        "notice_ids": {"ids": [7]},
        "created_at": now,
    }


def test_after_days_of_silence_one_digest_tells_it_all(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    run(campaign, datetime(2020, 11, 20, 11, 0, tzinfo=issued.tzinfo))
    slots = Counter(mail.slot for mail in mails(campaign, kind="digest"))
    assert slots == {"2020-11-06": 12, "2020-11-20": 12}


def test_what_is_decided_at_night_is_the_next_days_digest(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    run(campaign, datetime(2020, 11, 14, 23, 0, tzinfo=issued.tzinfo), REMIND)
    assert {mail.slot for mail in mails(campaign, kind="digest")} == {"2020-11-06", "2020-11-16"}


def test_the_office_hears_first_when_a_deadline_has_passed(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    run(campaign, datetime(2020, 11, 11, 17, 0, tzinfo=issued.tzinfo))
    run(campaign, datetime(2020, 11, 12, 8, 31, tzinfo=issued.tzinfo))
    day = [
        mail
        for mail in mails(campaign)
        if mail.slot.endswith("2020-11-12T08:30") or mail.slot == "2020-11-12"
    ]
    assert day[0].kind == "escalation"
    assert {mail.kind for mail in day} == {"escalation", "report", "digest"}
    with campaign.reading() as session:
        first = session.get_one(Person, day[0].person_id)
        assert first.staff_no == "S000"


def test_heads_are_forewarned_of_the_same_deadline_once(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    run(campaign, datetime(2020, 11, 11, 13, 31, tzinfo=issued.tzinfo), ESCALATE)
    forewarned = mails(campaign, kind="forewarning")
    assert len(forewarned) == len({mail.address for mail in forewarned}) == 3


def test_what_is_enclosed_goes_with_every_mail(campaign: Database, issued: datetime) -> None:
    run(campaign, issued)
    with campaign.writing() as session:
        enclosed = Enclosure({"late": 5}, {"late-report.docx": "abc"})
        decide(session, REPORT, datetime(2020, 11, 12, 8, 31, tzinfo=issued.tzinfo), enclosed)
    [mail] = mails(campaign, kind="report")
    assert (mail.context, mail.attachments) == ({"late": 5}, {"late-report.docx": "abc"})


def test_nobody_to_address_is_one_incident_and_no_stop(campaign: Database, issued: datetime) -> None:
    with campaign.writing() as session:
        session.connection().execute(update(Person).where(col(Person.staff_no) == "S011").values(email=""))
    run(campaign, issued, REMIND)
    assert len(mails(campaign)) == 11
    with campaign.reading() as session:
        [incident] = session.exec(select(Incident)).all()
        assert (incident.kind, incident.subject) == ("no-addressee", "collector@政务部")


def test_counting_ahead_is_what_is_decided(campaign: Database, issued: datetime) -> None:
    with campaign.reading() as session:
        found = due(session, issued, [REMIND])
        assert count_mails(session, found, issued) == 12


def test_a_plan_loaded_again_tells_nothing_twice(campaign: Database, plan: Plan, issued: datetime) -> None:
    run(campaign, issued)
    with campaign.writing() as session:
        apply(session, plan, None, issued)
    assert run(campaign, issued + timedelta(minutes=1)) == [NOTHING] * len(FAMILIES)


def test_every_rung_of_the_ladders_has_a_mail_a_family_and_an_audience(plan: Plan) -> None:
    rules = (*plan.schedule.reminders, *plan.schedule.escalation)
    assert {rule.kind for rule in rules} <= set(MAIL_KINDS)
    assert sorted(kind for family in FAMILIES for kind in family.kinds) == sorted(MAIL_KINDS)
    by_looking = {*WITHDRAW.kinds, *MORE_TIME.kinds, ASKED, ANSWERED, CHANGED}
    assert {*MAIL_KINDS, *ANNOUNCE.kinds} - by_looking == set(KINDS)
    assert {rule.audience for rule in rules} <= set(AUDIENCES)


def test_audiences(campaign: Database, issued: datetime) -> None:
    with campaign.writing() as session:
        grant = session.exec(select(Grant).where(Grant.role == "reviewer")).first()
        assert grant is not None
        grant.table_code = "1.6"
        late = session.exec(select(Grant).where(Grant.role == "office")).one()
        late.until = issued
        session.add_all([grant, late])
        session.flush()
        people = Addressees(session, issued)
        assert [len(people.of("reviewer", "政务部", code)) for code in ("1.6", "2.1", None)] == [1, 0, 1]
        assert people.of("office", None) == []
        assert [person.staff_no for person in people.of("leader", "政务部")] == ["S910"]
        assert len(people.of("leaders", None)) == 2
        assert len(people.of("everyone", None)) == 27


def test_who_was_told_and_has_no_mailbox_any_more_is_no_incident(
    campaign: Database, morning: datetime
) -> None:
    run(campaign, morning.replace(day=12, hour=8, minute=31), ESCALATE)
    with campaign.writing() as session:
        session.connection().execute(update(Mail).values(message_id="<1@x>", state="sent"))
        session.connection().execute(update(Person).values(email=""))
        session.connection().execute(update(Assignment).values(exempt=True))
    [found] = run(campaign, morning.replace(day=12, hour=9), WITHDRAW)
    assert (found.notices > 0, found.mails) == (True, 0)
    with campaign.reading() as session:
        assert session.exec(select(Incident)).all() == []
