"""Who may ask for what: one rule a route, no unsafe request from elsewhere, objects stay hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import params
from fastapi.routing import iter_route_contexts

from models.database import Database
from settings import Settings
from tests.web.conftest import Installation
from web.app import create_app
from web.deps import reading, writing
from web.rules import RULES, SAFE

NOT_OURS = {"/static", "/api/openapi.json"}


def routes() -> Iterator[tuple[str, set[str], object]]:
    """Path, methods and what FastAPI knows of every route of the application."""
    app = create_app(Settings(), Database("sqlite:///never-opened.db"))
    for route in iter_route_contexts(app.routes):
        if route.path not in NOT_OURS:
            yield str(route.path), set(route.methods or ()), route


def rules_of(route: object) -> list[str]:
    """The rules named by the route itself."""
    named: list[params.Depends] = getattr(route, "dependencies")  # noqa: B009
    return [RULES[depends.dependency] for depends in named if depends.dependency in RULES]


def unsafe() -> list[tuple[str, str]]:
    return [(path, method) for path, methods, _ in routes() for method in sorted(methods - SAFE)]


def filled(path: str) -> str:
    """The path with a number or a word for each of its parameters."""
    path = re.sub(r"\{(assignment_id|person_id|number|report_id|incident_id|mail_id)\}", "1", path)
    return re.sub(r"\{\w+\}", "en", path)


def test_every_route_names_exactly_one_rule() -> None:
    found = {path: rules_of(route) for path, _, route in routes()}
    assert len(found) > 40
    assert {path: rules for path, rules in found.items() if len(rules) != 1} == {}


def test_no_route_is_built_a_second_time() -> None:
    """Building them all takes longer than the first page may."""
    one, other = (create_app(Settings(), Database("sqlite:///never-opened.db")).routes for _ in range(2))
    known = {id(route) for route in other}
    own = {getattr(route, "path", "") for route in one if id(route) not in known}
    assert own == NOT_OURS


def test_only_these_pages_are_public() -> None:
    public = {path for path, _, route in routes() if rules_of(route) == ["public"]}
    assert public == {
        "/sign-in",
        "/sign-out",
        "/activate/{secret}",
        "/language/{language}",
        "/healthz",
        "/readyz",
        "/metrics",
    }


def test_a_calendar_is_opened_by_its_secret_and_by_nothing_else(site: Installation) -> None:
    opened = {path for path, _, route in routes() if rules_of(route) == ["calendar"]}
    assert opened == {"/calendar/{secret}.ics"}
    for browser in (site.browser(), site.browser("S000"), site.program("S031")):
        answer = browser.get("/calendar/en.ics")
        assert (answer.status_code, "这个日历地址已失效" in answer.text) == (404, True)


def test_a_receipt_is_opened_by_its_secret_and_by_nothing_else(site: Installation) -> None:
    opened = {(path, *methods) for path, methods, route in routes() if rules_of(route) == ["receipt"]}
    assert opened == {("/receipts/{secret}", "GET"), ("/receipts/{secret}", "POST")}
    for browser in (site.browser(), site.browser("S000"), site.program("S031")):
        answer = browser.get("/receipts/en")
        assert (answer.status_code, "这个回执链接无效或已失效" in answer.text) == (404, True)


def test_transactions_end_before_the_answer_is_sent() -> None:
    """A session dependency of request scope would answer 200 and then fail to commit."""
    scopes = set()
    for _, _, route in routes():
        waiting = [getattr(route, "dependant")]  # noqa: B009
        while waiting:
            dependant = waiting.pop()
            waiting += dependant.dependencies
            if dependant.call in (reading, writing):
                scopes.add(dependant.scope)
    assert scopes == {"function"}


def test_the_write_lock_is_taken_last() -> None:
    """Whatever a route waits for, such as a workbook that is read, it waits for without the lock."""
    asked = {
        path: [dependant.call for dependant in getattr(route, "dependant").dependencies]  # noqa: B009
        for path, _, route in routes()
    }
    writers = {path: calls for path, calls in asked.items() if writing in calls}
    assert len(writers) > 20
    assert [path for path, calls in writers.items() if calls[-1] is not writing] == []


@pytest.mark.parametrize(("path", "method"), unsafe())
def test_without_the_page_token_nothing_unsafe_is_done(site: Installation, path: str, method: str) -> None:
    answer = site.browser("S000").request(method, filled(path))
    assert answer.status_code in (403, 422), (path, answer.status_code)
    assert "页面" in answer.text or "error" in answer.text


@pytest.mark.parametrize(("path", "method"), unsafe())
def test_another_site_is_refused_even_with_the_token(site: Installation, path: str, method: str) -> None:
    browser = site.browser("S000")
    headers = {"x-csrf-token": browser.token("/mine"), "origin": "http://evil.example"}
    answer = browser.request(method, filled(path), headers=headers)
    assert answer.status_code in (403, 422), (path, answer.status_code)
    headers = {"x-csrf-token": browser.token("/mine"), "sec-fetch-site": "cross-site"}
    assert browser.request(method, filled(path), headers=headers).status_code in (403, 422)


GUARDED = [
    (path, method)
    for path, methods, route in routes()
    for method in sorted(methods & {"GET", "POST"})
    if rules_of(route)[0] not in ("public", "rehearsal", "calendar", "receipt")
]


@pytest.mark.parametrize(("path", "method"), GUARDED)
def test_strangers_are_sent_to_sign_in(live: Installation, path: str, method: str) -> None:
    browser = live.browser()
    headers = {"x-csrf-token": browser.token()} if method == "POST" else {}
    answer = browser.request(method, filled(path), headers=headers, follow_redirects=False)
    if path.startswith("/api/"):
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    else:
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


OFFICE_ONLY = [(path, method) for path, method in GUARDED if path.split("/")[1] in ("people", "notices")]
FOR_OVERSEERS = ("/dashboard", "/reports", "/summary", "/api/v1/progress", "/api/v1/summary")


@pytest.mark.parametrize("staff_no", ["S031", "S032", "S910", "S001"])
@pytest.mark.parametrize(("path", "method"), OFFICE_ONLY)
def test_only_the_office_manages_people(site: Installation, staff_no: str, path: str, method: str) -> None:
    browser = site.browser(staff_no)
    headers = {"x-csrf-token": browser.token("/mine")}
    answer = browser.request(method, filled(path), headers=headers)
    assert (answer.status_code, "只有质量部" in answer.text) == (403, True)


@pytest.mark.parametrize("path", FOR_OVERSEERS)
@pytest.mark.parametrize(
    ("staff_no", "status"), [("S000", 200), ("S001", 200), ("S910", 200), ("S031", 403), ("S032", 403)]
)
def test_the_whole_campaign_is_for_overseers(
    site: Installation, staff_no: str, status: int, path: str
) -> None:
    assert site.browser(staff_no).get(path).status_code == status


FOR_THE_OFFICE = {path for path, _, route in routes() if rules_of(route) == ["office"]}
OBJECTS = [
    (path, method) for path, method in GUARDED if "{assignment_id}" in path and path not in FOR_THE_OFFICE
]
BODIES: dict[str, dict[str, Any]] = {
    "review": {"version": 1, "decision": "approve"},
    "attest": {"rows": 1, "typed_on": "2020-11-05"},
    "extension": {"until": "2020-11-20", "reason": "出差"},
    "additions": {"finding": 1},
    "explain": {"version": 1, "rule": "unit-suspect", "text": "新建"},
    "explanations": {"version": 1, "rule": "unit-suspect", "text": "新建"},
    "judge": {"version": 1, "verdict": "accepted"},
    "mend": {"version": 1, "rule": "normalised"},
    "remarks": {"version": 1, "cell": "A2", "said": "请核对"},
}


@pytest.mark.parametrize(("path", "method"), OBJECTS)
def test_another_department_s_task_does_not_exist(site: Installation, path: str, method: str) -> None:
    key = site.assignment("10.1.1", "学务部")
    target = path.replace("{assignment_id}", str(key)).replace("{number}", "1")
    target = re.sub(r"\{(explanation|remark)_id\}", "1", target)
    browser = site.browser("S041")
    body = BODIES.get(path.rsplit("/", 1)[1], {"version": 1})
    sent: dict[str, Any] = {"json": body} if path.startswith("/api/") else {"data": body}
    if method == "GET":
        sent = (
            {"params": {"version": 1}}
            if path.endswith(("findings", "data", "changes", "columns", "annotated"))
            else {}
        )
    headers = {"x-csrf-token": browser.token("/mine")}
    answer = browser.request(method, target, headers=headers, **sent)
    assert (answer.status_code, "没有这项采集任务" in answer.text) == (404, True)


def test_seeing_is_not_doing(site: Installation) -> None:
    """The office sees every task, and neither collects nor reviews."""
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S000")
    assert browser.get(f"/assignments/{key}").status_code == 200
    assert browser.form(f"/assignments/{key}/nil").status_code == 403
    assert site.stage(key) == "pending"


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, "POST" if "clock" in path else "GET") for path in ("/rehearsal/sign-in", "/rehearsal/clock")],
)
def test_outside_a_rehearsal_its_pages_do_not_exist(live: Installation, path: str, method: str) -> None:
    browser = live.browser("S000")
    headers = {"x-csrf-token": browser.token("/mine")}
    answer = browser.request(method, path, headers=headers)
    assert (answer.status_code, "没有这个页面" in answer.text) == (404, True)
