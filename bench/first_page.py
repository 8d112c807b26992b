"""`caiji serve` to its first page on an existing database, beside importing FastAPI and SQLModel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Figure, side_by_side
from settings import ROOT

CAUSE = "the models and thirty modules of pages, each making its routes, are imported before the first page"


def measure() -> list[Figure]:
    """Median of five; the children start after the page, so that the time of nothing else is in it."""
    with TemporaryDirectory(prefix="caiji-bench-") as folder:
        data = Path(folder)
        _serve_once(data)
        ours, imports = side_by_side(lambda: _serve_once(data), _import)
    return [Figure("caiji serve to first page", ours, "import fastapi, sqlmodel", imports, 2.0, CAUSE)]


def _serve_once(data: Path) -> None:
    """Start it, wait for `ready`, and have it gone before the next round."""
    argv = [sys.executable, str(ROOT / "caiji.py"), "serve", "--data", str(data), "--port", "0"]
    environment = os.environ | {"CAIJI_PREFECT": "true"}
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready ")
        process.send_signal(signal.SIGKILL)


def _import() -> None:
    subprocess.run([sys.executable, "-c", "import fastapi, sqlmodel"], check=True)
