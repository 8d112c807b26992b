"""Findings are told in the reader's language: on pages, in the grid, of what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlmodel import col, select, update

from checks.cross_check import filled
from models import StoredFinding
from tests.web.conftest import Installation
from tests.web.dropping import XLSX, drop
from tests.web.findings_people import MEMBERS, NAME, Table
from tests.web.test_read_findings import CODE, DIRTY, Typist
from tests.web.transport import Browser
from web.language import sentence, spoken

HAN = re.compile(r"[\u4e00-\u9fff]")
TABLE, DEPARTMENT = "10.3", "学务部"
ROWS = [{CODE: "001", NAME: "书画社", MEMBERS: "many"}, {CODE: "001", NAME: "棋社", MEMBERS: "20"}]
TOLD = [
    "“many” is not a whole number.",
    "Please change it to a whole number, without unit or other words.",
    "社团代码 001 repeats row 2 of sheet “10.3”.",
    "Keep one row only for each; where a number was mistyped, correct it.",
]


def english(browser: Browser) -> Browser:
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    return browser


def sentences(html: str) -> list[str]:
    """What the page says of each finding."""
    cells = re.findall(r'<td class="sentence">([^<]*)(?:<br><span class="hint">([^<]*))?', html)
    return [unescape(part).strip() for cell in cells for part in cell if part.strip()]


@pytest.fixture
def table(site: Installation) -> Table:
    found = Table(site)
    found.keep(ROWS)
    return found


@pytest.fixture
def desk(site: Installation) -> Typist:
    found = Typist.at(site, TABLE, DEPARTMENT)
    assert isinstance(found, Typist)
    english(found.browser)
    return found


def test_findings_on_a_page(table: Table) -> None:
    english(table.collector)
    assert sentences(table.page(table.collector)) == TOLD


def test_findings_in_chinese_as_ever(table: Table) -> None:
    assert sentences(table.page(table.collector)) == [
        "“many”不是整数。",
        "请改为整数，不带单位和其他文字。",
        "社团代码 001 与工作表“10.3”第 2 行重复。",
        "同一条数据只保留一行；如果是编号填错，请改正编号。",
    ]


def test_older_findings_stay_as_they_stood(table: Table) -> None:
    """Nobody kept their facts; a remedy without any is known by itself."""
    with table.site.database.writing() as session:
        session.connection().execute(update(StoredFinding).values(said={}))
    english(table.collector)
    assert sentences(table.page(table.collector)) == [
        "“many”不是整数。",
        "请改为整数，不带单位和其他文字。",
        "社团代码 001 与工作表“10.3”第 2 行重复。",
        TOLD[-1],
    ]


def test_a_finding_that_is_to_be_let_pass(table: Table) -> None:
    office = english(table.site.browser("S000"))
    with table.site.database.reading() as session:
        key = session.exec(select(StoredFinding.id).order_by(col(StoredFinding.id))).first()
    assert f'<p class="said">{TOLD[0]}</p>' in office.get(f"/releases?finding={key}").text


def test_programs_that_speak_no_language_are_told_in_chinese(table: Table) -> None:
    found = table.collector.get(f"/api/v1/assignments/{table.key}/findings?version=1").json()["findings"]
    assert [each["message"] for each in found] == [
        "“many”不是整数。",
        "社团代码 001 与工作表“10.3”第 2 行重复。",
    ]
    assert "said" not in found[0]


def test_what_only_reading_finds(desk: Typist) -> None:
    desk.upload(DIRTY)
    told = sentences(desk.browser.get(f"/assignments/{desk.key}").text)
    assert (
        "“101” is stored as a number; zeros at its start and digits beyond the 15th may be lost already."
        in told
    )
    assert "“ 书画社 ” was read as “书画社”." in told
    assert [each for each in told if HAN.search(re.sub("“.*?”", "", each))] == []


def test_the_grid_is_told_in_the_language_of_its_page(desk: Typist) -> None:
    desk.upload(DIRTY)
    drawn = desk.open()["findings"]
    checked = desk.act("check").json()["findings"]
    for found in (drawn, checked):
        told = [re.sub("“.*?”", "", each["message"] + each["remedy"]) for each in found]
        assert told
        assert [each for each in told if HAN.search(each)] == []


def test_the_file_that_a_row_came_from(desk: Typist) -> None:
    desk.upload([])
    desk.merge(("one.xlsx", desk.book(DIRTY)), mode="replace")
    told = sentences(desk.browser.get(f"/assignments/{desk.key}").text)
    assert [each for each in told if "(from one.xlsx row 2)" in each] != []


def test_a_file_that_is_no_workbook(desk: Typist) -> None:
    for verb, field in (("upload", "file"), ("merge", "files")):
        sent = [(field, ("a.xlsx", b"no workbook", XLSX))]
        answer = desk.browser.form(f"/assignments/{desk.key}/{verb}", {"mode": "add"}, files=sent)
        assert (answer.status_code, "This is no Excel workbook" in answer.text) == (422, True)
        assert "这不是" not in answer.text
    page = desk.browser.get(drop(desk.browser, {"a.xlsx": b"no workbook"})).text
    assert ("This is no Excel workbook" in page, "这不是" in page) == (True, False)


@pytest.fixture
def in_english() -> Iterator[None]:
    token = spoken.set("en")
    yield
    spoken.reset(token)


@pytest.mark.usefixtures("in_english")
def test_a_rule_over_several_tables() -> None:
    told = filled("专业总数是 {here}，7.1.1 有 {there} 个专业（不含方向）。", {"here": 3, "there": 2.0})
    assert sentence(told) == "There are 3 majors in all; 7.1.1 has 2 (without directions)."
    assert filled("超过 30%，是 {here}%", {"here": 31}) == "超过 30%，是 31%"
    assert filled("超过 30%", {}) == "超过 30%"
