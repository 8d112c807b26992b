"""Findings and review in a real browser: one click mends, warnings are explained, single cells come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from actions.clock import now
from models import Prior
from models.blobs import Blobs
from models.database import Database
from models.worklist import lines
from tests.journey.books import save
from tests.journey.service import Service, serving
from tests.workbooks.stored import Row, stored

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COLLECTOR, REVIEWER = "S031", "S032"
TABLE, DEPARTMENT = "10.3", "学务部"
MONEY, MEMBERS, NAME = "活动经费", "现有成员", "社团名称(全称)"
LAST_YEAR: list[Row] = [
    {"社团代码": f"{n:03d}", NAME: f"第{n}社", MEMBERS: str(20 + n), MONEY: str(5000 + 100 * n)}
    for n in range(1, 13)
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path, "--rehearse", "2020-11-06T09:00") as found:
        _load_last_year(found)
        yield found


def _load_last_year(service: Service) -> None:
    database = Database(f"sqlite:///{service.data / 'caiji.db'}")
    with database.writing() as session:
        (line,) = lines(session, table=TABLE, department=DEPARTMENT)
        blob = Blobs(service.data / "blobs").put(stored(TABLE, LAST_YEAR))
        session.add(
            Prior(assignment_id=line.id, rows_blob=blob, row_count=len(LAST_YEAR), loaded_at=now(session))
        )
    database.close()


def this_year(**cells: str) -> list[dict[str, str]]:
    """Last year's rows with other members; ``cells`` such as C003 put another sum into a club's row."""
    rows = [{name: value or "" for name, value in row.items()} for row in LAST_YEAR]
    for number, row in enumerate(rows, start=1):
        row[MEMBERS] = str(25 + number)
        row[MONEY] = cells.get(f"C{number:03d}", row[MONEY])
    return rows


def open_task(page: Page, staff_no: str) -> None:
    page.goto("/rehearsal/sign-in")
    page.get_by_role("button", name=re.compile(rf"\b{staff_no}\b")).first.click()
    page.goto("/mine")
    page.get_by_role("link", name=re.compile(r"^10\.3\b")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("学生社团")


def upload(page: Page, folder: Path, rows: list[dict[str, str]], number: int = 1) -> None:
    """Fill the template in; it becomes the version of this number."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel 模板").click()
    book = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book[TABLE]
    titles = [cell.value for cell in sheet[1]]
    for place, row in enumerate(rows, start=2):
        for title, value in row.items():
            sheet.cell(place, titles.index(title) + 1).value = value
    out = BytesIO()
    book.save(out)
    page.get_by_label("选择 Excel 工作簿").set_input_files(save(folder, "社团.xlsx", out.getvalue()))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name=f"检查结果 第 {number} 版")).to_be_visible(timeout=30_000)


def submit(page: Page) -> None:
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等待审核")).to_be_visible()


def test_one_click_mends_a_unit(page: Page, tmp_path: Path) -> None:
    open_task(page, COLLECTOR)
    upload(page, tmp_path, this_year(C003="0.53", C004="0.54"))
    group = page.locator(".rule-group", has_text="单位")
    expect(group.get_by_role("row", name=re.compile("003.*活动经费.*0.53"))).to_be_visible()
    group.get_by_role("button", name="改为 5300").click()
    expect(page.get_by_text("已按建议改正")).to_be_visible()
    expect(page.get_by_role("button", name="改为 5300")).to_have_count(0)
    page.get_by_role("button", name="改为 5400").click()
    expect(page.get_by_text("第 3 版可以提交")).to_be_visible()
    expect(page.locator("#data")).to_contain_text("5400")
    submit(page)


def test_what_was_normalised_is_listed_and_undone(page: Page, tmp_path: Path) -> None:
    rows = this_year(C005="９０００")
    rows[0][NAME], rows[1]["登记情况/登记日期"] = "第1社 ", "2018年9月"
    open_task(page, COLLECTOR)
    upload(page, tmp_path, rows)
    group = page.locator(".rule-group", has_text="3 处已规范化")
    expect(group.get_by_role("row", name=re.compile("J6"))).to_be_hidden()
    group.locator("> summary").click()
    expect(group.get_by_role("row", name=re.compile("10.3!J6 005 活动经费 ９０００"))).to_be_visible()
    group.get_by_role("row", name=re.compile("J6")).get_by_role("button", name="恢复原样").click()
    expect(page.get_by_text("已恢复原样，存为新的一版")).to_be_visible()
    expect(page.get_by_text("2 处已规范化")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("10.3!J6.*９０００.*数字"))).to_be_visible()
    page.get_by_text("2 处已规范化").click()
    page.get_by_role("button", name="全部恢复原样（2 处）").click()
    expect(page.get_by_role("heading", name="检查结果 第 3 版")).to_be_visible()
    expect(page.get_by_text("处已规范化")).to_have_count(0)


