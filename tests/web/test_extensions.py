"""More time on the pages: asked for where the table is, answered by the office."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from models import Assignment, DataTable
from tests.web.conftest import Installation
from tests.web.transport import Browser

WHY = "数据员出差，周五才能回来"
ASKED = {"until": "2020-11-20", "reason": WHY}


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment("10.4", "学务部")


@pytest.fixture
def collector(site: Installation) -> Browser:
    return site.browser("S031")


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def test_asked_and_granted(site: Installation, collector: Browser, office: Browser, key: int) -> None:
    said = collector.form(f"/assignments/{key}/extension", ASKED).text
    assert "延期申请已送质量部" in said
    assert "已申请延期到 11月20日 23:59，等待质量部答复" in said
    assert "1 份延期申请等您答复" in office.get("/dashboard").text
    waiting = office.get("/extensions").text
    assert WHY in waiting
    assert 'value="2020-11-20"' in waiting
    said = office.form(f"/assignments/{key}/extend", {"until": "2020-11-23", "reason": "同意"}).text
    assert "已延期，新的截止时间随即生效" in said
    page = collector.get(f"/assignments/{key}").text
    assert "11月23日 23:59" in page
    assert '<span class="tag">已延期</span>' in page
    page = office.get(f"/assignments/{key}").text
    assert '<h2 id="office-title">质量部处理</h2>' in page
    assert '/extensions">延期申请 →</a>' in page
    assert '<p class="crumbs"><a href="/dashboard">' in page
    reviewer = site.browser("S032").get(f"/assignments/{key}").text
    assert '<p class="crumbs"><a href="/reviews">' in reviewer
    assert "没有等待答复的延期申请" in office.get("/extensions").text


def test_refused_with_a_reason(collector: Browser, office: Browser, key: int) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    answer = office.form("/extensions/1/refuse", {"reason": " "})
    assert (answer.status_code, "不同意延期必须写明原因" in answer.text) == (422, True)
    assert "已答复：不同意延期" in office.form("/extensions/1/refuse", {"reason": "数据已齐"}).text
    page = collector.get(f"/assignments/{key}").text
    assert "延期到 11月20日 23:59 的申请没有获准：数据已齐" in page
    assert "11月18日 23:59" in page


def test_granted_unasked_and_taken_back(collector: Browser, office: Browser, key: int) -> None:
    office.form(f"/assignments/{key}/extend", ASKED)
    assert "已获准延期到 11月20日 23:59" in collector.get(f"/assignments/{key}").text
    said = office.form("/extensions/1/revoke", {"reason": "已回校"}).text
    assert "延期已收回" in said
    assert "延期到 11月20日 23:59 已被收回" in collector.get(f"/assignments/{key}").text
    assert '<span class="tag">已延期</span>' not in said


def test_what_was_typed_is_shown_again(collector: Browser, key: int) -> None:
    answer = collector.form(f"/assignments/{key}/extension", {"until": "2020-11-10", "reason": WHY})
    assert (answer.status_code, "不晚于现在的截止时间" in answer.text) == (422, True)
    assert WHY in answer.text
    assert 'value="2020-11-10"' in answer.text


def test_only_the_office_decides(collector: Browser, key: int) -> None:
    assert collector.get("/extensions").status_code == 403
    assert collector.form(f"/assignments/{key}/extend", ASKED).status_code == 403
    collector.form(f"/assignments/{key}/extension", ASKED)
    for verb in ("refuse", "revoke"):
        assert collector.form(f"/extensions/1/{verb}", {"reason": "不行"}).status_code == 403


def test_the_office_sees_what_more_time_changes_before_it_grants(
    collector: Browser, office: Browser, key: int
) -> None:
    shown = office.get(f"/assignments/{key}/extend?until=2020-11-20").text
    found = shown.partition('id="extension-changes"')[2]
    assert "延期后，这张表之后的提醒从 2020-11-11 起有变动" in found
    assert "<td>2020-11-20</td><td>预警</td><td>部门负责人</td>" in found
    assert "逾期报告" not in found
    refused = office.get(f"/assignments/{key}/extend?until=2020-11-10").text
    assert "不晚于现在的截止时间" in refused.partition('id="extension-changes"')[2]
    collector.form(f"/assignments/{key}/extension", ASKED)
    assert "延期后，这张表之后的提醒从 2020-11-11 起有变动" in office.get("/extensions").text
    assert collector.get(f"/assignments/{key}/extend?until=2020-11-20").status_code == 403


def test_two_who_answer_the_same_request_make_one_answer(
    collector: Browser, office: Browser, key: int
) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    waiting = office.get("/extensions").text
    assert '<input type="hidden" name="answering" value="1">' in waiting
    assert "<dt>现在截止</dt><dd>11月18日 23:59</dd>" in waiting
    office.form("/extensions/1/refuse", {"reason": "数据已齐"})
    late = {"until": "2020-11-23", "reason": "同意再延", "answering": "1"}
    answer = office.form(f"/assignments/{key}/extend", late)
    assert (answer.status_code, "这份申请已有答复" in answer.text) == (409, True)
    assert "同意再延" in answer.text
    assert "11月18日 23:59" in office.get(f"/assignments/{key}").text


def test_the_collector_takes_his_request_back(
    site: Installation, collector: Browser, office: Browser, key: int
) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    button = "撤回延期申请</button>"
    assert button in collector.get(f"/assignments/{key}").text
    for other in (office, site.browser("S032")):
        assert button not in other.get(f"/assignments/{key}").text
    said = collector.form(f"/assignments/{key}/extension/withdraw", {"extension": "1"}).text
    assert "延期申请已撤回，仍按原截止时间" in said
    assert (button in said, "等待质量部答复" in said, "已获准延期" in said) == (False, False, False)
    assert "没有等待答复的延期申请" in office.get("/extensions").text
    assert "份延期申请等您答复" not in office.get("/dashboard").text
    late = office.form(
        f"/assignments/{key}/extend", {"until": "2020-11-23", "reason": "同意", "answering": "1"}
    )
    assert (late.status_code, "这份申请已由学务部采集员（示例）撤回" in late.text) == (409, True)
    late = office.form("/extensions/1/refuse", {"reason": "不行"})
    assert (late.status_code, "没有改动，不需要再答复" in late.text) == (409, True)
    assert "已申请延期到" in collector.form(f"/assignments/{key}/extension", ASKED).text


def test_an_answer_that_came_first_is_told_to_who_takes_back(
    collector: Browser, office: Browser, key: int
) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    office.form("/extensions/1/refuse", {"reason": "数据已齐"})
    answer = collector.form(f"/assignments/{key}/extension/withdraw", {"extension": "1"})
    assert (answer.status_code, "申请没有撤回，以这个答复为准" in answer.text) == (409, True)
    assert "的申请没有获准：数据已齐" in answer.text


def test_a_request_that_the_plan_has_overtaken_says_so(
    site: Installation, collector: Browser, office: Browser, key: int
) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    said = "截止时间现已不早于申请的日期"
    assert said not in office.get("/extensions").text
    with site.database.writing() as session:
        table = session.exec(select(DataTable).where(DataTable.code == "10.4")).one()
        table.due += timedelta(days=9)
    assert said in office.get("/extensions").text


def test_a_request_for_what_is_asked_no_more_waits_for_nobody(
    site: Installation, collector: Browser, office: Browser, key: int
) -> None:
    collector.form(f"/assignments/{key}/extension", ASKED)
    with site.database.writing() as session:
        session.get_one(Assignment, key).closed = True
    assert "没有等待答复的延期申请" in office.get("/extensions").text
    assert "份延期申请等您答复" not in office.get("/dashboard").text
    assert "等待质量部答复" not in office.get(f"/assignments/{key}").text
