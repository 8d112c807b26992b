"""What has changed of a table's definition stands where one types and on its page, in both languages."""

from __future__ import annotations

import copy

import pytest

from actions.definitions import changed_definitions, keep_definitions
from models.definition import newest_editions
from tests.web.conftest import MORNING, Installation

TITLE = "这张表的填报要求有变化"


def change(site: Installation, code: str, carried: bool = False) -> str:
    """Call the unit of the table's first column otherwise; its name."""
    with site.database.writing() as session:
        keep_definitions(session, changed_definitions(session), MORNING)
        made = copy.deepcopy(newest_editions(session)[code].said)
        column = next(iter(made["columns"]))
        made["columns"][column]["unit"] = "<件>"
        keep_definitions(session, {code: made}, MORNING)
        edition = newest_editions(session)[code]
        edition.carried = carried
        session.add(edition)
    return column


@pytest.mark.parametrize(
    ("code", "department", "staff_no"), [("10.1.1", "学务部", "S031"), ("1.1", "政务部", "S011")]
)
def test_it_stands_where_one_types(site: Installation, code: str, department: str, staff_no: str) -> None:
    key, collector = site.assignment(code, department), site.browser(staff_no)
    pages = (f"/assignments/{key}", f"/assignments/{key}/fill")
    assert all(TITLE not in collector.get(page).text for page in pages)
    column = change(site, code)
    for page in pages:
        text = collector.get(page).text
        assert (TITLE in text, f"列“{column}”的单位由“（无）”改为“&lt;件&gt;”" in text) == (True, True)


def test_the_reviewer_reads_it_and_another_table_s_people_don_t(site: Installation) -> None:
    change(site, "10.1.1")
    assert TITLE in site.browser("S032").get(f"/assignments/{site.assignment('10.1.1', '学务部')}").text
    other = site.assignment("10.1.2", "学务部")
    assert TITLE not in site.browser("S032").get(f"/assignments/{other}").text


def test_in_english(site: Installation) -> None:
    column = change(site, "10.1.1")
    browser = site.browser("S031")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    text = browser.get(f"/assignments/{site.assignment('10.1.1', '学务部')}").text
    assert "What this table asks for has changed" in text
    assert f"Column “{column}”: the unit was “(none)” and is “&lt;件&gt;” now" in text


def test_last_year_s_is_folded(site: Installation) -> None:
    change(site, "10.1.1", carried=True)
    text = site.browser("S031").get(f"/assignments/{site.assignment('10.1.1', '学务部')}").text
    assert (TITLE in text, "上年填报要求的变化" in text) == (False, True)
