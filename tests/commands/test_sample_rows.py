"""Sample rows look like a college's own and pass the check; the faulty ones fail it, the mended ones pass."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from checks.definition import Definition, load_definition
from checks.finding import ERROR
from checks.system import system_check
from commands.sample_faults import mend, spoil
from commands.sample_rows import SampleRows, as_parquet
from commands.sample_words import MAJORS, RowsBySheet
from plans.plan import Plan

Made = dict[str, tuple[Definition, RowsBySheet]]


@pytest.fixture
def made(plan: Plan) -> Made:
    """The rows of every table, in the order of the plan."""
    sample = SampleRows(plan.schedule, 1)
    definitions = {table.code: load_definition(table.code, table.name) for table in plan.tables}
    return {code: (definition, sample.make(definition)) for code, definition in definitions.items()}


@pytest.fixture
def sources(plan: Plan, made: Made) -> dict[str, bytes]:
    return {table.code: as_parquet(*made[table.code]) for table in plan.tables if table.source}


def errors(plan: Plan, definition: Definition, rows: RowsBySheet, sources: dict[str, bytes]) -> int:
    found = system_check(definition.code, as_parquet(definition, rows), plan.schedule, sources)
    return sum(finding.severity == ERROR for finding in found)


def test_every_tables_rows_pass_and_its_first_try_fails(
    plan: Plan, made: Made, sources: dict[str, bytes]
) -> None:
    for code, (definition, rows) in made.items():
        assert errors(plan, definition, rows, sources) == 0, code
        assert 1 <= errors(plan, definition, spoil(definition, rows, random.Random(1)), sources) <= 5, code


def test_mending_changes_one_place_and_nothing_breaks(
    plan: Plan, made: Made, sources: dict[str, bytes]
) -> None:
    for code, (definition, rows) in made.items():
        mended = mend(definition, rows)
        assert errors(plan, definition, mended, sources) == 0, code
        assert sum(_differences(rows, mended)) <= 1, code
    assert mend(*made["1.6"]) != made["1.6"][1]


def _differences(rows: RowsBySheet, mended: RowsBySheet) -> Iterator[int]:
    for sheet, part in rows.items():
        yield len(part) - len(mended[sheet])
        for row, other in zip(part, mended[sheet], strict=False):
            yield sum(row[name] != other[name] for name in row)


def test_courses_have_hours_that_agree(made: Made) -> None:
    for row in made["7.2"][1]["7.2"]:
        total, practice = int(row["教学计划规定课时数"] or 0), int(row["实践课课时数"] or 0)
        assert 0 <= practice <= total > 0
        kind = (row["课程类型"] or "")[0]
        assert {"A": practice == 0, "B": 0 < practice < total, "C": practice == total}[kind], row
        assert row["教材/教材名称（全称）"] == row["课程名称"]


def test_students_stand_in_majors_of_the_college(made: Made) -> None:
    for row in made["10.1.1"][1]["10.1.1"]:
        assert dict(MAJORS)[row["专业代码"] or ""] == row["专业名称"]
        assert (row["学号"] or "").startswith(row["年级"] or "-")
        assert 17 <= int(row["年级"] or 0) - int((row["出生日期"] or "")[:4]) <= 20
        assert (row["是否毕业"] == "是") == (row["学籍状态"] == "毕业")


def test_majors_count_their_students_twice_alike(made: Made) -> None:
    for row in made["7.1.1"][1]["7.1.1"]:
        years = [int(row[f"在校生数/{year}"] or 0) for year in ("一年级", "二年级", "三年级")]
        assert sum(years) == int(row["在校生数/总人数"] or 0)


def test_no_word_is_a_columns_name_with_a_number(made: Made) -> None:
    """Rows that say 课程名称3 convince nobody."""
    for code in ("1.6", "6.1", "7.1.1", "7.2", "10.1.1"):
        for part in made[code][1].values():
            for row in part:
                assert [
                    name
                    for name, value in row.items()
                    if value and re.fullmatch(rf"{re.escape(name)}\d+", value)
                ] == []
