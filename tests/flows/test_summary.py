"""The summary holds what is valid and says why everything else is not; the same state, the same bytes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package
from openpyxl import load_workbook
from sqlmodel import Session, select

from actions.exempt import exempt
from actions.releases import release_finding, release_rule
from actions.summary import export, summary
from models import Assignment, Explanation, StoredFinding
from models.history import findings
from tests.actions.people import office, task
from tests.flows.colleges import DROPOUTS, STUDENTS, College

DEPARTMENT = "学务部"


def written(college: College, folder: Path) -> dict[str, bytes]:
    """What an export writes, by file name."""
    with college.database.reading() as session:
        export(session, college.station.blobs, folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found


def reason(college: College, code: str) -> str:
    with college.database.reading() as session:
        return next(each.reason for each in summary(session).excluded if each.code == code)


def explain(session: Session, found: StoredFinding, key: int, text: str, verdict: str = "accepted") -> None:
    """An explanation of the finding's row; a refused one of another row, as it would hold up the approval."""
    session.add(
        Explanation(
            assignment_id=key,
            rule=found.rule,
            sheet=found.sheet,
            column=found.column,
            key=found.key if verdict != "refused" else "another",
            text=text,
            verdict=verdict,
            made_at=datetime(2020, 11, 6, tzinfo=UTC),
        )
    )


def test_what_is_valid_is_in_with_its_printed_name_and_rows(college: College, tmp_path: Path) -> None:
    college.approve(STUDENTS, "20180001", "20180002")
    files = written(college, tmp_path / "out")
    assert sorted(files) == ["10.1.1.xlsx", "datapackage.json", "explanations.json", "manifest.json"]
    table = next(each for each in manifest(files)["tables"] if each["table"] == STUDENTS)
    assert (table["printed"], table["rows"], table["complete"]) == ("10.1.1学生基本信息", 2, True)
    assert [(part["department"], part["version"], part["kind"]) for part in table["parts"]] == [
        (DEPARTMENT, 1, "form")
    ]
    page = load_workbook(tmp_path / "out" / "10.1.1.xlsx")["10.1.1"]
    assert [page.cell(row, page.max_column).value for row in (1, 2, 3)] == [
        "采集部门",
        DEPARTMENT,
        DEPARTMENT,
    ]


def test_a_void_check_is_left_out_and_says_which_source(college: College) -> None:
    source = college.approve(STUDENTS, "20180001")
    college.approve(DROPOUTS, "20180001")
    college.back(source)
    assert reason(college, DROPOUTS) == (
        "检测失效：源表 10.1.1 学生基本信息（学务部）已退回，本表的系统检测暂时失效；"
        "重新审核通过后会自动重新检测。"
    )
    assert reason(college, STUDENTS) == "已退回：请补学生"


def test_every_way_of_being_left_out_has_its_reason(college: College, morning: datetime) -> None:
    source = college.approve(STUDENTS, "20180001")
    college.approve(DROPOUTS, "20180001")
    college.back(source)
    failing = college.hand_in("10.1.2", whole=False)
    college.review(failing)
    college.settle()
    college.hand_in("10.5")
    college.review(college.hand_in("11.2"))
    with college.database.writing() as session:
        exempt(session, office(session, morning), task(session, "10.4", DEPARTMENT).id, "没有", morning)
        gone = task(session, "10.3", DEPARTMENT)
        session.get_one(Assignment, gone.id).closed = True
    with college.database.reading() as session:
        found = summary(session)
        every = len(session.exec(select(Assignment.id)).all())
    told = {each.code: each.reason for each in found.excluded}
    assert told[DROPOUTS].startswith("检测失效：源表 10.1.1 学生基本信息（学务部）已退回")
    assert {code: told[code] for code in (STUDENTS, "10.1.2", "10.3", "10.4", "10.5", "11.2", "9.4")} == {
        STUDENTS: "已退回：请补学生",
        "10.1.2": "检测未通过：系统检测发现 1 处错误",
        "10.3": "不在计划中：现行计划里已没有这项任务",
        "10.4": "免报：没有",
        "10.5": "未审核：已提交，审核部门尚未审核",
        "11.2": "未检测：已审核，系统检测尚未完成",
        "9.4": "未采集：采集部门尚未提交",
    }
    assert (sum(len(table.parts) for table in found.tables), len(found.excluded)) == (0, every)


