"""What two departments report twice is told to both, whichever was approved first."""

from __future__ import annotations

from dataclasses import replace

from actions.approved import Approved, Part
from actions.examine import system_findings
from actions.inputs import check_inputs
from actions.staleness import to_recheck
from checks.definition import load_definition
from checks.rows import to_parquet
from models.history import findings
from models.worklist import lines
from tests.actions.people import task
from tests.checks.generated import clean_rows, with_cell
from tests.flows.colleges import College

BASES, NAME = "4.1", "实践基地名称"
TWICE = "duplicate-across"


def owing(college: College) -> list[str]:
    """The departments that owe the table."""
    with college.database.reading() as session:
        return [each.department for each in lines(session, table=BASES)]


def told(college: College, key: int) -> list[tuple[str, str]]:
    """Cell and sentence of what is told to be repeated in the newest version."""
    with college.database.reading() as session:
        found = findings(session, college.newest(key).id or 0, rule=TWICE)
    return [(each.cell, each.message) for each in found]


def test_the_one_that_was_approved_first_is_told_as_well(college: College) -> None:
    one, other, *_ = owing(college)
    first = college.approve(BASES, "甲基地", "乙基地", column=NAME, department=one)
    assert told(college, first) == []
    second = college.approve(BASES, "乙基地", column=NAME, department=other)
    assert told(college, second) == [("A2", f"{NAME} 乙基地 在{one}已审核的数据里也有。")]
    assert told(college, first) == [("A3", f"{NAME} 乙基地 在{other}已审核的数据里也有。")]
    assert (college.stage(first), college.stale()) == ("checked", {})
    assert college.runs(first) == ["passed", "passed"]


def test_it_is_told_no_more_when_the_other_has_mended(college: College) -> None:
    one, other, *_ = owing(college)
    first = college.approve(BASES, "甲基地", column=NAME, department=one)
    second = college.approve(BASES, "甲基地", column=NAME, department=other)
    assert [cell for cell, _ in told(college, first)] == ["A2"]
    college.back(second)
    assert told(college, first) == []
    college.approve(BASES, "丙基地", column=NAME, department=other)
    assert (told(college, first), college.stale()) == ([], {})


def test_its_check_stands_while_it_is_made_again(college: College) -> None:
    one, other, *_ = owing(college)
    first = college.approve(BASES, "甲基地", column=NAME, department=one)
    college.review(college.submit(college.keep(BASES, "甲基地", column=NAME, department=other)))
    with college.database.reading() as session:
        again = to_recheck(session)
    assert {key: (each.cause, each.void) for key, each in again.items()} == {
        first: ("其他部门已审核的同一张表", False)
    }
    assert college.stale() == {}


def test_a_nil_return_has_nothing_to_compare(college: College) -> None:
    one, other, *_ = owing(college)
    key = college.report_nothing(BASES, one)
    college.review(key)
    college.settle()
    college.approve(BASES, "甲基地", column=NAME, department=other)
    assert (college.stale(), college.runs(key)) == ({}, ["passed"])


def test_all_that_a_system_check_finds_is_in_cell_order(college: College) -> None:
    one, other, *_ = owing(college)
    first = college.approve(BASES, "甲基地", column=NAME, department=one)
    with college.database.reading() as session:
        known = check_inputs(session, task(session, BASES, other))
    definition = load_definition(BASES)
    rows = with_cell(with_cell(clean_rows(definition, 2, sources={}), NAME, 2, "甲基地"), NAME, 3, None)
    blobs = college.station.blobs
    known = replace(known, beside=Approved((Part(one, college.newest(first).rows_blob),)))
    found = system_findings(blobs, BASES, blobs.put(to_parquet(definition, rows)), known)
    assert [(each.rule, each.cell) for each in found] == [(TWICE, "A2"), ("required", "A3")]
