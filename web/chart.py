"""The progress chart as shapes in a fixed frame; the template draws them as SVG without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 16, 32
STAGES = ("collected", "reviewed", "checked")
FARTHEST = timedelta(days=21)
"""How far beyond the last deadline a projection is drawn."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A stage's cumulative count as an SVG path, and where its last point is."""

    stage: str
    path: str
    area: str
    total: int
    x: float
    y: float


@dataclass(frozen=True)
class Mark:
    """A day on the axis: a tick, a deadline or today."""

    x: float
    day: date


@dataclass(frozen=True)
class Chart:
    curves: Sequence[Curve]
    deadlines: Sequence[Mark]
    ticks: Sequence[Mark]
    levels: Sequence[tuple[float, int]]
    today: float


@dataclass(frozen=True)
class Projection:
    """A curve so far, and how it may go on: between the quicker and the slower path; empty where it won't."""

    curve: Curve
    paths: Sequence[str]
    area: str
    deadlines: Sequence[Mark]
    ticks: Sequence[Mark]
    levels: Sequence[tuple[float, int]]
    today: float


def burn_up(
    by_day: Mapping[str, Mapping[date, int]], total: int, start: date, today: date, deadlines: Sequence[date]
) -> Chart:
    """How the stages have grown from ``start`` on towards ``total``, beside the deadlines."""
    end = max([today, *deadlines]) + timedelta(days=1)
    frame = _Frame(start, max(end, start + timedelta(days=1)), max(total, 1))
    return Chart(
        curves=[_curve(frame, stage, by_day.get(stage, {}), today) for stage in STAGES],
        deadlines=[Mark(frame.x(day), day) for day in deadlines],
        ticks=[Mark(frame.x(day), day) for day in frame.ticks()],
        levels=[(frame.y(level), level) for level in frame.levels()],
        today=frame.x(today),
    )


def projected(
    numbers: Mapping[date, int],
    total: int,
    start: date,
    today: date,
    deadlines: Sequence[date],
    ends: tuple[date | None, date | None],
) -> Projection:
    """What has been collected, and the lines from today to ``total`` on the first and the last day of
    ``ends``; without a last day the slower one stays level, without a first there is none."""
    known = [day for day in ends if day is not None]
    latest = max([today, *deadlines])
    end = min(max([latest, *known]), latest + FARTHEST) + timedelta(days=1)
    frame = _Frame(start, max(end, start + timedelta(days=1)), max(total, 1))
    curve = _curve(frame, "collected", numbers, today)
    aims = [_aim(frame, curve, today, day) for day in ends] if known else []
    return Projection(
        curve=curve,
        paths=[f"M{curve.x} {curve.y} L{x} {y}" for x, y in dict.fromkeys(aims)],
        area=_fan(curve, *aims) if len(set(aims)) > 1 else "",
        deadlines=[Mark(frame.x(day), day) for day in deadlines],
        ticks=[Mark(frame.x(day), day) for day in frame.ticks()],
        levels=[(frame.y(level), level) for level in frame.levels()],
        today=frame.x(today),
    )


def _aim(frame: _Frame, curve: Curve, today: date, day: date | None) -> Point:
    """Where the line to the total on that day ends: there, or at the frame's edge on its way."""
    if day is None:
        return frame.x(frame.end), curve.y
    ahead = max((day - today).days, 1)
    share = min((frame.end - today).days / ahead, 1.0)
    return frame.x(day), round(curve.y + share * (frame.y(frame.top) - curve.y), 1)


def _fan(curve: Curve, quick: Point, slow: Point) -> str:
    """What lies between the quicker and the slower line."""
    corners = (quick, (slow[0], quick[1]), slow)
    return f"M{curve.x} {curve.y} L" + " L".join(f"{x} {y}" for x, y in corners) + " Z"


@dataclass(frozen=True)
class _Frame:
    start: date
    end: date
    top: int

    def x(self, day: date) -> float:
        share = (min(max(day, self.start), self.end) - self.start).days / (self.end - self.start).days
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, number: int) -> float:
        return round(HEIGHT - BOTTOM - min(number / self.top, 1) * (HEIGHT - TOP - BOTTOM), 1)

    def ticks(self) -> list[date]:
        days = (self.end - self.start).days
        step = max(1, -(-days // 8))
        return [self.start + timedelta(days=n) for n in range(0, days + 1, step)]

    def levels(self) -> list[int]:
        return sorted({0, self.top // 2, self.top})


def _curve(frame: _Frame, stage: str, numbers: Mapping[date, int], today: date) -> Curve:
    reached = sum(number for day, number in numbers.items() if day < frame.start)
    points = []
    day = frame.start
    while day <= today:
        reached += numbers.get(day, 0)
        points.append((frame.x(day), frame.y(reached)))
        day += timedelta(days=1)
    points = points or [(frame.x(frame.start), frame.y(reached))]
    path = "M" + " L".join(f"{x} {y}" for x, y in points)
    floor = frame.y(0)
    last = points[-1]
    return Curve(stage, path, f"{path} L{last[0]} {floor} L{points[0][0]} {floor} Z", reached, *last)