def test_a_nil_return_is_told_as_nil(college: College, tmp_path: Path) -> None:
    key = college.report_nothing(DROPOUTS)
    college.review(key)
    college.settle()
    table = next(
        each for each in manifest(written(college, tmp_path / "out"))["tables"] if each["table"] == DROPOUTS
    )
    assert (table["file"], table["complete"], table["parts"][0]["kind"]) == (None, True, "nil")


def test_what_was_let_pass_and_explained_is_listed(
    college: College, morning: datetime, tmp_path: Path
) -> None:
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20180009")
    with college.database.writing() as session:
        [found] = findings(session, college.newest(key).id or 0, severity="error")
        who = office(session, morning)
        release_finding(session, who, found.id or 0, "外校转来", morning)
        release_rule(session, who, "cohort", "10.1.1", "年级表未更新", morning)
        explain(session, found, key, "外校转来的")
        explain(session, found, key, "不清楚", "refused")
    college.settle()
    before = manifest(written(college, tmp_path / "before"))
    assert before["explanations"] == []
    college.submit(key)
    college.review(key)
    college.settle()
    files = written(college, tmp_path / "out")
    assert [(each["rule"], each["table"], each["department"], each["key"], each["reason"])
            for each in manifest(files)["releases"]] == [
        ("reference", DROPOUTS, DEPARTMENT, "20180009", "外校转来"),
        ("cohort", "10.1.1", "", "", "年级表未更新"),
    ]  # fmt: skip
    assert {(each["sheet"], each["column"], each["cell"]) for each in manifest(files)["releases"]} == {
        (DROPOUTS, "学号", ""),
        ("", "", ""),
    }
    assert json.loads(files["explanations.json"]) == manifest(files)["explanations"]
    assert [each["text"] for each in manifest(files)["explanations"]] == ["外校转来的"]


def test_an_explanation_of_data_that_was_replaced_is_not_listed(college: College) -> None:
    college.approve(STUDENTS, "20180001")
    key = college.keep(DROPOUTS, "20180001", "20180009")
    with college.database.writing() as session:
        [wrong] = findings(session, college.newest(key).id or 0, severity="error")
        explain(session, wrong, key, "外校转来的")
    college.approve(DROPOUTS, "20180001")
    with college.database.reading() as session:
        assert [(each.code, each.rows) for each in summary(session).tables if each.parts] == [
            (STUDENTS, 1),
            (DROPOUTS, 1),
        ]
        assert summary(session).explanations == ()


def test_the_same_state_gives_the_same_bytes(
    college: College, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = college.approve(STUDENTS, "20180001")
    key = college.approve(DROPOUTS, "20180001")
    first = written(college, tmp_path / "one")
    try:
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        assert written(college, tmp_path / "two") == first
    finally:
        monkeypatch.undo()
        time.tzset()
    college.back(source)
    assert written(college, tmp_path / "one") != first
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "datapackage.json",
        "explanations.json",
        "manifest.json",
    ]
    college.submit(source)
    college.review(source)
    college.settle()
    assert (college.stale(), college.stage(key)) == ({}, "checked")
    assert written(college, tmp_path / "one") == first


def test_files_of_others_in_the_folder_stay(college: College, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "9.9.xlsx").write_bytes(b"mine")
    (out / "manifest.json").write_text('{"tables": [{"table": "x", "file": "../9.9.xlsx"}]}')
    assert written(college, out)["9.9.xlsx"] == b"mine"


@pytest.mark.parametrize("code", [STUDENTS, DROPOUTS])
def test_frictionless_takes_the_package(
    college: College, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    college.approve(code, "20180001", "20180002")
    written(college, tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    package = Package("datapackage.json")
    assert [resource.schema.field_names[-1] for resource in package.resources] == ["采集部门"]
    report = package.validate()
    assert report.valid, report.to_summary()
