"""Runs the command line in this process, exactly as the console script does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

import caiji
import settings


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Cli:
    """Calls ``caiji`` with arguments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> Said:
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.argv", ["caiji", *map(str, arguments)])
        settings.load.cache_clear()
        with pytest.raises(SystemExit) as ended:
            caiji.main()
        printed = self._capsys.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)
