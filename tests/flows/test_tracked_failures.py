"""A body runs exactly once whatever happens to the Prefect server: refused, hung, killed, asked to abort."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from flows.server import free_port, ready
from flows.tracked import Outcome, log, run_tracked, settle, step
from tests.flows.conftest import PATIENCE, answering_within

Played = Callable[[str], list[str]]
pytestmark = pytest.mark.prefect


class BoomError(Exception):
    """A body's own error."""


def test_without_a_server_address_the_body_runs_bare(monkeypatch: pytest.MonkeyPatch, played: Played) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert run_tracked(played, "body", name="bare") == Outcome(["body"], tracked=False)
    assert played("end") == ["body", "end"]


def test_refused(monkeypatch: pytest.MonkeyPatch, played: Played) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    assert run_tracked(played, "body", name="refused") == Outcome(["body"], tracked=False)
    assert played("end") == ["body", "end"]


def test_untracked_body_raises_its_own_error(monkeypatch: pytest.MonkeyPatch, played: Played) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")

    def remind() -> None:
        step("one", played, "one")
        raise BoomError

    with pytest.raises(BoomError):
        run_tracked(remind, name="refused and failing")
    assert played("end") == ["one", "end"]


def test_untracked_lines_and_names_stand_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with caplog.at_level("INFO"):
        run_tracked(log, "12 digests decided", name="remind 8:00")
    assert caplog.messages == ["untracked: remind 8:00", "12 digests decided"]


def test_hung_before_the_start(witness: Any, played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.server.PROBE", 0.5)
    witness.send(signal.SIGSTOP)
    assert run_tracked(played, "body", name="hung") == Outcome(["body"], tracked=False)
    witness.send(signal.SIGCONT)
    assert played("end") == ["body", "end"]
    assert witness.call("/flow_runs/filter", {"flow_runs": {"name": {"any_": ["hung"]}}}) == []


def test_its_database_is_locked(witness: Any, played: Played) -> None:
    """However long that lasts: each run gives up by its own clock, and an hour is many of them."""
    with closing(sqlite3.connect(witness.server.home / "prefect.db", isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        with answering_within(1):
            assert run_tracked(played, "body", name="locked") == Outcome(["body"], tracked=False)
    assert played("end") == ["body", "end"]


def test_hung_in_mid_flow(witness: Any, played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def track_tables() -> list[str]:
        step("before", played, "before")
        witness.send(signal.SIGSTOP)
        monkeypatch.setattr("flows.server.PROBE", 0.5)
        return step("after", played, "after")

    with answering_within(1):
        outcome = run_tracked(track_tables, name="hung midway")
    assert outcome == Outcome(["before", "after"], tracked=False)
    assert played("end") == ["before", "after", "end"]


def test_killed_while_the_body_runs(witness: Any, played: Played) -> None:
    def track_tables() -> list[str]:
        played("begin")
        witness.kill()
        return played("end")

    assert run_tracked(track_tables, name="killed") == Outcome(["begin", "end"], tracked=False)
    assert played("after") == ["begin", "end", "after"]


def test_killed_within_a_step_and_failing_after(witness: Any, played: Played) -> None:
    def sweep() -> None:
        step("one", played, "one")
        step("two", lambda: (played("two"), witness.kill()))
        step("three", played, "three")
        log("a line nobody takes")
        raise BoomError

    with pytest.raises(BoomError):
        run_tracked(sweep, name="killed between steps")
    assert played("end") == ["one", "two", "three", "end"]


def test_tracking_resumes_when_the_server_is_back(witness: Any, played: Played) -> None:
    witness.kill()
    assert run_tracked(played, "down", name="while down").tracked is False
    witness.up()
    assert run_tracked(played, "up", name="back again") == Outcome(["down", "up"], tracked=True)
    assert witness.flow_run("back again")["state_type"] == "COMPLETED"


def test_wrong_auth_string_runs_the_body_bare(witness: Any, played: Played) -> None:
    """The probe needs no password, the first call does: Prefect fails before the body begins."""
    from prefect.settings import PREFECT_API_AUTH_STRING, temporary_settings

    with temporary_settings({PREFECT_API_AUTH_STRING: "caiji:wrong"}):
        assert run_tracked(played, "body", name="locked out") == Outcome(["body"], tracked=False)
    assert played("end") == ["body", "end"]


def test_run_cancelled_in_the_pages_of_prefect_still_ends_once(witness: Any, played: Played) -> None:
    def track_tables() -> list[str]:
        run_id = witness.flow_run("cancelled")["id"]
        witness.call(f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLED"}, "force": True})
        return played("body")

    outcome = run_tracked(track_tables, name="cancelled")
    assert outcome.value == ["body"]
    assert played("end") == ["body", "end"]


def test_server_is_asked_again_each_time(witness: Any) -> None:
    assert ready(witness.server.api_url)
    witness.kill()
    assert not ready(witness.server.api_url)


LEAVES = """
import os, sys
from flows import server
from flows.tracked import log, run_tracked, settle
server.PROBE = 5.0
def remind():
    log("the last line")
outcome = run_tracked(remind, name=sys.argv[1])
settle(5)
print(outcome.tracked, flush=True)
os._exit(0)
"""


def test_last_lines_arrive_before_the_process_leaves(witness: Any) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LEAVES, "leaving"],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        env=os.environ | {"PREFECT_API_REQUEST_TIMEOUT": str(PATIENCE)},
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "True\n"), ran.stderr
    assert "the last line" in witness.logs("leaving", 3)


def test_settling_does_not_wait_for_a_server_that_is_gone(witness: Any) -> None:
    def body() -> None:
        log("nobody takes this")
        witness.kill()

    run_tracked(body, name="gone")
    started = time.monotonic()
    settle(1)
    assert time.monotonic() - started < 10
