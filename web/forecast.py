"""预计 on the board: when it will all be collected and through, and who is likely to miss a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from deadlines.effective import DeadlineRules
from deadlines.forecast import Forecast, Outlook
from deadlines.pace import Group, whole
from deadlines.risk import HARDLY, WATCH, Risk, Undecided
from models.pace import counted_paces
from web.chart import Projection, projected

LISTED = 6


@dataclass(frozen=True)
class ForecastCard:
    """``named``: by level those that will miss most; ``numbers`` counts the departments of each."""

    outlook: Outlook
    chart: Projection
    named: Mapping[str, Sequence[tuple[Group, Risk]]]
    numbers: Mapping[str, int]
    undecided: Sequence[Undecided]


def forecast_card(
    session: Session,
    rules: DeadlineRules,
    now: datetime,
    collected: Mapping[date, int],
    deadlines: Sequence[date],
) -> ForecastCard:
    """One query more than the board needs; ``collected``: how many on which day, of today's standing."""
    forecast = Forecast(rules, now)
    known = counted_paces(session, forecast.window.since)
    together = whole(known.values())
    outlook, risks = forecast.of(together), forecast.risks(known)
    levels = {level: [each for each in risks if each[1].level == level] for level in (HARDLY, WATCH)}
    ends = (outlook.collected.first, outlook.collected.last) if outlook.collected else (None, None)
    start, today = rules.calendar.local(rules.schedule.start).date(), forecast.now.date()
    return ForecastCard(
        outlook=outlook,
        chart=projected(collected, together.owed, start, today, deadlines, ends),
        named={level: found[:LISTED] for level, found in levels.items()},
        numbers={level: len({group.department for group, _ in found}) for level, found in levels.items()},
        undecided=forecast.undecided(known)[:LISTED],
    )
