"""The API in this process: its shapes, its errors, and that it does what the pages do."""

from __future__ import annotations

from typing import Any

import pytest

from actions import clock
from actions.who import may_see
from models.incidents import MAIL_STOPPED, over, tell
from models.worklist import lines
from tests.actions.people import attested, who
from tests.journey.books import fill
from tests.web.conftest import MORNING, Installation
from tests.web.test_work import XLSX
from tests.web.transport import Browser


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment("10.1.1", "学务部")


def submit(program: Browser, key: int, faults: dict[str, str] | None = None) -> Any:
    template = program.get(f"/api/v1/assignments/{key}/template").content
    book = fill(template, "10.1.1", faults)
    return program.post(f"/api/v1/assignments/{key}/submit", files={"file": ("w.xlsx", book, XLSX)})


def test_the_list_holds_what_one_may_see(site: Installation) -> None:
    mine = site.program("S031").get("/api/v1/assignments").json()
    everything = site.program("S000").get("/api/v1/assignments").json()
    assert (mine["total"], everything["total"]) == (len(mine["items"]), 189)
    assert {item["department"] for item in mine["items"]} >= {"学务部"}
    assert mine["total"] < 189
    one = site.program("S000").get("/api/v1/assignments", params={"table": "10.1.1"}).json()["items"][0]
    assert one | {"id": 0} == {
        "id": 0,
        "table": "10.1.1",
        "name": "学生基本信息",
        "department": "学务部",
        "reviewer": "学务部",
        "stage": "pending",
        "due": "2020-11-11T23:59:59+08:00",
        "holder_due": "2020-11-11T23:59:59+08:00",
        "overdue": False,
        "held_by": None,
        "waiting_on": [],
        "version": None,
        "content": None,
        "flags": ["source", "due-soon"],
    }


def test_the_list_goes_page_by_page(site: Installation) -> None:
    program = site.program("S031")
    whole = program.get("/api/v1/assignments").json()
    found, at = [], 0
    while at is not None:
        page = program.get("/api/v1/assignments", params={"limit": 7, "offset": at}).json()
        assert (page["total"], len(page["items"]) <= 7) == (whole["total"], True)
        found, at = found + page["items"], page["next"]
    assert (found, whole["next"]) == (whole["items"], None)
    beyond = program.get("/api/v1/assignments", params={"offset": 2**63 - 1}).json()
    assert beyond == {"items": [], "total": whole["total"], "next": None}


@pytest.mark.parametrize(
    "query",
    [{"limit": -1}, {"limit": 0}, {"limit": 1001}, {"limit": "many"}, {"offset": -1}, {"offset": 2**63}],
)
def test_a_page_out_of_bounds_is_refused(site: Installation, query: dict[str, object]) -> None:
    answer = site.program("S000").get("/api/v1/assignments", params=query)
    assert (answer.status_code, next(iter(query)) in str(answer.json())) == (422, True)


def test_what_one_may_see_is_asked_of_the_database(site: Installation) -> None:
    for staff_no in ("S000", "S001", "S910", "S031", "S032", "S041"):
        program = site.program(staff_no)
        with site.database.reading() as session:
            me = who(session, staff_no, MORNING)
            seen = [each.id for each in lines(session) if may_see(me, each.assignment)]
        assert [item["id"] for item in program.get("/api/v1/assignments").json()["items"]] == seen


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"stage": "checked"}, 0),
        ({"department": "图书馆"}, 2),
        ({"table": "9.9.9"}, 0),
        ({"department": "图书馆", "stage": "pending"}, 2),
    ],
)
def test_the_list_is_narrowed(site: Installation, query: dict[str, str], total: int) -> None:
    assert site.program("S000").get("/api/v1/assignments", params=query).json()["total"] == total


def test_a_submission_with_errors_is_kept_and_not_handed_in(site: Installation, key: int) -> None:
    program = site.program("S031")
    answer = submit(program, key, {"J5": "休学"})
    said = answer.json()
    assert (answer.status_code, said["stage"], said["version"], said["errors"]) == (200, "pending", 1, 1)
    assert "不能提交" in said["error"]
    assert said["remedy"]
    findings = program.get(f"/api/v1/assignments/{key}/findings", params={"version": 1}).json()
    assert findings["version"] == 1
    assert [f["cell"] for f in findings["findings"] if f["severity"] == "error"] == ["J5"]


def test_decisions_name_the_version(site: Installation, key: int) -> None:
    collector, reviewer = site.program("S031"), site.program("S032")
    first = submit(collector, key).json()
    assert (first["stage"], first["version"], first["errors"]) == ("collected", 1, 0)
    second = submit(collector, key, {"B3": "王小明"}).json()
    assert second["version"] == 2
    path = f"/api/v1/assignments/{key}/review"
    stale = reviewer.post(path, json={"version": 1, "decision": "approve"})
    assert (stale.status_code, stale.json()["current"]) == (409, 2)
    unknown = reviewer.post(path, json={"version": 9, "decision": "approve"})
    assert (unknown.status_code, unknown.json()["current"]) == (409, 2)
    returned = reviewer.post(
        path, json={"version": 2, "decision": "return", "reason": "姓名有误", "cells": ["B3"]}
    )
    assert returned.json()["stage"] == "returned"
    events = collector.get(f"/api/v1/assignments/{key}/history").json()["events"]
    assert (events[0]["verb"], events[0]["reason"]) == ("return", "姓名有误（B3）")
    assert [event["to"] for event in events] == ["returned", "collected", "collected"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "version"),
        ({"version": "x", "decision": "approve"}, "version"),
        ({"version": 1, "decision": "maybe"}, "decision"),
        ({"version": 1, "decision": "return", "reason": "x" * 5000}, "reason"),
    ],
)
def test_bad_input_is_named(site: Installation, key: int, body: dict[str, Any], named: str) -> None:
    answer = site.program("S032").post(f"/api/v1/assignments/{key}/review", json=body)
    assert (answer.status_code, f"“{named}”" in answer.json()["error"]) == (422, True)
    assert answer.json()["remedy"] == "请改正后再提交。"


