"""In a real browser: the office lets an error pass (P4), an owner adds what a source table lacks (P2)."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from checks.rows import letters
from tests.journey.books import fill, save
from tests.journey.service import Service, serving
from tests.journey.sitting import Sitting
from tests.journey.test_browser import upload

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COLLECTOR, REVIEWER, OFFICE = "S031", "S032", "S000"
OWNER, OWNING_REVIEWER = "S021", "S022"
STUDENTS, MAJORS = "10.1.1", "7.1.1"
ABSENT = "999999"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path, "--rehearse", "2020-11-06T09:00") as found:
        yield found


def open_table(page: Page, code: str) -> None:
    page.goto("/mine")
    page.get_by_role("link", name=re.compile(rf"^{re.escape(code)} ")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)


def template(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel 模板").click()
    return Path(download.value.path()).read_bytes()


def place(book: bytes, column: str, row: int) -> str:
    """The address of a column's cell on the first sheet."""
    titles = [cell.value for cell in load_workbook(BytesIO(book)).worksheets[0][1]]
    return f"{letters(titles.index(column))}{row}"


def with_one_more(book: bytes, column: str, value: str) -> bytes:
    """The first sheet's row 2 once more at its end, with another value in the column."""
    opened = load_workbook(BytesIO(book))
    page = opened.worksheets[0]
    last = max(row[0].row for row in page.iter_rows(min_row=2) if any(cell.value for cell in row))
    for cell in page[2]:
        page.cell(last + 1, cell.column).value = (
            value if page.cell(1, cell.column).value == column else cell.value
        )
    out = BytesIO()
    opened.save(out)
    return out.getvalue()


def until_shown(page: Page, sentence: str | re.Pattern[str]) -> None:
    """Reload until the worker has done it."""
    for _ in range(120):
        if page.get_by_text(sentence).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(sentence).first).to_be_visible()


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核").first).to_be_visible()


def approve(page: Page, code: str) -> None:
    open_table(page, code)
    page.get_by_role("button", name="通过", exact=True).click()
    until_shown(page, "已通过")


def test_the_office_lets_an_error_pass(sit: Sitting, tmp_path: Path) -> None:
    collector, office, reviewer = sit(COLLECTOR), sit(OFFICE), sit(REVIEWER)
    open_table(collector, STUDENTS)
    empty = template(collector)
    wrong = {place(empty, "学籍状态", 5): "联合培养"}
    upload(collector, save(tmp_path, "students.xlsx", fill(empty, STUDENTS, wrong)))
    expect(collector.get_by_text("有 1 处错误，还不能提交")).to_be_visible()
    expect(collector.get_by_role("button", name="提交审核")).to_have_count(0)

    office.goto(collector.url)
    office.get_by_role("link", name="放行 →").first.click()
    office.get_by_label("放行的原因").fill("与外校联合培养，教务已备案")
    office.get_by_role("button", name="放行这一条").click()
    expect(office.get_by_text("已放行，系统随即重新检查")).to_be_visible()

    until_shown(collector, re.compile("第 1 版可以提交"))
    collector.locator("summary", has_text="学籍状态").first.click()
    expect(collector.locator(".findings").get_by_text("与外校联合培养，教务已备案")).to_be_visible()
    hand_in(collector)
    approve(reviewer, STUDENTS)

    office.goto("/summary")
    expect(office.get_by_role("row", name=re.compile("与外校联合培养"))).to_be_visible()
    with office.expect_download() as download:
        office.get_by_role("link", name="下载汇总").click()
    archive = zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes()))
    [released] = json.loads(archive.read("manifest.json"))["releases"]
    assert (released["rule"], released["table"], released["reason"]) == (
        "student-status",
        STUDENTS,
        "与外校联合培养，教务已备案",
    )

    office.goto("/releases")
    office.get_by_role("button", name="收回").click()
    expect(office.get_by_text("放行已收回")).to_be_visible()
    until_shown(collector, "检测未通过")


def test_the_owner_adds_what_the_source_lacks(sit: Sitting, tmp_path: Path) -> None:
    owner, reviewer, asker = sit(OWNER), sit(OWNING_REVIEWER), sit(COLLECTOR)
    open_table(owner, MAJORS)
    majors = fill(template(owner), MAJORS)
    upload(owner, save(tmp_path, "majors.xlsx", majors))
    hand_in(owner)
    approve(reviewer, MAJORS)

    open_table(asker, STUDENTS)
    empty = template(asker)
    students = fill(empty, STUDENTS, {place(empty, "专业代码", 3): ABSENT})
    upload(asker, save(tmp_path, "students.xlsx", students))
    expect(asker.get_by_text("有 1 处错误，还不能提交")).to_be_visible()
    asker.get_by_role("button", name="请 教务部 补录").click()
    expect(asker.get_by_text("等待 教务部 答复")).to_be_visible()
    asker.goto("/mine")
    expect(asker.get_by_role("link", name=re.compile(f"{STUDENTS}.*等待 教务部 补录"))).to_be_visible()

    owner.goto("/mine")
    owner.get_by_role("region", name="请贵部门补录源表").get_by_role("link").click()
    owner.get_by_role("button", name="答应补录").click()
    expect(owner.get_by_text("本表已审核，等审核部门退回后补录。")).to_be_visible()
    reviewer.reload()
    reviewer.get_by_role("button", name="退回本表，只开放新增行").click()
    expect(reviewer.get_by_text("已退回").first).to_be_visible()

    open_table(owner, MAJORS)
    upload(owner, save(tmp_path, "more.xlsx", with_one_more(majors, "专业代码", ABSENT)))
    expect(owner.get_by_text("第 2 版可以提交")).to_be_visible()
    hand_in(owner)
    approve(reviewer, MAJORS)

    open_table(asker, STUDENTS)
    until_shown(asker, "教务部 已补录")
    until_shown(asker, re.compile("第 1 版可以提交"))
    asker.goto("/mine")
    expect(asker.get_by_text("等待 教务部 补录")).to_have_count(0)
