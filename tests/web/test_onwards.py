"""After one thing is done the page leads on: to the next task, or to what a returned one needs."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Installation
from tests.web.findings_people import Table, clubs

NEXT = re.compile(r'href="([^"]+)">下一项：([^<]+) →</a> <span class="hint">还有 (\d+) 项')


@pytest.fixture
def table(site: Installation) -> Table:
    return Table(site)


def onwards(page: str) -> tuple[str, str, int] | None:
    """Where the page leads, what is there, and how much is left."""
    found = NEXT.search(page)
    return (found[1], found[2], int(found[3])) if found else None


def test_a_collector_goes_on_to_what_is_due_first(site: Installation, table: Table) -> None:
    version = table.keep(clubs("100"))
    assert onwards(table.page(table.collector)) is None
    _status, page = table.post(table.collector, "submit", version=version.id)
    students = site.assignment("10.1.1", "学务部")
    assert onwards(page) == (f"/assignments/{students}", "10.1.1 学生基本信息 · 学务部", 18)


def test_a_reviewer_goes_on_to_what_waits_and_nowhere_after_the_last(
    site: Installation, table: Table
) -> None:
    table.hand_in(table.keep(clubs("100")))
    other = site.assignment("10.5", "学务部")
    assert table.collector.form(f"/assignments/{other}/nil", {}).status_code == 200
    _status, page = table.post(table.reviewer, "review", version=table.newest().id, decision="approve")
    (link, _name, left) = onwards(page) or ("", "", 0)
    assert (link, left) == (f"/assignments/{other}", 1)
    newest = re.search(r'name="version" value="(\d+)"', table.reviewer.get(link).text)
    assert newest is not None
    said = table.reviewer.form(f"{link}/review", {"version": newest[1], "decision": "approve"}).text
    assert ("已审核通过，系统检测随即开始。" in said, onwards(said)) == (True, None)


def test_what_was_returned_is_not_said_to_be_fit_as_it_is(table: Table) -> None:
    version = table.keep(clubs("100"))
    table.hand_in(version)
    table.post(table.reviewer, "review", version=version.id, decision="return", reason="请核对经费")
    page = table.page(table.collector)
    assert ("第 1 版已被退回。" in page, "第 1 版可以提交" in page) == (True, False)
    assert '<button class="button" type="submit">提交审核</button>' in page
    table.keep(clubs("200"))
    assert "第 2 版可以提交" in table.page(table.collector)
