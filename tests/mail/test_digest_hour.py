"""A digest at its reader's hour: later or earlier, still one a day, and never late for what is overdue."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time

import pytest
from sqlmodel import col, update

from actions.load_plan import apply
from actions.notices import REMIND, decide
from deadlines.effective import DeadlineRules
from mail.sending_hours import hour_at
from models import Person
from models.database import Database
from plans.load import load_plan
from tests.conftest import SHANGHAI, shipped_plan
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post
from tests.mail.test_letters import hand_in

EARLY = '  digest_between: ["07:30", "19:00"]\n'


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


def choose(office: PostOffice, staff_no: str, hour: str) -> None:
    with office.database.writing() as session:
        session.connection().execute(
            update(Person).where(col(Person.staff_no) == staff_no).values(digest_at=hour)
        )


def offer(office: PostOffice) -> None:
    """Let people choose from 07:30 to 19:00."""
    plan = shipped_plan()
    text = plan.text["schedule"].replace("mail:\n", f"mail:\n{EARLY}")
    with office.database.writing() as session:
        apply(session, load_plan(plan.text["tasks"], text), None, office.now)


def went(office: PostOffice, post: Post, moment: str) -> set[str]:
    """Who is sent a mail at this time of the campaign, by staff number."""
    before = len(post.kept)
    office.now = at(moment)
    with office.database.writing() as session:
        decide(session, REMIND, office.now)
    office.deliver(post.server)
    return {str(message["To"]).partition("@")[0].upper() for message in post.kept[before:]}


@pytest.fixture
def calm(campaign: Database) -> PostOffice:
    """The first morning, before anything is decided."""
    return PostOffice(campaign, at("11-06T08:00"))


def test_a_later_hour_is_waited_for(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "16:00")
    assert "S011" not in went(calm, post, "11-06T08:31")
    assert went(calm, post, "11-06T15:59") == set()
    assert went(calm, post, "11-06T16:00") == {"S011"}
    assert went(calm, post, "11-06T16:01") == set()


def test_what_is_done_by_then_is_not_told(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "16:00")
    went(calm, post, "11-06T08:31")
    hand_in(calm, "2.1", "政务部")
    assert went(calm, post, "11-06T16:00") == {"S011"}
    assert str(post.kept[-1]["Subject"]).startswith("【数据采集】9 项待办")


def test_what_is_overdue_does_not_wait(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "16:00")
    went(calm, post, "11-11T16:00")
    assert "S011" in went(calm, post, "11-12T08:31")


def test_an_earlier_hour_is_offered_by_the_office_only(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "07:30")
    went(calm, post, "11-06T08:31")
    assert went(calm, post, "11-10T07:30") == set()
    assert "S011" in went(calm, post, "11-10T08:31")


def test_an_earlier_hour_comes_before_the_rules_own_and_once(calm: PostOffice, post: Post) -> None:
    offer(calm)
    choose(calm, "S011", "07:30")
    went(calm, post, "11-06T08:31")
    assert went(calm, post, "11-10T07:29") == set()
    assert went(calm, post, "11-10T07:30") == {"S011"}
    others = went(calm, post, "11-10T08:30")
    assert "S021" in others
    assert "S011" not in others


def test_nobody_else_and_nothing_else_goes_before_the_working_day(calm: PostOffice, post: Post) -> None:
    offer(calm)
    assert went(calm, post, "11-12T08:29") == set()
    assert {mail.state for mail in calm.mails()} == {"queued"}
    assert len(went(calm, post, "11-12T08:30")) == len(calm.mails())


def test_what_comes_in_after_the_earliest_hour_is_told_at_the_rules_own(calm: PostOffice, post: Post) -> None:
    """Handed in at eight, a table is in its reviewer's digest of half past eight, as without any choice."""
    offer(calm)
    went(calm, post, "11-06T08:31")
    went(calm, post, "11-10T07:30")
    calm.now = at("11-10T08:00")
    hand_in(calm, "1.6", "政务部")
    went(calm, post, "11-10T08:01")
    assert "S012" in went(calm, post, "11-10T08:30")


def test_nothing_goes_on_a_day_off_whatever_was_chosen(calm: PostOffice, post: Post) -> None:
    offer(calm)
    choose(calm, "S011", "07:30")
    went(calm, post, "11-06T08:31")
    assert [went(calm, post, f"11-0{day}T{hour}") for day in (7, 8) for hour in ("07:30", "12:00")] == [
        set()
    ] * 4


def test_a_choice_that_is_offered_no_more_counts_as_none(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "18:30")
    assert "S011" in went(calm, post, "11-06T08:31")


def test_one_digest_a_day_whatever_people_choose(calm: PostOffice, post: Post) -> None:
    offer(calm)
    for staff_no, hour in (("S011", "07:30"), ("S021", "12:00"), ("S031", "19:00")):
        choose(calm, staff_no, hour)
    counted = Counter[tuple[str, str]]()
    for day in ("11-10", "11-12"):
        for hour in ("07:30", "08:30", "12:00", "19:00"):
            counted.update((day, staff_no) for staff_no in went(calm, post, f"{day}T{hour}"))
    assert {("11-10", "S011"), ("11-10", "S021"), ("11-10", "S031"), ("11-12", "S021")} <= counted.keys()
    assert set(counted.values()) == {1}
    assert {mail.state for mail in calm.mails()} == {"sent"}


def test_while_only_later_readers_wait_nothing_is_read(calm: PostOffice, post: Post) -> None:
    choose(calm, "S011", "16:00")
    went(calm, post, "11-06T08:31")
    desks = calm.desks
    assert calm.outbox.claim(calm.wall, 50) == []
    assert calm.desks == desks


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("11-06T07:29", ""),
        ("11-06T07:30", "early"),
        ("11-06T08:29", "early"),
        ("11-06T08:30", "open"),
        ("11-06T19:59", "open"),
        ("11-06T20:00", ""),
        ("11-07T07:30", ""),
        ("11-07T12:00", ""),
    ],
)
def test_the_hours_of_mail(moment: str, found: str) -> None:
    schedule = replace(shipped_plan().schedule, digest_between=(time(7, 30), time(17)))
    hour = hour_at(DeadlineRules(schedule), at(moment))
    assert [name for name in ("open", "early") if getattr(hour, name)] == found.split()
