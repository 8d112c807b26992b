"""`caiji serve` as a process: ready, alone on its data, gone without a trace however it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest

from settings import ROOT
from tests.journey.service import CAIJI, PATIENCE, serving, until

pytestmark = pytest.mark.xdist_group("supervisor")
MORNING = ("--rehearse", "2020-11-06T09:00")


def alive(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_sigterm_ends_it_cleanly_with_all_its_children(tmp_path: Path) -> None:
    with serving(tmp_path, *MORNING) as service:
        until(lambda: httpx.get(f"{service.url}/readyz", timeout=PATIENCE).json()["worker"])
        family = service.family()
        assert len(family) >= 4
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        assert alive(family) == []
    assert f"已停止。数据在 {tmp_path}，" in (tmp_path / "serve.log").read_text()


@pytest.mark.prefect
def test_kill_9_leaves_no_process_after_two_seconds(tmp_path: Path) -> None:
    with serving(tmp_path, *MORNING, prefect=True) as service:
        until(lambda: httpx.get(f"{service.url}/readyz", timeout=PATIENCE).json()["prefect"], 120)
        family = service.family()
        assert any("prefect" in " ".join(one.cmdline()) for one in family)
        service.process.kill()
        gone, left = psutil.wait_procs(family, timeout=2)
        assert (alive(left), len(gone) > 0) == ([], True)


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, *MORNING):
        second = subprocess.run(
            [*CAIJI, "serve", "--data", str(tmp_path), "--port", "0", *MORNING],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert (second.returncode, "另一个 caiji" in second.stderr, "Traceback" in second.stderr) == (
        1,
        True,
        False,
    )


def test_a_live_start_refuses_a_rehearsals_data(tmp_path: Path) -> None:
    with serving(tmp_path, *MORNING):
        pass
    live = subprocess.run(
        [*CAIJI, "serve", "--data", str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (live.returncode, "演练" in live.stderr) == (1, True)


def test_outside_a_rehearsal_nobody_signs_in_with_a_click(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert httpx.get(f"{service.url}/rehearsal/sign-in", timeout=PATIENCE).status_code == 404
        assert httpx.get(f"{service.url}/", follow_redirects=True, timeout=PATIENCE).status_code == 200


def test_a_restarted_worker_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path, *MORNING) as service:
        until(lambda: httpx.get(f"{service.url}/readyz", timeout=PATIENCE).json()["worker"])
        worker = next(one for one in service.family() if "flows.worker" in " ".join(one.cmdline()[:4]))
        worker.kill()
        until(
            lambda: [
                one
                for one in service.family()
                if one.pid != worker.pid and "flows.worker" in " ".join(one.cmdline())
            ]
        )


def test_the_pages_alone_open_on_data_that_is_there(tmp_path: Path) -> None:
    """A rehearsal's too, on this machine; they end by SIGTERM and leave the clock to the worker."""
    with serving(tmp_path, *MORNING):
        pass
    with subprocess.Popen(
        [*CAIJI, "web", "--data", str(tmp_path), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as pages:
        assert pages.stdout is not None
        ready, url = pages.stdout.readline().split()
        assert (ready, httpx.get(f"{url}/rehearsal/sign-in", timeout=PATIENCE).status_code) == ("ready", 200)
        assert psutil.Process(pages.pid).children() == []
        pages.send_signal(signal.SIGTERM)
        assert pages.wait(20) == 0


def test_a_second_start_says_where_the_rehearsal_goes_on(tmp_path: Path) -> None:
    for moment in ("2020-11-06T09:00", "2020-11-20T09:00"):
        with serving(tmp_path, "--rehearse", moment) as service:
            assert httpx.get(f"{service.url}/healthz", timeout=PATIENCE).status_code == 200
    told = (tmp_path / "serve.log").read_text("utf-8")
    assert told.count("接着原有的演练：时钟在 2020-11-06 09:0") == 1
