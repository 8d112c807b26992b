"""The whole way of one table by the API with bearer tokens, as other programs go it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journey.books import fill
from tests.journey.service import PATIENCE, Service, serving, until

pytestmark = pytest.mark.xdist_group("journey")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("api"), "--rehearse", "2020-11-06T09:00") as found:
        yield found


class Caller:
    """One person's calls."""

    def __init__(self, service: Service, staff_no: str) -> None:
        self.http = httpx.Client(
            base_url=f"{service.url}/api/v1", headers=service.token(staff_no), timeout=PATIENCE
        )

    def get(self, path: str, **query: str) -> Any:
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(self, key: int, content: bytes) -> httpx.Response:
        return self.http.post(f"/assignments/{key}/submit", files={"file": ("w.xlsx", content, XLSX)})

    def review(self, key: int, version: int, decision: str, reason: str = "") -> httpx.Response:
        wish = {"version": version, "decision": decision, "reason": reason}
        return self.http.post(f"/assignments/{key}/review", json=wish)


@pytest.fixture
def people(service: Service) -> Iterator[dict[str, Caller]]:
    found = {"collector": Caller(service, "S031"), "reviewer": Caller(service, "S032")}
    found |= {"office": Caller(service, "S000"), "stranger": Caller(service, "S041")}
    yield found
    for caller in found.values():
        caller.http.close()


def test_the_whole_way_of_a_table(people: dict[str, Caller]) -> None:
    collector, reviewer, office = people["collector"], people["reviewer"], people["office"]
    listed = collector.get("/assignments", table="10.1.1")
    (item,) = listed["items"]
    assert (listed["total"], item["department"], item["stage"], item["due"]) == (
        1,
        "学务部",
        "pending",
        "2020-11-11T23:59:59+08:00",
    )
    key = item["id"]
    template = collector.http.get(f"/assignments/{key}/template").content

    wrong = collector.submit(key, fill(template, "10.1.1", {"J5": "休学"})).json()
    assert (wrong["stage"], wrong["errors"]) == ("pending", 1)
    (fault,) = [finding for finding in wrong["findings"] if finding["severity"] == "error"]
    assert (fault["rule"], fault["cell"], fault["value"]) == ("student-status", "J5", "休学")

    right = collector.submit(key, fill(template, "10.1.1")).json()
    assert (right["stage"], right["errors"], right["version"]) == ("collected", 0, 2)

    assert reviewer.review(key, 2, "return").status_code == 422
    assert reviewer.review(key, 1, "approve").status_code == 409
    assert reviewer.review(key, 2, "return", "第 5 行的专业代码写错了").json()["stage"] == "returned"

    mended = collector.submit(key, fill(template, "10.1.1", {"B3": "王小明"})).json()
    assert (mended["stage"], mended["version"]) == ("collected", 3)
    assert reviewer.review(key, 3, "approve").json()["stage"] in ("reviewed", "checked")
    until(lambda: collector.get(f"/assignments/{key}")["stage"] == "checked")

    history = [event["to"] for event in collector.get(f"/assignments/{key}/history")["events"]]
    assert history == ["checked", "reviewed", "collected", "returned", "collected"]
    progress = office.get("/progress")
    assert (progress["assignments"], progress["stages"]["checked"]) == (189, 1)
    tables = {table["table"]: table for table in office.get("/summary")["tables"]}
    assert tables["10.1.1"]["complete"]
    again = collector.submit(key, fill(template, "10.1.1"))
    assert (again.status_code, "审核" in again.json()["error"]) == (409, True)


def test_nil_withdraw_and_strangers(people: dict[str, Caller]) -> None:
    collector, stranger = people["collector"], people["stranger"]
    (item,) = collector.get("/assignments", table="10.4")["items"]
    key = item["id"]
    assert collector.http.post(f"/assignments/{key}/nil").json()["stage"] == "collected"
    assert collector.http.post(f"/assignments/{key}/withdraw").json()["stage"] == "pending"
    assert stranger.http.get(f"/assignments/{key}").status_code == 404
    assert stranger.http.post(f"/assignments/{key}/nil").status_code == 404
    assert people["office"].http.post(f"/assignments/{key}/nil").status_code == 403


def test_without_a_token_nothing_is_told(service: Service) -> None:
    answer = httpx.get(f"{service.url}/api/v1/assignments", timeout=PATIENCE)
    assert (answer.status_code, "items" in answer.json()) == (401, False)
    assert httpx.get(f"{service.url}/healthz", timeout=PATIENCE).status_code == 200
    assert set(httpx.get(f"{service.url}/readyz", timeout=PATIENCE).json()) >= {
        "database",
        "worker",
        "prefect",
        "mail",
    }
    assert httpx.get(f"{service.url}/api/openapi.json", timeout=PATIENCE).json()["openapi"].startswith("3.")


def test_mail_reaches_the_mailbox_through_smtp(service: Service, people: dict[str, Caller]) -> None:
    folder: Path = service.data / "mailbox"
    until(lambda: list(folder.glob("*.eml")))
    notices = people["office"].get("/notices")
    assert notices["total"] > 0
