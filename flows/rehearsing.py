"""A rehearsal as a process of its own, for the pages: limited, and gone when whoever started it is."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from flows.rehearsal import Asked, rehearse, zone_of
from models.errors import PeopleError
from plans.course_file import read_course
from plans.problems import PlanError
from settings import load

SECONDS = 600
MEGABYTES = 1024
NICENESS = 10
LIMITED, CRASHED = "limited", "crashed"
"""Why it came to nothing, where no sentence of ours says it."""
ASKED, FORESEEN, FAILED = "asked.json", "foreseen.json", "failed.json"


def main(folder: Path) -> None:
    """Do what ``asked.json`` in the folder says; it is answered whole, or ``failed.json`` says why not."""
    _limit()
    try:
        _foresee(folder)
    except MemoryError:
        _answer(folder, FAILED, {"why": LIMITED})
        raise
    except Exception:
        _answer(folder, FAILED, {"why": CRASHED})
        raise


def _foresee(folder: Path) -> None:
    settings = load()
    wanted = json.loads((folder / ASKED).read_text("utf-8"))
    try:
        course = read_course(wanted["course"], "course.csv", zone_of(settings)) if wanted["course"] else []
        asked = Asked(sample=wanted["sample"], course=tuple(course), onward=wanted["onward"])
        found = rehearse(settings, folder, asked)
    except (PeopleError, PlanError) as error:
        _answer(folder, FAILED, {"message": error.message, "remedy": error.remedy})
    else:
        _answer(folder, FORESEEN, {"events": found.events, "left_out": found.unfit})


def _limit() -> None:
    """Bound time and memory, stand back behind everybody else, and end with the process that waits for us."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))
    os.nice(NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _answer(folder: Path, name: str, document: dict[str, Any]) -> None:
    part = folder / f"{name}.part"
    part.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    part.replace(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
