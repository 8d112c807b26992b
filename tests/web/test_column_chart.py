"""A column's bars in their frame: upright for numbers, lying for values, last year's on the same scale."""

from __future__ import annotations

from pathlib import Path

from checks.definition import load_definition
from models.blobs import Blobs
from tests.workbooks.stored import stored
from web.column_chart import HEIGHT, LENGTH, WIDTH, Columns, chart_of, columns
from workbooks.column_facts import Bar, ColumnFacts, SingleValue, Spread

SPREAD = Spread(3, 6, 1, 2, 3)


def test_bars_of_numbers_stand_on_the_floor_and_fill_the_frame() -> None:
    found = chart_of(
        ColumnFacts("人数", "人", 6, 0, (Bar("1", 4, 2), Bar("2", 0, 0), Bar("3", 2, 8)), SPREAD)
    )
    assert (found.upright, found.width, found.height) == (True, WIDTH, HEIGHT)
    first, middle, last = found.shapes
    assert (first.height, first.prior_height) == (HEIGHT / 2, HEIGHT / 4)
    assert (last.height, last.prior_height, last.prior_y) == (HEIGHT / 4, HEIGHT, 0)
    assert (middle.height, middle.y) == (0, HEIGHT)
    assert all(round(shape.y + shape.height, 1) == HEIGHT for shape in found.shapes)
    assert first.x < middle.x < last.x
    assert last.x + last.width <= WIDTH


def test_values_lie_under_each_other() -> None:
    found = chart_of(ColumnFacts("性质", "", 3, 0, (Bar("公办", 2, 1), Bar("民办", 1, 0))))
    assert found.upright is False
    assert [(shape.width, shape.prior_width) for shape in found.shapes] == [
        (LENGTH, LENGTH / 2),
        (LENGTH / 2, 0),
    ]
    assert found.shapes[0].y < found.shapes[1].y < found.height


def test_a_column_without_bars_has_an_empty_chart() -> None:
    found = chart_of(ColumnFacts("人数", "人", 1, 0, (), None))
    assert (found.shapes, found.height) == ([], 0)


def test_the_same_bytes_are_counted_once(tmp_path: Path) -> None:
    blobs, definition = Blobs(tmp_path), load_definition("10.3")
    rows = [{"社团代码": "001", "现有成员": "20"}, {"社团代码": "002", "现有成员": "30"}]
    name = blobs.put(stored("10.3", rows))
    found = columns(blobs, definition, name, None)
    assert [chart.facts.name for chart in found.charts] == ["现有成员"]
    blobs.path(name).unlink()
    assert columns(blobs, definition, name, None) is found


def test_of_a_single_row_the_values_are_told_and_no_charts(tmp_path: Path) -> None:
    blobs, definition = Blobs(tmp_path), load_definition("10.3")
    now, before = (blobs.put(stored("10.3", [{"社团代码": "001", "现有成员": n}])) for n in ("20", "18"))
    assert columns(blobs, definition, now, before) == Columns(
        values=[SingleValue("社团代码", "", "001", "001"), SingleValue("现有成员", "人", "20", "18")]
    )
    more = blobs.put(stored("10.3", [{"社团代码": "001", "现有成员": "20"}] * 2))
    assert columns(blobs, definition, more, before).values == ()
    assert columns(blobs, definition, now, more).values == ()
