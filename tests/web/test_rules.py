"""Who may ask for what: one rule a route, no unsafe request from elsewhere, objects stay hidden."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import params
from fastapi.routing import iter_route_contexts

from models.database import Database
from models.worklist import lines
from settings import Settings
from tests.web.conftest import Installation, installed
from tests.web.transport import Browser
from tests.web.written_rules import WRITTEN, written
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


UNSAFE = [(path, method) for path, methods, _ in routes() for method in sorted(methods - SAFE)]


def filled(path: str) -> str:
    """The path with a number or a word for each of its parameters."""
    path = re.sub(r"\{(\w+_id|number)\}", "1", path)
    return re.sub(r"\{\w+\}", "en", path)


@pytest.fixture(scope="module")
def asking(
    loaded: Callable[[bool], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Browser]]:
    """Browsers that are refused, on one installation for all of them: each repeats its page's token."""
    with ExitStack() as ends:

        @cache
        def place(rehearsal: bool) -> Installation:
            return installed(tmp_path_factory.mktemp("refusing"), loaded(rehearsal), ends)

        @cache
        def browser(staff_no: str = "", *, rehearsal: bool = True, token: bool = True) -> Browser:
            found = place(rehearsal).browser(staff_no)
            if token:
                found.headers["x-csrf-token"] = found.token("/mine" if staff_no else "/sign-in")
            return found

        yield browser


def test_every_route_has_the_one_rule_that_is_written_down_for_it() -> None:
    found = {(path, method): rules_of(route) for path, methods, route in routes() for method in methods}
    assert found == {route: [rule] for rule in WRITTEN for route in written(rule)}


def test_no_route_is_built_a_second_time() -> None:
    """Building them all takes longer than the first page may."""
    one, other = (create_app(Settings(), Database("sqlite:///never-opened.db")).routes for _ in range(2))
    known = {id(route) for route in other}
    own = {getattr(route, "path", "") for route in one if id(route) not in known}
    assert own == NOT_OURS


@pytest.mark.parametrize(("path", "method"), written("public"))
def test_strangers_reach_what_is_public(site: Installation, path: str, method: str) -> None:
    browser = site.browser()
    headers = {"x-csrf-token": browser.token()}
    answer = browser.request(method, filled(path), headers=headers, follow_redirects=False)
    assert answer.status_code not in (401, 403)
    assert "next=" not in answer.headers.get("location", "")


def test_a_calendar_is_opened_by_its_secret_and_by_nothing_else(site: Installation) -> None:
    for browser in (site.browser(), site.browser("S000"), site.program("S031")):
        answer = browser.get("/calendar/en.ics")
        assert (answer.status_code, "这个日历地址已失效" in answer.text) == (404, True)


def test_a_receipt_is_opened_by_its_secret_and_by_nothing_else(site: Installation) -> None:
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


@pytest.mark.parametrize(("path", "method"), UNSAFE)
def test_without_the_page_token_nothing_unsafe_is_done(
    asking: Callable[..., Browser], path: str, method: str
) -> None:
    answer = asking("S000", token=False).request(method, filled(path))
    assert (answer.status_code, "无法确认这个请求来自本系统的页面" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "sent", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}], ids=str
)
@pytest.mark.parametrize(("path", "method"), UNSAFE)
def test_another_site_is_refused_even_with_the_token(
    asking: Callable[..., Browser], path: str, method: str, sent: dict[str, str]
) -> None:
    answer = asking("S000").request(method, filled(path), headers=sent)
    assert (answer.status_code, "这个请求来自另一个网站" in answer.text) == (403, True)


GUARDED = [route for rule in ("signed_in", "overseer", "office") for route in written(rule)]


@pytest.mark.parametrize(("path", "method"), GUARDED)
def test_strangers_are_sent_to_sign_in(asking: Callable[..., Browser], path: str, method: str) -> None:
    browser = asking(rehearsal=False)
    answer = browser.request(method, filled(path), follow_redirects=False)
    if path.startswith("/api/"):
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    else:
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


REFUSED = {
    "office": ("只有质量部", ("S031", "S032", "S910", "S001")),
    "overseer": ("只对质量部、审计和院领导开放", ("S031", "S032")),
}


@pytest.mark.parametrize(
    ("path", "method", "rule"), [(*route, rule) for rule in REFUSED for route in written(rule)]
)
def test_what_is_for_the_office_or_for_overseers_is_refused_to_all_others(
    asking: Callable[..., Browser], caplog: pytest.LogCaptureFixture, path: str, method: str, rule: str
) -> None:
    sentence, others = REFUSED[rule]
    with caplog.at_level(logging.INFO, "caiji.web"):
        for staff_no in others:
            answer = asking(staff_no).request(method, filled(path))
            assert (answer.status_code, sentence in answer.text) == (403, True), staff_no
            assert f"403 for {staff_no}: {method} {path}" in caplog.text


@pytest.mark.parametrize(("path", "method"), written("overseer"))
def test_the_whole_campaign_is_for_overseers(asking: Callable[..., Browser], path: str, method: str) -> None:
    for staff_no in ("S000", "S001", "S910"):
        answer = asking(staff_no).request(method, filled(path))
        assert answer.status_code == (404 if "{" in path else 200), staff_no


OBJECTS = [(path, method) for path, method in written("signed_in") if "{assignment_id}" in path]
BODIES: dict[str, dict[str, Any]] = {
    "review": {"version": 1, "decision": "approve"},
    "attest": {"rows": 1, "typed_on": "2020-11-05"},
    "extension": {"until": "2020-11-20", "reason": "出差"},
    "withdraw": {"extension": 1},
    "additions": {"finding": 1},
    "explain": {"version": 1, "rule": "unit-suspect", "text": "新建"},
    "explanations": {"version": 1, "rule": "unit-suspect", "text": "新建"},
    "judge": {"version": 1, "verdict": "accepted"},
    "mend": {"version": 1, "rule": "normalised"},
    "remarks": {"version": 1, "cell": "A2", "said": "请核对"},
}


@pytest.mark.parametrize(("path", "method"), OBJECTS)
def test_another_department_s_task_does_not_exist(
    asking: Callable[..., Browser], path: str, method: str
) -> None:
    browser = asking("S041")
    with browser.app.state.site.database.reading() as session:
        (task,) = lines(session, table="10.1.1", department="学务部")
    target = filled(path.replace("{assignment_id}", str(task.id)))
    body = BODIES.get(path.rsplit("/", 1)[1], {"version": 1})
    sent: dict[str, Any] = {"json": body} if path.startswith("/api/") else {"data": body}
    if method == "GET":
        versioned = ("findings", "data", "changes", "columns", "annotated")
        sent = {"params": {"version": 1}} if path.endswith(versioned) else {}
    answer = browser.request(method, target, **sent)
    assert (answer.status_code, "没有这项采集任务" in answer.text) == (404, True)


def test_seeing_is_not_doing(site: Installation) -> None:
    """The office sees every task, and neither collects nor reviews."""
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S000")
    assert browser.get(f"/assignments/{key}").status_code == 200
    assert browser.form(f"/assignments/{key}/nil").status_code == 403
    assert site.stage(key) == "pending"


@pytest.mark.parametrize(("path", "method"), written("rehearsal"))
def test_outside_a_rehearsal_its_pages_do_not_exist(
    asking: Callable[..., Browser], path: str, method: str
) -> None:
    answer = asking("S000", rehearsal=False).request(method, filled(path))
    assert (answer.status_code, "没有这个页面" in answer.text) == (404, True)
