"""Mails follow roles that change hands: to the taker once, no more to the giver, to a deputy beside him."""

from __future__ import annotations

from datetime import date

from actions.hand_over import hand_over, name_deputy, standing_rights
from actions.leaving import take_out
from actions.people import load_people, person_by_staff_no
from actions.people_file import PersonRow
from tests.mail.campaign_mail import PostOffice
from tests.mail.mail_server import Post
from tests.mail.written import at, groups, letter

DING = PersonRow(0, "7001", "丁", "d@sample.example", "", "政务部", (), (), ())
GIVER, TAKER = "s011@sample.example", "d@sample.example"


def give(office: PostOffice, days: tuple[date, date] | None = None) -> None:
    """Hand the collecting of 政务部 over now, or let there be a deputy."""
    with office.database.writing() as session:
        load_people(session, [DING], office.now)
        held = standing_rights(session, person_by_staff_no(session, "S011"), office.now)
        chosen = [right.id or 0 for right in held]
        if days is None:
            hand_over(session, "S011", "7001", chosen, office.now)
        else:
            name_deputy(session, "S011", "7001", chosen, days, office.now)


def received(post: Post) -> list[str]:
    return sorted(to for mail in post.kept if (to := str(mail["To"])) in (GIVER, TAKER))


def test_the_taker_gets_the_giver_s_digest_once(office: PostOffice, post: Post) -> None:
    due = groups(letter(office, "S011"))
    give(office)
    assert letter(office, "S011") is None
    assert groups(letter(office, "7001")) == due
    office.deliver(post.server)
    office.deliver(post.server)
    assert received(post) == [TAKER]


def test_after_the_giver_s_digest_has_gone_the_taker_s_goes_at_once(office: PostOffice, post: Post) -> None:
    office.deliver(post.server)
    assert received(post) == [GIVER]
    office.now = at(office, "2020-11-06T14:00")
    give(office)
    office.deliver(post.server)
    assert received(post) == [TAKER, GIVER]
    office.decide(at(office, "2020-11-10T08:31"))
    office.deliver(post.server)
    assert received(post) == [TAKER, TAKER, GIVER]


def test_both_get_the_digests_of_the_deputy_s_days(office: PostOffice, post: Post) -> None:
    give(office, (date(2020, 11, 10), date(2020, 11, 10)))
    for day in ("06", "09", "10", "11"):
        office.decide(at(office, f"2020-11-{day}T08:31"))
        office.deliver(post.server)
    told = {(mail.address, mail.slot) for mail in office.mails() if mail.kind == "digest" and mail.sent_at}
    taker, giver = ({slot for address, slot in told if address == of} for of in (TAKER, GIVER))
    assert taker == {"2020-11-10"}
    assert {"2020-11-06", "2020-11-10", "2020-11-11"} <= giver


def test_who_has_left_gets_nothing_that_waits(office: PostOffice, post: Post) -> None:
    with office.database.writing() as session:
        take_out(session, "S011", office.now, office.wall)
    office.deliver(post.server)
    office.decide(at(office, "2020-11-10T08:31"))
    office.deliver(post.server)
    assert received(post) == []
