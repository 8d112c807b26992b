"""Chinese first, English for every string; no words of a page stand outside the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from settings import ROOT
from tests.web.conftest import Installation

HAN = re.compile(r"[\u4e00-\u9fff]+")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
METHODS = [
    ("web/**.py", "python"),
    ("mail/forecast_words.py", "python"),
    ("templates/pages/**.html", "jinja2"),
    ("templates/partials/**.html", "jinja2"),
]
TEMPLATES = [*ROOT.glob("templates/pages/*.html"), *ROOT.glob("templates/partials/*.html")]
NAMES = {"采", "中文"}


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
    assert [message for message, text in translated.items() if not text.strip()] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = {
        message: text
        for message, text in english().items()
        if sorted(PLACEHOLDER.findall(message)) != sorted(PLACEHOLDER.findall(text))
    }
    assert wrong == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_words_stand_outside_the_catalogue(path: Path) -> None:
    assert set(HAN.findall(CODE.sub("", path.read_text()))) <= NAMES


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
