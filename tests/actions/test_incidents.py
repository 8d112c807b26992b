"""The office deals with an incident, has a failed mail sent again, and a check that was given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.check import ATTEMPTS, LEASE, claim, settle
from actions.follow_ups import claim as claim_follow_ups
from actions.incidents import resolve
from actions.late import late_report
from actions.recheck import given_up, recheck
from actions.resend import resend
from models import Event, Incident, Mail, Version
from models.database import Database
from models.errors import Conflict, NotFound, Refused
from models.incidents import CHECK, MAIL_STOPPED, check_subject, open_incidents, tell
from models.stages import COLLECTED, REVIEWED, Move, move
from models.worklist import line
from tests.actions.people import holder, office, task

HOUR = timedelta(hours=1)


def test_one_incident_is_dealt_with(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        for subject in ("a", "b"):
            tell(session, "job", subject, subject, morning)
        found = session.exec(select(Incident).where(Incident.subject == "a")).one()
        resolve(session, office(session, morning), found.id or 0, morning + HOUR)
        resolve(session, office(session, morning), found.id or 0, morning + 2 * HOUR)
        assert [each.subject for each in open_incidents(session)] == ["b"]
        assert session.get_one(Incident, found.id).resolved_at == morning + HOUR


def test_refused_logins_are_one_trouble(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        for number in range(3):
            tell(session, MAIL_STOPPED, f"{MAIL_STOPPED}:{number}", "refused", morning)
        found = open_incidents(session)[1]
        resolve(session, office(session, morning), found.id or 0, morning + HOUR)
        assert open_incidents(session) == []


def test_only_the_office_and_only_what_there_is(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        collector = holder(session, "collector", "学务部", morning)
        for verb in (resolve, resend):
            with pytest.raises(Refused):
                verb(session, collector, 1, morning)
            with pytest.raises(NotFound):
                verb(session, office(session, morning), 1, morning)
        with pytest.raises(Refused):
            recheck(session, collector, task(session, "10.5", "学务部").id, morning, morning)


def mail(session: Session, state: str, morning: datetime) -> Mail:
    found = Mail(
        campaign_id=1,
        address="gone@college.test",
        kind="digest",
        slot="2020-11-06",
        state=state,
        attempts=3,
        message_id="<old@college.test>",
        answer="550 no such user",
        created_at=morning,
    )
    session.add(found)
    session.flush()
    return found


def test_a_failed_mail_is_written_and_sent_anew(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        failed = mail(session, "failed", morning)
        tell(session, "mail-failed", f"mail:{failed.id}", "not delivered", morning)
        resend(session, office(session, morning), failed.id or 0, morning)
        session.refresh(failed)
        assert (failed.state, failed.attempts, failed.message_id) == ("queued", 0, "")
        assert (failed.next_try_at, open_incidents(session)) == (None, [])
        with pytest.raises(Conflict):
            resend(session, office(session, morning), failed.id or 0, morning)


def test_what_was_sent_is_not_sent_again(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        sent = mail(session, "sent", morning)
        with pytest.raises(Conflict, match="只有发送失败"):
            resend(session, office(session, morning), sent.id or 0, morning)
        assert sent.state == "sent"


def exhausted(session: Session, morning: datetime) -> int:
    """An approved version whose check was tried as often as it may be."""
    seen = task(session, "10.5", "学务部")
    version = Version(assignment_id=seen.id, number=1, kind="upload", rows_blob="rows", made_at=morning)
    session.add(version)
    session.flush()
    for verb, stage in (("submit", COLLECTED), ("approve", REVIEWED)):
        move(session, seen.assignment, Move(verb, stage, morning, None, version.id))
    for attempt in range(ATTEMPTS):
        assert claim(session, seen.id, morning, morning + attempt * 2 * LEASE) is not None
    return seen.id


def test_a_check_that_was_given_up_is_tried_again(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = exhausted(session, morning)
        wall = morning + ATTEMPTS * 2 * LEASE
        tell(session, CHECK, check_subject(key, line(session, key).assignment.version_id), "gave up", wall)
        claim_follow_ups(session, wall, 10)
        assert claim(session, key, morning, wall) is None
        seen = recheck(session, office(session, morning), key, morning + HOUR, wall)
        assert seen.assignment.stage == REVIEWED
        assert CHECK not in {each.kind for each in open_incidents(session)}
        [follow] = claim_follow_ups(session, wall, 10)
        assert (follow.assignment_id, follow.to_stage) == (key, REVIEWED)
        found = claim(session, follow.assignment_id, morning, wall)
        assert found is not None
        assert settle(session, found, [], morning + HOUR).assignment.stage == "checked"


def test_a_check_that_is_given_up_again_is_told_again(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, wall = exhausted(session, morning), morning
        for time in (1, 2):
            for _ in range(ATTEMPTS * (time - 1) + 2):
                wall += 2 * LEASE * ATTEMPTS
                claim(session, key, morning, wall)
            [told] = open_incidents(session, [CHECK])
            assert (told.at, "连续 3 次未能完成" in told.message) == (wall - 2 * LEASE * ATTEMPTS, True)
            recheck(session, office(session, morning), key, morning, wall)
        assert open_incidents(session, [CHECK]) == []
        assert len(session.exec(select(Incident)).all()) == 2


def test_nothing_is_tried_again_while_a_check_runs_or_has_ended(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        key = exhausted(session, morning)
        running = morning + (ATTEMPTS - 1) * 2 * LEASE
        assert given_up(session, line(session, key), running) is None
        with pytest.raises(Conflict):
            recheck(session, office(session, morning), key, morning, running)
        other = task(session, "10.4", "学务部")
        with pytest.raises(Conflict):
            recheck(session, office(session, morning), other.id, morning, running)


def test_a_recheck_moves_no_date_of_the_reports(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = exhausted(session, morning)
        wall = morning + ATTEMPTS * 2 * LEASE
        recheck(session, office(session, morning), key, morning + 48 * HOUR, wall)
        events = session.exec(select(Event).where(Event.assignment_id == key).order_by(col(Event.id))).all()
        assert [(event.verb, event.from_stage, event.to_stage) for event in events][2:] == [
            ("recheck", REVIEWED, REVIEWED)
        ]
        assert line(session, key).assignment.reviewed_at == morning
        late = late_report(session, morning + HOUR)
        assert (late.late, late.total) == ((), 12 + 189)