def test_an_explanation_is_asked_for_given_refused_and_accepted(page: Page, tmp_path: Path) -> None:
    open_task(page, COLLECTOR)
    upload(page, tmp_path, this_year(C003="0.53", C004="0.54"))
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_test_id("problem")).to_contain_text("第 1 版还有 2 处警告没有说明：J4、J5")
    explain(page, "本年停办，只余零钱")
    expect(page.get_by_text("说明已保存")).to_be_visible()
    submit(page)

    open_task(page, REVIEWER)
    told = page.locator("#explanations")
    expect(told).to_contain_text("本年停办，只余零钱")
    told.get_by_text("不接受", exact=True).click()
    told.get_by_label("还缺什么（采集员会看到）").fill("请写明依据")
    told.get_by_role("button", name="不接受这条说明").click()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_test_id("problem")).to_contain_text("有 1 条说明您没有接受")
    page.get_by_label("意见（退回时必填）").fill("说明不清楚")
    page.get_by_role("button", name="不通过，退回").click()

    open_task(page, COLLECTOR)
    expect(page.get_by_role("note")).to_contain_text("请写明依据")
    explain(page, "见校发〔2020〕12 号")
    submit(page)
    open_task(page, REVIEWER)
    page.locator("#explanations").get_by_role("button", name="接受", exact=True).click()
    expect(page.locator("#explanations")).to_contain_text("已接受")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已审核通过")).to_be_visible()


def explain(page: Page, text: str) -> None:
    """Explain a whole column's warnings."""
    action = page.locator(".rule-warning .rule-action").first
    action.locator("summary").first.click()
    action.get_by_label("为什么这里没有错").fill(text)
    action.get_by_role("button", name="保存说明").click()


def test_single_cells_come_back_and_the_difference_is_seen(page: Page, tmp_path: Path) -> None:
    open_task(page, COLLECTOR)
    upload(page, tmp_path, this_year())
    submit(page)

    open_task(page, REVIEWER)
    expect(page.locator("#changes")).to_contain_text("改动 12 行的 12 个单元格")
    expect(page.locator("#columns figure", has_text="现有成员")).to_contain_text("378")
    expect(page.locator("#remark-bar")).to_be_hidden()
    page.locator("#data td[data-cell=A2]").focus()
    letters = [cell.get_attribute("data-cell") for cell in page.locator("#data tr:first-child td").all()]
    for key in ["ArrowRight"] * letters.index("G2") + ["ArrowDown"] * 3 + ["Enter"]:
        page.keyboard.press(key)
    expect(page.get_by_label("单元格", exact=True)).to_have_value("G5")
    expect(page.get_by_label("对它的意见")).to_be_focused()
    page.keyboard.type("应为 30 人")
    page.keyboard.press("Enter")
    expect(page.locator("#remarks")).to_contain_text("10.3!G5 现有成员 004：应为 30 人")
    expect(page.locator("#data td.remarked")).to_contain_text("意见：应为 30 人")
    page.get_by_label("退回时只放开上面指出的单元格和新增行").check()
    page.get_by_role("button", name="不通过，退回").click()
    expect(page.get_by_text("已退回").first).to_be_visible()

    open_task(page, COLLECTOR)
    expect(page.get_by_role("note")).to_contain_text("10.3!G5 现有成员 004：应为 30 人")
    rows = this_year()
    rows[3][MEMBERS], rows[8][MEMBERS] = "30", "99"
    upload(page, tmp_path, rows, 2)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_test_id("problem")).to_contain_text("10.3 第 10 行“现有成员”与退回的第 1 版不同")
    rows[8][MEMBERS] = this_year()[8][MEMBERS]
    rows.append({"社团代码": "099", NAME: "新社", MEMBERS: "12", MONEY: "5000"})
    upload(page, tmp_path, rows, 3)
    submit(page)

    open_task(page, REVIEWER)
    changes = page.locator("#changes")
    expect(changes).to_contain_text("新增 1 行，减少 0 行，改动 1 行的 1 个单元格")
    expect(changes.get_by_role("row", name="10.3!G5 004 现有成员 24 29 30")).to_be_visible()
    changes.get_by_role("link", name="与上年比").click()
    expect(changes).to_contain_text("新增 1 行，减少 0 行，改动 12 行的 12 个单元格")
    page.get_by_role("link", name="只看变动：与第 1 版比").click()
    expect(page.locator("#data tbody tr")).to_have_count(2)
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("已审核通过")).to_be_visible()
    expect(page.locator("#remarks")).to_have_count(0)


def test_a_phone_reviews_without_scrolling_sideways(
    page: Page, browser: Browser, service: Service, tmp_path: Path
) -> None:
    open_task(page, COLLECTOR)
    upload(page, tmp_path, this_year(C003="0.53"))
    context = browser.new_context(
        base_url=service.url, viewport={"width": 390, "height": 800}, locale="zh-CN"
    )
    phone = context.new_page()
    open_task(phone, COLLECTOR)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    explain(page, "本年停办")
    submit(page)
    open_task(phone, REVIEWER)
    expect(phone.locator(".column-chart").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
