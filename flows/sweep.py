"""What no longer holds is found by its hash and done again: checks of approved versions, findings of others.

Nothing is queued: whatever was killed or failed is found again by the next look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from actions.check import claim, settle
from actions.clock import now
from actions.missing import Wanted, close, outcome, wanted
from actions.re_examine import Outdated, examined, keep_examined, outdated
from actions.staleness import Stale, changes, to_recheck
from flows.station import Station
from flows.track import computed
from flows.tracked import log, run_tracked, step
from models.blobs import Lost
from models.errors import Conflict
from models.incidents import tell_lost
from models.worklist import lines, loaded_campaign

PAUSE = timedelta(seconds=30)
"""Before what could not be done is tried again."""

_log = logging.getLogger(__name__)


class Sweeper:
    """Looks at everything, but only when something that checks are computed from may have changed."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._seen: tuple[object, ...] | None = None
        self._not_before: datetime | None = None

    def look(self) -> int:
        """Do again what has to be; how many there were."""
        wall = self._station.wall()
        if self._not_before is not None and wall < self._not_before:
            return 0
        with self._station.database.reading() as session:
            if loaded_campaign(session) is None:
                return 0
            seen = changes(session)
        if seen == self._seen:
            return 0
        count, left = sweep(self._station)
        self._seen, self._not_before = (None, wall + PAUSE) if left else (seen, None)
        return count


def sweep(station: Station) -> tuple[int, int]:
    """How many checks and findings were made again and additions closed, how many are left for later."""
    with station.database.reading() as session:
        checks, versions, asked = to_recheck(session), outdated(session), wanted(session)
        labels = {line.id: line.label for line in lines(session, ids=checks)} if checks else {}
    found = {each.id: _outcome(station, each) for each in asked}
    made = {key: state for key, state in found.items() if state is not None}
    if made:
        with station.database.writing() as session:
            for key, state in made.items():
                close(session, key, state, now(session))
    if not (checks or versions):
        return len(made), 0
    name = f"重新检测 {len(checks)} 张表，重新检查 {len(versions)} 个版本"
    done, left = run_tracked(sweep_again, station, checks, labels, versions, name=name, tags=("sweep",)).value
    return done + len(made), left


def _outcome(station: Station, each: Wanted) -> str | None:
    try:
        return outcome(station.blobs, each)
    except Lost as lost:
        with station.database.writing() as session:
            tell_lost(session, lost.name, station.wall())
        return None


def sweep_again(
    station: Station, checks: dict[int, Stale], labels: dict[int, str], versions: list[Outdated]
) -> tuple[int, int]:
    """Each by itself: one that fails holds up no other."""
    done = 0
    for key, why in checks.items():
        done += _tried(f"{labels[key]}: checked → checked", _check_again, station, key, why)
    for each in versions:
        done += _tried(f"{each.code} {each.name}: {each.version_id}", _examine, station, each)
    log(f"{done} / {len(checks) + len(versions)}")
    return done, len(checks) + len(versions) - done


def _tried(name: str, body: Callable[..., bool], station: Station, *what: object) -> bool:
    try:
        return step(name, body, station, *what)
    except Exception:
        _log.exception("%s", name)
        return False


def _check_again(station: Station, key: int, why: Stale) -> bool:
    """Check an approved version again; it moves only where that finds errors.  False where it has to wait."""
    with station.database.writing() as session:
        found = claim(session, key, now(session), station.wall(), f"{why.cause}变动后重新检测：")
    if found is None:
        return False
    findings = computed(station, found)
    try:
        with station.database.writing() as session:
            settle(session, found, findings, now(session))
    except Conflict as conflict:
        log(conflict.message)
    return True


def _examine(station: Station, each: Outdated) -> bool:
    try:
        found = examined(station.blobs, each)
    except Lost as lost:
        with station.database.writing() as session:
            tell_lost(session, lost.name, station.wall())
        return False
    with station.database.writing() as session:
        keep_examined(session, each, found)
    return True
