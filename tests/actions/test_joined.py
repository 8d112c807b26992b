"""What a check needs of all parts of a table is read once as long as they are the same; it finds the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from actions.approved import NOTHING, Approved, Part, Whole
from actions.examine import system_findings
from actions.inputs import Inputs
from checks import cross_check
from checks.definition import load_definition
from checks.finding import Finding
from checks.rows import to_parquet
from models.blobs import Blobs
from tests.checks.frames import rows_of, shipped_schedule

STUDENTS, DROPOUTS, MAJORS = "10.1.1", "10.2.1", "7.1.1"
FIRST, SECOND, THIRD = "一系", "二系", "三系"


class Counted(Blobs):
    """A folder of files that notes which were read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read = list[str]()

    def get(self, name: str) -> bytes:
        self.read.append(name)
        return super().get(name)

    def table(self, code: str, column: str, rows: Mapping[str, tuple[str, ...]]) -> Whole:
        """A part for each department with these values, none where there are no values."""
        definition = load_definition(code)
        return Whole(
            Part(name, self.put(to_parquet(definition, rows_of([column], [[each] for each in values], code))))
            if values
            else Part(name, None)
            for name, values in rows.items()
        )


@pytest.fixture
def blobs(tmp_path: Path) -> Counted:
    return Counted(tmp_path)


def told(blobs: Counted, code: str, known: Inputs, part: Part, rule: str) -> list[Finding]:
    blobs.read.clear()
    found = system_findings(blobs, code, part.rows or "", replace(known, department=part.department))
    return [each for each in found if each.rule == rule]


def test_a_source_is_read_once_for_all_that_refer_to_it(blobs: Counted) -> None:
    students = blobs.table(STUDENTS, "学号", {FIRST: ("1", "2"), SECOND: ("3",), THIRD: ()})
    dropouts = blobs.table(DROPOUTS, "学号", {FIRST: ("1", "9"), SECOND: ("3", "8", "7")})
    known = Inputs(shipped_schedule(), sources={STUDENTS: students})
    first = told(blobs, DROPOUTS, known, dropouts[0], "reference")
    assert [each.value for each in first] == ["9"]
    assert len(blobs.read) == 3
    second = told(blobs, DROPOUTS, known, dropouts[1], "reference")
    assert [each.value for each in second] == ["8", "7"]
    assert blobs.read == [dropouts[1].rows]
    mended = Whole([*students[:2], blobs.table(STUDENTS, "学号", {THIRD: ("7",)})[0]])
    known = replace(known, sources={STUDENTS: mended})
    assert [each.value for each in told(blobs, DROPOUTS, known, dropouts[1], "reference")] == ["8"]


def test_where_all_have_nothing_to_report_nothing_is_referred_to(blobs: Counted) -> None:
    students = blobs.table(STUDENTS, "学号", {FIRST: (), SECOND: ()})
    dropouts = blobs.table(DROPOUTS, "学号", {FIRST: ("1",)})
    known = Inputs(shipped_schedule(), sources={STUDENTS: students})
    assert told(blobs, DROPOUTS, known, dropouts[0], "reference") == []


def test_rules_over_tables_run_once_and_each_is_told_its_own(blobs: Counted) -> None:
    majors = blobs.table(MAJORS, "专业代码", {FIRST: ("610101",), SECOND: ("610102",)})
    heads = "在校生数/总人数"
    definition = load_definition(MAJORS)
    parts = Whole(
        Part(
            name,
            blobs.put(to_parquet(definition, rows_of(["专业代码", heads], [[f"61010{n}", str(n)]], MAJORS))),
        )
        for n, name in enumerate((FIRST, SECOND), 1)
    )
    students = blobs.table(STUDENTS, "专业代码", {FIRST: ("610101",), SECOND: ()})
    known = Inputs(shipped_schedule(), tables={MAJORS: parts, STUDENTS: students})
    rule = "enrolled-in-majors"
    first = told(blobs, MAJORS, known, parts[0], rule)
    assert len(blobs.read) > 3
    second = told(blobs, MAJORS, known, parts[1], rule)
    assert blobs.read == [parts[1].rows]
    assert [(each.row, each.value) for each in first + second] == [(2, "1"), (2, "2")]
    other = replace(known, tables={MAJORS: majors, STUDENTS: students})
    assert told(blobs, MAJORS, other, majors[0], rule) == []


def test_keys_are_compared_once_and_each_is_told_of_the_others(blobs: Counted) -> None:
    parts = blobs.table(DROPOUTS, "学号", {FIRST: ("1", "2"), SECOND: ("2", "3", "2"), THIRD: ("3", "2")})
    known = Inputs(shipped_schedule(), beside=Approved(parts, parts.print))
    rule = "duplicate-across"
    first = told(blobs, DROPOUTS, known, parts[0], rule)
    assert len(blobs.read) == 4
    second = told(blobs, DROPOUTS, known, parts[1], rule)
    assert blobs.read == [parts[1].rows]
    assert [(each.row, each.message) for each in first] == [
        (3, f"学号 2 在{SECOND}、{THIRD}已审核的数据里也有。")
    ]
    assert [(each.row, each.message) for each in second] == [
        (2, f"学号 2 在{FIRST}、{THIRD}已审核的数据里也有。"),
        (3, f"学号 3 在{THIRD}已审核的数据里也有。"),
        (4, f"学号 2 在{FIRST}、{THIRD}已审核的数据里也有。"),
    ]
    assert told(blobs, DROPOUTS, replace(known, beside=NOTHING), parts[0], rule) == []


def test_a_rule_that_failed_once_is_asked_again(blobs: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = blobs.table(MAJORS, "专业代码", {FIRST: ("610199",), SECOND: ("610199",)})
    students = blobs.table(STUDENTS, "专业代码", {FIRST: ("610199",)})
    known = Inputs(shipped_schedule(), tables={MAJORS: parts, STUDENTS: students})
    ran = cross_check.run

    def fails(*_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cross_check, "run", fails)
    assert told(blobs, MAJORS, known, parts[0], "rule-broken")
    monkeypatch.setattr(cross_check, "run", ran)
    assert told(blobs, MAJORS, known, parts[1], "rule-broken") == []
