"""Chinese first, English for every string; no words of a page stand outside the catalogue."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from actions import clock
from actions.summary import WHY
from commands.extracting import errors, rules
from models.stages import FAILED, RETURNED, SAYS
from settings import ROOT
from tests.conftest import SHANGHAI
from tests.test_structure import OWN
from tests.web.conftest import Installation
from web.language import ngettext, spoken
from web.summary_words import excluded

HAN = re.compile(r"[\u4e00-\u9fff]+")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
METHODS: list[Any] = [
    ("web/**.py", "python"),
    ("mail/forecast_words.py", "python"),
    ("plans/**.py", errors),
    ("checks/**.py", errors),
    ("workbooks/**.py", errors),
    ("tables/rules.yaml", rules),
    ("flows/**.py", errors),
    ("web/last_year.py", errors),
    ("actions/**.py", errors),
    ("models/**.py", errors),
    ("templates/pages/**.html", "jinja2"),
    ("templates/partials/**.html", "jinja2"),
]
TEMPLATES = [*ROOT.glob("templates/pages/*.html"), *ROOT.glob("templates/partials/*.html")]
NAMES = {"采", "中文"}
OTHER_WORD = re.compile("(?<![推延])迟(?!于)")
"""What is late is 逾期, nowhere 迟报, 迟交 or 迟 so many days."""


def extracted() -> set[str]:
    """Every message of pages and code."""
    found = extract_from_dir(ROOT, METHODS, directory_filter=lambda path: "static" not in str(path))
    return {str(message) for _, _, message, _, _ in found}


def english() -> dict[str, str]:
    with (ROOT / "locales/en/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def test_every_string_is_translated_and_none_is_left_over() -> None:
    used, translated = extracted(), english()
    assert len(used) > 300
    assert used - translated.keys() == set()
    assert translated.keys() - used == set()
    assert [message for message, text in translated.items() if not text.strip() or "''" in text] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = {
        message: text
        for message, text in english().items()
        if sorted(PLACEHOLDER.findall(message)) != sorted(PLACEHOLDER.findall(text))
    }
    assert wrong == {}


def test_no_sign_stands_bare_that_pages_take_for_a_placeholder() -> None:
    bare = re.compile(r"%(?!\(\w+\)s)")
    pages = extract_from_dir(ROOT, METHODS[2:])
    used = {str(message) for _, _, message, _, _ in pages}
    strftime = re.compile(r"%[mdHMYy]")
    found = [text for message, text in english().items() if message in used and bare.search(text)]
    assert [text for text in found if not strftime.search(text)] == []


def words_of(path: Path) -> str:
    """What a file says; of a Word template, its text."""
    if path.suffix != ".docx":
        return path.read_text("utf-8")
    with ZipFile(path) as package:
        return package.read("word/document.xml").decode()


def test_lateness_has_one_word_on_pages_in_mails_and_in_reports() -> None:
    sources = [path for room in OWN for path in (ROOT / room).rglob("*.py")]
    papers = [path for path in (ROOT / "templates").rglob("*.*") if path.is_file()]
    read = [*sources, *papers, *(ROOT / "docs").glob("*.md"), ROOT / "schedule.yaml"]
    assert len(read) > 300
    assert [str(path) for path in read if OTHER_WORD.search(words_of(path))] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_words_stand_outside_the_catalogue(path: Path) -> None:
    assert set(HAN.findall(CODE.sub("", path.read_text()))) <= NAMES


def test_one_working_day_is_no_plural(site: Installation) -> None:
    browser = site.browser("S031")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    told = {}
    for day in (12, 13):
        with site.database.writing() as session:
            clock.jump(session, datetime(2020, 11, day, 9, tzinfo=SHANGHAI))
        told[day] = set(re.findall(r">(\d working days? late)<", browser.get("/mine").text))
    assert told == {12: {"1 working day late"}, 13: {"2 working days late"}}


def test_the_language_is_switched_and_remembered(site: Installation) -> None:
    browser = site.browser("S031")
    assert "我的任务</h1>" in browser.get("/mine").text
    answer = browser.form("/language/en", {"back": "/mine"})
    assert (answer.url.path, "My tasks</h1>" in answer.text) == ("/mine", True)
    assert '<html lang="en">' in answer.text
    assert "Skip to the content" in browser.get("/plan").text
    assert "我的任务</h1>" in browser.form("/language/zh", {"back": "/mine"}).text
    assert "我的任务</h1>" in browser.form("/language/xx", {"back": "/mine"}).text


@pytest.mark.parametrize("path", ["/dashboard", "/reports", "/summary", "/people", "/notices", "/mailbox"])
def test_english_pages_hold_no_chinese_of_ours(site: Installation, path: str) -> None:
    browser = site.browser("S000")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    html = browser.get(path).text
    headings = re.findall(r"<h[12][^>]*>(.*?)</h[12]>|<th scope=\"col\">([^<]*)</th>", html, re.DOTALL)
    words = {HAN.search("".join(pair)) is None for pair in headings if 'class="board' not in pair[0]}
    assert words == {True}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        *((each, "") for each in WHY.values()),
        (f"{SAYS[RETURNED]}：请补齐。", "returned: 请补齐。"),
        (f"{SAYS[FAILED]}：缺一行。", "check failed: 缺一行。"),
        ("免报：没有。", "exempt: 没有。"),
        ("没有符号", "没有符号"),
    ],
)
def test_what_the_summary_leaves_out_is_told_in_english(reason: str, said: str) -> None:
    token = spoken.set("en")
    try:
        assert excluded(reason) == (said or english()[reason])
        assert said or not HAN.search(excluded(reason))
    finally:
        spoken.reset(token)
    assert excluded(reason) == reason


@pytest.mark.parametrize(
    ("message", "one", "many"),
    [
        ("%(n)s 处错误", "1 error", "2 errors"),
        ("%(n)s 份延期申请等您答复", "1 extension request waits for", "2 extension requests wait for"),
        ("截止前还剩 %(n)s 个工作小时", "1 working hour to", "2 working hours to"),
    ],
)
def test_one_thing_is_counted_as_one(message: str, one: str, many: str) -> None:
    token = spoken.set("en")
    try:
        assert (ngettext(message, message, 1) % {"n": 1}).startswith(one)
        assert (ngettext(message, message, 2) % {"n": 2}).startswith(many)
    finally:
        spoken.reset(token)
