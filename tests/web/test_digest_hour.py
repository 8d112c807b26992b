"""Everybody chooses on 我的任务 when his digest comes, within what the office allows."""

from __future__ import annotations

import pytest
from sqlmodel import select

from models import Person
from tests.web.conftest import Installation


def stored(site: Installation, staff_no: str) -> str:
    with site.database.reading() as session:
        return session.exec(select(Person.digest_at).where(Person.staff_no == staff_no)).one()


def test_an_hour_is_chosen_shown_and_given_up(site: Installation) -> None:
    browser = site.browser("S031")
    answer = browser.form("/mine/digest-hour", {"at": "16:00"})
    assert "提醒时间已保存" in answer.text
    assert "<option selected>16:00</option>" in browser.get("/mine").text
    assert (stored(site, "S031"), stored(site, "S032")) == ("16:00", "")
    browser.form("/mine/digest-hour", {"at": ""})
    assert stored(site, "S031") == ""


def test_working_hours_are_offered_by_the_half_hour(site: Installation) -> None:
    html = site.browser("S031").get("/mine").text
    assert all(f"<option>{hour}</option>" in html for hour in ("08:30", "09:00", "17:30"))
    assert "<option>08:00</option>" not in html
    assert "<option>18:00</option>" not in html


@pytest.mark.parametrize("hour", ["07:30", "18:00", "16:10", "24:00", "' OR 1=1"])
def test_what_the_office_does_not_offer_is_refused_with_what_it_does(site: Installation, hour: str) -> None:
    answer = site.browser("S031").form("/mine/digest-hour", {"at": hour})
    assert answer.status_code == 422
    assert "请从 08:30 到 17:30 之间的整点和半点里选一个" in answer.text
    assert stored(site, "S031") == ""
