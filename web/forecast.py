"""预计 on the board: when it will all be collected and through, and who is likely to miss a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from deadlines.effective import DeadlineRules
from deadlines.forecast import Forecast, Outlook, Risk
from deadlines.pace import Group, Pace
from models.pace import counted_paces
from web.chart import Projection, projected

LISTED = 6


@dataclass(frozen=True)
class ForecastCard:
    """``risks``: those that will miss most; ``at_risk`` counts the departments."""

    outlook: Outlook
    chart: Projection
    risks: Sequence[tuple[Group, Risk]]
    at_risk: int


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
    whole = sum(known.values(), Pace())
    outlook, risks = forecast.of(whole), forecast.risks(known)
    ends = (outlook.collected.first, outlook.collected.last) if outlook.collected else (None, None)
    start, today = rules.calendar.local(rules.schedule.start).date(), forecast.now.date()
    return ForecastCard(
        outlook=outlook,
        chart=projected(collected, whole.owed, start, today, deadlines, ends),
        risks=risks[:LISTED],
        at_risk=len({group.department for group, _ in risks}),
    )
