"""The Prefect server is private: loopback, auth string, fixed origins; and it knows no more than it must."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.server import HOST, PrefectServer, free_port, ready


def answer(port: int, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    connection = HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", path, headers=headers)
    with closing(connection), connection.getresponse() as got:
        return got.status, dict(got.getheaders())


def test_auth_string_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = PrefectServer(tmp_path, 1), PrefectServer(tmp_path, 2)
    user, password = first.auth.split(":")
    assert (user, len(password) >= 32) == ("caiji", True)
    assert second.auth == first.auth
    assert stat.S_IMODE((first.home / "auth").stat().st_mode) == 0o600
    assert PrefectServer(tmp_path / "other", 1).auth != first.auth


def test_home_is_one_a_version(tmp_path: Path) -> None:
    assert PrefectServer(tmp_path, 1).home == tmp_path / "prefect-3.8.8"


def test_proxy_of_the_campus_is_not_asked_for_the_loopback(tmp_path: Path) -> None:
    server = PrefectServer(tmp_path, 1)
    for environment in (server.environment, server.client_environment):
        assert environment({})["NO_PROXY"] == "127.0.0.1"
        assert environment({"no_proxy": ".edu.cn"})["no_proxy"] == ".edu.cn,127.0.0.1"
        assert environment({"PATH": "/bin"})["PATH"] == "/bin"


@pytest.mark.parametrize("kind", ["environment", "client_environment"])
def test_every_setting_is_known_to_prefect(tmp_path: Path, kind: str) -> None:
    """Prefect ignores unknown variables in silence."""
    environment = getattr(PrefectServer(tmp_path, 4321), kind)({})
    code = (
        "import os; from prefect.settings import get_current_settings\n"
        "known = get_current_settings().to_environment_variables()\n"
        "print(*(name for name in os.environ if name.startswith('PREFECT_') and name not in known))\n"
    )
    base = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**base, **environment}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


def test_describing_the_server_does_not_import_prefect() -> None:
    code = "import sys, flows.server, flows.tracked; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "flows.tracked" in loaded
    assert {"prefect", "httpx", "pydantic"}.isdisjoint(loaded)


def test_probe_says_no_where_nobody_or_somebody_else_answers() -> None:
    assert not ready(f"http://{HOST}:{free_port()}/api")
    with socket.create_server((HOST, 0)) as silent:
        port = silent.getsockname()[1]
        assert not ready(f"http://{HOST}:{port}/api", timeout=0.1)


@pytest.mark.prefect
def test_api_asks_for_the_auth_string_and_the_probe_does_not(witness: Any) -> None:
    port = witness.server.port
    assert answer(port, "/api/ready")[0] == 200
    assert answer(port, "/api/admin/version")[0] == 401
    assert witness.call("/flow_runs/filter", {"limit": 1}) is not None


@pytest.mark.prefect
def test_other_origins_are_not_let_in(witness: Any) -> None:
    _, own = answer(witness.server.port, "/api/ready", Origin=witness.server.url)
    _, other = answer(witness.server.port, "/api/ready", Origin="http://evil.example")
    assert own["access-control-allow-origin"] == witness.server.url
    assert "access-control-allow-origin" not in other


@pytest.mark.prefect
def test_listens_on_the_loopback_only(witness: Any) -> None:
    [server] = psutil.Process(witness.child.pid).children()
    listening = [c.laddr.ip for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert set(listening) == {HOST}


@pytest.mark.prefect
def test_pages_are_served_and_ask_the_api_of_this_server(witness: Any) -> None:
    connection = HTTPConnection(HOST, witness.server.port, timeout=10)
    connection.request("GET", "/ui-settings")
    with closing(connection), connection.getresponse() as got:
        settings = got.read().decode()
    assert f'"api_url":"{witness.server.api_url}"' in settings
    assert '"auth":"BASIC"' in settings
    assert answer(witness.server.port, "/v2/")[0] == 200


@pytest.mark.prefect
def test_everything_lies_in_its_home(witness: Any) -> None:
    assert (witness.server.home / "prefect.db").stat().st_size > 0
    assert (witness.server.home / "ui").is_dir()
