"""The shipped definitions: accepted by frictionless, complete, and true to the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from frictionless import Schema

from checks.definition import GENERIC, TABLES, Definition, load_definition
from checks.definition_set import codes, faults, load_all
from plans.load import load_files
from plans.plan import Plan
from tests.checks.generated import downwards

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("1.6", "6.1", "7.1.1", "7.2", "10.1.1")
ALL = load_all()
MONEY_IN_YUAN = {"6.3.6", "10.3", "10.4", "10.5"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")


@pytest.mark.parametrize("code", [*codes(), GENERIC])
def test_frictionless_accepts_the_file(code: str) -> None:
    schema = Schema.from_descriptor(str(TABLES / f"{code}.yaml"))
    document = yaml.safe_load((TABLES / f"{code}.yaml").read_text("utf-8"))
    assert schema.field_names == [field["name"] for field in document["fields"]]
    assert {field["provenance"] for field in document["fields"]} <= {"found", "general-knowledge"}


def test_the_set_has_no_fault() -> None:
    assert faults().found == []


def test_every_table_of_the_plan_has_a_definition_of_its_own(plan: Plan) -> None:
    assert codes() == sorted((table.code for table in plan.tables), key=codes().index)
    assert len(codes()) == len(plan.tables) == 72
    assert not [definition.code for definition in ALL if definition.generic]


def test_titles_are_the_plans_without_its_years(plan: Plan) -> None:
    told = {table.code: table.name for table in plan.tables}
    without_year = {code: name.replace("2020年", "") for code, name in told.items()}
    without_year["11.5"] = "下学年开设专业"
    assert {definition.code: definition.title for definition in ALL} == without_year
    assert {code: load_definition(code, name).title for code, name in told.items()} == told


def test_the_periods_are_the_plans() -> None:
    by_period: dict[str, set[str]] = {}
    for definition in ALL:
        by_period.setdefault(definition.period, set()).add(definition.code)
    assert by_period["calendar-year"] == {code for code in codes() if code.startswith("5.")}
    assert {"1.3", "1.4", "1.5", "7.1.1", "7.6.1", "11.5", "11.6"} <= by_period["point-in-time"]
    assert {"6.2", "7.2", "7.6.3", "9.5", "10.2.1"} <= by_period["school-year"]


def test_no_column_of_the_autumn_must_lie_in_the_school_year() -> None:
    autumn = ("1.3", "1.4", "7.6.1", "11.5", "11.6")
    assert [field.name for code in autumn for field in load_definition(code).fields if field.window] == []


def test_tables_of_one_row_are_forms_and_have_no_key() -> None:
    one = [definition for definition in ALL if definition.records == "one"]
    assert [definition.code for definition in one] == [
        *("1.1", "1.2", "1.3", "1.4", "1.5", "3.1", "3.2", "3.3", "3.4.1", "3.5", "5.1.5", "5.2.3"),
        *("10.4", "11.1", "11.2", "11.3"),
    ]
    assert [definition.code for definition in one if definition.key or definition.match] == []
    keyless = [definition.code for definition in ALL if not definition.key and definition.records == "many"]
    assert keyless == ["12"]


def test_two_tables_have_four_sheets_each() -> None:
    sheets = {d.code: [sheet.name for sheet in d.sheets] for d in ALL if len(d.sheets) > 1}
    assert sheets == {code: [f"{code}.{number}" for number in range(1, 5)] for code in ("6.1", "6.2")}
    assert all(sheet.fields[0].name == "教工号" for code in sheets for sheet in load_definition(code).sheets)


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.code)
def test_each_definition_says_what_one_must_know(definition: Definition) -> None:
    assert definition.source
    assert any(field.required for field in definition.fields)
    assert definition.key == () or set(definition.key) <= {field.name for field in definition.fields}
    counted = [field for field in definition.fields if field.type in ("integer", "number")]
    unitless = [field.name for field in counted if not field.unit]
    assert set(unitless) <= {"序号", "完成人顺序", "作者顺序"}
    assert [field.name for field in counted if field.minimum is None] == []
    assert [field.name for field in definition.fields if field.identity and field.type != "string"] == []


def test_numbers_that_name_something_are_known_in_every_table() -> None:
    names = ("教工号", "学号", "专业代码", "专业（方向）代码", "课程代码", "身份证号", "考生号", "社团代码")
    fields = [field for definition in ALL for field in definition.fields if field.name in names]
    assert {field.name for field in fields} == set(names)
    assert [field.name for field in fields if not field.identity] == []


def test_personal_data_is_marked_in_every_table() -> None:
    names = ("姓名", "身份证号", "出生日期", "民族", "考生号", "起薪", "电子邮箱")
    fields = [(d.code, field) for d in ALL for field in d.fields if field.name.rpartition("/")[2] in names]
    assert len(fields) > 30
    assert [(code, field.name) for code, field in fields if not field.sensitive] == []


def test_money_is_counted_in_ten_thousands_except_where_the_platform_counts_single_ones() -> None:
    single = {d.code for d in ALL for field in d.fields if field.unit == "元"}
    thousands = {d.code for d in ALL for field in d.fields if field.unit == "万元"}
    assert single == MONEY_IN_YUAN
    assert thousands >= {"3.5", "4.1", "5.1", "5.1.5", "5.2.3", "7.5", "8.8", "9.3"}
    assert not single & thousands


def test_who_refers_to_which_source() -> None:
    referring: dict[str, set[str]] = {}
    for definition in ALL:
        for field in definition.fields:
            if field.reference:
                referring.setdefault(field.reference.table, set()).add(definition.code)
    assert set(referring) == set(SOURCES)
    assert referring["7.2"] == {"6.2"}
    assert referring["10.1.1"] == {"10.1.2", "10.2.1"}
    research = {f"6.3.{number}" for number in range(1, 8)}
    offices = {f"8.{number}" for number in range(2, 7)}
    assert referring["6.1"] == {"6.2", "7.1.2", "7.1.3", *research, *offices}
    majors = {
        "7.2",
        "7.3.1",
        "7.3.2",
        "7.4",
        "7.5",
        "7.6.1",
        "7.6.3",
        "7.1.2",
        "7.1.3",
        "6.1",
        "6.2",
        "10.1.1",
    }
    assert referring["7.1.1"] == majors


def test_the_campaigns_own_lists_stand_where_the_plan_wants_them() -> None:
    ruled = {(d.code, field.name, field.rule) for d in ALL for field in d.fields if field.rule}
    assert ruled == {
        ("10.1.1", "学籍状态", "student-status"),
        ("10.1.1", "年级", "cohort"),
        ("11.6", "年级", "cohort"),
        ("10.1.2", "毕业去向", "destination"),
    }


def test_row_sums_run_downwards_in_every_table() -> None:
    added = {d.code: [rule.total for rule in downwards(d.sums)] for d in ALL if d.sums}
    expected = "1.3 1.4 1.5 3.1 3.2 3.3 3.4.1 3.5 4.1 5.1.5 5.2.3 7.1.1 7.2 7.3.2 7.4 7.6.1 7.6.3 8.7"
    assert list(added) == [*expected.split(), "10.4", "11.1", "11.2", "11.3", "11.5"]
    assert added["5.2.3"] == ["学校总支出", "日常教学经费/合计", "设备采购/合计", "师资建设/合计"]


def test_next_years_majors_are_this_years_columns() -> None:
    this, following = load_definition("7.1.1"), load_definition("11.5")
    assert [field.name for field in this.fields] == [field.name for field in following.fields]
    assert (this.key, this.sums) == (following.key, following.sums)
