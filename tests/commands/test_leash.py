"""A leashed child lives no longer than its holder, and tells how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from commands.child import LEASH

Gone = Callable[[list[psutil.Process]], bool]

# A child with a grandchild of its own, both asleep; its output is their process ids.
FAMILY = (
    "import os, subprocess, sys, time\n"
    "low = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(os.getpid(), low.pid, flush=True)\n"
    "time.sleep(600)\n"
)
# A holder that leashes such a family, hands its process ids on and sleeps.
HOLDER = (
    "import subprocess, sys, time\n"
    f"held = subprocess.Popen([sys.executable, '-IS', {str(LEASH)!r}, sys.executable, '-c', {FAMILY!r}],\n"
    "    stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)\n"
    "print(held.pid, held.stdout.readline().decode().strip(), flush=True)\n"
    "time.sleep(600)\n"
)


def leashed(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-IS", str(LEASH), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def pids(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    assert process.stdout
    return [psutil.Process(int(word)) for word in process.stdout.readline().split()]


@pytest.fixture
def family() -> Iterator[subprocess.Popen[bytes]]:
    with leashed(*python(FAMILY)) as process:
        yield process
        process.kill()


def test_holder_killed_ends_child_and_grandchild_within_two_seconds(gone: Gone) -> None:
    with subprocess.Popen(python(HOLDER), stdout=subprocess.PIPE) as holder:
        line = pids(holder)
        assert len(line) == 3
        holder.send_signal(signal.SIGKILL)
        assert gone(line)


def test_closed_pipe_ends_everything(family: subprocess.Popen[bytes], gone: Gone) -> None:
    below = pids(family)
    assert family.stdin
    family.stdin.close()
    assert family.wait(2) == 128 + signal.SIGKILL
    assert gone(below)


def test_sigterm_reaches_the_child_and_its_exit_code_comes_back() -> None:
    code = "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(7))\n"
    code += "print(1, flush=True)\ntime.sleep(600)"
    with leashed(*python(code)) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        assert process.wait(5) == 7


def test_what_the_child_leaves_behind_ends_with_it(family: subprocess.Popen[bytes], gone: Gone) -> None:
    child, grandchild = pids(family)
    child.terminate()
    assert family.wait(5) == 128 + signal.SIGTERM
    assert gone([grandchild])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", 128 + signal.SIGKILL),
    ],
)
def test_exit_code(code: str, expected: int) -> None:
    with leashed(*python(code)) as process:
        assert process.wait(10) == expected


def test_child_reads_nothing_from_the_leash() -> None:
    with leashed(*python("import sys; raise SystemExit(len(sys.stdin.read()))")) as process:
        assert process.wait(10) == 0


def test_child_dies_of_a_broken_pipe_like_any_program() -> None:
    """Python ignores SIGPIPE; the child must not inherit that."""
    with leashed("sh", "-c", "kill -PIPE $$; exit 5") as process:
        assert process.wait(10) == 128 + signal.SIGPIPE


def test_unknown_command_is_said(tmp_path: Path) -> None:
    with leashed(str(tmp_path / "nothing")) as process:
        _, complaint = process.communicate(timeout=10)
    assert process.returncode == 127
    assert b"nothing: No such file or directory" in complaint


def test_ends_where_the_holder_died_before_the_start() -> None:
    readable, writable = os.pipe()
    os.close(writable)
    ended = subprocess.run(
        [sys.executable, "-IS", str(LEASH), "sleep", "600"], stdin=readable, timeout=5, check=False
    )
    os.close(readable)
    assert ended.returncode == 128 + signal.SIGKILL


def test_leash_loads_only_light_modules() -> None:
    code = f"import sys; sys.path.insert(0, {str(LEASH.parent)!r}); import leash; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-IS", "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert {"subprocess", "asyncio", "typing", "pathlib"}.isdisjoint(loaded.split())
