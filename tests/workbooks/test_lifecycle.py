"""The reading children: warm, replaced when they die, gone with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from plans.plan import Schedule
from tests.workbooks.books import student, students_book
from workbooks.limits import Limits
from workbooks.reading import Readers, ReadResult

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


def test_a_spare_child_is_kept_after_each_reading(book: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        first = readers.spare_pid
        assert readers.read(book, "10.1.1", schedule).row_count == 20
        second = readers.spare_pid
        assert first
        assert second
        assert first != second
        assert _gone(first)


def test_a_killed_spare_is_replaced(book: Path, schedule: Schedule) -> None:
    with Readers() as readers:
        for _ in range(3):
            os.kill(readers.spare_pid or 0, signal.SIGKILL)
            assert readers.read(book, "10.1.1", schedule).row_count == 20


def test_no_child_survives_closing(book: Path, schedule: Schedule) -> None:
    readers = Readers()
    readers.start()
    readers.read(book, "10.1.1", schedule)
    spare = readers.spare_pid or 0
    readers.close()
    assert not psutil.pid_exists(spare)
    with pytest.raises(RuntimeError):
        readers.read(book, "10.1.1", schedule)
    assert readers.spare_pid is None


def test_a_child_without_time_is_ended_and_says_so(book: Path, schedule: Schedule) -> None:
    with Readers(limits=Limits(seconds=0.001)) as readers:
        spare = readers.spare_pid or 0
        result = readers.read(book, "10.1.1", schedule)
        assert [finding.rule for finding in result.findings] == ["unreadable-timeout"]
        assert _gone(spare)


def test_a_child_killed_while_reading_is_tried_again(tmp_path: Path, schedule: Schedule) -> None:
    big = students_book(tmp_path / "big.xlsx", [student(number) for number in range(6_000)])
    with Readers() as readers:
        victim = readers.spare_pid or 0
        results: list[ReadResult] = []
        reading = threading.Thread(target=lambda: results.append(readers.read(big, "10.1.1", schedule)))
        reading.start()
        os.kill(victim, signal.SIGSTOP)
        psutil.Process(victim).kill()
        reading.join(60)
        assert results[0].row_count == 6_000


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
import sys, threading
from pathlib import Path
from tests.checks.frames import shipped_schedule
from workbooks.reading import Readers
readers = Readers()
readers.start()
arguments = (Path(sys.argv[1]), "10.1.1", shipped_schedule())
threading.Thread(target=readers.read, args=arguments, daemon=True).start()
while not readers.running_pids:
    pass
readers.start()
print(readers.spare_pid, *readers.running_pids, flush=True)
sys.stdin.read()
"""


def test_no_child_survives_its_parent(tmp_path: Path) -> None:
    big = students_book(tmp_path / "big.xlsx", [student(number) for number in range(6_000)])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(big)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    children = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.communicate(timeout=PATIENCE)
    assert len(children) == 2
    assert _gone(*children)


def test_the_child_does_not_see_our_environment(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIJI_SMTP_PASSWORD", "geheim")
    with Readers() as readers:
        assert "CAIJI_SMTP_PASSWORD" not in psutil.Process(readers.spare_pid or 0).environ()


def test_what_is_read_passes_through_the_given_folder(
    book: Path, tmp_path: Path, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with Readers(1, folder=Path("reading")) as readers:
        assert readers.read(book, "10.1.1", schedule).row_count == 20
    assert list((tmp_path / "reading").iterdir()) == []
