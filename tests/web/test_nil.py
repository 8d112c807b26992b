"""Nil returns on the pages: the second question, and what the reviewer sees beside the box."""

from __future__ import annotations

import re

import pytest

from models import Prior
from tests.web.conftest import MORNING, Installation


@pytest.fixture
def key(site: Installation) -> int:
    """A table that had twelve rows last year."""
    found = site.assignment("10.4", "学务部")
    with site.database.writing() as session:
        session.add(Prior(assignment_id=found, rows_blob="rows", row_count=12, loaded_at=MORNING))
    return found


def test_the_page_asks_again_with_a_box_to_tick(site: Installation, key: int) -> None:
    browser = site.browser("S031")
    assert "今年确实没有数据" not in browser.get(f"/assignments/{key}").text
    answer = browser.form(f"/assignments/{key}/nil")
    assert (answer.status_code, site.stage(key)) == (422, "pending")
    assert "上年这张表有 12 行" in answer.text
    assert '<details class="confirm" open>' in answer.text
    answer = browser.form(f"/assignments/{key}/nil", {"confirmed": "true"})
    assert (answer.status_code, site.stage(key)) == (200, "collected")


def test_a_program_says_that_it_means_it(site: Installation, key: int) -> None:
    program = site.program("S031")
    refused = program.post(f"/api/v1/assignments/{key}/nil")
    assert (refused.status_code, refused.json()["prior"]) == (422, 12)
    assert program.post(f"/api/v1/assignments/{key}/nil?confirmed=true").json()["stage"] == "collected"


def test_the_reviewer_sees_what_there_was_last_year(site: Installation, key: int) -> None:
    collector, other = site.browser("S031"), site.assignment("10.5", "学务部")
    collector.form(f"/assignments/{key}/nil", {"confirmed": "true"})
    collector.form(f"/assignments/{other}/nil")
    page = site.browser("S032").get("/reviews").text
    assert page.count("上年有 12 行") == 1
    assert page.count('name="chosen"') == 2


def test_of_many_the_most_urgent_are_listed_and_the_others_move_up(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, reviewer = site.browser("S031"), site.browser("S032")
    for code in ("10.3", "10.4", "10.5"):
        collector.form(f"/assignments/{site.assignment(code, '学务部')}/nil")
    assert "先列出最急的" not in reviewer.get("/reviews").text
    monkeypatch.setattr("web.pages.reviews.SHOWN", 2)
    page = reviewer.get("/reviews").text
    assert (page.count('name="chosen"'), "先列出最急的 2 项" in page) == (2, True)
    assert '<span class="count">3</span>' in page
    reviewer.form("/reviews/nil", {"chosen": re.findall(r'name="chosen" value="([\d:]+)"', page)})
    page = reviewer.get("/reviews").text
    assert (page.count('name="chosen"'), "先列出最急的" in page) == (1, False)
