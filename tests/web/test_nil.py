"""Nil returns on the pages: the second question, and what the reviewer sees beside the box."""

from __future__ import annotations

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
