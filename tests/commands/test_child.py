"""The supervisor's children: started, tended, stopped, and never left behind."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from commands import child as module
from commands.child import Child

Make = Callable[[str], Child]
Gone = Callable[[list[psutil.Process]], bool]
SLEEP = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)"
STUBBORN = f"import signal\nsignal.signal(15, signal.SIG_IGN)\n{SLEEP}"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Child] = []

    def child(code: str) -> Child:
        made.append(
            Child("sample", [sys.executable, "-c", code], os.environ, tmp_path / "logs" / "sample.log")
        )
        return made[-1]

    yield child
    for each in made:
        each.stop(0)


def told(child: Child) -> psutil.Process:
    """The process below the leash, once it has written its id into the log."""
    assert child.pid
    leash = psutil.Process(child.pid)
    log = child.log
    while not log.read_text().strip():
        assert leash.is_running()
    return psutil.Process(int(log.read_text().split()[-1]))


def ended(child: Child) -> None:
    assert child._process
    child._process.wait(10)


def test_starts_and_stops(make: Make, gone: Gone) -> None:
    child = make(SLEEP)
    assert (child.alive, child.pid, child.stop(0)) == (False, None, None)
    child.start(now=0)
    below = told(child)
    assert child.alive
    assert child.stop(5) == 128 + signal.SIGTERM
    assert not child.alive
    assert gone([below])


def test_stopping_twice_says_the_same(make: Make) -> None:
    child = make(SLEEP)
    child.start(now=0)
    told(child)
    assert child.stop(5) == child.stop(5)


def test_stubborn_child_is_ended(make: Make, gone: Gone) -> None:
    child = make(STUBBORN)
    child.start(now=0)
    below = told(child)
    assert child.stop(0.1) == -signal.SIGKILL
    assert gone([below])


def test_living_child_is_left_alone(make: Make) -> None:
    child = make(SLEEP)
    child.start(now=0)
    pid = child.pid
    assert child.tend(now=1000) is False
    assert child.pid == pid


def test_pauses_grow_and_shrink_again(make: Make) -> None:
    child = make("")
    child.start(now=0)
    now, pauses = 0.0, []
    for _ in range(8):
        ended(child)
        died = now
        while not child.tend(now):
            now += 0.5
        pauses.append(now - died)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    ended(child)
    assert child.tend(now + 61) is False
    assert child.tend(now + 62) is True


def test_leash_killed_leaves_nothing_when_it_is_started_again(make: Make, gone: Gone) -> None:
    child = make(SLEEP)
    child.start(now=0)
    below, first = told(child), child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    ended(child)
    assert below.is_running()
    assert child.tend(now=1) is False
    assert gone([below])
    assert child.tend(now=2) is True
    assert child.pid != first


def test_log_holds_both_streams_of_every_run(make: Make) -> None:
    child = make("import sys; print('out', flush=True); print('err', file=sys.stderr)")
    for now in (0, 1):
        child.start(now)
        ended(child)
    assert child.log.read_text().split() == ["out", "err", "out", "err"]


def test_full_log_is_put_aside(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_BYTES", 3)
    child = make("print('hello')")
    for now in (0, 1, 2):
        child.start(now)
        ended(child)
    assert child.log.read_text() == "hello\n"
    assert child.log.with_name("sample.log.1").read_text() == "hello\n"


def test_gets_its_own_environment(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "own.log"
    child = Child(
        "own", [sys.executable, "-c", "import os; print(os.environ['ROOM'])"], {"ROOM": "采集"}, log
    )
    child.start(now=0)
    ended(child)
    child.stop(0)
    assert log.read_text("utf-8").strip() == "采集"
