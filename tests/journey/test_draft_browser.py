"""What is typed on the page stays: without a network, with two people at once, in the form, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from tests.journey.service import Service
from tests.journey.sitting import Sitting, cell, fill, hand_in, last_year, paste, saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE: ViewportSize = {"width": 390, "height": 844}


def test_without_a_network_nothing_typed_is_lost(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "11.6")
    name = page.evaluate("CaijiGrid.columns()[0].name")
    page.route("**/draft", lambda route: route.abort("internetdisconnected"))
    cell(page, 1, name).click()
    page.keyboard.type("B7")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=saving]")).to_contain_text("网络不通，内容已留在本机")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(  # on top of the first: without either, a try in between would get through
        "**/draft", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    page.reload()
    expect(page.locator("[data-part=notice]")).to_have_text("上次没来得及保存的 1 行已补上。")
    expect(cell(page, 1, name)).to_have_text("B7")
    page.unroute("**/draft")
    saved(page)
    page.reload()
    expect(cell(page, 1, name)).to_have_text("B7")


def test_two_people_at_once_lose_nothing(sit: Sitting) -> None:
    one, other = sit("S031"), sit("S031")
    for page in (one, other):
        fill(page, "8.4")
    name, second = one.evaluate("CaijiGrid.columns().slice(0, 2).map((column) => column.name)")
    cell(one, 1, name).click()
    paste(one, "甲\n乙\n丙")
    saved(one)
    other.reload()
    expect(cell(other, 3, name)).to_have_text("丙")

    cell(one, 1, second).click()
    paste(one, "one")
    saved(one)
    cell(other, 3, second).click()
    paste(other, "other")
    expect(cell(other, 1, second)).to_have_text("one")
    saved(other)

    cell(one, 2, second).click()
    paste(one, "mine")
    expect(cell(one, 3, second)).to_have_text("other")
    saved(one)
    cell(other, 2, second).click()
    paste(other, "theirs")
    asked = other.get_by_role("dialog")
    expect(asked).to_contain_text("您和学务部采集员（示例）改了同一行")
    expect(asked).to_contain_text("mine")
    asked.get_by_label("用对方的").check()
    asked.get_by_role("button", name="就这样合并").click()
    expect(cell(other, 2, second)).to_have_text("mine")


def test_a_form_saves_itself_takes_last_year_s_value_and_is_handed_in(service: Service, sit: Sitting) -> None:
    last_year(service, "10.4", {"名称(全称)": "红十字会", "会员数量/总数": "28", "会员数量/学生数": "28"})
    page = sit("S031")
    fill(page, "10.4")
    page.get_by_role("button", name="沿用").first.click()
    expect(page.get_by_label("名称(全称)")).to_have_value("红十字会")
    total = page.get_by_role("region", name="会员数量").get_by_label("总数")
    total.fill("三十")
    saved(page)
    page.reload()
    expect(total).to_have_value("三十")
    page.get_by_role("button", name="检查").click()
    field = page.locator("[data-column='会员数量/总数']")
    expect(field.locator(".told-error")).to_be_visible()
    total.fill("30")
    page.get_by_role("region", name="会员数量").get_by_label("学生数").fill("30")
    hand_in(page)
    expect(page.get_by_text("已提交，等待审核。")).to_be_visible()


def test_a_click_before_the_draft_has_come_waits_for_it(sit: Sitting) -> None:
    page, held = sit("S031"), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/draft", hold, times=1)
    with page.expect_request("**/draft"):
        fill(page, "11.3")
    total = page.get_by_role("region", name="在校生数").get_by_label("合计")
    total.fill("31")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    [opening] = held
    opening.continue_()
    expect(page.get_by_role("dialog").get_by_role("button", name="提交审核")).to_be_visible()
    expect(total).to_have_value("31")


def test_a_form_whose_draft_never_comes_is_saved_the_plain_way(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "1.5")
    page.route("**/draft", lambda route: route.abort())
    page.reload()
    expect(page.locator("[data-part=notice]")).to_be_visible()
    field = page.locator("form.record input[type=text]").first
    field.fill("7")
    with page.expect_navigation():
        page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("form.record input[type=text]").first).to_have_value("7")


def test_an_old_browser_is_shown_the_other_way(sit: Sitting) -> None:
    page = sit("S031")
    page.route("**/tabulator.min.js*", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto("/mine")
    page.get_by_role("link", name=re.compile(r"^10\.2\.1 ")).click()
    page.get_by_role("link", name="在线填写").click()
    expect(page.get_by_text("这个浏览器版本较旧，打不开在线表格。")).to_be_visible()
    page.get_by_role("link", name="去上传").first.click()
    expect(page.get_by_role("link", name="下载 Excel 模板")).to_be_visible()


@pytest.mark.parametrize("code", ["10.2.1", "11.3"])
def test_on_a_phone_the_page_does_not_scroll_sideways(sit: Sitting, code: str) -> None:
    page = sit("S031", PHONE, has_touch=True)
    fill(page, code)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if page.locator(".tabulator-row").count():
        name = page.evaluate("CaijiGrid.columns()[0].name")
        cell(page, 1, name).tap()
        cell(page, 1, name).tap()
        expect(page.get_by_role("textbox", name=name)).to_be_focused()
        page.keyboard.type("C3")
        page.keyboard.press("Enter")
        expect(cell(page, 1, name)).to_have_text("C3")
