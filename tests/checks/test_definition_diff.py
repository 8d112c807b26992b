"""What has changed between two definitions, as those who fill the table in need to know it."""

from __future__ import annotations

import json

import pytest

from checks.definition import Definition
from checks.definition_diff import Difference, described, differences
from checks.definition_file import read_definition
from checks.definition_set import load_all
from checks.definition_words import told

BASE = """title: 甲表
period: school-year
primaryKey: [编号]
description: 一行一人
sums:
  - {total: 合计, parts: [数一, 数二]}
fields:
  - {name: 编号, type: string, constraints: {required: true, pattern: '[0-9]{4}'}, note: 四位数字}
  - {name: 合计, type: number, unit: 元}
  - {name: 数一, type: integer, unit: 册, constraints: {minimum: 0, maximum: 10}}
  - {name: 数二, type: integer}
  - {name: 性别, type: string, constraints: {enum: [男, 女]}}
  - {name: 日期, type: date, format: '%Y%m%d'}
  - {name: 部门, type: string, reference: {table: '1.6', fields: [部门名称]}}
"""


def read(text: str) -> Definition:
    return read_definition(text, "9.9")


def changed(was: str, now: str) -> list[str]:
    assert was in BASE
    old, new = described(read(BASE)), described(read(BASE.replace(was, now)))
    assert json.loads(json.dumps(new)) == new
    return [str(told(each)) for each in differences(old, new)]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("unit: 元", "unit: 万元", "列“合计”的单位由“元”改为“万元”"),
        (", unit: 册,", ",", "列“数一”的单位由“册”改为“（无）”"),
        ("note: 四位数字", "note: 学校编的四位数字", "列“编号”的说明由“四位数字”改为“学校编的四位数字”"),
        ("[男, 女]", "[男, 女, 未说明]", "列“性别”的可选值增加了 未说明"),
        ("[男, 女]", "[男]", "列“性别”的可选值去掉了 女"),
        ("[男, 女]", "[男性, 女]", "列“性别”的可选值增加了 男性，去掉了 男"),
        ("[男, 女]", "[女, 男]", "列“性别”的可选值换了顺序"),
        (", constraints: {enum: [男, 女]}", "", "列“性别”不再限定可选值"),
        ("数二, type: integer", "数二, type: number", "列“数二”由“整数”改为“数字”"),
        ("'%Y%m%d'", "'%Y%m'", "列“日期”的日期由“年月日八位数字”改为“年月六位数字”"),
        ("minimum: 0", "minimum: 1.5", "列“数一”的最小值由“0”改为“1.5”"),
        ("maximum: 10", "maximum: 20", "列“数一”的最大值由“10”改为“20”"),
        ("{4}", "{5}", "列“编号”的写法要求有变化"),
        ("required: true, ", "", "列“编号”不再必填"),
        ("enum: [男", "required: true, enum: [男", "列“性别”改为必填"),
        (", reference: {table: '1.6', fields: [部门名称]}", "", "列“部门”不再与其他表核对"),
        ("[部门名称]", "[部门代码]", "列“部门”的值须在表 1.6 的“部门代码”之中"),
        ("unit: 元", "unit: 元, change: 0.5", None),
        ("name: 日期, type: date,", "name: 日期, window: in-period, type: date,", "列“日期”的写法要求有变化"),
        ("school-year", "calendar-year", "统计期由“学年”改为“自然年度”"),
        ("一行一人", "一行一班", "填表说明由“一行一人”改为“一行一班”"),
        ("[编号]", "[编号, 性别]", "不能重复的列由“编号”改为“编号、性别”"),
        ("title: 甲表\n", "title: 甲表\nrecords: one\n", "改为全表只填一行"),
        ("[数一, 数二]", "[数一]", "同一行里各列之间的关系有变化"),
        ("  - {name: 数二", "  - {name: 新}\n  - {name: 数二", "增加了列“新”（文字）"),
    ],
)  # fmt: skip
def test_one_thing_is_said_in_a_sentence(was: str, now: str, said: str | None) -> None:
    assert changed(was, now) == ([said] if said else [])


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("{name: 新, type: integer, unit: 册}", "增加了列“新”（整数，单位 册）"),
        ("{name: 新, type: year, constraints: {required: true}}", "增加了必填的列“新”（年份）"),
        ("{name: 新, type: number, unit: 元, constraints: {required: true}}",
         "增加了必填的列“新”（数字，单位 元）"),
    ],
)  # fmt: skip
def test_a_new_column_says_what_it_wants(column: str, said: str) -> None:
    assert changed("  - {name: 数二", f"  - {column}\n  - {{name: 数二") == [said]


def test_a_column_called_otherwise_went_and_came() -> None:
    assert changed("name: 性别", "name: 男女") == ["增加了列“男女”（文字）", "去掉了列“性别”"]


def test_what_nobody_types_by_changes_nothing() -> None:
    assert changed("title: 甲表", "title: 乙表\nsource: 某处") == []
    assert changed("unit: 元", "unit: 元, provenance: found, sensitive: true, change: 0.5") == []


def test_every_definition_is_told_against_every_other() -> None:
    """Whatever stands in a definition of ours, its difference from another one has its sentence."""
    every = [described(each) for each in load_all()]
    assert len(every) > 70
    for old, new in zip(every, every[1:] + every[:1], strict=True):
        assert all(str(told(each)) for each in differences(old, new))
        assert differences(old, json.loads(json.dumps(old))) == []


def test_a_difference_is_a_value() -> None:
    assert Difference("性别", "unit", "", "元") == Difference("性别", "unit", "", "元")
