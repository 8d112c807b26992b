"""A mail lists so many, says how many more there are, and where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import docx
import pytest

from mail.agenda import ATTACHED
from mail.letters import Letter
from mail.parts import Group, Item
from mail.render import LISTED, render
from mail.report_words import LISTED as PRINTED
from mail.reports import as_docx, as_html, summary
from models.late import LateReport
from tests.conftest import SHANGHAI, shipped_plan
from tests.mail.campaign_mail import PostOffice
from tests.mail.made_reports import REPORT
from tests.mail.test_agenda import desk

DUE = datetime(2020, 11, 18, 17, 30, tzinfo=SHANGHAI)
MORE = 3


def letter(
    template: str, number: int, departments: int = 1, context: dict[str, object] | None = None
) -> Letter:
    items = tuple(
        Item(f"表{n}号", "学务部", DUE, "", "在采集员手中", n, holder=f"部门{n % departments}")
        for n in range(number)
    )
    return Letter(
        template=template,
        to="a@x.test",
        subject="主题",
        greeting="您好：",
        lead="以下事项：",
        groups=(Group("overdue", "已逾期", items),),
        link="",
        contacts=shipped_plan().schedule.contacts,
        campaign="采集",
        context=context or {},
    )


def told(**more: object) -> dict[str, object]:
    empty = {"scope": "全院", "due": 1, "on_time": 0, "late": 1, "checking": [], "held_back": []}
    return {**empty, "rest": Group("overdue", "此前", ()), **more}


def many() -> LateReport:
    return replace(
        REPORT, late=tuple(replace(REPORT.late[0], name=f"名{n}号") for n in range(PRINTED + MORE))
    )


@pytest.mark.parametrize("template", ["letter", "withdrawal"])
@pytest.mark.parametrize("more", [0, MORE])
def test_items(template: str, more: int) -> None:
    for said in render(letter(template, LISTED + more)):
        assert (said.count("号 ·"), said.count("号</strong>")) in ((LISTED, 0), (0, LISTED))
        assert f"{LISTED + more} 项" in said
        assert (f"还有 {MORE} 项没有列出" in said) == bool(more)


def test_departments_and_what_each_owes() -> None:
    for said in render(letter("escalation", LISTED + MORE, LISTED + MORE, told())):
        assert f"还有 {MORE} 个部门没有列出" in said
        assert said.count("部门") == LISTED + 1
    for said in render(letter("escalation", LISTED + MORE, 1, told())):
        assert (said.count("）；表"), f" 等 {LISTED + MORE} 项" in said) == (LISTED - 1, True)


def test_a_report_and_its_mail() -> None:
    report = many()
    said = summary(report)
    for text in render(replace(letter("report", 0), groups=(), context=said)):
        assert (text.count("名"), f"还有 {PRINTED + MORE - LISTED} 项，全部在附件" in text) == (LISTED, True)


def test_a_report_on_paper_and_as_a_page_refers_to_the_book() -> None:
    report = many()
    paper = docx.Document(BytesIO(as_docx(report)))
    page = as_html(report).decode()
    assert len(paper.tables[-1].rows) == PRINTED + 1
    assert page.count('<td class="name">') == PRINTED
    for said in ("\n".join(each.text for each in paper.paragraphs), page):
        assert f"还有 {MORE} 项没有列出，全部在同一期的 Excel 里。" in said
    assert "没有列出" not in as_html(REPORT).decode()


def test_a_calendar_that_is_too_long_goes_with_no_mail(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = desk(office)
    held = read.addressees.roles_at("s011@sample.example")
    assert "BEGIN:VEVENT" in read.agenda.attached(held)
    assert len(read.agenda.entries(held)) <= ATTACHED
    monkeypatch.setattr("mail.agenda.ATTACHED", len(read.agenda.entries(held)) - 1)
    assert read.agenda.attached(held) == ""
