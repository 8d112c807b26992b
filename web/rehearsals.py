"""预演 on pages: each is made by a process of its own in a folder of its own, and the newest few are kept."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from models.database import Database
from models.errors import NotFound, TooMany
from settings import ROOT, Settings
from web.language import gettext as _

NAME = re.compile(r"[0-9a-f]{16}")
KEPT = 3
SECONDS = 30
ASKED, FORESEEN, FAILED, DATABASE = "asked.json", "foreseen.json", "failed.json", "caiji.db"


@dataclass(frozen=True)
class Rehearsal:
    """One that was asked for; ``foreseen`` once it is there, ``failed`` where it came to nothing."""

    name: str
    folder: Path
    asked: dict[str, Any]
    foreseen: dict[str, Any] | None
    failed: dict[str, str] | None

    @property
    def at(self) -> datetime:
        """When it was asked for, in the campaign's time."""
        return datetime.fromisoformat(self.asked["at"])


class Rehearsals:
    """The rehearsals in the data folder; one is made at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data / "foresight"
        self._running: tuple[str, subprocess.Popen[bytes]] | None = None
        self._beginning = Lock()

    def start(self, asked: dict[str, Any]) -> str:
        """Begin one and return its name; TooMany (429) while another is being made."""
        with self._beginning:
            return self._start(asked)

    def _start(self, asked: dict[str, Any]) -> str:
        if self._busy():
            raise TooMany(_("正在做另一次预演。"), _("请等它完成（通常不到一分钟）再开始。"), seconds=SECONDS)
        name = secrets.token_hex(8)
        place = self._folder / name
        place.mkdir(parents=True, mode=0o700)
        (place / ASKED).write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
        self._running = name, self._child(place)
        self._sweep()
        return name

    def all(self) -> list[Rehearsal]:
        """Those that are kept, the newest first."""
        return [self.of(place.name) for place in self._places()]

    def of(self, name: str) -> Rehearsal:
        """The one of this name; NotFound where it is none, or no longer kept."""
        place = self._folder / name
        if not NAME.fullmatch(name) or not (place / ASKED).is_file():
            raise NotFound(_("没有这次预演，它可能已被新的替换。"), _("请重新开始一次预演。"))
        running = self._busy() and self._running is not None and self._running[0] == name
        foreseen, failed = _read(place / FORESEEN), _read(place / FAILED)
        if foreseen is None and failed is None and not running:
            failed = {"why": "limited"}
        if failed is not None and "why" in failed:
            failed = _told(failed["why"])
        return Rehearsal(name, place, _read(place / ASKED) or {}, foreseen, failed)

    @contextmanager
    def opened(self, name: str) -> Iterator[Database]:
        """The throw-away database in which its mails lie."""
        found = self.of(name)
        if found.foreseen is None:
            raise NotFound(_("这次预演还没有做完。"), _("请稍等片刻再打开。"))
        database = Database(f"sqlite:///{(found.folder / DATABASE).absolute()}", durable=False)
        try:
            yield database
        finally:
            database.close()

    def close(self) -> None:
        """End the one that is being made."""
        if self._running is not None:
            self._running[1].kill()
            self._busy(wait=True)

    def _busy(self, *, wait: bool = False) -> bool:
        """Whether the last one is still being made; what is left of one that has ended is tidied up."""
        if self._running is None:
            return False
        process = self._running[1]
        if (process.wait() if wait else process.poll()) is None:
            return True
        if process.stdin is not None:
            process.stdin.close()
        return False

    def _child(self, place: Path) -> subprocess.Popen[bytes]:
        settings = self._settings
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CAIJI_")}
        environment |= {
            "CAIJI_DATA": str(settings.data.absolute()),
            "CAIJI_DATABASE_URL": settings.database_url,
            "CAIJI_PUBLIC_URL": settings.public_url,
            "PYTHONPATH": str(ROOT),
        }
        log = settings.data / "logs" / "rehearsal.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as told:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.rehearsing", str(place.absolute())],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )

    def _places(self) -> list[Path]:
        found = [place for place in self._folder.glob("*") if (place / ASKED).is_file()]
        return sorted(found, key=lambda place: (place / ASKED).stat().st_mtime_ns, reverse=True)

    def _sweep(self) -> None:
        for place in self._places()[KEPT:]:
            shutil.rmtree(place, ignore_errors=True)


def _told(why: str) -> dict[str, str]:
    """What is said of one that ended without a word of its own."""
    if why == "crashed":
        return {
            "message": _("预演时程序出错，没有做完；正式的提醒不受影响。"),
            "remedy": _("重新开始多半仍会出错：请把数据目录 logs/rehearsal.log 交给系统管理员。"),
        }
    return {
        "message": _("这次预演没有做完（服务重新启动过，或用时、内存超过了限制）。"),
        "remedy": _("请重新开始一次；如仍不成，请把数据目录 logs 里的记录交给系统管理员。"),
    }


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found
