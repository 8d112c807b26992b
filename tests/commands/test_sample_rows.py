"""The sample college's rows pass every check, whole and by table, at any size; its words convince."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checks.definition import load_definition
from checks.finding import ERROR
from commands.sample_college import College, Share
from commands.sample_rows import as_parquet, made_up, settled
from commands.sample_tables import SHEET, TELLERS, table_rows
from commands.sample_words import TRADES
from plans.load import load_files
from plans.plan import Department, Plan
from settings import ROOT
from tests.commands.campus import Campus


@pytest.fixture(scope="module")
def campus() -> Campus:
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    return Campus(plan, College(plan.schedule, 1))


def test_every_table_of_the_plan_is_told(plan: Plan) -> None:
    assert set(TELLERS) == {table.code for table in plan.tables}


def test_nothing_is_told_that_the_definition_has_no_column_for(campus: Campus) -> None:
    for each in campus.plan.obligations():
        names = {field.name for field in load_definition(each.code).fields}
        share = Share(campus.college, each.department, campus.college.chance("told"))
        told = {name for row in TELLERS[each.code](share) for name in row}
        assert told - names <= {SHEET}, each


def test_everybody_has_something_to_tell(campus: Campus) -> None:
    assert [key for key, rows in campus.rows.items() if not all(rows.values())] == []


def test_the_whole_campus_passes_but_for_the_stale_cohorts(campus: Campus) -> None:
    """The printed years and the period disagree on those who entered last autumn, and on them only."""
    first_years = [s for s in campus.college.students if s.entry == campus.college.year]
    found = {key: campus.check(key) for key in campus.rows}
    assert {key for key, each in found.items() if each} == {("10.1.1", "学务部")}
    told = [(each.rule, each.severity, each.value) for each in found["10.1.1", "学务部"]]
    assert told == [("cohort", "warning", str(campus.college.year))] * len(first_years)


def test_another_seed_is_another_college_that_passes_too(plan: Plan, campus: Campus) -> None:
    other = Campus(plan, College(plan.schedule, 2))
    assert other.rows != campus.rows
    assert {each.rule for key in other.rows for each in other.check(key)} == {"cohort"}


def test_rows_are_the_same_whoever_asks_in_any_order(plan: Plan, campus: Campus) -> None:
    again = College(plan.schedule, 1)
    for each in reversed(plan.obligations()):
        key = (each.code, each.department)
        assert table_rows(again, load_definition(each.code), each.department) == campus.rows[key]


def test_a_student_who_left_unsaid_is_missed_by_three_rules(plan: Plan) -> None:
    campus = Campus(plan, College(plan.schedule, 1))
    row = next(row for row in campus.of("10.1.1")["10.1.1"] if row["学籍状态"] == "在读")
    row["学籍状态"] = "辍学"
    found = [
        (each.rule, each.cell, each.severity)
        for code in ("1.5", "7.1.1", "10.1.2")
        for each in campus.check(next(key for key in campus.rows if key[0] == code))
    ]
    place = [line["专业代码"] for line in campus.of("7.1.1")["7.1.1"]].index(row["专业代码"]) + 2
    assert found == [("enrolled-in-school", "C2", ERROR), ("enrolled-in-majors", f"I{place}", ERROR)]


def grown(plan: Plan, units: int) -> Plan:
    """The plan with this many teaching departments, none of them a sample's."""
    teaching = tuple(Department(f"第{number}系", ("teaching",)) for number in range(1, units + 1))
    others = tuple(each for each in plan.schedule.departments if not each.groups)
    names = tuple(each.name for each in teaching)
    everybody = (*(each.name for each in others), *names)
    groups = {"各系部": names, "参与数据采集的所有部门": everybody}
    schedule = replace(plan.schedule, departments=(*others, *teaching), groups=groups)
    return replace(plan, schedule=schedule)


def test_a_college_may_have_many_departments_and_students(plan: Plan) -> None:
    large = grown(plan, 15)
    campus = Campus(large, College(large.schedule, 1, scale=4))
    assert len(campus.college.students) > 15 * 2 * 3 * 4 * 6
    assert {each.rule for key in campus.rows for each in campus.check(key)} == {"cohort"}
    keys = [
        row["基地名称(全称)"]
        for (code, _), rows in campus.rows.items()
        if code == "4.2"
        for row in rows["4.2"]
    ]
    assert len(set(keys)) == len(keys) == 30


