"""What no longer holds is found by its hash and done again: checks of approved versions, findings of others.

Nothing is queued: whatever was killed or failed is found again by the next look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from actions.check import claim, settle
from actions.clock import now
from actions.definitions import changed_definitions, keep_definitions
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
from plans.sentence import Sentence

AT_ONCE = 200
"""How many are made again between two looks at what has to follow transitions: some seconds' worth."""
PAUSE = timedelta(seconds=30)
"""Before what could not be done is tried again."""

_log = logging.getLogger(__name__)


class Sweeper:
    """Looks at everything, but only when something that checks are computed from may have changed; does some
    of what it found at a time, so that what follows a transition needn't wait for thousands of checks."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._seen: tuple[object, ...] | None = None
        self._looked_at: tuple[object, ...] | None = None
        self._not_before: datetime | None = None
        self._again: list[_Again] = []
        self._failed = 0

    def look(self) -> int:
        """Do again what has to be, some of it; how many there were."""
        wall = self._station.wall()
        if self._not_before is not None and wall < self._not_before:
            return 0
        closed = 0
        if not self._again:
            with self._station.database.reading() as session:
                if loaded_campaign(session) is None:
                    return 0
                seen = changes(session)
            if seen == self._seen:
                return 0
            closed, self._again = found(self._station)
            self._looked_at, self._not_before, self._failed = seen, None, 0
        return closed + self._do_some(wall)

    def _do_some(self, wall: datetime) -> int:
        some, self._again = self._again[:AT_ONCE], self._again[AT_ONCE:]
        self._failed += len(some)
        done = again(self._station, some) if some else 0
        self._failed -= done
        if not self._again:
            self._seen, self._not_before = (None, wall + PAUSE) if self._failed else (self._looked_at, None)
        return done


@dataclass(frozen=True)
class _Again:
    """A check or findings to be made again, as the run names it."""

    name: str
    body: Callable[[Station], bool]


def found(station: Station) -> tuple[int, list[_Again]]:
    """How many additions were closed; the checks and the findings that have to be made again."""
    _keep_definitions(station)
    with station.database.reading() as session:
        checks, versions, asked = to_recheck(session), outdated(session), wanted(session)
        labels = {line.id: line.label for line in lines(session, ids=checks)} if checks else {}
    outcomes = {each.id: _outcome(station, each) for each in asked}
    made = {key: state for key, state in outcomes.items() if state is not None}
    if made:
        with station.database.writing() as session:
            for key, state in made.items():
                close(session, key, state, now(session))
    return len(made), [
        *(
            _Again(f"{labels[key]}: checked → checked", partial(_check_again, key=key, why=why))
            for key, why in checks.items()
        ),
        *(
            _Again(f"{each.code} {each.name}: {each.version_id}", partial(_examine, each=each))
            for each in versions
        ),
    ]


def _keep_definitions(station: Station) -> None:
    """Notice what has changed in the tables' definitions, so that people are told."""
    with station.database.reading() as session:
        changed = changed_definitions(session)
    if changed:
        with station.database.writing() as session:
            keep_definitions(session, changed, now(session))


def _outcome(station: Station, each: Wanted) -> str | None:
    try:
        return outcome(station.blobs, each)
    except Lost as lost:
        with station.database.writing() as session:
            tell_lost(session, lost.name, station.wall())
        return None


def again(station: Station, some: Sequence[_Again]) -> int:
    """Make these again, in one run; how many could be."""
    name = f"重新检测、重新检查 {len(some)} 项"
    return run_tracked(sweep_again, station, some, name=name, tags=("sweep",)).value


def sweep_again(station: Station, some: Sequence[_Again]) -> int:
    """Each by itself: one that fails holds up no other."""
    done = sum(_tried(station, each) for each in some)
    log(f"{done} / {len(some)}")
    return done


def _tried(station: Station, each: _Again) -> bool:
    try:
        return step(each.name, each.body, station)
    except Exception:
        _log.exception("%s", each.name)
        return False


def _check_again(station: Station, key: int, why: Stale) -> bool:
    """Check an approved version again; it moves only where that finds errors.  False where it has to wait."""
    with station.database.writing() as session:
        at = now(session)
        found = claim(
            session, key, at, station.wall(), Sentence("%(cause)s变动后重新检测：", cause=why.cause)
        )
        if found is not None and found.rows_blob is None:
            # Nothing is computed between claim and verdict: one commit waits for the disk instead of two.
            settle(session, found, [], at)
            return True
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
