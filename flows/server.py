"""How to start the Prefect server and how to speak to it: a description; the supervisor starts the process.

Nothing here imports Prefect (1.6 s), so that the supervisor's first page never pays for it.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"

# Deployments, schedules and automations are not used: their loops would only keep the database busy.
_IDLE_SERVICES = (
    "SCHEDULER",
    "LATE_RUNS",
    "TRIGGERS",
    "FOREMAN",
    "PAUSE_EXPIRATIONS",
    "CANCELLATION_CLEANUP",
)


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


PROBE = 0.5
"""Seconds within which a server has to say that it is ready."""


def ready(api_url: str, timeout: float | None = None) -> bool:
    """Whether the Prefect server at `api_url` can use its database and says so within `timeout` seconds
    (None: half a second)."""
    parts = urlsplit(api_url)
    connection = HTTPConnection(parts.hostname or HOST, parts.port, timeout=timeout or PROBE)
    try:
        connection.request("GET", f"{parts.path}/ready")
        with connection.getresponse() as answer:
            return answer.status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@dataclass(frozen=True)
class PrefectServer:
    """The Prefect server of one data folder, on the loopback and behind an auth string."""

    data: Path
    port: int

    @cached_property
    def home(self) -> Path:
        """Prefect's own folder, one a version: disposable, not backed up."""
        folder = self.data.absolute() / f"prefect-{version('prefect')}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def url(self) -> str:
        """Where people open its pages; they are asked for `auth` once a browser."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api"

    @cached_property
    def auth(self) -> str:
        """The `user:password` of this data folder, drawn once and kept where only its owner reads."""
        path = self.home / "auth"
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"caiji:{secrets.token_urlsafe(24)}")
        except FileExistsError:
            pass
        return path.read_text()

    @property
    def argv(self) -> list[str]:
        start = [sys.executable, "-m", "prefect", "server", "start"]
        return [*start, "--host", HOST, "--port", str(self.port)]

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment to start the server in: `base` with what must not be otherwise."""
        return {
            **_private(base, self),
            **{f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in _IDLE_SERVICES},
            "PREFECT_SERVER_API_AUTH_STRING": self.auth,
            "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": self.url,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self.home / 'prefect.db'}",
            "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self.home / "ui"),
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        }

    def client_environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment of a process whose flows it tracks: gives up early, never starts a server."""
        return {
            **_private(base, self),
            "PREFECT_API_REQUEST_TIMEOUT": "3",
            "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
            "PREFECT_CLIENT_MAX_RETRIES": "1",
            "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        }


def _private(base: Mapping[str, str], server: PrefectServer) -> dict[str, str]:
    """What server and clients share; a campus proxy must not be asked for the loopback."""
    direct = ",".join(filter(None, [base.get("NO_PROXY") or base.get("no_proxy"), HOST]))
    return {
        **base,
        "DO_NOT_TRACK": "1",
        "NO_PROXY": direct,
        "no_proxy": direct,
        "PREFECT_API_AUTH_STRING": server.auth,
        "PREFECT_API_URL": server.api_url,
        "PREFECT_HOME": str(server.home),
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    }