def test_1500_departments_keep_their_numbers_apart(plan: Plan) -> None:
    college = College(grown(plan, 1500).schedule, 1, scale=1.5)
    assert len(college.students) > 100_000
    assert len({student.number for student in college.students}) == len(college.students)
    assert len({major.code for major in college.majors}) == len(college.majors) == 3000
    assert len({teacher.number for teacher in college.teachers}) == len(college.teachers)
    assert sum(map(len, college.enrolled_of.values())) == len(college.enrolled)


def test_a_table_of_the_colleges_own_is_made_up(plan: Plan) -> None:
    definition = load_definition("99", "本院自设")
    rows = table_rows(College(plan.schedule, 1), definition, "政务部")
    assert len(rows["99"]) == 6
    assert {name for row in rows["99"] for name in row} == {"项目", "内容", "单位"}


def test_what_is_made_up_fits_any_definition(campus: Campus) -> None:
    """References are blank; where they are demanded, that is all there is to say."""
    for definition, _ in campus.once_each():
        chance = campus.college.chance("made up", definition.code)
        rows = {
            sheet.name: [made_up(definition, sheet.fields, campus.plan.schedule, number, chance)]
            for number, sheet in enumerate(definition.sheets)
        }
        blank = {field.name for field in definition.fields if field.reference or field.identity}
        wrong = [each for each in campus.check_rows(definition.code, rows) if each.severity == ERROR]
        assert {each.column for each in wrong} <= blank, definition.code


def test_totals_follow_their_parts() -> None:
    definition = load_definition("1.5")
    row = settled(
        definition, {"高中起点": "7", "中职起点/合计": "5", "全日制普通高职学历教育在校生总数": "1"}
    )
    assert row["全日制普通高职学历教育在校生总数"] == "12"
    table = load_definition("3.2")
    assert (
        settled(table, {"纸质图书/总册数": "3", "纸质图书/本学年新增数": "4.5"})["纸质图书/总册数"] == "4.5"
    )


def test_courses_have_hours_that_agree(campus: Campus) -> None:
    for row in campus.of("7.2")["7.2"]:
        total, practice = int(row["教学计划规定课时数"] or 0), int(row["实践课课时数"] or 0)
        kind = (row["课程类型"] or "")[0]
        assert {"A": practice == 0, "B": 0 < practice < total, "C": practice == total}[kind], row
        assert row["教材/教材名称（全称）"] == row["课程名称"]


def test_students_stand_in_majors_of_the_college(campus: Campus) -> None:
    majors = {code: name for trade in TRADES for code, name in trade.majors}
    for row in campus.of("10.1.1")["10.1.1"]:
        assert majors[row["专业代码"] or ""] == row["专业名称"]
        assert (row["学号"] or "").startswith(row["年级"] or "-")
        assert 17 <= int(row["年级"] or 0) - int((row["出生日期"] or "")[:4]) <= 20
        assert (row["是否毕业"] == "是") == (row["学籍状态"] == "毕业")


def test_identity_numbers_are_nobodys(campus: Campus) -> None:
    rows = [*campus.of("10.1.1")["10.1.1"], *campus.of("11.6")["11.6"]]
    assert {row.get("身份证号") or row.get("考生号") for row in rows} == {None}


def test_no_word_is_a_columns_name_with_a_number(campus: Campus) -> None:
    """Rows that say 课程名称3 convince nobody."""
    for rows in campus.rows.values():
        for part in rows.values():
            for row in part:
                assert [
                    n for n, value in row.items() if value and re.fullmatch(rf"{re.escape(n)}\d+", value)
                ] == []


def test_what_is_stored_is_what_reading_would_have_stored(campus: Campus) -> None:
    definition, rows = campus.definition("6.1"), campus.of("6.1")
    assert as_parquet(definition, rows) == as_parquet(definition, rows)
    assert [len(part) for part in rows.values()] == [30, 22, 6, 6]
