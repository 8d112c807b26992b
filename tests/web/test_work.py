"""A table's way on the pages: template, wrong workbook, right one, submission, return, approval."""

from __future__ import annotations

import re

import pytest

from tests.journey.books import fill
from tests.web.conftest import Installation
from tests.web.transport import Browser

COLLECTOR, REVIEWER, OFFICE = "S031", "S032", "S000"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment("10.1.1", "学务部")


def upload(browser: Browser, key: int, content: bytes, name: str = "w.xlsx", **more: str) -> str:
    """What the page says after the upload."""
    answer = browser.form(f"/assignments/{key}/upload", more, files={"file": (name, content, XLSX)})
    return answer.text


def version_id(page: str) -> str:
    """What the page's forms say that they decide on."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def submitted(site: Installation, key: int, faults: dict[str, str] | None = None) -> Browser:
    """A collector who has handed a workbook in."""
    browser = site.browser(COLLECTOR)
    template = browser.get(f"/assignments/{key}/template").content
    page = upload(browser, key, fill(template, "10.1.1", faults))
    answer = browser.form(f"/assignments/{key}/submit", {"version": version_id(page)})
    assert "已提交，等待审核" in answer.text, answer.text
    return browser


def test_a_wrong_workbook_is_kept_and_its_findings_named_by_cell(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    template = browser.get(f"/assignments/{key}/template")
    assert template.headers["content-disposition"].startswith("attachment; filename*=UTF-8''10.1.1%20")
    page = upload(browser, key, fill(template.content, "10.1.1", {"J5": "休学"}))
    assert 'notice-warn" role="status">已保存为第 1 版，有 1 处错误，改正后才能提交。' in page
    assert "notice-good" not in page
    assert "第 1 版有 1 处错误，还不能提交" in page
    assert '<a href="#findings">看检查结果 ↓</a>' in page
    assert '<section class="card" id="findings"' in page
    assert "10.1.1!J5" in page
    assert ">提交审核</button>" not in page
    assert site.stage(key) == "pending"


def test_a_workbook_without_errors_is_said_to_be_kept_and_not_handed_in(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    content = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    assert 'role="status">已保存为第 1 版，还没有提交：核对后请点“提交审核”。' in upload(
        browser, key, content
    )
    browser.form(f"/assignments/{key}/submit", {"version": "1"})
    again = upload(browser, key, content)
    assert ("还没有提交" in again, "与最新一版完全相同的不重复保存" in again) == (False, True)


def test_a_version_with_errors_is_refused_when_submitted_all_the_same(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    template = browser.get(f"/assignments/{key}/template").content
    upload(browser, key, fill(template, "10.1.1", {"J5": "休学"}))
    answer = browser.form(f"/assignments/{key}/submit", {"version": "1"})
    assert (answer.status_code, "还有 1 处错误，不能提交" in answer.text) == (422, True)


def test_the_whole_way(site: Installation, key: int) -> None:
    submitted(site, key)
    reviewer = site.browser(REVIEWER)
    page = reviewer.get(f"/assignments/{key}").text
    assert "审核第 1 版" in page
    version = version_id(page)
    refused = reviewer.form(f"/assignments/{key}/review", {"version": version, "decision": "return"})
    assert (refused.status_code, "退回时必须写明原因" in refused.text) == (422, True)
    answer = reviewer.form(
        f"/assignments/{key}/review", {"version": version, "decision": "return", "reason": "第 5 行姓名有误"}
    )
    assert "已退回，采集员会收到通知" in answer.text
    assert "第 5 行姓名有误" in site.browser(COLLECTOR).get(f"/assignments/{key}").text

    submitted(site, key, {"B5": "王小明"})
    version = version_id(reviewer.get(f"/assignments/{key}").text)
    answer = reviewer.form(f"/assignments/{key}/review", {"version": version, "decision": "approve"})
    assert "已审核通过，系统检测随即开始" in answer.text
    assert site.stage(key) == "reviewed"


def test_after_approval_nothing_more_is_taken(site: Installation, key: int) -> None:
    collector = submitted(site, key)
    template = collector.get(f"/assignments/{key}/template").content
    reviewer = site.browser(REVIEWER)
    version = version_id(reviewer.get(f"/assignments/{key}").text)
    reviewer.form(f"/assignments/{key}/review", {"version": version, "decision": "approve"})
    answer = collector.form(
        f"/assignments/{key}/upload", files={"file": ("w.xlsx", fill(template, "10.1.1"), XLSX)}
    )
    assert (answer.status_code, "审核通过的数据不能再提交" in answer.text) == (409, True)
    assert "请联系审核人" in answer.text


def test_a_decision_on_an_older_version_shows_the_difference_and_keeps_the_reason(
    site: Installation, key: int
) -> None:
    submitted(site, key)
    reviewer = site.browser(REVIEWER)
    seen = version_id(reviewer.get(f"/assignments/{key}").text)
    submitted(site, key, {"B3": "王小明"})
    answer = reviewer.form(
        f"/assignments/{key}/review", {"version": seen, "decision": "return", "reason": "第 3 行的姓名写错了"}
    )
    assert answer.status_code == 409
    assert "第 1 版 → 第 2 版的差别" in answer.text
    assert "新增 0 行，减少 0 行，改动 1 个单元格" in answer.text
    assert "<ins>王小明</ins>" in answer.text
    assert "第 3 行的姓名写错了</textarea>" in answer.text
    assert site.stage(key) == "collected"


def test_reviewing_after_withdrawal_is_refused_with_a_sentence(site: Installation, key: int) -> None:
    collector = submitted(site, key)
    reviewer = site.browser(REVIEWER)
    seen = version_id(reviewer.get(f"/assignments/{key}").text)
    assert "提交已撤回" in collector.form(f"/assignments/{key}/withdraw").text
    answer = reviewer.form(f"/assignments/{key}/review", {"version": seen, "decision": "approve"})
    assert (answer.status_code, "数据可能已被撤回" in answer.text) == (409, True)


def test_a_nil_return_and_its_bulk_approval(site: Installation) -> None:
    keys = [site.assignment(code, "学务部") for code in ("10.3", "10.4")]
    collector = site.browser(COLLECTOR)
    for key in keys:
        assert "已申报“无数据”" in collector.form(f"/assignments/{key}/nil").text
    reviewer = site.browser(REVIEWER)
    chosen = re.findall(r'name="chosen" value="([\d:]+)"', reviewer.get("/reviews").text)
    assert len(chosen) == 2
    answer = reviewer.form("/reviews/nil", {"chosen": chosen})
    assert "“无数据申报”已审核通过" in answer.text
    assert [site.stage(key) for key in keys] == ["reviewed", "reviewed"]


@pytest.mark.parametrize("chosen", [[], ["x:1"], ["1"]])
def test_a_bulk_approval_of_nothing_is_refused(site: Installation, chosen: list[str]) -> None:
    answer = site.browser(REVIEWER).form("/reviews/nil", {"chosen": chosen})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_bulk_approval_is_all_or_nothing(site: Installation) -> None:
    key = site.assignment("10.3", "学务部")
    site.browser(COLLECTOR).form(f"/assignments/{key}/nil")
    reviewer = site.browser(REVIEWER)
    (chosen,) = re.findall(r'name="chosen" value="([\d:]+)"', reviewer.get("/reviews").text)
    foreign = f"{site.assignment('1.1', '政务部')}:1"
    assert reviewer.form("/reviews/nil", {"chosen": [chosen, foreign]}).status_code == 404
    assert site.stage(key) == "collected"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "", "没有选择文件"),
        (b"not a workbook", "notes.xlsx", "notice-bad"),
        (b"%PDF-1.7 not a workbook", "plan.xlsx", "notice-bad"),
    ],
)
def test_a_file_that_is_no_workbook_has_a_sentence(
    site: Installation, key: int, content: bytes, name: str, sentence: str
) -> None:
    browser = site.browser(COLLECTOR)
    files = {"file": (name, content, XLSX)} if name else None
    answer = browser.form(f"/assignments/{key}/upload", files=files)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "填报" in answer.text


def test_a_workbook_of_another_table_or_department_says_whose_it_is(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    other = browser.get(f"/assignments/{site.assignment('10.3', '学务部')}/template").content
    page = upload(browser, key, other)
    assert "这个工作簿属于数据表 10.3" in page
    mine = site.browser("S071")
    theirs = site.browser("S081")
    one = site.assignment("6.2", "示例一系（信息工程）")
    book = theirs.get(f"/assignments/{site.assignment('6.2', '示例二系（机电工程）')}/template").content
    assert "这份工作簿属于“示例二系（机电工程）”" in upload(mine, one, book)


def test_the_same_bytes_twice_are_one_version(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    upload(browser, key, book)
    assert "第 2 版" not in upload(browser, key, book)


def test_findings_are_filtered_and_rows_paged(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    template = browser.get(f"/assignments/{key}/template").content
    upload(browser, key, fill(template, "10.1.1", {"J5": "休学", "B6": " 王 "}))
    errors = browser.get(f"/assignments/{key}/findings", params={"version": 1, "severity": "error"}).text
    assert ("10.1.1!J5" in errors, "10.1.1!B6" in errors) == (True, False)
    data = browser.get(f"/assignments/{key}/data", params={"version": 1, "offset": 0}).text
    assert "休学" in data
    assert browser.get(f"/assignments/{key}/data", params={"version": 9}).status_code == 404


def test_the_original_file_can_be_fetched_again(site: Installation, key: int) -> None:
    browser = site.browser(COLLECTOR)
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    upload(browser, key, book)
    assert browser.get(f"/assignments/{key}/versions/1").content == book
    nil = site.assignment("10.4", "学务部")
    browser.form(f"/assignments/{nil}/nil")
    assert browser.get(f"/assignments/{nil}/versions/1").status_code == 404
