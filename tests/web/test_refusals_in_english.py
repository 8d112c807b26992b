"""What is refused is told in the reader's language: sentence, facts and remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from commands.extracting import errors, speaking
from models.errors import Conflict, Sentence
from models.stages import COLLECTED, stage_conflict
from settings import ROOT
from tests.web.conftest import Installation
from web.language import sentence, spoken

HAN = re.compile(r"[\u4e00-\u9fff]")
SPOKEN = [*(ROOT / "actions").rglob("*.py"), *(ROOT / "models").rglob("*.py")]


@pytest.fixture
def english() -> Iterator[None]:
    token = spoken.set("en")
    yield
    spoken.reset(token)


def test_a_sentence_is_chinese_by_itself() -> None:
    told = Sentence("第 %(number)s 版还有 %(errors)s 处错误，不能提交。", number=2, errors=7)
    assert (told, sentence(told)) == ("第 2 版还有 7 处错误，不能提交。", "第 2 版还有 7 处错误，不能提交。")


@pytest.mark.usefixtures("english")
def test_facts_stand_where_the_language_has_them() -> None:
    told = Sentence("第 %(number)s 版还有 %(errors)s 处错误，不能提交。", number=2, errors=7)
    assert sentence(told) == "Version 2 still has errors (7) and cannot be submitted."


@pytest.mark.usefixtures("english")
def test_a_fact_that_has_a_name_of_its_own_is_translated_too() -> None:
    assert not HAN.search(sentence(stage_conflict("withdraw", COLLECTED).message))


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("told", ["", "没有这样的句子", Sentence("没有这样的 %(what)s", what="句子")])
def test_what_the_catalogue_lacks_stays(told: str) -> None:
    assert sentence(told) == told


@pytest.mark.parametrize("path", ["/assignments/41/fill", "/assignments/99999", "/people"])
def test_a_refusal(site: Installation, path: str) -> None:
    browser = site.browser("S011")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    answer = browser.get(path)
    assert answer.status_code in (403, 404)
    told = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    assert told is not None
    assert not HAN.search(told[0])


def test_what_is_said_bare_is_found() -> None:
    source = """
raise Conflict("这里", "这样", detail="那样")
Refused(Sentence("第 %(n)s 版", n="一"), f"不 {n}")
_WHY = {"verb": ("为什么", "办法")}
log("不是")
"""
    found = [text for _, _, text, _ in errors(BytesIO(source.encode()), None, None, None)]
    assert sorted(found) == sorted(["这里", "这样", "那样", "第 %(n)s 版", "一", "为什么", "办法"])
    assert Conflict.__name__ in speaking()


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.name)
def test_no_error_hides_its_facts_from_the_catalogue(path: Path) -> None:
    """Facts stand in a `Sentence`: what is already put together has no place in a catalogue."""
    hidden = [
        ast.unparse(part)
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in speaking()
        for part in call.args[:2]
        if isinstance(part, ast.JoinedStr) and HAN.search(ast.unparse(part))
    ]
    assert hidden == []
