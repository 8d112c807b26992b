"""The draft of a notice: what is in a department's own hands, how long, and how much is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import docx
from docx.document import Document

from mail.circular import as_circular
from models.late import LateReport
from tests.mail.made_reports import DUE, NOTHING, REPORT, UNNAMED

ONLY = replace(REPORT, late=REPORT.late[:-1])


def opened(report: LateReport) -> Document:
    return docx.Document(BytesIO(as_circular(report)))


def text(report: LateReport) -> str:
    return "\n".join(paragraph.text for paragraph in opened(report).paragraphs)


def tables(report: LateReport) -> list[list[Sequence[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in opened(report).tables]


def test_it_has_the_form_of_a_notice_and_is_a_draft() -> None:
    said = text(REPORT).splitlines()
    assert said[0] == "（草稿，由质量部办公室核定后印发）"
    assert said[1:3] == ["示例职业学院", "〔2020〕　　号"]
    assert said[3:5] == ["关于2020年数据采集", "逾期情况的通报"]
    assert said[5] == "各系部、各部门："
    assert said[-2:] == ["质量部办公室", "2020年　　月　　日"]


def test_by_department_in_whose_hands_it_is() -> None:
    assert tables(REPORT) == [
        [
            ["政务部", "1", "2", "6.1 教师基本情况"],
            ["学务部", "1", "2", "10.1.1 学生基本信息"],
        ],
        [["学务部", "1", "2", "1.6 机构设置（政务部提交）"]],
    ]
    assert "应交 9 项，按时提交 6 项；尚未完成并列入本通报的 4 项，涉及 3 个部门" in text(REPORT)


def test_of_one_department_the_longest_come_first() -> None:
    late = (
        replace(REPORT.late[1], working_days_late=1),
        replace(REPORT.late[1], table="2.1", name="基本情况", working_days_late=6),
        replace(REPORT.late[1], table="3.1", name="占地", working_days_late=6),
    )
    [rows] = tables(replace(ONLY, late=late))
    assert rows == [
        ["政务部", "2", "6", "2.1 基本情况；3.1 占地"],
        ["政务部", "1", "1", "6.1 教师基本情况"],
    ]


def test_of_many_the_numbers_stand_without_the_names() -> None:
    mine = tuple(replace(REPORT.late[1], table=f"4.{n}") for n in range(13))
    waiting = tuple(replace(REPORT.late[0], table=f"4.{n}", department=f"{n % 2}系") for n in range(13))
    [[collecting], [reviewing]] = tables(replace(ONLY, late=(*mine, *waiting)))
    assert collecting == ["政务部", "13", "2", "\u3000".join(f"4.{n}" for n in range(13))]
    assert reviewing == ["学务部", "13", "2", "0系提交的 7 项；1系提交的 6 项"]


def test_what_is_held_back_waits_or_is_checked_is_counted_and_not_named() -> None:
    late = (
        replace(REPORT.late[0], held_until=DUE.replace(day=20), held_reason="住院"),
        replace(REPORT.late[1], waiting_on=("教务部",)),
        *REPORT.late[2:-1],
    )
    report = replace(ONLY, late=late)
    said = text(report)
    for sentence in ("另有 1 项因故暂缓", "另有 1 项在等其他部门补录源表", "另有 1 项已审核、正在系统检测"):
        assert sentence in said
    assert "住院" not in said
    assert tables(report) == [[["学务部", "1", "2", "10.1.1 学生基本信息"]]]
    assert "涉及 1 个部门" in said


def test_headings_are_numbered_whatever_there_is() -> None:
    def headings(report: LateReport) -> list[str]:
        return [line for line in text(report).splitlines() if line[1:2] == "、"]

    assert headings(REPORT) == ["一、采集环节", "二、审核环节", "三、名单未报", "四、有关说明和要求"]
    assert headings(replace(ONLY, late=REPORT.late[1:2])) == ["一、采集环节", "二、有关说明和要求"]
    assert headings(replace(NOTHING, late=(UNNAMED,))) == ["一、名单未报", "二、有关说明和要求"]


def test_nothing_to_tell_is_said() -> None:
    assert "目前没有需要通报的事项。" in text(NOTHING)
    assert "目前没有需要通报的事项。" not in text(replace(NOTHING, late=(UNNAMED,)))
    assert tables(NOTHING) == []


def test_what_people_typed_is_text() -> None:
    odd = replace(REPORT.late[1], name='<w:p/>&"{{ office }}')
    assert tables(replace(ONLY, late=(odd,)))[0][0][3].endswith('6.1 <w:p/>&"{{ office }}')
