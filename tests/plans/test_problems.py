"""A problem's place is said once: file, line and what stands there."""

from __future__ import annotations

import pytest

from plans.problems import PlanProblem

PLACES = [
    ("tasks.csv", 14, "tasks.csv: 13", "tasks.csv 第 14 行（序号 13）"),
    ("tasks.csv", 14, "tasks.csv: 第 14 行", "tasks.csv 第 14 行"),
    ("tasks.csv", 1, "due", "tasks.csv 第 1 行（due）"),
    ("tasks.csv", None, "tasks.csv", "tasks.csv"),
    ("schedule.yaml", 7, "schedule.yaml: cohorts", "schedule.yaml 第 7 行（cohorts）"),
    ("people.xlsx", None, "people.xlsx: 教务部", "people.xlsx（教务部）"),
]


@pytest.mark.parametrize(("file", "line", "where", "place"), PLACES)
def test_the_place_stands_once(file: str, line: int | None, where: str, place: str) -> None:
    problem = PlanProblem("bad-value", file, line, where, "看不懂")
    assert problem.sentence() == f"{place}：看不懂。"
    assert problem.as_dict()["where"] == where
