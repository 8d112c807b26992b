"""The office changes deadlines, calendar, departments and ladders by form, and sees the impact first."""

from __future__ import annotations

import re
from html import unescape

import pytest

from actions.plan_in_force import plan_in_force
from tests.web.conftest import Browser, Installation

FIELD = re.compile(r'<input[^>]*? name="([^"]+)"[^>]*?value="([^"]*)"([^>]*)>')
AREA = re.compile(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
HIDDEN = re.compile(r'<textarea name="(tasks|schedule)" hidden>(.*?)</textarea>', re.DOTALL)


def form_of(html: str) -> dict[str, str]:
    """What a browser would send from the form as it stands."""
    main = html.partition('class="settings"')[2]
    boxes = {
        name: unescape(value)
        for name, value, rest in FIELD.findall(main)
        if not name.endswith(".used") or " checked" in rest
    }
    return boxes | {name: unescape(text) for name, text in AREA.findall(main)}


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def test_nothing_changed_changes_nothing(office: Browser) -> None:
    answer = office.form("/plan/settings", form_of(office.get("/plan/settings").text))
    assert "上传的计划与现行计划相同" in answer.text


def test_what_is_changed_is_shown_and_then_applied(site: Installation, office: Browser) -> None:
    typed = form_of(office.get("/plan/settings").text) | {
        "due.2020-11-18": "2020-11-20",
        "calendar.holidays": "2020-11-19",
        "contacts.phone": "0731-1",
        "departments.teaching": "示例一系（信息工程）\n艺术系",
    }
    del typed["escalation.leaders-3-after.used"]
    shown = office.form("/plan/settings", typed)
    assert shown.status_code == 200
    assert "67 张表" in shown.text
    hidden = {name: unescape(text) for name, text in HIDDEN.findall(shown.text)}
    [base] = re.findall(r'name="base" value="(\d*)"', shown.text)
    assert office.form("/plan/apply", hidden | {"base": base}).status_code == 200
    with site.database.reading() as session:
        plan = plan_in_force(session)
    schedule = plan.schedule
    assert schedule.contacts.phone == "0731-1"
    assert {day.isoformat() for day in schedule.calendar.holidays} == {"2020-11-19"}
    assert {table.due.isoformat() for table in plan.tables} == {"2020-11-11", "2020-11-20"}
    assert "leaders-3-after" not in {rule.id for rule in schedule.escalation}
    assert [each.name for each in schedule.departments][-2:] == ["示例一系（信息工程）", "艺术系"]


def test_what_was_typed_stays_where_it_is_refused(office: Browser) -> None:
    typed = form_of(office.get("/plan/settings").text) | {
        "deadlines.review_within": "bald",
        "contacts.office": "质量处",
        "mail.from_name": "",
    }
    del typed["reminders.issue.used"]
    answer = office.form("/plan/settings", typed)
    assert answer.status_code == 422
    assert "review_within" in answer.text
    again = form_of(answer.text)
    assert (again["deadlines.review_within"], again["contacts.office"]) == ("bald", "质量处")
    assert "reminders.issue.used" not in again
    assert again["mail.from_name"] == ""


def test_a_deadline_that_is_no_date_is_told(office: Browser) -> None:
    answer = office.form(
        "/plan/settings", form_of(office.get("/plan/settings").text) | {"due.2020-11-11": "übermorgen"}
    )
    assert (answer.status_code, "“übermorgen”不是日期。" in answer.text) == (422, True)


def test_a_form_of_an_older_plan_is_refused(office: Browser) -> None:
    typed = form_of(office.get("/plan/settings").text) | {"base": "0", "contacts.office": "质量处"}
    answer = office.form("/plan/settings", typed)
    assert (answer.status_code, form_of(answer.text)["contacts.office"]) == (409, "质量处")
