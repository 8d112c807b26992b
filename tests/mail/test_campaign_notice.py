"""The notice with the decomposition: in the form of a plan on paper, so that it can be read back as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document

from mail.campaign_notice import as_notice
from plans.importing import import_plan
from plans.plan import Plan, PlanTable
from tests.conftest import shipped_plan


@pytest.fixture(scope="module")
def content() -> bytes:
    return as_notice(shipped_plan(), "https://caiji.example.edu.cn")


@pytest.fixture(scope="module")
def document(content: bytes) -> Document:
    return docx.Document(BytesIO(content))


def said(document: Document) -> list[str]:
    return [each.text for each in document.paragraphs if each.text]


def rows(document: Document, place: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[place].rows]


def test_it_is_a_letter_of_the_college(document: Document) -> None:
    lines = said(document)
    assert lines[:5] == [
        "示例职业学院",
        "〔2020〕　　号",
        "关于开展2020年人才培养工作状态数据采集",
        "工作的通知",
        "各系部、各部门：",
    ]
    assert lines[-2:] == ["质量部办公室", "2020年11月6日"]
    assert [line for line in lines if line[1:2] == "、"] == ["一、工作安排", "二、任务分工", "三、统计口径"]


@pytest.mark.parametrize(
    "sentence",
    [
        "于11月7日（周六）17:30前报质量部办公室",
        "11月11日前完成 5 张源数据表（1.6、6.1、7.1.1、7.2、10.1.1）的采集和审核；"
        "11月18日前完成 67 张数据表的采集。提交后 2 个工作日内审核，退回的 1 个工作日内改好",
        "2019年9月1日至2020年8月31日，编号以 5 开头的表取 2019 自然年度",
        "用本人教工号登录 https://caiji.example.edu.cn ，",
        "教学改革、学生发展、校企合作、创新创业、技能大赛、社会服务、国际交流等方面",
        "表中“各系部”指示例一系（信息工程）、",
        "电话 62809066，QQ群 531441966",
    ],
)
def test_it_says_what_the_plan_says(document: Document, sentence: str) -> None:
    assert sentence in "\n".join(said(document))


def test_the_decomposition_has_its_steps_directories_and_deadlines(document: Document) -> None:
    found = rows(document, 0)
    assert found[1] == ["1", "第一步：源数据表", "1.6 机构设置", "政务部", "政务部", "11月11日"]
    assert found[6] == ["", "第二步：其他数据表", "一、基本信息", "", "", ""]
    assert found[7] == ["6", "第二步：其他数据表", "1.1 名称", "政务部", "政务部", "11月18日"]
    assert found[-1][2:] == ["十二、系统未尽事宜有关说明", "参与数据采集的所有部门", "", "11月18日"]
    assert sum(bool(row[0]) for row in found[1:]) == 72
    assert "一级数据目录" not in "".join(map(str, found))


def test_a_step_is_one_merged_cell_and_the_headings_repeat(document: Document) -> None:
    table = document.tables[0]
    merged = [row.tc_lst[1].vMerge for row in table._tbl.tr_lst[1:]]
    assert (merged.count("restart"), merged.count("continue"), len(merged)) == (2, 81, 83)
    assert table._tbl.tr_lst[0].xpath("w:trPr/w:tblHeader")


def test_what_counts_as_what(document: Document) -> None:
    statuses, cohorts, destinations = (rows(document, place) for place in (1, 2, 3))
    assert statuses[1:] == [
        ["在读", "在校生"],
        ["毕业", "在校生"],
        ["肄业", "非在校生"],
        ["辍学", "非在校生"],
        ["其他", "非在校生"],
    ]
    assert cohorts[1] == ["2014 级", "", "三年级"]
    assert cohorts[-1] == ["2019 级", "新生", ""]
    assert [row[1] for row in destinations[1:]] == ["已就业"] * 5 + ["未就业"] * 2


def test_read_back_it_is_the_plan_again(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "通知.docx"
    path.write_bytes(content)

    def known(tables: tuple[PlanTable, ...]) -> list[PlanTable]:
        return [replace(table, printed="", evidence=None) for table in tables]

    assert known(import_plan(path).tables) == known(shipped_plan().tables)


def changed(**values: Any) -> Plan:
    first, *others = shipped_plan().tables
    return replace(shipped_plan(), tables=(replace(first, **values), *others))


def test_preloaded_tables_are_underlined_and_that_is_said() -> None:
    plain, marked = (docx.Document(BytesIO(as_notice(changed(preloaded=each)))) for each in (False, True))
    assert "已预装上年数据" not in "".join(said(plain))
    assert "名称加下划线的表已预装上年数据" in "".join(said(marked))
    underlined = [
        run.text
        for row in marked.tables[0].rows
        for run in row.cells[2].paragraphs[0].runs
        if run.text and run.underline
    ]
    assert underlined == ["1.6 机构设置"]


def test_a_deadline_of_another_year_has_its_year() -> None:
    made = docx.Document(BytesIO(as_notice(changed(due=date(2021, 1, 5)))))
    assert rows(made, 0)[1][5] == "2021年1月5日"


def test_what_a_plan_lacks_is_left_out() -> None:
    plan = shipped_plan()
    contacts = replace(plan.schedule.contacts, chat_number="", platform="")
    bare = replace(plan.schedule, contacts=contacts, case_themes=(), cohorts=(), calendar_year=None)
    made = docx.Document(BytesIO(as_notice(replace(plan, schedule=bare))))
    whole = "".join(said(made))
    assert [word for word in ("典型案例", "自然年度", "QQ群", "国家数据平台", "https") if word in whole] == []
    assert len(made.tables) == 3


def test_a_name_that_would_break_the_file_does_not() -> None:
    made = docx.Document(BytesIO(as_notice(changed(name="机构<&>{{ office }}\x0b设置"))))
    assert rows(made, 0)[1][2] == "1.6 机构<&>{{ office }}设置"
