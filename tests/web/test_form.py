"""A table of one record as a form, by plain posts: saved, checked, handed in, refused with what was typed."""

from __future__ import annotations

import re

import pytest
from fastapi.dependencies.utils import get_dependant

from tests.web.conftest import Installation
from tests.web.transport import Browser
from tests.web.typing_people import COLLECTOR, Desk, colleague, last_year
from web.deps import reading, writing
from web.pages.form import answer

TABLE, DEPARTMENT = "10.4", "学务部"
NAME, MEMBERS, TEACHERS, STUDENTS = "0.0", "0.3", "0.4", "0.5"
RIGHT = {NAME: "红十字会", MEMBERS: "30", TEACHERS: "10", STUDENTS: "20"}


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment(TABLE, DEPARTMENT)


@pytest.fixture
def browser(site: Installation) -> Browser:
    return site.browser(COLLECTOR)


def rev(page: str) -> str:
    found = re.search(r'name="rev" value="(\d+)"', page)
    assert found is not None
    return found[1]


def post(browser: Browser, key: int, wish: str = "save", /, **more: str) -> tuple[int, str]:
    """Post the form as the page does; the status and what is shown then."""
    page = browser.get(f"/assignments/{key}/fill").text
    sent = {"rev": rev(page), "wish": wish, **more}
    answer = browser.form(f"/assignments/{key}/fill", sent)
    return answer.status_code, answer.text


def test_the_form_groups_its_fields_and_says_their_units(browser: Browser, key: int) -> None:
    page = browser.get(f"/assignments/{key}/fill").text
    assert page.count("<h2>会费情况</h2>") == 1
    assert '<span class="unit">人</span>' in page
    assert re.search(r'<label for="f0\.3">总数 <abbr title="必填">', page)
    assert 'class="number" inputmode="decimal"' in page
    assert rev(page) == "0"


def test_headings_of_one_field_or_two_take_no_card_of_their_own(site: Installation) -> None:
    key = site.assignment("3.1", "政务部")
    page = site.browser("S011").get(f"/assignments/{key}/fill").text
    assert page.count('class="card record-group"') == 1
    assert "占地面积 / 绿化用" in page


def test_a_plain_post_saves_and_the_form_shows_it_again(
    site: Installation, browser: Browser, key: int
) -> None:
    status, page = post(browser, key, **RIGHT)
    assert (status, "草稿已保存，还没有提交" in page) == (200, True)
    assert 'name="0.3" value="30"' in page
    assert site.stage(key) == "pending"
    before = rev(page)
    assert rev(post(browser, key, **RIGHT)[1]) == before
    assert 'name="0.3" value="31"' in post(browser, key, **{MEMBERS: "31"})[1]


def test_checking_shows_what_is_wrong_beside_the_field(
    site: Installation, browser: Browser, key: int
) -> None:
    status, page = post(browser, key, "check", **{**RIGHT, MEMBERS: "三十"})
    assert (status, "有 1 处错误，改正后才能提交" in page) == (200, True)
    field = page.split('data-column="会员数量/总数"')[1].split('data-column="')[0]
    assert "told-error" in field
    assert 'name="0.3" value="三十"' in page
    status, page = post(browser, key, "check", **RIGHT)
    assert "没有错误，可以提交" in page
    assert site.stage(key) == "pending"


def test_handing_in_collects_or_says_what_stands_against_it(
    site: Installation, browser: Browser, key: int
) -> None:
    status, page = post(browser, key, "submit", **{**RIGHT, MEMBERS: ""})
    assert (status, "第 1 版还有" in page, "told-error" in page) == (200, True, True)
    assert site.stage(key) == "pending"
    status, page = post(browser, key, "submit", **RIGHT)
    assert "已提交，等待审核" in page, page
    assert site.stage(key) == "collected"


def test_what_was_typed_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(
    site: Installation, browser: Browser, key: int
) -> None:
    post(browser, key, **RIGHT)
    page = browser.get(f"/assignments/{key}/fill").text
    other = colleague(site, TABLE, DEPARTMENT)
    (row,) = other.open()["rows"]
    other.type(row["id"], **{"会员数量/总数": "99"})
    sent = {"rev": rev(page), "wish": "save", **RIGHT, NAME: "学院红十字会"}
    answer = browser.form(f"/assignments/{key}/fill", sent)
    assert (answer.status_code, "别人刚刚改动了这份草稿" in answer.text) == (409, True)
    assert 'value="学院红十字会"' in answer.text
    assert other.read()["rows"][0]["cells"]["会员数量/总数"] == "99"


def test_last_year_s_value_stands_beside(site: Installation, browser: Browser, key: int) -> None:
    last_year(site, key, TABLE, {"名称(全称)": "红十字会", "会员数量/总数": "28"})
    page = browser.get(f"/assignments/{key}/fill").text
    assert "上年：28" in page
    assert 'data-old="28"' in page


def test_after_approval_the_form_can_be_read_only(site: Installation, browser: Browser, key: int) -> None:
    post(browser, key, "submit", **RIGHT)
    reviewer = site.program("S032")
    told = {"version": 1, "decision": "approve"}
    assert reviewer.post(f"/api/v1/assignments/{key}/review", json=told).status_code == 200
    page = browser.get(f"/assignments/{key}/fill").text
    assert ("只能查看" in page, 'value="30"' in page, ">提交审核</button>" in page) == (True, True, False)
    answer = browser.form(f"/assignments/{key}/fill", {"rev": "9", "wish": "save", **RIGHT})
    assert (answer.status_code, "审核通过的数据不能再提交" in answer.text) == (409, True)


def test_a_table_of_many_records_is_a_grid(site: Installation) -> None:
    desk = Desk.at(site, "10.3", DEPARTMENT)
    page = desk.browser.get(f"/assignments/{desk.key}/fill").text
    assert ('id="grid"' in page, "在线表格需要浏览器脚本" in page) == (True, True)
    assert "vendor/tabulator.min.js" in page
    office = site.browser("S000").get(f"/assignments/{desk.key}/fill")
    assert office.status_code == 403


def test_no_write_lock_is_held_while_the_form_is_rendered() -> None:
    asked = {each.call for each in get_dependant(path="/fill", call=answer).dependencies}
    assert (reading in asked, writing in asked) == (True, False)
