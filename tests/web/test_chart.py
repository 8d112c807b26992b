"""The progress chart's shapes: cumulative, inside the frame, beside its deadlines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from web.chart import BOTTOM, HEIGHT, LEFT, RIGHT, STAGES, TOP, WIDTH, Projection, burn_up, projected

START = date(2020, 11, 6)
DEADLINES = [date(2020, 11, 11), date(2020, 11, 18)]
FLOOR = HEIGHT - BOTTOM


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_counts_add_up_and_end_today() -> None:
    chart = burn_up({"collected": {day(0): 3, day(2): 4}}, 10, START, day(3), DEADLINES)
    collected, reviewed, _ = chart.curves
    assert (collected.total, reviewed.total) == (7, 0)
    assert collected.path.count("L") == 3
    assert collected.x == chart.today
    assert collected.y == pytest.approx(FLOOR - 0.7 * (FLOOR - TOP))
    assert reviewed.y == FLOOR
    assert tuple(curve.stage for curve in chart.curves) == STAGES


def test_what_came_before_the_start_counts_from_the_start() -> None:
    chart = burn_up({"checked": {day(-3): 5}}, 10, START, day(0), DEADLINES)
    assert chart.curves[2].total == 5
    assert chart.curves[2].path.startswith(f"M{LEFT}")


@pytest.mark.parametrize("today", [-5, 0, 5, 40, 400])
def test_everything_lies_inside_the_frame(today: int) -> None:
    numbers = {"collected": {day(number): 2 for number in range(60)}}
    chart = burn_up(numbers, 100, START, day(today), DEADLINES)
    for mark in (*chart.deadlines, *chart.ticks):
        assert LEFT <= mark.x <= WIDTH - RIGHT
    for curve in chart.curves:
        assert LEFT <= curve.x <= WIDTH - RIGHT
        assert TOP <= curve.y <= FLOOR
    assert 1 <= len(chart.ticks) <= 10


def test_deadlines_stand_in_their_order_after_the_start() -> None:
    chart = burn_up({}, 10, START, day(1), DEADLINES)
    first, second = chart.deadlines
    assert chart.today < first.x < second.x
    assert [mark.day for mark in chart.deadlines] == DEADLINES


def test_an_empty_campaign_is_a_flat_line() -> None:
    chart = burn_up({}, 0, START, START, [])
    assert [(curve.total, curve.y) for curve in chart.curves] == [(0, FLOOR)] * 3
    assert [level for _, level in chart.levels] == [0, 1]


def ahead(first: date | None, last: date | None) -> Projection:
    """Four of ten collected on the third day, and on from there."""
    return projected({day(0): 3, day(2): 1}, 10, START, day(3), DEADLINES, (first, last))


def ends(chart: Projection) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (path.split(" L")[1].split() for path in chart.paths)]


def test_a_sure_end_is_one_line_to_the_top_on_its_day() -> None:
    chart = ahead(day(12), day(12))
    assert ends(chart) == [(chart.deadlines[1].x, TOP)]
    assert chart.paths[0].startswith(f"M{chart.curve.x} {chart.curve.y} ")
    assert (chart.area, chart.curve.total, chart.curve.x) == ("", 4, chart.today)


def test_a_range_is_a_fan_between_two_lines() -> None:
    chart = ahead(day(9), day(14))
    (quick, top), (slow, same) = ends(chart)
    assert (top, same) == (TOP, TOP)
    assert chart.today < quick < chart.deadlines[1].x < slow
    assert f"L{quick} {top} L{slow} {top} L{slow} {same} Z" in chart.area


def test_no_last_day_is_a_level_line_and_no_first_day_is_none() -> None:
    open_ended = ahead(day(9), None)
    assert ends(open_ended)[1] == (WIDTH - RIGHT, open_ended.curve.y)
    assert open_ended.area
    none = ahead(None, None)
    assert (none.paths, none.area) == ([], "")


def test_a_far_end_is_drawn_on_its_way() -> None:
    chart = ahead(day(100), day(100))
    [(x, y)] = ends(chart)
    assert x == WIDTH - RIGHT
    assert y == pytest.approx(chart.curve.y + (TOP - chart.curve.y) * 31 / 97, abs=0.06)
