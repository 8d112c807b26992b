"""Whether what a check once said of an assignment still holds, as its page tells it."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from actions.inputs import FAILED_VERDICT, current_inputs
from actions.staleness import stale_check
from models.history import newest_check
from models.stages import FAILED
from models.worklist import Line


def validity(session: Session, seen: Line) -> dict[str, Any]:
    """``stale``: why its system check no longer holds, if so; ``may_retry``: it failed, and what it was
    checked against has changed since."""
    return {"stale": stale_check(session, seen), "may_retry": may_retry(session, seen)}


def may_retry(session: Session, seen: Line) -> bool:
    """Whether what failed its check may be handed in as it is: what it was checked against has changed."""
    if seen.assignment.stage != FAILED or seen.version is None:
        return False
    run = newest_check(session, seen.version.id or 0)
    if run is None or run.verdict != FAILED_VERDICT:
        return False
    return run.inputs_hash != current_inputs(session, seen.table.code, seen.version)