def test_nil_and_withdrawal(site: Installation) -> None:
    program = site.program("S031")
    path = f"/api/v1/assignments/{site.assignment('10.4', '学务部')}"
    said = program.post(f"{path}/nil").json()
    assert (said["stage"], said["version"], said["findings"]) == ("collected", 1, [])
    assert program.get(path).json()["flags"] == ["nil", "due-soon"]
    assert program.post(f"{path}/withdraw").json()["stage"] == "pending"
    refused = program.post(f"{path}/withdraw")
    assert (refused.status_code, refused.json()["stage"]) == (409, "pending")


def test_attesting_and_the_platform_s_verdict(site: Installation) -> None:
    key = site.assignment("10.4", "学务部")
    path = f"/api/v1/assignments/{key}"
    with site.database.writing() as session:
        attested(session, "10.4")
    said = site.program("S031").post(f"{path}/attest", json={"rows": 12, "typed_on": "2020-11-06"})
    assert said.json()["stage"] == "collected"
    site.program("S032").post(f"{path}/review", json={"version": 1, "decision": "approve"})
    office = site.program("S000")
    without = office.post(f"{path}/verdict", json={"passed": False})
    assert (without.status_code, "必须写明" in without.json()["error"]) == (422, True)
    assert office.post(f"{path}/verdict", json={"passed": True}).json()["stage"] == "checked"


def test_progress_summary_and_notices(site: Installation) -> None:
    key = site.assignment("10.4", "学务部")
    site.program("S031").post(f"/api/v1/assignments/{key}/nil")
    office = site.program("S000")
    progress = office.get("/api/v1/progress").json()
    assert progress["at"].startswith("2020-11-06T08:00:00")
    assert (progress["assignments"], progress["tables"], progress["tables_done"]) == (189, 72, 0)
    assert progress["stages"]["collected"] == 1
    assert sum(progress["stages"].values()) == 189
    assert sum(row["assignments"] for row in progress["by_department"]) == 189
    assert progress["overdue"] == 0
    summary = office.get("/api/v1/summary").json()
    assert (summary["tables"], len(summary["excluded"])) == ([], 189)
    assert {row["reason"] for row in summary["excluded"]} == {
        "未采集：采集部门尚未提交",
        "未审核：已提交，审核部门尚未审核",
    }
    assert office.get("/api/v1/notices").json() == {"items": [], "total": 0}


@pytest.mark.parametrize("token", ["", "wrong", "Basic abc"])
def test_a_wrong_token_is_refused_in_json(site: Installation, token: str) -> None:
    headers = {"Authorization": token if " " in token else f"Bearer {token}"}
    answer = site.browser().get("/api/v1/assignments", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "请先登录。")


def test_unknown_things_are_told_in_json(site: Installation) -> None:
    program = site.program("S000")
    assert program.get("/api/v1/assignments/99999").json()["error"] == "没有这项采集任务。"
    assert program.get("/api/v1/nothing").json()["error"] == "没有这个页面。"
    assert program.get("/api/v1/assignments", params={"stage": "lost"}).status_code == 422
    assert program.get("/api/v1/assignments/x").status_code == 422


def test_the_description_of_the_api_lists_it_all(site: Installation) -> None:
    paths = site.browser().get("/api/openapi.json").json()["paths"]
    base = "/api/v1/assignments/{assignment_id}"
    assert {"/api/v1/assignments", base, "/api/v1/progress", "/api/v1/summary", "/api/v1/notices"} <= set(
        paths
    )
    verbs = ("template", "submit", "withdraw", "nil", "review", "findings", "history")
    assert {f"{base}/{verb}" for verb in verbs} <= set(paths)
    assert all(path.startswith("/api/v1/") for path in paths)


def test_health_readiness_and_metrics(site: Installation) -> None:
    browser = site.browser()
    assert browser.get("/healthz").text == "ok"
    assert browser.get("/readyz").json() == {
        "database": True,
        "worker": False,
        "prefect": False,
        "mail": True,
    }
    metrics = browser.get("/metrics").text
    assert 'caiji_assignments{stage="pending"} 189.0' in metrics
    assert "示例" not in metrics


def test_readiness_tells_of_open_trouble_with_mail(site: Installation) -> None:
    browser = site.browser()
    with site.database.writing() as session:
        tell(session, "job", "deliver", "no mail trouble", clock.wall())
    assert browser.get("/readyz").json()["mail"] is True
    with site.database.writing() as session:
        tell(session, MAIL_STOPPED, MAIL_STOPPED, "refused", clock.wall())
    assert browser.get("/readyz").json()["mail"] is False
    with site.database.writing() as session:
        over(session, MAIL_STOPPED, clock.wall())
    assert browser.get("/readyz").json()["mail"] is True


@pytest.mark.parametrize("table", ["stamp", "heartbeat"])
def test_without_its_database_nothing_is_ready(site: Installation, table: str) -> None:
    with site.database.writing() as session:
        session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO lost")
    answer = site.browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "worker": False, "prefect": False, "mail": False}
    assert site.browser().get("/mine").status_code == 500
