"""Roles change hands for good or for some days: the work goes with them, nobody owes it twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from actions.hand_over import end_deputy, hand_over, name_deputy, standing_rights
from actions.late import late_report
from actions.leaving import take_out
from actions.people import load_people, person_by_staff_no
from actions.people_book import people_now
from actions.people_file import PersonRow
from actions.rights import Vacancy
from actions.who import may_collect
from models import Grant, Mail, Notice
from models.addressees import Addressees
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Unusable
from models.worklist import current_campaign, lines
from tests.actions.people import task, who
from tests.conftest import SHANGHAI

NOW = datetime(2020, 11, 12, 10, 0, tzinfo=SHANGHAI)
THREE_DAYS = (date(2020, 11, 16), date(2020, 11, 18))
NEW = PersonRow(0, "7001", "丁", "d@sample.example", "", "图书馆", (), (), ())


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as session:
        load_people(session, [NEW], NOW)
        yield session


def ids(session: Session, staff_no: str, role: str = "") -> list[int]:
    held = standing_rights(session, person_by_staff_no(session, staff_no), NOW)
    return [each.id or 0 for each in held if role in ("", each.role)]


def collectors(session: Session, at: datetime, department: str = "图书馆") -> list[str]:
    return [each.staff_no for each in Addressees(session, at).of("collector", department)]


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2020, 11, day, hour, minute, tzinfo=SHANGHAI)


def digest_of(session: Session, staff_no: str) -> Mail | None:
    key = person_by_staff_no(session, staff_no).id
    return session.exec(select(Mail).where(Mail.person_id == key)).one_or_none()


def test_from_now_on_the_work_is_the_taker_s(session: Session) -> None:
    before = late_report(session, NOW - timedelta(days=3))
    handed = hand_over(session, "S061", "7001", ids(session, "S061"), NOW)
    assert (handed.taker, handed.number, handed.taken.vacant) == ("丁", 1, ())
    assert (collectors(session, NOW), collectors(session, NOW - timedelta(minutes=1))) == (["7001"], ["S061"])
    row = lines(session, department="图书馆")[0].assignment
    assert may_collect(who(session, "7001", NOW), row)
    assert not may_collect(who(session, "S061", NOW), row)
    assert late_report(session, NOW - timedelta(days=3)) == before


def test_a_deputy_shares_the_work_in_his_days_only(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    found = [collectors(session, moment) for moment in (at(15, 23, 59), at(16), at(18, 23, 59), at(19))]
    assert found == [["S061"], ["7001", "S061"], ["7001", "S061"], ["S061"]]


def test_from_today_begins_now(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), (date(2020, 11, 12), date(2020, 11, 12)), NOW)
    [right] = session.exec(select(Grant).where(Grant.person_id == person_by_staff_no(session, "7001").id))
    assert (right.since, right.until) == (NOW, at(13))


REFUSED: dict[str, tuple[tuple[date, date], str]] = {
    "the wrong way round": ((date(2020, 11, 18), date(2020, 11, 16)), "结束日期早于开始日期"),
    "begun already": ((date(2020, 11, 11), date(2020, 11, 16)), "开始日期已经过去"),
    "over": ((date(2020, 11, 9), date(2020, 11, 10)), "开始日期已经过去"),
    "for ever": ((date(2020, 11, 16), date(9999, 12, 31)), "最长一年"),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_days_that_cannot_be_are_refused(session: Session, what: str) -> None:
    days, sentence = REFUSED[what]
    with pytest.raises(Unusable, match=sentence):
        name_deputy(session, "S061", "7001", ids(session, "S061"), days, NOW)


def test_days_that_overlap_what_he_has_are_refused(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    later = (date(2020, 11, 18), date(2020, 11, 20))
    with pytest.raises(Conflict, match="已有其中的角色"):
        name_deputy(session, "S061", "7001", ids(session, "S061"), later, NOW)
    name_deputy(session, "S061", "7001", ids(session, "S061"), (date(2020, 11, 19), later[1]), NOW)
    assert collectors(session, at(20)) == ["7001", "S061"]


def test_a_deputy_who_takes_over_for_good_holds_it_once(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    hand_over(session, "S061", "7001", ids(session, "S061"), at(17))
    held = session.exec(
        select(Grant).where(Grant.person_id == person_by_staff_no(session, "7001").id).order_by(col(Grant.id))
    ).all()
    assert [(each.since, each.until) for each in held] == [(at(16), at(17)), (at(17), None)]


def test_who_has_it_already_takes_it_without_having_it_twice(session: Session) -> None:
    load_people(session, [PersonRow(0, "7001", "丁", "d@b", "", "图书馆", ("collector",), (), ())], NOW)
    hand_over(session, "S061", "7001", ids(session, "S061"), NOW)
    assert len(ids(session, "7001")) == 1
    assert collectors(session, NOW) == ["7001"]


@pytest.mark.parametrize("days", [None, THREE_DAYS])
def test_nobody_comes_to_collect_and_review_the_same_table(
    session: Session, days: tuple[date, date] | None
) -> None:
    with pytest.raises(Conflict, match="既采集又审核同一张表") as refused:
        change(session, "S011", "S012", days)
    assert "请换一个人" in refused.value.remedy
    assert collectors(session, at(17), "政务部") == ["S011"]


def test_the_reviewer_of_other_tables_may_collect(session: Session) -> None:
    narrow = PersonRow(0, "S012", "戊", "e@b", "", "政务部", ("reviewer",), (), ("10.4",))
    load_people(session, [narrow], NOW)
    assert task(session, "1.6", "政务部").reviewer == "政务部"
    hand_over(session, "S011", "S012", ids(session, "S011"), NOW)
    assert collectors(session, NOW, "政务部") == ["S012"]


def change(session: Session, giver: str, taker: str, days: tuple[date, date] | None) -> object:
    chosen = ids(session, giver)
    if days is None:
        return hand_over(session, giver, taker, chosen, NOW)
    return name_deputy(session, giver, taker, chosen, days, NOW)


WRONG: dict[str, tuple[tuple[str, str], type[PeopleError], str]] = {
    "to himself": (("S061", "S061"), Unusable, "不能移交给本人"),
    "to nobody known": (("S061", "4711"), NotFound, "4711"),
    "to one who has left": (("S061", "S012"), Conflict, "已登记为离任"),
    "nothing to give": (("7001", "S061"), Unusable, "没有选择"),
}


@pytest.mark.parametrize("what", list(WRONG))
@pytest.mark.parametrize("days", [None, THREE_DAYS])
def test_what_cannot_be_is_said(session: Session, what: str, days: tuple[date, date] | None) -> None:
    (giver, taker), kind, sentence = WRONG[what]
    take_out(session, "S012", NOW, NOW)
    with pytest.raises(kind, match=sentence):
        change(session, giver, taker, days)


def test_a_deputy_s_role_is_not_his_to_give(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    assert standing_rights(session, person_by_staff_no(session, "7001"), at(17)) == []


def test_a_deputy_is_called_off_and_stays_on_record(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    [right] = session.exec(select(Grant).where(Grant.person_id == person_by_staff_no(session, "7001").id))
    end_deputy(session, "7001", right.id or 0, at(17, 12))
    assert (collectors(session, at(17, 11)), collectors(session, at(17, 12))) == (["7001", "S061"], ["S061"])
    for staff_no, number in (("7001", right.id or 0), ("S061", ids(session, "S061")[0]), ("7001", 4711)):
        with pytest.raises(NotFound, match="没有这项代理"):
            end_deputy(session, staff_no, number, at(17, 13))


def test_the_last_of_the_office_may_hand_over_his_role(session: Session) -> None:
    hand_over(session, "S000", "7001", ids(session, "S000"), NOW)
    assert who(session, "7001", NOW).office
    assert not who(session, "S000", NOW).office


def test_a_deputy_does_not_fill_the_place_for_good(session: Session) -> None:
    name_deputy(session, "S061", "7001", ids(session, "S061"), THREE_DAYS, NOW)
    assert take_out(session, "S061", at(17), at(17)).taken.vacant == ()
    assert take_out(session, "7001", at(17, 1), at(17, 1)).taken.vacant == (Vacancy("图书馆", "collector"),)


def told(session: Session, number: int, **given: Any) -> Notice:
    work = lines(session, department="图书馆")[number]
    own: dict[str, Any] = {"audience": "collector", "kind": "reminder", "occurrence": number} | given
    notice = Notice(
        campaign_id=current_campaign(session).id or 0,
        rule="collect-3-before",
        subject=f"{work.table.code}@图书馆",
        deadline=work.table.due,
        slot_at=NOW,
        decided_at=NOW,
        assignment_id=work.id,
        **own,
    )
    session.add(notice)
    session.flush()
    return notice


def test_the_taker_s_digest_tells_what_the_giver_had_been_told(session: Session) -> None:
    notices = [told(session, 0), told(session, 1, kind="overdue")]
    told(session, 0, audience="head", occurrence=9)
    hand_over(session, "S061", "7001", ids(session, "S061"), NOW)
    mail = digest_of(session, "7001")
    assert mail is not None
    assert (mail.kind, mail.slot, mail.state, mail.opens_at) == ("digest", "2020-11-12", "queued", NOW)
    assert mail.notice_ids == {"ids": sorted(each.id or 0 for each in notices)}


def test_a_deputy_s_digest_waits_for_his_first_working_day(session: Session) -> None:
    saturday = (date(2020, 11, 14), date(2020, 11, 18))
    name_deputy(session, "S061", "7001", ids(session, "S061"), saturday, NOW)
    mail = digest_of(session, "7001")
    assert mail is not None
    assert (mail.slot, mail.opens_at) == ("2020-11-16", at(16, 8, 30))


def test_a_role_without_work_brings_no_mail(session: Session) -> None:
    hand_over(session, "S000", "7001", ids(session, "S000"), NOW)
    assert digest_of(session, "7001") is None


def held(session: Session, staff_no: str) -> set[tuple[str, int | None]]:
    found = standing_rights(session, person_by_staff_no(session, staff_no), NOW + timedelta(hours=1))
    return {(each.role, each.department_id) for each in found}


def test_what_came_from_another_department_outlives_a_change_of_the_person(session: Session) -> None:
    """A row of a people file knows one department: what it doesn't speak of is not its to take or to give."""
    hand_over(session, "S022", "S061", ids(session, "S022", "head"), NOW)
    before, unchanged = held(session, "S061"), people_now(session, NOW)
    assert {role for role, _ in before} == {"collector", "head"}
    [row] = [each for each in unchanged if each.staff_no == "S061"]
    assert row.roles == ("collector",)
    load_people(session, unchanged, NOW + timedelta(minutes=1))
    load_people(session, [replace(row, phone="6001")], NOW + timedelta(minutes=2))
    assert held(session, "S061") == before


def test_who_moves_to_another_department_takes_no_right_along(session: Session) -> None:
    [row] = [each for each in people_now(session, NOW) if each.staff_no == "S061"]
    load_people(session, [replace(row, department="教务部")], NOW)
    assert len(held(session, "S061")) == 1
    assert "S061" not in collectors(session, NOW + timedelta(hours=1))
