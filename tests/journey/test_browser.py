"""The whole way of a table in a real browser: collector, reviewer, system check, quality office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journey.books import fill, save
from tests.journey.service import Service
from tests.journey.sitting import SHOTS, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TASK = "10.1.1 学生基本信息"


def open_task(page: Page, staff_no: str) -> None:
    enter(page, staff_no)
    page.goto("/mine")
    page.get_by_role("link", name=re.compile("学生基本信息")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("学生基本信息")


def upload(page: Page, path: Path) -> None:
    page.get_by_label("选择 Excel 工作簿").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()


def test_the_whole_way_of_a_table(page: Page, tmp_path: Path) -> None:
    open_task(page, "S031")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel 模板").click()
    template = Path(download.value.path()).read_bytes()

    upload(page, save(tmp_path, "wrong.xlsx", fill(template, "10.1.1", {"J5": "休学"})))
    expect(page.get_by_text("有 1 处错误，还不能提交")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("10.1.1!J5.*休学"))).to_be_visible()
    expect(page.get_by_role("button", name="提交审核")).to_have_count(0)

    upload(page, save(tmp_path, "right.xlsx", fill(template, "10.1.1")))
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核").first).to_be_visible()

    open_task(page, "S032")
    page.get_by_role("button", name="不通过，退回").click()
    expect(page.get_by_text("退回时必须写明原因")).to_be_visible()
    page.get_by_label("意见（退回时必填）").fill("第 5 行的姓名有误")
    page.get_by_role("button", name="不通过，退回").click()
    expect(page.get_by_text("已退回").first).to_be_visible()

    open_task(page, "S031")
    expect(page.get_by_text("第 5 行的姓名有误").first).to_be_visible()
    upload(page, save(tmp_path, "mended.xlsx", fill(template, "10.1.1", {"B5": "王小明"})))
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核").first).to_be_visible()

    open_task(page, "S032")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text(re.compile("待系统检测|已通过")).first).to_be_visible()

    enter(page, "S000")
    page.goto("/dashboard")
    cell = page.locator(".board").get_by_role("link", name=re.compile("10.1.1.*学务部.*已通过"))
    expect(cell).to_have_count(1, timeout=60_000)
    page.goto("/summary")
    expect(page.get_by_role("row", name=re.compile("10.1.1 ?学生基本信息"))).to_be_visible()


def test_every_page_of_every_role_opens(page: Page) -> None:
    for staff_no in ("S031", "S032", "S000", "S910", "S001"):
        enter(page, staff_no)
        for link in page.get_by_role("navigation").get_by_role("link").all():
            address = link.get_attribute("href")
            assert address is not None
            answer = page.request.get(address)
            assert (address, answer.status) == (address, 200)
            assert "62809066" in answer.text()


def test_a_phone_reads_the_pages_without_scrolling_sideways(browser: Browser, service: Service) -> None:
    context = browser.new_context(
        base_url=service.url, viewport={"width": 390, "height": 800}, locale="zh-CN"
    )
    page = context.new_page()
    enter(page, "S031")
    for address in ("/mine", "/rehearsal/sign-in"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_clock_jumps_and_the_mail_arrives(page: Page) -> None:
    enter(page, "S000")
    page.get_by_role("button", name="+1 工作日").click()
    page.goto("/mailbox")
    for _ in range(60):
        if page.get_by_role("link", name=re.compile("数据采集")).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("link", name=re.compile("数据采集")).first).to_be_visible()


@pytest.mark.parametrize("size", [SHOTS, {"width": 390, "height": 844}])
def test_the_dashboard_ends_with_its_footer(page: Page, size: ViewportSize) -> None:
    """Hidden labels of the board's cells must not lengthen the page below it."""
    page.set_viewport_size(size)
    enter(page, "S000")
    page.goto("/dashboard")
    expect(page.locator(".board .cell").first).to_be_attached()
    height, end = page.evaluate(
        "[document.documentElement.scrollHeight,"
        " document.querySelector('footer').getBoundingClientRect().bottom + scrollY]"
    )
    assert abs(height - end) <= 2


@pytest.mark.parametrize("clipboard", [True, False])
def test_the_announcement_is_copied_with_and_without_a_clipboard(page: Page, clipboard: bool) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, "S000")
    page.goto("/dashboard")
    if not clipboard:
        page.evaluate("navigator.clipboard.writeText = undefined")
    page.get_by_role("link", name="复制群公告").click()
    expect(page.get_by_text("已复制，可以粘贴到群里。")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("发到 QQ 群或企业微信群的文字").input_value()
    assert "咨询：质量部办公室 62809066" in copied
