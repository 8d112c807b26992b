"""Who leaves has no right, no mail and no way in; what he did stays, and a role brings him back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from actions.hand_over import name_deputy, standing_rights
from actions.late import late_report
from actions.leaving import take_out
from actions.people import load_people, make_activation, make_token, person_by_staff_no
from actions.people_file import PersonRow
from actions.resend import resend_sent
from actions.rights import Vacancy
from actions.sign_in import bearer_of, link_owner, sign_in
from actions.who import who_is
from models import Grant, Mail, SignIn
from models.database import Database
from models.errors import Conflict, NotFound
from models.worklist import current_campaign
from tests.actions.people import office

DAY = timedelta(days=1)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as session:
        yield session


def test_every_way_in_ends(session: Session, morning: datetime) -> None:
    key = person_by_staff_no(session, "S061").id or 0
    sign_in(session, key, morning, 12)
    token, link = make_token(session, "S061", morning), make_activation(session, "S061", morning, 24)
    session.flush()
    left = take_out(session, "S061", morning, morning)
    assert left.taken.vacant == (Vacancy("图书馆", "collector"),)
    assert who_is(session, key, morning) is None
    assert session.exec(select(SignIn)).all() == []
    assert bearer_of(session, token) is None
    with pytest.raises(NotFound, match="失效"):
        link_owner(session, link, morning)


def test_rights_to_come_end_too_and_the_past_stays(session: Session, morning: datetime) -> None:
    later, person = morning + 4 * DAY, person_by_staff_no(session, "S061")
    before = late_report(session, later)
    coming = Grant(person_id=person.id or 0, role="head", since=later + DAY, until=later + 3 * DAY)
    session.add(coming)
    session.flush()
    take_out(session, "S061", later, later)
    load_people(
        session, [PersonRow(0, "S061", person.name, "a@b", "", "图书馆", ("collector",), (), ())], later
    )
    back = who_is(session, person.id or 0, later + 2 * DAY)
    assert back is not None
    assert [each.role for each in back.rights] == ["collector"]
    assert late_report(session, later) == before


@pytest.mark.parametrize(
    ("state", "after"),
    [("queued", "moot"), ("uncertain", "moot"), ("leased", "leased"), ("sent", "sent"), ("failed", "failed")],
)
def test_what_waits_for_him_goes_no_more(session: Session, morning: datetime, state: str, after: str) -> None:
    person = person_by_staff_no(session, "S061")
    mail = Mail(
        campaign_id=current_campaign(session).id or 0,
        person_id=person.id,
        address=person.email,
        kind="digest",
        slot="2020-11-06",
        state=state,
        message_id="<tried@caiji>",
        created_at=morning,
    )
    session.add(mail)
    session.flush()
    take_out(session, "S061", morning, morning)
    session.refresh(mail)
    assert mail.state == after


def test_a_role_brings_him_back_and_is_told(session: Session, morning: datetime) -> None:
    take_out(session, "S061", morning, morning)
    row = PersonRow(0, "S061", "丁", "d@sample.example", "", "图书馆", (), (), ())
    assert load_people(session, [row], morning + DAY).back == ()
    assert who_is(session, person_by_staff_no(session, "S061").id or 0, morning + DAY) is None
    given = PersonRow(0, "S061", "丁", "d@sample.example", "", "图书馆", ("collector",), (), ())
    assert load_people(session, [given], morning + DAY).back == ("丁",)
    assert who_is(session, person_by_staff_no(session, "S061").id or 0, morning + DAY) is not None


def test_nobody_leaves_twice_nor_takes_himself_out_nor_leaves_no_office(
    session: Session, morning: datetime
) -> None:
    take_out(session, "S061", morning, morning)
    with pytest.raises(Conflict, match="已登记为离任"):
        take_out(session, "S061", morning, morning)
    with pytest.raises(Conflict, match="不能把自己"):
        take_out(session, "S000", morning, morning, office(session, morning))
    with pytest.raises(Conflict, match="没有质量部管理员"):
        take_out(session, "S000", morning, morning)


def test_a_deputy_is_nobody_of_the_office_for_good(session: Session, morning: datetime) -> None:
    right = standing_rights(session, person_by_staff_no(session, "S000"), morning)[0]
    name_deputy(session, "S000", "S061", [right.id or 0], (morning.date(), (morning + DAY).date()), morning)
    with pytest.raises(Conflict, match="没有质量部管理员"):
        take_out(session, "S000", morning + timedelta(hours=1), morning)


def test_who_has_left_is_sent_nothing_again_and_given_no_token(session: Session, morning: datetime) -> None:
    person = person_by_staff_no(session, "S061")
    mail = Mail(
        campaign_id=1, person_id=person.id, address=person.email, kind="digest", slot="2020-11-06",
        state="sent", message_id="<1@x>", created_at=morning,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    take_out(session, "S061", morning, morning)
    with pytest.raises(Conflict, match="已离任"):
        resend_sent(session, office(session, morning), mail.id or 0, "没收到", morning)
    with pytest.raises(Conflict, match="已离任"):
        make_token(session, "S061", morning)
