"""The office hands roles over and names deputies on a page; the work is with the other at once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from actions import clock
from actions.hand_over import standing_rights
from actions.people import person_by_staff_no
from models import Grant
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from tests.web.transport import Browser

PAGE = "/people/S061/hand-over"


@pytest.fixture
def office(site: Installation) -> Browser:
    browser = site.browser("S000")
    browser.form("/people", {"staff_no": "7001", "name": "丁", "email": "d@x.example", "auditor": "true"})
    return browser


def given(office: Browser, **other: Any) -> dict[str, Any]:
    """What the page sends, with all roles ticked as it shows them."""
    ticked = re.findall(r'name="(right-\d+)" value="on" checked', office.get(PAGE).text)
    return dict.fromkeys(ticked, "on") | {"taker": "7001 丁", "way": "for-good"} | other


def test_what_is_handed_over_is_in_the_other_s_tasks(site: Installation, office: Browser) -> None:
    answer = office.form(PAGE, given(office))
    assert "已移交" in answer.text
    assert re.search(r"<td>采集员 · 图书馆</td>.*?已结束", answer.text, re.DOTALL)
    assert "馆藏图书资料" in site.browser("7001").get("/mine").text
    assert "馆藏图书资料" not in site.browser("S061").get("/mine").text
    assert 'name="right-' not in office.get(PAGE).text


def test_a_draft_is_gone_on_with(site: Installation, office: Browser) -> None:
    key = site.assignment("3.2", "图书馆")
    office.form(PAGE, given(office))
    assert site.browser("7001").form(f"/assignments/{key}/nil").status_code == 200
    assert site.stage(key) == "collected"
    assert site.browser("S061").form(f"/assignments/{key}/withdraw").status_code in (403, 404)


def test_a_deputy_works_in_his_days_and_is_called_off(site: Installation, office: Browser) -> None:
    days = {"way": "deputy", "first": "2020-11-16", "last": "2020-11-18"}
    answer = office.form(PAGE, given(office, **days))
    assert "代理已设定" in answer.text
    assert "11月19日 00:00" in answer.text
    assert "馆藏图书资料" not in site.browser("7001").get("/mine").text
    with site.database.writing() as session:
        clock.jump(session, datetime(2020, 11, 17, 9, 0, tzinfo=SHANGHAI))
    for staff_no in ("7001", "S061"):
        assert "馆藏图书资料" in site.browser(staff_no).get("/mine").text
    assert "采集员 · 图书馆 · 代理到 11月19日 00:00" in office.get("/people").text
    with site.database.reading() as session:
        person = person_by_staff_no(session, "7001")
        held = session.exec(select(Grant.id).where(Grant.person_id == person.id, Grant.role == "collector"))
        [number] = held.all()
        assert [each.role for each in standing_rights(session, person, clock.now(session))] == ["auditor"]
    assert "代理已结束" in office.form(f"/people/7001/deputies/{number}/end").text
    assert "馆藏图书资料" not in site.browser("7001").get("/mine").text
    assert office.form(f"/people/7001/deputies/{number}/end").status_code == 404


@pytest.mark.parametrize(
    ("other", "status", "sentence"),
    [
        ({"taker": ""}, 422, "没有填写交给谁"),
        ({"taker": "4711"}, 404, "没有工号为 4711 的人员"),
        ({"taker": "S061"}, 422, "不能移交给本人"),
        ({"way": "deputy", "first": "2020-11-16"}, 422, "代理需要开始和结束日期"),
        ({"way": "for-good", "first": "2020-11-16", "last": "2020-11-18"}, 422, "移交没有开始和结束日期"),
        ({"way": "deputy", "first": "2020-11-18", "last": "2020-11-16"}, 422, "结束日期早于开始日期"),
        ({"way": "deputy", "first": "2020-11-02", "last": "2020-11-16"}, 422, "开始日期已经过去"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    office: Browser, other: dict[str, str], status: int, sentence: str
) -> None:
    answer = office.form(PAGE, given(office) | other)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    sent = given(office) | other
    assert f'value="{sent["taker"]}"' in answer.text
    assert f'value="{sent.get("last", "")}"' in answer.text
    assert re.search(rf'value="{sent["way"]}" checked', answer.text)


def test_an_unknown_way_hands_nothing_over(site: Installation, office: Browser) -> None:
    answer = office.form(PAGE, given(office, way="somehow"))
    assert (answer.status_code, "没有选择怎样交" in answer.text) == (422, True)
    assert 'value="7001 丁"' in answer.text
    assert "馆藏图书资料" in site.browser("S061").get("/mine").text


def test_a_deputy_who_is_called_off_before_he_began_is_shown_so(site: Installation, office: Browser) -> None:
    office.form(PAGE, given(office, way="deputy", first="2020-11-16", last="2020-11-18"))
    page = office.get("/people/7001/hand-over").text
    [number] = re.findall(r"/people/7001/deputies/(\d+)/end", page)
    assert "在任" in page
    assert "未开始即取消" in office.form(f"/people/7001/deputies/{number}/end").text


def test_roles_that_are_not_ticked_stay(office: Browser) -> None:
    answer = office.form(PAGE, {"taker": "7001", "way": "for-good"})
    assert (answer.status_code, "没有选择要移交的角色" in answer.text) == (422, True)
    assert 'value="on" checked' not in answer.text
