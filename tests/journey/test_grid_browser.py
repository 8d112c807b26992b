"""The grid in a real browser: pasted, checked, mended, undone, moved in by keyboard, handed in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journey.sitting import Sitting, cell, fill, hand_in, paste, saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CLUBS = "001\t书画社\t文化艺术类\n002\t合唱团\t文化艺术类\n003\t篮球社\t体育健身类\n"


def test_pasted_checked_mended_and_handed_in(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "10.3")
    cell(page, 1, "社团代码").click()
    paste(page, CLUBS.replace("体育健身类", "体育"))
    expect(cell(page, 3, "社团名称(全称)")).to_have_text("篮球社")
    expect(cell(page, 1, "社团代码")).to_have_text("001")
    saved(page)

    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_text("有 1 处错误").or_(page.get_by_text("没有错误，有 1 处警告"))).to_be_visible()
    wrong = cell(page, 3, "社团类别")
    expect(wrong).to_have_class(re.compile("cell-(error|warning)"))
    page.get_by_role("button", name="第 3 行 · 社团类别").click()
    expect(page.locator("[data-part=about]")).to_contain_text("体育")
    page.keyboard.press("Delete")
    expect(wrong).not_to_have_class(re.compile("cell-(error|warning)"))
    saved(page)

    page.reload()
    expect(cell(page, 2, "社团名称(全称)")).to_have_text("合唱团")
    expect(cell(page, 3, "社团类别")).to_have_text("")
    hand_in(page)
    expect(page.get_by_text("已提交，等待审核。")).to_be_visible()
    expect(page.get_by_text("待审核").first).to_be_visible()


def test_errors_are_kept_and_shown_on_their_cells_until_mended(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "8.8")
    cell(page, 1, "项目名称(全称)").click()
    paste(page, "国家奖学金\t奖学金\t全校\t三\t24000")
    hand_in(page)
    expect(page.get_by_text("第 1 版还有 1 处错误，不能提交。")).to_be_visible()
    wrong = cell(page, 1, "奖助人数")
    expect(wrong).to_have_class(re.compile("cell-error"))
    page.reload()
    expect(wrong).to_have_class(re.compile("cell-error"))
    page.get_by_role("button", name="第 1 行 · 奖助人数").click()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(wrong).to_have_text("3")
    expect(wrong).not_to_have_class(re.compile("cell-error"))
    hand_in(page)
    expect(page.get_by_text("已提交，等待审核。")).to_be_visible()


def test_a_paste_is_taken_back_as_one_step_and_made_again(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "10.5")
    cell(page, 9, "志愿者组织名称(全称)").click()
    paste(page, "".join(f"志愿者协会\t活动{number}\n" for number in range(1, 31)))
    expect(page.locator("[data-part=rows]")).to_have_text("30 行")
    expect(page.locator(".tabulator-row").first).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-part=rows]")).to_have_text("0 行")
    page.keyboard.press("Control+y")
    expect(page.locator("[data-part=rows]")).to_have_text("30 行")
    page.locator("[data-part=find]").fill("活动29")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=about]")).to_contain_text("第 37 行 · 活动名称")
    saved(page)
    page.reload()
    expect(page.locator("[data-part=rows]")).to_have_text("30 行")
    page.get_by_role("button", name="放弃草稿").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃草稿").click()
    expect(page.locator("[data-part=rows]")).to_have_text("0 行")


def test_the_keyboard_types_moves_copies_and_clears(sit: Sitting) -> None:
    page = sit("S031")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill(page, "9.4")
    cell(page, 1, "应届毕业生主要就业单位名称(全称)").click()
    page.keyboard.type("A1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(cell(page, 1, "应届毕业生主要就业单位名称(全称)")).to_have_text("A1")
    expect(cell(page, 1, "是否做过雇主调查")).to_have_text("是")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "A1\t是"
    cell(page, 3, "应届毕业生主要就业单位名称(全称)").click()
    page.keyboard.press("Control+v")
    expect(cell(page, 3, "是否做过雇主调查")).to_have_text("是")
    page.keyboard.press("Delete")
    expect(cell(page, 3, "应届毕业生主要就业单位名称(全称)")).to_have_text("")
    page.get_by_role("button", name="删除所选行").click()
    expect(page.locator(".tabulator-row")).to_have_count(9)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".tabulator-row")).to_have_count(10)
    saved(page)


def test_a_paste_that_is_too_wide_asks_and_loses_nothing(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "9.6.3")
    last = page.evaluate("CaijiGrid.columns().slice(-1)[0].name")
    cell(page, 1, last).click()
    paste(page, "一\t二\t三\n")
    expect(page.get_by_role("dialog")).to_contain_text("多出 2 列")
    page.get_by_role("button", name="取消").click()
    expect(page.locator("[data-part=rows]")).to_have_text("0 行")
    paste(page, "一\t二\t三\n")
    page.get_by_role("button", name="从第一列起粘贴").click()
    expect(page.locator(".tabulator-row").first).to_contain_text("一")
    paste(page, "x\n" * 5001)
    expect(page.locator("[data-part=notice]")).to_contain_text("超过在线填写的 5000 行，所以没有粘贴")
