"""What somebody sends to break a page: numbers beyond the database, names that are paths, bad addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Installation

HUGE = (10**30, 2**63, 0, -1)


@pytest.mark.parametrize("number", [*HUGE, "²", "٣"])
@pytest.mark.parametrize(
    "path",
    [
        "/assignments/{}",
        "/assignments/{}/template",
        "/assignments/1/versions/{}",
        "/assignments/1?version={}",
        "/assignments/1/data?version={}",
        "/reports/{}/a.docx",
        "/api/v1/assignments/{}",
        "/api/v1/assignments/1/findings?version={}",
    ],
)
def test_no_number_in_an_address_breaks_a_page(site: Installation, path: str, number: object) -> None:
    answer = site.browser("S000").get(path.format(number))
    assert answer.status_code in (404, 422)
    assert "编号" not in answer.text


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**63])
@pytest.mark.parametrize(
    "path", ["/dashboard?first={}", "/api/v1/notices?limit={}", "/assignments/1/data?version=1&offset={}"]
)
def test_no_amount_in_an_address_breaks_a_page(site: Installation, path: str, number: int) -> None:
    answer = site.browser("S000").get(path.format(number))
    assert (answer.status_code, "超出了可用的范围" in answer.text) == (422, True)


@pytest.mark.parametrize("number", [10**30, 2**63])
@pytest.mark.parametrize("verb", ["submit", "review"])
def test_no_version_in_a_form_breaks_a_page(site: Installation, verb: str, number: int) -> None:
    key = site.assignment("10.1.1", "学务部")
    typed = {"version": str(number), "decision": "approve"}
    answer = site.browser("S031").form(f"/assignments/{key}/{verb}", typed)
    assert (answer.status_code, "超出了可用的范围" in answer.text) == (422, True)


def test_a_form_for_no_assignment_is_told_so(site: Installation) -> None:
    answer = site.browser("S031").form("/assignments/x/submit", {"version": "1"})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("chosen", ["5:²", "²:5", f"5:{10**30}", f"{2**63}:1", "0:1", "5", "5:-1"])
def test_a_choice_that_names_nothing_is_refused(site: Installation, chosen: str) -> None:
    answer = site.browser("S032").form("/reviews/nil", {"chosen": chosen})
    assert (answer.status_code, "选择的内容无法识别" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "said",
    [
        {"rows": 10**30, "typed_on": "2020-11-10"},
        {"rows": 2**63, "typed_on": "2020-11-10"},
        {"rows": 3, "typed_on": "昨天"},
        {"rows": 3, "typed_on": "1604966"},
        {"rows": 3, "typed_on": 1604966400},
        {"rows": 3, "typed_on": None},
    ],
)
def test_what_was_typed_into_the_platform_is_a_number_on_a_day(
    site: Installation, said: dict[str, Any]
) -> None:
    key = site.assignment("10.4", "学务部")
    answer = site.program("S031").post(f"/api/v1/assignments/{key}/attest", json=said)
    assert (answer.status_code, bool(answer.json()["remedy"])) == (422, True)
    page = site.browser("S031").form(f"/assignments/{key}/attest", {k: str(v) for k, v in said.items()})
    assert page.status_code == 422
    assert site.stage(key) == "pending"


@pytest.mark.parametrize(
    ("person", "path", "field"),
    [
        ("S000", "/cases/1/return", "reason"),
        ("S071", "/cases", "title"),
        ("S031", "/assignments/{}/questions", "question"),
        ("S032", "/reviews/nil", "chosen"),
        ("S000", "/people", "name\x00"),
    ],
)
def test_what_no_database_keeps_is_refused_in_every_form(
    site: Installation, person: str, path: str, field: str
) -> None:
    """And what the page shows again can be sent as it is."""
    typed = {field: ["为\x00什么", "别的"] if field == "chosen" else "为\x00什么"}
    answer = site.browser(person).form(path.format(site.assignment("10.1.1", "学务部")), typed)
    assert (answer.status_code, "一个不能保存的字符" in answer.text) == (422, True)
    assert "\x00" not in answer.text
    if field in ("reason", "title", "question"):
        assert "为什么" in answer.text


@pytest.mark.parametrize(
    ("person", "verb", "said"),
    [
        ("S032", "review", {"version": 1, "decision": "return", "reason": "为\x00什么"}),
        ("S032", "review", {"version": 1, "decision": "return", "cells": [{"cell": "A5", "text": "\x00"}]}),
        ("S000", "exempt", {"exempt": True, "reason": "为\x00什么"}),
    ],
)
def test_nor_does_a_program_bring_it_in(
    site: Installation, person: str, verb: str, said: dict[str, Any]
) -> None:
    path = f"/api/v1/assignments/{site.assignment('10.1.1', '学务部')}/{verb}"
    answer = site.program(person).post(path, json=said)
    assert (answer.status_code, "的值无法识别" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize("rate", ["nan", "inf", "1e400", "-1"])
def test_the_clock_runs_at_a_number(site: Installation, rate: str) -> None:
    assert site.browser("S000").form("/rehearsal/clock", {"rate": rate}).status_code == 422


@pytest.mark.parametrize("kept", ["x" * 5000, "²", "../../x", "é" * 40, "a" * 65])
def test_what_names_nothing_kept_is_no_more_than_unknown(site: Installation, kept: str) -> None:
    key = site.assignment("10.4", "学务部")
    browser = site.browser("S031")
    assert browser.get(f"/assignments/{key}", params={"kept": kept}).status_code == 200
    refused = browser.form(f"/assignments/{key}/upload", {"kept": kept})
    assert (refused.status_code, "保留的文件已过期" in refused.text) == (422, True)


@pytest.mark.parametrize("origin", ["http://[", "null", "http://]", "//", "http://caiji.test:x:y"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_an_origin_that_is_no_address_is_refused(live: Installation, origin: str, path: str) -> None:
    browser = live.browser()
    headers = {"origin": origin, "x-csrf-token": browser.token()}
    answer = browser.post(path, data={"staff_no": "S031", "password": "x"}, headers=headers)
    assert (answer.status_code, "另一个网站" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.5", "[", ""]
)
@pytest.mark.parametrize("path", ["/rehearsal/sign-in", "/sign-in", "/readyz"])
def test_a_rehearsal_answers_only_to_its_own_names(site: Installation, host: str, path: str) -> None:
    answer = site.browser().get(path, headers={"host": host})
    assert (answer.status_code, "演练只在本机使用" in answer.text) == (400, True)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "127.0.0.7:9", "[::1]:8000", "caiji.test"])
def test_a_rehearsal_is_at_home_on_this_machine(site: Installation, host: str) -> None:
    assert site.browser().get("/rehearsal/sign-in", headers={"host": host}).status_code == 200


def test_a_live_site_may_have_any_name(live: Installation) -> None:
    assert live.browser().get("/sign-in", headers={"host": "data.example"}).status_code == 200


@pytest.mark.parametrize("path", ["/rehearsal/sign-in/1", "/rehearsal/clock", "/sign-in", "/sign-out"])
def test_a_wrong_token_does_not_stand_in_for_the_page_s(site: Installation, path: str) -> None:
    headers = {"authorization": "Bearer wrong", "origin": "http://evil.example"}
    answer = site.browser().post(path, data={"rate": "2"}, headers=headers, follow_redirects=False)
    assert answer.status_code in (303, 401)
    assert "caiji_session" not in answer.headers.get("set-cookie", "")
    assert site.browser().post(path, headers=headers).status_code == 200, "a sign-in page, never a loop"
