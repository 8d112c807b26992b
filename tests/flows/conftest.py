"""A real Prefect server for the tests of flows: one a session, to be stopped, killed and started again."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import psutil
import pytest

from commands.child import Child
from flows import server
from flows.server import HOST, PrefectServer, free_port, ready
from flows.tracked import settle
from models.database import Database
from tests.flows.colleges import College
from tests.flows.stations import Stage

PATIENCE = 60.0


def until(what: Callable[[], Any]) -> Any:
    """The first true answer; fails after a minute."""
    deadline = monotonic() + PATIENCE
    while not (answer := what()):
        assert monotonic() < deadline, "nothing happened for a minute"
        Event().wait(0.1)
    return answer


@contextmanager
def answering_within(seconds: float) -> Iterator[None]:
    """How long Prefect's client waits for one answer."""
    from prefect.settings import PREFECT_API_REQUEST_TIMEOUT, temporary_settings

    with temporary_settings({PREFECT_API_REQUEST_TIMEOUT: seconds}):
        yield


class Witness:
    """The Prefect server under test, with the ways in which it may fail us."""

    def __init__(self, server: PrefectServer) -> None:
        self.server = server
        self.child = Child("prefect", server.argv, server.environment(), server.data / "prefect.log")

    def up(self) -> None:
        if not self.child.alive:
            self.child.start(monotonic())
        until(lambda: ready(self.server.api_url) and self._answers())

    def _answers(self) -> bool:
        """Whether it takes requests, too: just after its start it says ready and lets the first one wait."""
        with suppress(OSError):
            return isinstance(self.call("/flow_runs/filter", {"limit": 1}), list)
        return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server itself, below its leash."""
        assert self.child.pid
        for process in psutil.Process(self.child.pid).children(recursive=True):
            process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        until(lambda: not self.child.alive)

    def call(self, path: str, wanted: dict[str, Any]) -> Any:
        """The answer of Prefect's API to a POST."""
        token = base64.b64encode(self.server.auth.encode()).decode()
        connection = HTTPConnection(HOST, self.server.port, timeout=PATIENCE)
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api{path}", json.dumps(wanted), headers)
        with closing(connection), connection.getresponse() as answer:
            assert answer.status in {200, 201}
            return json.loads(answer.read())

    def flow_run(self, name: str) -> dict[str, Any]:
        """The one run of this name."""
        [run] = self.call("/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}})
        return dict(run)

    def task_runs(self, name: str, count: int) -> list[dict[str, Any]]:
        """The task runs of a flow run, first started first, once `count` of them have arrived and ended."""
        wanted = {"flow_runs": {"name": {"any_": [name]}}, "sort": "EXPECTED_START_TIME_ASC"}

        def ended() -> list[dict[str, Any]]:
            runs = self.call("/task_runs/filter", wanted)
            final = [run for run in runs if run["state_type"] in {"COMPLETED", "FAILED"}]
            return final if len(final) >= count else []

        return list(until(ended))

    def logs(self, name: str, count: int) -> list[str]:
        """The log lines under a name, once there are `count` of them; a call whose answer was lost makes
        a second run of it."""
        runs = self.call("/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}})
        one = {"logs": {"flow_run_id": {"any_": [run["id"] for run in runs]}}, "sort": "TIMESTAMP_ASC"}

        def arrived() -> list[str]:
            lines = [line["message"] for line in self.call("/logs/filter", one)]
            return lines if len(lines) >= count else []

        return list(until(arrived))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the server goes to one process, so that it is started once."""
    for item in items:
        if "prefect_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("prefect-server"))


@contextmanager
def witnessed(folder: Path, **more: str) -> Iterator[Witness]:
    """A server whose client this process is, as a worker would be, with ``more`` in its environment."""
    witness, before = Witness(PrefectServer(folder, free_port())), dict(os.environ)
    os.environ.update(witness.server.client_environment({}), **more)
    import_module("prefect")  # it reads its settings once
    try:
        witness.up()
        yield witness
    finally:
        settle(5)
        witness.child.stop(10)
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """One server for the session."""
    with witnessed(tmp_path_factory.mktemp("data")) as witness:
        del os.environ["PREFECT_API_URL"]
        yield witness


@pytest.fixture
def witness(prefect_server: Witness, monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    """The server up and answering; only the flows of a test that asks for it are tracked."""
    prefect_server.up()
    monkeypatch.setenv("PREFECT_API_URL", prefect_server.server.api_url)
    monkeypatch.setattr(server, "PROBE", 5.0)  # a busy machine is no fault of the server's
    with answering_within(PATIENCE):
        yield prefect_server
    if prefect_server.child.alive:
        prefect_server.send(signal.SIGCONT)


@pytest.fixture
def played(tmp_path: Path) -> Callable[[str], list[str]]:
    """Notes a body's run in a file, and tells all notes so far."""
    notes = tmp_path / "played"

    def note(what: str) -> list[str]:
        with notes.open("a") as file:
            file.write(f"{what}\n")
        return notes.read_text().split()

    return note


@pytest.fixture
def college(campaign: Database, tmp_path: Path, morning: datetime) -> College:
    """The loaded campaign with a worker at hand."""
    return College(campaign, tmp_path, morning)


@pytest.fixture
def stage(campaign: Database, tmp_path: Path, morning: datetime) -> Stage:
    """The loaded campaign with what flows need."""
    return Stage(campaign, tmp_path, morning)
