"""The office adds, changes and takes out single people on a page; whoever leaves has no way in any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from actions.hand_over import hand_over, name_deputy, standing_rights
from actions.people import person_by_staff_no
from actions.people_book import people_now
from models.addressees import Addressees
from models.rosters import named_roles
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser

WANG = {"staff_no": "7001", "name": "王老师", "email": "wang@example.edu.cn", "department": "图书馆"}
SOON = MORNING + timedelta(minutes=1)
SAVED = "人员名单已更新：新增 {} 人，更新 {} 人"


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def rights(
    site: Installation, staff_no: str
) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Department, roles, departments led and tables reviewed, as the people's file says them."""
    with site.database.reading() as session:
        (row,) = [each for each in people_now(session, SOON) if each.staff_no == staff_no]
    return row.department, row.roles, row.leads, row.tables


def test_one_is_added_and_does_his_work(site: Installation, office: Browser) -> None:
    answer = office.form("/people", WANG | {"collector": "true", "reviewer": "true", "tables": "3.2 1.1"})
    assert SAVED.format(1, 0) in answer.text
    assert rights(site, "7001") == ("图书馆", ("collector", "reviewer"), (), ("1.1", "3.2"))
    assert "馆藏图书资料" in site.browser("7001").get("/mine").text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(office: Browser) -> None:
    answer = office.form("/people", WANG | {"email": "no address", "collector": "true"})
    assert (answer.status_code, "邮箱：“no address”不是邮箱地址。" in answer.text) == (422, True)
    assert 'value="王老师"' in answer.text
    assert 'name="collector" value="true" checked' in answer.text


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        (WANG, 422, "没有选择角色"),
        (WANG | {"staff_no": "S031", "collector": "true"}, 409, "工号 S031 已经是 学务部采集员（示例）"),
        (WANG | {"staff_no": "S000", "changing": "S000", "auditor": "true"}, 409, "不能取消自己的质量部角色"),
    ],
)
def test_what_would_do_harm_is_refused(
    office: Browser, given: dict[str, Any], status: int, sentence: str
) -> None:
    answer = office.form("/people", given)
    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_the_form_comes_filled_and_changes_what_is_changed(site: Installation, office: Browser) -> None:
    page = office.get("/people/S910").text
    for part in (
        'value="s910@sample.example"',
        'name="leader" value="true" checked',
        'value="政务部、教务部',
    ):
        assert part in page
    given = {"staff_no": "S910", "name": "新领导", "email": "new@example.edu.cn", "leader": "true"}
    answer = office.form("/people", given | {"changing": "S910", "leads": "财务处、图书馆", "tables": "1.1"})
    assert SAVED.format(0, 1) in answer.text
    assert rights(site, "S910") == ("", ("leader",), ("财务处", "图书馆"), ())


def test_who_is_taken_out_has_no_way_in_and_gets_no_mail(site: Installation, office: Browser) -> None:
    leaver, program = site.browser("S061"), site.program("S061")
    assert program.get("/api/v1/assignments").status_code == 200
    answer = office.form("/people/S061/take-out")
    assert "已离任/离校：不再收到邮件，也不能登录" in answer.text
    assert "图书馆（缺采集员）" in answer.text
    assert "已离任/离校" in answer.text.partition("<td>S061</td>")[2]
    assert leaver.get("/mine").url.path != "/mine"
    assert program.get("/api/v1/assignments").status_code == 401
    with site.database.reading() as session:
        assert Addressees(session, SOON).of("collector", "图书馆") == []
        assert (named_roles(session, SOON) or {})["图书馆"].collectors == ()
        assert "S061" not in [each.staff_no for each in people_now(session, SOON)]


def test_he_can_be_taken_in_again_with_new_links_only(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        person_by_staff_no(session, "S061").password_hash = "kept"
    former = site.browser("S061")
    office.form("/people/S061/take-out")
    assert 'value="s061@sample.example"' in office.get("/people/S061").text
    office.form("/people", WANG | {"staff_no": "S061", "changing": "S061", "collector": "true"})
    assert rights(site, "S061") == ("图书馆", ("collector",), (), ())
    assert former.get("/mine").url.path != "/mine"


def test_nobody_takes_himself_out(office: Browser) -> None:
    answer = office.form("/people/S000/take-out")
    assert (answer.status_code, "不能把自己登记为已离任/离校" in answer.text) == (409, True)


def test_a_department_without_its_people_is_named_where_the_office_looks(
    site: Installation, office: Browser
) -> None:
    said = "1 个部门还没有报齐采集员、审核员"
    assert "还没有报齐" not in office.get("/dashboard").text
    assert "图书馆（缺采集员）" in office.form("/people/S061/take-out").text
    assert said in office.get("/dashboard").text
    office.form("/people", WANG | {"collector": "true"})
    assert said not in office.get("/dashboard").text


SHAN = WANG | {"staff_no": "S061", "changing": "S061"}


@pytest.mark.parametrize("days", [None, (MORNING.date(), MORNING.date())])
def test_who_has_the_office_from_another_changes_himself(site: Installation, days: Any) -> None:
    """The form neither shows nor takes what he does as a deputy or was given from another department."""
    with site.database.writing() as session:
        chosen = [
            each.id or 0 for each in standing_rights(session, person_by_staff_no(session, "S000"), MORNING)
        ]
        if days:
            name_deputy(session, "S000", "S061", chosen, days, MORNING)
        else:
            hand_over(session, "S000", "S061", chosen, MORNING)
    new = site.browser("S061")
    assert SAVED.format(0, 1) in new.form("/people", SHAN | {"collector": "true"}).text
    assert new.get("/people").status_code == 200


def test_who_works_for_another_department_only_can_be_changed(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        for giver, taker in (("S061", "S071"), ("S071", "S031")):
            person = person_by_staff_no(session, giver)
            own = standing_rights(session, person, MORNING)
            chosen = [each.id or 0 for each in own if each.department_id == person.department_id]
            hand_over(session, giver, taker, chosen, MORNING)
    page = office.get("/people/S071").text
    given = WANG | {"staff_no": "S071", "changing": "S071", "department": "示例一系（信息工程）"}
    assert "示例一系（信息工程）" in page
    assert SAVED.format(0, 1) in office.form("/people", given).text
    assert "馆藏图书资料" in site.browser("S071").get("/mine").text


def test_a_staff_number_of_old_that_no_address_can_hold_breaks_no_page(
    site: Installation, office: Browser
) -> None:
    with site.database.writing() as session:
        person = person_by_staff_no(session, "S031")
        person.staff_no, person.phone = "a/b", ""
    assert "caiji people leave" in office.get("/people").text.partition("<td>a/b</td>")[2]
    assert office.get("/calls").status_code == 200
