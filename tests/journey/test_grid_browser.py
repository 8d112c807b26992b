"""The grid and the form in a real browser: pasted, checked, mended, saved by themselves, handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import polars as pl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from checks.definition import load_definition
from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet
from commands.browser import chromium
from models import Prior
from models.blobs import Blobs
from models.database import Database
from models.worklist import lines
from tests.journey.service import Service, serving
from tests.journey.test_browser import FLAGS, SHOTS, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SAVED = re.compile(r"已自动保存 \d\d:\d\d")
CLUBS = "001\t书画社\t文化艺术类\n002\t合唱团\t文化艺术类\n003\t篮球社\t体育健身类\n"
PHONE: ViewportSize = {"width": 390, "height": 844}
Sitting = Callable[..., Page]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("grid"), "--rehearse", "2020-11-06T09:00") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def sit(browser: Browser, service: Service) -> Iterator[Sitting]:
    """Opens a page of a person of its own; the test fails on any script error or refused resource."""
    contexts, troubles = list[BrowserContext](), list[str]()

    def down(staff_no: str, size: ViewportSize = SHOTS, **more: bool) -> Page:
        context = browser.new_context(base_url=service.url, locale="zh-CN", viewport=size, **more)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        enter(page, staff_no)
        return page

    yield down
    for context in contexts:
        context.close()
    known = ("422", "409", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    assert [trouble for trouble in troubles if not any(one in trouble for one in known)] == []


def fill(page: Page, code: str) -> None:
    """Go to the page where the table is typed."""
    page.goto("/mine")
    page.get_by_role("link", name=re.compile(rf"^{re.escape(code)} ")).click()
    page.get_by_role("link", name="在线填写").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    expect(page.locator(".tabulator-row, form.record").first).to_be_visible()


def cell(page: Page, row: int, column: str) -> Locator:
    """A grid's cell by its row (from 1) and its column's name."""
    field = page.evaluate(
        "name => 'c' + CaijiGrid.columns().findIndex((column) => column.name === name)", column
    )
    return page.locator(f".tabulator-row:nth-child({row}) .tabulator-cell[tabulator-field={field}]")


def paste(page: Page, text: str) -> None:
    """What Ctrl+V does with this text on the clipboard."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const at = document.querySelector("#grid .tabulator-tableholder");
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          at.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def last_year(service: Service, code: str, row: dict[str, str]) -> None:
    """Load last year's row of the table's only assignment."""
    empty = empty_rows(load_definition(code))
    frame = pl.DataFrame([{SHEET: code, ROW: 2, **row}], schema=empty.frame.schema)
    blob = Blobs(service.data / "blobs").put(to_parquet(load_definition(code), Rows(frame, empty.columns)))
    database = Database(f"sqlite:///{service.data / 'caiji.db'}")
    with database.writing() as session:
        (seen,) = lines(session, table=code)
        loaded = datetime(2020, 11, 6, tzinfo=UTC)
        session.add(Prior(assignment_id=seen.id, rows_blob=blob, row_count=1, loaded_at=loaded))
    database.close()


def saved(page: Page) -> None:
    expect(page.locator("[data-part=saving]")).to_have_text(SAVED)


def test_pasted_checked_mended_and_handed_in(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "10.3")
    cell(page, 1, "社团代码").click()
    paste(page, CLUBS.replace("体育健身类", "体育"))
    expect(cell(page, 3, "社团名称(全称)")).to_have_text("篮球社")
    expect(cell(page, 1, "社团代码")).to_have_text("001")
    saved(page)

    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_text("有 1 处错误").or_(page.get_by_text("没有错误，有 1 处提醒"))).to_be_visible()
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
    page.get_by_role("button", name="提交审核").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等待审核。")).to_be_visible()
    expect(page.get_by_text("待审核").first).to_be_visible()


def test_errors_are_kept_and_shown_on_their_cells_until_mended(sit: Sitting) -> None:
    page = sit("S031")
    fill(page, "8.8")
    cell(page, 1, "项目名称(全称)").click()
    paste(page, "国家奖学金\t奖学金\t全校\t三\t24000")
    page.get_by_role("button", name="提交审核").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审核").click()
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
    page.get_by_role("button", name="提交审核").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审核").click()
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
    page.unroute("**/draft")
    page.route(
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
    page.get_by_role("button", name="提交审核").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等待审核。")).to_be_visible()


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
        page.keyboard.type("C3")
        page.keyboard.press("Enter")
        expect(cell(page, 1, name)).to_have_text("C3")
