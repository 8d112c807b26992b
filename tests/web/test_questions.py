"""问与答 on a table's page: asked, answered, seen by all who have the table, nothing typed lost."""

from __future__ import annotations

import pytest

from tests.web.conftest import Installation
from tests.web.transport import Browser

WHY, TEXT = "兼课教师按人还是按门次填？", "按门次填，一门一行。"
FIRST, SECOND = "示例一系（信息工程）", "示例二系（机电工程）"


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def asked(site: Installation) -> str:
    key = site.assignment("6.2", FIRST)
    return site.browser("S071").form(f"/assignments/{key}/questions", {"question": WHY}).text


def seen_by(html: str) -> str:
    return html.partition('name="seen" value="')[2].partition('"')[0]


def part(html: str) -> str:
    return html.partition('id="questions"')[2].partition("</section>")[0]


def test_asked_and_answered_for_all(site: Installation, office: Browser) -> None:
    html = asked(site)
    assert "问题已送质量部和审核员" in html
    assert ("等待答复" in part(html), "改写答复" in part(html)) == (True, False)
    assert "1 个提问等待答复" in office.get("/dashboard").text
    said = office.form("/questions/1/answer", {"reply": TEXT, "for_all": "true", "back": "questions"}).text
    assert "答复已保存" in said
    for staff_no, department in (("S071", FIRST), ("S081", SECOND)):
        seen = part(site.browser(staff_no).get(f"/assignments/{site.assignment('6.2', department)}").text)
        assert (TEXT in seen, "适用于所有部门" in seen) == (True, True)
    assert "个提问等待答复" not in office.get("/dashboard").text


def test_an_answer_for_one_says_so_to_the_others(site: Installation, office: Browser) -> None:
    asked(site)
    office.form("/questions/1/answer", {"reply": TEXT})
    seen = part(site.browser("S081").get(f"/assignments/{site.assignment('6.2', SECOND)}").text)
    assert f"只针对{FIRST}的情况" in seen


def test_a_reviewer_answers_on_the_page(site: Installation) -> None:
    asked(site)
    reviewer = site.browser("S022")
    page = f"/assignments/{site.assignment('6.2', FIRST)}"
    assert "/questions/1/answer" in part(reviewer.get(page).text)
    assert TEXT in part(reviewer.form("/questions/1/answer", {"reply": TEXT}).text)


def test_of_two_answers_the_second_is_told_and_nothing_typed_is_lost(
    site: Installation, office: Browser
) -> None:
    asked(site)
    site.browser("S022").form("/questions/1/answer", {"reply": TEXT})
    answer = office.form("/questions/1/answer", {"reply": "按人填", "back": "questions"})
    assert (answer.status_code, f"已经回答：{TEXT}" in answer.text) == (409, True)
    assert "按人填</textarea>" in answer.text
    again = {"reply": "按人填", "seen": seen_by(answer.text)}
    assert "答复已保存" in office.form("/questions/1/answer", again).text


def test_what_was_not_seen_is_not_written_over(site: Installation, office: Browser) -> None:
    asked(site)
    office.form("/questions/1/answer", {"reply": "第一版"})
    reviewer, key = site.browser("S022"), site.assignment("6.2", FIRST)
    seen = seen_by(reviewer.get(f"/assignments/{key}").text)
    office.form("/questions/1/answer", {"reply": TEXT, "seen": seen})
    answer = reviewer.form("/questions/1/answer", {"reply": "按人填", "seen": seen})
    assert (answer.status_code, f"已经回答：{TEXT}" in answer.text) == (409, True)
    assert "按人填</textarea>" in answer.text
    assert seen_by(answer.text) != seen


@pytest.mark.parametrize("length", [0, 2001])
def test_a_wrong_question_is_said_and_stays(site: Installation, length: int) -> None:
    key = site.assignment("6.2", FIRST)
    answer = site.browser("S071").form(f"/assignments/{key}/questions", {"question": "问" * length})
    assert answer.status_code == 422
    assert ("问" * length in answer.text, 'role="alert"' in answer.text) == (True, True)


def test_who_may_not_is_refused(site: Installation, office: Browser) -> None:
    asked(site)
    assert site.browser("S071").form("/questions/1/answer", {"reply": TEXT}).status_code == 403
    assert site.browser("S041").form("/questions/1/answer", {"reply": TEXT}).status_code == 404
    assert office.form("/questions/99/answer", {"reply": TEXT}).status_code == 404
    assert site.browser("S031").get("/questions").status_code == 403
    assert WHY in office.get("/questions").text


def test_what_is_asked_is_shown_as_text(site: Installation, office: Browser) -> None:
    key = site.assignment("6.2", FIRST)
    site.browser("S071").form(f"/assignments/{key}/questions", {"question": "<b>粗</b>"})
    assert "&lt;b&gt;粗&lt;/b&gt;" in office.get("/questions").text


@pytest.mark.parametrize(
    ("code", "department", "staff_no"), [("6.2", FIRST, "S071"), ("1.1", "政务部", "S011")]
)
def test_what_was_answered_stands_where_one_types(
    site: Installation, office: Browser, code: str, department: str, staff_no: str
) -> None:
    key, collector = site.assignment(code, department), site.browser(staff_no)
    collector.form(f"/assignments/{key}/questions", {"question": WHY})
    assert WHY not in collector.get(f"/assignments/{key}/fill").text
    office.form("/questions/1/answer", {"reply": TEXT})
    assert TEXT in collector.get(f"/assignments/{key}/fill").text
