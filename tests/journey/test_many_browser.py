"""Many at once in a real browser: nil returns, files dropped together, many hands merged."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from models import Prior
from models.database import Database
from models.worklist import lines
from tests.journey.books import fill, save
from tests.journey.service import Service
from tests.journey.sitting import SHOTS, enter, watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE: ViewportSize = {"width": 390, "height": 844}
PAPERS = "6.3.7"
Sitting = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, service: Service) -> Iterator[Sitting]:
    """Opens a page of a person of its own; the test fails on any script error or refused resource."""
    contexts, watches = list[BrowserContext](), list[list[str]]()

    def down(staff_no: str, size: ViewportSize = SHOTS, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=service.url, locale="zh-CN", viewport=size, java_script_enabled=script
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(watch(page))
        enter(page, staff_no)
        page.goto("/mine")
        return page

    yield down
    for context in contexts:
        context.close()
    assert [trouble for troubles in watches for trouble in troubles if "422" not in trouble] == []


def own_books(page: Page, folder: Path, *codes: str) -> list[Path]:
    """My templates of these tables from the one zip, filled in and saved."""
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"全部 \d+ 张")).click()
    found = []
    with zipfile.ZipFile(download.value.path()) as package:
        for name in package.namelist():
            code = name.split(" ")[0]
            if code in codes:
                found.append(save(folder, name, fill(package.read(name), code)))
    return found


def test_files_dropped_together_find_their_tables(sit: Sitting, tmp_path: Path) -> None:
    page = sit("S041")
    books = own_books(page, tmp_path, "5.1.2", "5.1.3", "5.1.4")
    assert len(books) == 3
    bad = save(tmp_path, "坏文件.xlsx", b"no workbook")
    page.get_by_label("选择多个 Excel 工作簿").set_input_files([*books, bad])
    expect(page.get_by_text("已选 4 份文件")).to_be_visible()
    page.get_by_label("没有错误的直接提交审核").check()
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="一起上传的 4 份文件")).to_be_visible()
    expect(page.locator("#drop li")).to_have_count(4)
    expect(page.get_by_text("已提交审核")).to_have_count(4)
    for book in books:
        label = book.name.removesuffix("-财务处.xlsx") + " · 财务处"
        expect(page.locator("#drop li", has_text=book.name).get_by_role("link", name=label)).to_be_visible()
    expect(page.locator("#drop li", has_text="坏文件.xlsx")).to_contain_text("没有存入")


def test_without_script_the_same_form_and_one_button(sit: Sitting, tmp_path: Path) -> None:
    page = sit("S061", script=False)
    books = own_books(page, tmp_path, "3.2", "12")
    page.get_by_label("选择多个 Excel 工作簿").set_input_files(books)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("等待检查")).to_have_count(2)
    page.get_by_role("button", name="全部检查").click()
    expect(page.get_by_text("没有错误，可以提交")).to_have_count(2)


def test_many_hands_become_one_version(sit: Sitting, tmp_path: Path) -> None:
    page = sit("S071")
    page.get_by_role("link", name=re.compile("著作论文")).first.click()
    page.get_by_role("link", name=re.compile("发个人表、收回合并")).click()
    page.get_by_label("填表人姓名").fill("张老师\n李老师")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载个人表").click()
    with zipfile.ZipFile(download.value.path()) as package:
        one, other = (package.read(name) for name in package.namelist())
    sheets = [
        save(tmp_path, "张老师.xlsx", papers(one, ("1001", "甲", 1), ("1001", "乙", 1))),
        save(tmp_path, "李老师.xlsx", papers(other, ("1002", "丙", 1), ("1001", "乙", 1), ("1001", "甲", 2))),
    ]
    page.get_by_label("选择各人的 Excel 工作簿").set_input_files(sheets)
    page.get_by_role("button", name="合并成一版").click()
    expect(page.get_by_role("heading", name="第 1 版是这样合并的")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("张老师.xlsx 张老师 2 6.3.7 第 2–3 行 —"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("李老师.xlsx 李老师 2 6.3.7 第 4–5 行 1"))).to_be_visible()
    page.get_by_role("link", name="查看检查结果").click()
    expect(page.get_by_text("有 1 处错误，还不能提交")).to_be_visible()
    expect(page.get_by_text("来自 李老师.xlsx 第 4 行；与之重复的来自 张老师.xlsx 第 2 行")).to_be_visible()

    page.go_back()
    mended = save(tmp_path, "李老师改.xlsx", papers(other, ("1002", "丙", 1)))
    page.get_by_label("选择各人的 Excel 工作簿").set_input_files([sheets[0], mended])
    page.get_by_label("替换现有数据").check()
    page.get_by_role("button", name="合并成一版").click()
    expect(page.get_by_role("heading", name="第 2 版是这样合并的")).to_be_visible()
    page.get_by_role("link", name="查看检查结果").click()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核").first).to_be_visible()


def papers(sheet: bytes, *rows: tuple[str, str, int]) -> bytes:
    """The one-person sheet as it comes back: staff number, title, place among the authors."""
    book = load_workbook(BytesIO(sheet))
    for number, (staff, title, place) in enumerate(rows, start=2):
        page = book[PAPERS]
        page[f"A{number}"], page[f"B{number}"], page[f"F{number}"] = staff, title, place
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def had(service: Service, code: str, department: str, rows: int) -> None:
    """Last year the department had so many rows."""
    database = Database(f"sqlite:///{service.data / 'caiji.db'}")
    with database.writing() as session:
        (line,) = lines(session, table=code, department=department)
        at = datetime(2020, 11, 1, tzinfo=UTC)
        session.add(Prior(assignment_id=line.id, rows_blob="rows", row_count=rows, loaded_at=at))
    database.close()


def test_nothing_to_report_is_confirmed_approved_in_bulk_and_told_as_such(
    sit: Sitting, service: Service
) -> None:
    had(service, "10.4", "学务部", 12)
    collector = sit("S031")
    for name, twice in (("志愿者", False), ("红十字会", True)):
        collector.goto("/mine")
        collector.get_by_role("link", name=re.compile(rf"\s{name}")).first.click()
        collector.get_by_text("本部门无数据").click()
        collector.get_by_role("button", name="确认，申报无数据").click()
        if twice:
            expect(collector.get_by_text("上年这张表有 12 行")).to_be_visible()
            collector.get_by_label("今年确实没有数据").check()
            collector.get_by_role("button", name="确认，申报无数据").click()
        expect(collector.get_by_text("已申报“无数据”，等待审核")).to_be_visible()

    reviewer = sit("S032")
    reviewer.goto("/reviews")
    expect(reviewer.get_by_text("上年有 12 行")).to_have_count(1)
    reviewer.get_by_role("button", name="全选").click()
    reviewer.get_by_role("button", name="通过所选").click()
    expect(reviewer.get_by_text("所选的“无数据申报”已审核通过")).to_be_visible()

    office = sit("S000")
    cell = office.locator(".board").get_by_role("link", name=re.compile("10.4.*学务部.*已通过"))
    office.goto("/dashboard")
    expect(cell).to_have_count(1, timeout=60_000)
    office.goto("/summary")
    expect(office.get_by_role("row", name=re.compile("10.4 ?红十字会.*无数据"))).to_be_visible()


def test_a_phone_shows_the_pages_without_scrolling_sideways(sit: Sitting) -> None:
    page = sit("S081", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name=re.compile("著作论文")).first.click()
    page.goto(f"{page.url}/many")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_nothing_is_decided_while_a_file_is_sent(sit: Sitting, tmp_path: Path) -> None:
    """What the page offers is about the version before."""
    page = sit("S041")
    page.get_by_role("link", name=re.compile(r"^3\.5 ")).first.click()
    page.route("**/upload", lambda route: None)
    page.get_by_label("选择 Excel 工作簿").set_input_files(save(tmp_path, "w.xlsx", b"x"))
    page.get_by_text("本部门无数据", exact=True).click()
    nil = page.get_by_role("button", name="确认，申报无数据")
    expect(nil).to_be_enabled()
    page.get_by_role("button", name="上传并检查").click()
    expect(nil).to_be_disabled()
    page.unroute("**/upload")
