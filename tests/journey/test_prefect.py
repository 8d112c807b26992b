"""The journey with Prefect up, stopped and killed: it completes, each body ran once, runs have names."""

from __future__ import annotations

import signal
from base64 import b64encode
from collections.abc import Iterator

import httpx
import psutil
import pytest
from sqlmodel import col, select

from models import CheckRun, Event, FollowUp, Version
from models.database import Database
from tests.journey.service import PATIENCE, Service, serving, until
from tests.journey.test_api import Caller

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("prefect")
    with serving(folder, "--rehearse", "2020-11-06T09:00", prefect=True) as found:
        until(lambda: httpx.get(f"{found.url}/readyz", timeout=PATIENCE).json()["prefect"], 120)
        yield found


@pytest.fixture
def stored(service: Service) -> Iterator[Database]:
    found = Database(f"sqlite:///{service.data / 'caiji.db'}")
    yield found
    found.close()


def prefect(service: Service) -> psutil.Process:
    """The Prefect server itself, not its leash."""
    return next(
        one
        for one in service.family()
        if "prefect" in one.cmdline() and "server" in one.cmdline() and "leash" not in " ".join(one.cmdline())
    )


def run_names(service: Service) -> list[str]:
    """The names of all flow and task runs that the Prefect server knows."""
    server = prefect(service)
    port = server.cmdline()[server.cmdline().index("--port") + 1]
    (home,) = service.data.glob("prefect-*")
    secret = b64encode((home / "auth").read_bytes()).decode()
    api = httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api",
        headers={"Authorization": f"Basic {secret}"},
        timeout=PATIENCE,
    )
    with api:
        found = [api.post(f"/{kind}/filter", json={}) for kind in ("flow_runs", "task_runs")]
    return [run["name"] for answer in found for run in answer.json()]


def go_the_whole_way(service: Service, table: str) -> int:
    """Report nothing for the table of 学务部, approve it, and wait for the system check."""
    collector, reviewer = Caller(service, "S031"), Caller(service, "S032")
    (item,) = collector.get("/assignments", table=table)["items"]
    key = int(item["id"])
    assert collector.http.post(f"/assignments/{key}/nil").status_code == 200
    version = collector.get(f"/assignments/{key}")["version"]
    assert reviewer.review(key, version, "approve").status_code == 200
    until(lambda: collector.get(f"/assignments/{key}")["stage"] == "checked", 90)
    for caller in (collector, reviewer):
        caller.http.close()
    return key


def bodies(stored: Database, key: int) -> tuple[list[str], list[tuple[str, int]]]:
    """The transitions of the assignment and its check runs: what a body run twice would double."""
    with stored.reading() as session:
        moves = session.exec(select(Event.to_stage).where(Event.assignment_id == key).order_by(col(Event.id)))
        runs = session.exec(select(CheckRun).join(Version).where(Version.assignment_id == key))
        return list(moves), [(run.verdict, run.attempts) for run in runs]


def all_followed(stored: Database, key: int) -> list[bool | None]:
    """Whether each transition's run was tracked, once all are done."""
    with stored.reading() as session:
        found = session.exec(select(FollowUp).where(FollowUp.assignment_id == key)).all()
    done = all(each.done_at is not None and each.tracked is not None for each in found)
    return [each.tracked for each in found] if done else []


ONCE = (["collected", "reviewed", "checked"], [("passed", 1)])


def test_the_runs_of_a_journey_have_names_that_people_understand(service: Service, stored: Database) -> None:
    key = go_the_whole_way(service, "10.3")
    assert bodies(stored, key) == ONCE
    wanted = "10.3 学生社团 · 学务部: reviewed → checked"
    until(lambda: any(wanted in name for name in run_names(service)))


def test_a_stopped_server_holds_nothing_up(service: Service, stored: Database) -> None:
    server = prefect(service)
    server.send_signal(signal.SIGSTOP)
    try:
        key = go_the_whole_way(service, "10.4")
        tracked = until(lambda: all_followed(stored, key))
    finally:
        server.send_signal(signal.SIGCONT)
    assert bodies(stored, key) == ONCE
    assert False in tracked


def test_a_killed_server_holds_nothing_up_and_tracking_resumes(service: Service, stored: Database) -> None:
    prefect(service).kill()
    key = go_the_whole_way(service, "10.5")
    assert bodies(stored, key) == ONCE
    until(lambda: httpx.get(f"{service.url}/readyz", timeout=PATIENCE).json()["prefect"], 120)
    back = go_the_whole_way(service, "9.4")
    assert bodies(stored, back) == ONCE
    until(lambda: any("9.4" in name for name in run_names(service)))


def test_no_personal_data_reaches_prefect(service: Service) -> None:
    names = " ".join(run_names(service))
    assert "@" not in names
