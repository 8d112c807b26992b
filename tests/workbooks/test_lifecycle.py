"""The reading children: one a workbook, tried again when killed, gone with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from checks.definition import load_definition
from plans.plan import Schedule
from tests.workbooks.books import student, students_book
from workbooks.children import Children
from workbooks.limits import Limits
from workbooks.reading import Readers, ReadResult
from workbooks.request import Request

PATIENCE = 10


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return students_book(tmp_path / "good.xlsx", [student(number) for number in range(20)])


def _gone(*pids: int) -> bool:
    """Whether the processes end within the time; nothing is slept through."""
    processes = []
    for pid in pids:
        try:
            processes.append(psutil.Process(pid))
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def _children(readers: Readers) -> list[psutil.Process]:
    return psutil.Process(readers.nursery_pid or 0).children()


def _child_at_work(readers: Readers) -> psutil.Process:
    """The child that has begun; nothing is slept through."""
    late = time.monotonic() + PATIENCE
    while not (found := _children(readers)):
        assert time.monotonic() < late
    return found[0]


@pytest.fixture
def big(tmp_path: Path) -> Path:
    return students_book(tmp_path / "big.xlsx", [student(number) for number in range(6_000)])


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A file that nobody can open before somebody writes to it."""
    os.mkfifo(tmp_path / "hanging.xlsx")
    return tmp_path / "hanging.xlsx"


@contextmanager
def _while_reading(readers: Readers, book: Path, schedule: Schedule) -> Iterator[list[ReadResult]]:
    """The results of a reading that goes on meanwhile, there once it is done."""
    results: list[ReadResult] = []
    reading = threading.Thread(target=lambda: results.append(readers.read(book, "10.1.1", schedule)))
    reading.start()
    yield results
    reading.join(60)


def test_each_child_is_used_once_and_none_is_left(book: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        nursery = readers.nursery_pid
        for _ in range(3):
            assert readers.read(book, "10.1.1", schedule).row_count == 20
            assert _children(readers) == []
        assert readers.nursery_pid == nursery


def test_the_process_that_forks_has_no_threads_that_a_fork_would_lose(book: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        readers.read(book, "10.1.1", schedule)
        names = {
            Path(f"/proc/{readers.nursery_pid}/task/{thread.id}/comm").read_text().strip()
            for thread in psutil.Process(readers.nursery_pid or 0).threads()
        }
    assert names <= {"python", "python3", "polars-ooc-clea"}


def test_a_killed_nursery_is_replaced(book: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        for _ in range(3):
            os.kill(readers.nursery_pid or 0, signal.SIGKILL)
            assert readers.read(book, "10.1.1", schedule).row_count == 20


def test_with_the_nursery_its_children_end_and_their_workbooks_are_tried_again(
    hanging: Path, schedule: Schedule
) -> None:
    with Readers() as readers, _while_reading(readers, hanging, schedule) as results:
        child = _child_at_work(readers)
        os.kill(readers.nursery_pid or 0, signal.SIGKILL)
        assert _gone(child.pid)
        hanging.open("wb").close()
    assert [finding.rule for finding in results[0].findings] == ["unreadable-empty"]


def test_no_child_survives_closing(hanging: Path, schedule: Schedule) -> None:
    with Readers() as readers, _while_reading(readers, hanging, schedule) as results:
        child, nursery = _child_at_work(readers).pid, readers.nursery_pid or 0
        readers.close()
        assert not psutil.pid_exists(child)
        assert not psutil.pid_exists(nursery)
    assert [finding.rule for finding in results[0].findings] == ["unreadable-interrupted"]
    with pytest.raises(RuntimeError):
        readers.read(hanging, "10.1.1", schedule)
    assert readers.nursery_pid is None


def test_a_child_without_time_is_ended_and_says_so(book: Path, schedule: Schedule) -> None:
    with Readers(limits=Limits(seconds=0.001)) as readers:
        result = readers.read(book, "10.1.1", schedule)
        assert [finding.rule for finding in result.findings] == ["unreadable-timeout"]
        assert _children(readers) == []


def test_a_child_that_hangs_is_killed_in_time(book: Path, hanging: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        readers.read(book, "10.1.1", schedule)
        readers.limits = Limits(seconds=0.3)
        with _while_reading(readers, hanging, schedule) as results:
            child = _child_at_work(readers)
            child.suspend()
    assert _gone(child.pid)
    assert [finding.rule for finding in results[0].findings] == ["unreadable-timeout"]


def test_a_child_killed_while_reading_is_tried_again(big: Path, schedule: Schedule) -> None:
    with Readers() as readers, _while_reading(readers, big, schedule) as results:
        _child_at_work(readers).kill()
    assert results[0].row_count == 6_000


def test_a_child_that_cannot_write_is_no_fault_of_the_files(
    book: Path, tmp_path: Path, schedule: Schedule
) -> None:
    request = Request(book, load_definition("10.1.1"), tmp_path / "no folder", schedule, Limits())
    children = Children()
    with pytest.raises(OSError, match="no folder"):
        children.serve(request)
    children.close()


def test_several_are_read_at_once_and_each_gets_its_own_answer(tmp_path: Path, schedule: Schedule) -> None:
    books = [
        students_book(tmp_path / f"{count}.xlsx", [student(number) for number in range(count)])
        for count in range(1, 7)
    ]
    counts: dict[str, int] = {}
    with Readers(limit=2) as readers:

        def read(path: Path) -> None:
            counts[path.stem] = readers.read(path, "10.1.1", schedule).row_count

        threads = [threading.Thread(target=read, args=(path,)) for path in books]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert counts == {str(count): count for count in range(1, 7)}


HOLDER = """
import psutil, sys, threading
from pathlib import Path
from tests.checks.frames import shipped_schedule
from workbooks.reading import Readers
readers = Readers()
readers.start()
arguments = (Path(sys.argv[1]), "10.1.1", shipped_schedule())
threading.Thread(target=readers.read, args=arguments, daemon=True).start()
nursery = psutil.Process(readers.nursery_pid)
while not (children := nursery.children()):
    pass
print(nursery.pid, *[child.pid for child in children], flush=True)
sys.stdin.read()
"""


def test_no_child_survives_its_parent(big: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(big)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    children = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.communicate(timeout=PATIENCE)
    assert len(children) == 2
    assert _gone(*children)


def test_the_child_does_not_see_our_environment(
    big: Path, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIJI_SMTP_PASSWORD", "geheim")
    with Readers() as readers, _while_reading(readers, big, schedule):
        assert "CAIJI_SMTP_PASSWORD" not in _child_at_work(readers).environ()


def test_what_is_read_passes_through_the_given_folder(
    book: Path, tmp_path: Path, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with Readers(1, folder=Path("reading")) as readers:
        assert readers.read(book, "10.1.1", schedule).row_count == 20
    assert list((tmp_path / "reading").iterdir()) == []
