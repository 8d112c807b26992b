"""The step that flows of notices share: a family's notices written and its mails queued at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.notices import Decided, Family, decide
from actions.queued_mails import Enclosure
from flows.station import Station
from flows.tracked import log, step


@dataclass(frozen=True)
class Wanted:
    """What has fallen due for a family: by which rules, and how many mails will tell it."""

    rules: frozenset[str]
    mails: int


def tell(
    station: Station, family: Family, word: str, now: datetime, enclosed: Enclosure | None = None
) -> Decided:
    """Decide the family up to ``now`` in one transaction; ``word`` is what people call its notices."""
    decided = step(f"写下{word}，排入发件箱", _decide, station, family, now, enclosed)
    log(f"{decided.notices} 项{word}，{decided.mails} 封邮件")
    return decided


def _decide(station: Station, family: Family, now: datetime, enclosed: Enclosure | None) -> Decided:
    with station.database.writing() as session:
        return decide(session, family, now, enclosed)
