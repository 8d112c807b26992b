"""What has happened to an assignment, as its page tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from actions.load_plan import apply
from actions.people import load_people
from actions.review import decide
from actions.sample_people import sample_people
from actions.submit import submit, upload
from checks.finding import Finding
from models.database import Database
from models.history import (
    finding_counts,
    findings,
    first_of_each_value,
    happenings,
    last_return,
    recent_events,
    versions,
)
from plans.load import load_files
from settings import ROOT
from tests.actions.people import holder, task, workbook

FAULTS = (
    Finding("enum", "warning", "不在选项中", cell="B2"),
    Finding("required", "error", "必须填写", cell="A9"),
    Finding("normalised", "info", "已规范", cell="A1"),
    Finding("enum", "warning", "不在选项中", cell="B7"),
)


@pytest.fixture
def key(database: Database, morning: datetime) -> int:
    """An assignment with a faulty version, a clean one, a submission and a return."""
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    with database.writing() as session:
        apply(session, plan, None, morning)
        load_people(session, sample_people(plan), morning, sample=True)
        play(session, morning + timedelta(hours=1))
        return task(session, "10.4", "学务部").id


def play(session: Session, at: datetime) -> None:
    who = holder(session, "collector", "学务部", at)
    reviewer = holder(session, "reviewer", "学务部", at)
    line = task(session, "10.4", "学务部")
    upload(session, who, line.id, workbook("faulty", findings=FAULTS), at)
    clean = upload(session, who, line.id, workbook("clean"), at)
    submit(session, who, line.id, clean.id or 0, at, None)
    decide(session, reviewer, line.id, clean.id or 0, "return", "少一行", at + timedelta(hours=1))


def test_events_come_newest_first_with_names_and_versions(database: Database, key: int) -> None:
    with database.reading() as session:
        told = [(row.event.verb, row.actor, row.version) for row in happenings(session, key)]
    assert told == [("return", "学务部负责人（示例）", 2), ("submit", "学务部采集员（示例）", 2)]


def test_the_last_return_is_found(database: Database, key: int) -> None:
    with database.reading() as session:
        found = last_return(session, key)
        assert found is not None
        assert (found.event.reason, found.version) == ("少一行", 2)
        assert last_return(session, key + 1) is None


def test_versions_come_newest_first(database: Database, key: int) -> None:
    with database.reading() as session:
        told = [(row.version.number, row.version.errors, row.maker) for row in versions(session, key)]
    assert told == [(2, 0, "学务部采集员（示例）"), (1, 1, "学务部采集员（示例）")]


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        ({}, ["A9", "B2", "B7", "A1"]),
        ({"severity": "warning"}, ["B2", "B7"]),
        ({"rule": "required"}, ["A9"]),
        ({"severity": "info", "rule": "enum"}, []),
        ({"offset": 1, "limit": 2}, ["B2", "B7"]),
    ],
)
def test_findings_the_gravest_first(
    database: Database, key: int, given: dict[str, Any], cells: list[str]
) -> None:
    with database.reading() as session:
        faulty = versions(session, key)[1].version.id or 0
        assert [row.cell for row in findings(session, faulty, **given)] == cells


def test_findings_are_counted_by_rule(database: Database, key: int) -> None:
    with database.reading() as session:
        faulty, clean = (row.version.id or 0 for row in reversed(versions(session, key)))
        assert finding_counts(session, faulty) == [
            ("error", "required", 1),
            ("warning", "enum", 2),
            ("info", "normalised", 1),
        ]
        assert finding_counts(session, clean) == []


def test_recent_events_say_what_they_happened_to(database: Database, key: int) -> None:
    with database.reading() as session:
        newest, *_ = recent_events(session, 5)
        assert (newest.code, newest.name, newest.department) == ("10.4", "红十字会", "学务部")
        assert len(recent_events(session, 1)) == 1


def test_each_value_is_told_once_at_its_first_cell(database: Database, key: int, morning: datetime) -> None:
    told = [
        ("A2", "甲", "学号"),
        ("A3", "乙", "学号"),
        ("A4", "甲", "学号"),
        ("B5", "丙", "专业代码"),
        ("C6", "丁", "备注"),
    ]
    found = [
        Finding("reference", "error", "不在源表中", cell=cell, row=int(cell[1:]), value=value, column=column)
        for cell, value, column in told
    ]
    unlisted = replace(found[0], cell="", row=None, value="…", count=9)
    with database.writing() as session:
        who = holder(session, "collector", "学务部", morning)
        content = workbook("missing", findings=[*found, unlisted])
        version = upload(session, who, key, content, morning + timedelta(days=1)).id or 0

        def cells(known: set[str], limit: int) -> list[str]:
            columns = ("学号", "专业代码")
            first = first_of_each_value(session, version, "reference", columns, known, limit)
            return [each.cell for each in first]

        assert cells(set(), 9) == ["A2", "A3", "B5"]
        assert cells({"甲"}, 9) == ["A3", "B5"]
        assert cells(set(), 2) == ["A2", "A3"]
