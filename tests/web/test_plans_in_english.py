"""A plan's doubts and mistakes are told in the reader's language; commands and programs go on in Chinese."""

from __future__ import annotations

import re
from html import unescape

import pytest

from plans.problems import PlanError, PlanProblem
from plans.sentence import Sentence
from settings import ROOT
from tests.web.conftest import Installation
from tests.web.test_refusals_in_english import HAN, english_office, trouble
from web.language import sentence, spoken

TASKS = (ROOT / "tasks.csv").read_text("utf-8-sig")
SCHEDULE = (ROOT / "schedule.yaml").read_text("utf-8")
NAMES = re.compile("“.*?”|[一-龥（）、]+(?=[ .,;:)?0-9]|$)")
"""What is quoted, and names between blanks: departments, tables, years of study."""


def ours(told: str) -> str:
    """What is left without what the plan calls things."""
    return NAMES.sub("", told)


def listed(html: str) -> list[str]:
    found = re.search(r'<ul class="doubts"[^>]*>(.*?)</ul>', html, re.DOTALL)
    assert found is not None
    return [unescape(re.sub("<.*?>", " ", each)).strip() for each in re.findall("<li>(.*?)</li>", found[1])]


@pytest.mark.parametrize("path", ["/plan", "/plan/next-year"])
def test_doubts(site: Installation, path: str) -> None:
    told = listed(english_office(site).get(path).text)
    assert len(told) > 5
    assert [each for each in told if HAN.search(ours(each))] == []


def test_what_moves_a_year_on(site: Installation) -> None:
    html = english_office(site).get("/plan/next-year").text
    places = re.findall(r"<tr><td>(.*?)</td>", html)
    assert "tasks.csv: due (67 tables)" in places


WRONG = [
    ("tasks.csv", TASKS.replace("2020-11-11", "soon", 1), "line 2 (no. 1): The column due should"),
    ("tasks.csv", TASKS.replace(",政务部,", ",政务处,", 1), "is no department or group of schedule.yaml"),
    ("tasks.csv", "a,b\n1,2\n", "These columns are missing"),
    ("tasks.csv", "", "The first row should be the column names"),
    ("schedule.yaml", SCHEDULE.replace("start:", "begin:", 1), "The key begin is unknown"),
    ("schedule.yaml", "campaign: [", "This is not written rightly; please check indents"),
    ("plan.docx", "no document", "This file is no Word document (.docx), or it is damaged"),
    ("plan.pdf", "%PDF", "Only .docx, .xlsx and .csv can be imported"),
]


@pytest.mark.parametrize(("name", "text", "told"), WRONG, ids=[told for _, _, told in WRONG])
def test_a_plan_that_cannot_be_used(site: Installation, name: str, text: str, told: str) -> None:
    answer = english_office(site).form("/plan/preview", files={"files": (name, text.encode())})
    found = trouble(answer.text)
    assert answer.status_code == 422
    assert told.casefold() in found.casefold(), found
    assert "until then the present plan and all data stay as they are" in found
    assert not HAN.search(ours(re.sub("<.*?>", " ", found)))


def test_each_mistake_of_a_plan_has_its_place() -> None:
    problems = [
        PlanProblem("bad-date", "tasks.csv", 3, "tasks.csv: 2", Sentence("这一格是空的"), "2020-11-18"),
        PlanProblem("bad-value", "计划.docx", 4, "计划.docx: 表中第 4 行", Sentence("这一格是空的")),
        PlanProblem("bad-value", "tasks.csv", 5, "tasks.csv: 第 5 行", "没有句子"),
    ]
    chinese = [each.sentence() for each in problems]
    assert chinese == [
        "tasks.csv 第 3 行（序号 2）：这一格是空的。例如：2020-11-18。",
        "计划.docx 第 4 行（表中第 4 行）：这一格是空的。",
        "tasks.csv 第 5 行：没有句子。",
    ]
    token = spoken.set("en")
    try:
        assert [sentence(each) for each in chinese] == [
            "tasks.csv line 3 (no. 2): This cell is empty. For example: 2020-11-18.",
            "计划.docx line 4 (row 4 of the table): This cell is empty.",
            "tasks.csv line 5: 没有句子.",
        ]
        assert sentence(PlanError(problems).message).endswith("For example: 2020-11-18. There are 2 more.")
    finally:
        spoken.reset(token)
