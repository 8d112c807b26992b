"""The calendar address: made and taken back on 我的任务, read without cookies, closed to who has left."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.dependencies.utils import get_dependant
from icalendar import Calendar
from sqlmodel import col, select, update

from models import CalendarFeed, Grant, Person
from models.digest import digest
from models.errors import TooMany
from tests.web.conftest import Installation
from web.deps import reading, writing
from web.pacing import Pace
from web.pages.calendar import make
from web.site import CALENDARS_A_MINUTE


def made(site: Installation, staff_no: str) -> str:
    """The path of a new address, as the page shows it."""
    answer = site.browser(staff_no).form("/mine/calendar")
    assert answer.status_code == 200
    [address] = re.findall(r'value="(http://caiji\.test/calendar/[^"]+\.ics)"', answer.text)
    return urlsplit(str(address)).path


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


def test_the_address_opens_the_owners_calendar_without_any_cookie(site: Installation) -> None:
    answer = site.browser().get(made(site, "S011"))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = titles(answer)
    assert len(found) == 10
    assert found[0] == "采集 1.6 机构设置 · 政务部"
    assert "http://caiji.test/assignments/" in answer.text


def test_only_the_hash_is_kept_and_the_page_shows_the_address_once(site: Installation) -> None:
    path = made(site, "S011")
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    with site.database.reading() as session:
        assert [feed.secret_hash for feed in session.exec(select(CalendarFeed))] == [digest(secret)]
    shown = site.browser("S011").get("/mine").text
    assert secret not in shown
    assert "重新生成日历地址" in shown


def test_a_new_address_ends_the_old_one(site: Installation) -> None:
    old, new = made(site, "S011"), made(site, "S011")
    assert old != new
    assert site.browser().get(old).status_code == 404
    assert site.browser().get(new).status_code == 200


def test_no_write_lock_is_held_while_the_address_is_shown() -> None:
    asked = {each.call for each in get_dependant(path="/mine/calendar", call=make).dependencies}
    assert (reading in asked, writing in asked) == (True, False)


def test_it_is_taken_back_by_its_owner(site: Installation) -> None:
    path, other = made(site, "S011"), made(site, "S021")
    answer = site.browser("S011").form("/mine/calendar/revoke")
    assert "日历地址已收回" in answer.text
    assert [site.browser().get(each).status_code for each in (path, other)] == [404, 200]


def test_who_left_has_no_calendar_any_more(site: Installation) -> None:
    path = made(site, "S011")
    with site.database.writing() as session:
        session.connection().execute(
            update(Person).where(col(Person.staff_no) == "S011").values(active=False)
        )
    assert site.browser().get(path).status_code == 404


def test_who_has_nothing_to_do_has_an_empty_calendar(site: Installation) -> None:
    assert titles(site.browser().get(made(site, "S001"))) == []


def test_an_unchanged_calendar_is_not_sent_again(site: Installation) -> None:
    path, browser = made(site, "S011"), site.browser()
    first = browser.get(path)
    assert first.headers["last-modified"] == "Fri, 06 Nov 2020 00:00:00 GMT"
    assert first.headers["cache-control"] == "private, no-cache"
    again = browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_change_is_sent_whatever_the_date_says(site: Installation) -> None:
    path, browser = made(site, "S011"), site.browser()
    first = browser.get(path)
    with site.database.writing() as session:
        for grant in session.exec(select(Grant).join(Person).where(Person.staff_no == "S011")):
            session.delete(grant)
    asked = {"if-none-match": first.headers["etag"], "if-modified-since": first.headers["last-modified"]}
    assert titles(browser.get(path, headers=asked)) == []


def test_a_head_request_tells_without_the_content(site: Installation) -> None:
    answer = site.browser().request("HEAD", made(site, "S011"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"]


def test_a_program_gone_wild_is_slowed_down_and_nobody_else(site: Installation) -> None:
    path, other, browser = made(site, "S011"), made(site, "S021"), site.browser()
    answers = [browser.get(path).status_code for _ in range(CALENDARS_A_MINUTE + 1)]
    assert answers == [200] * CALENDARS_A_MINUTE + [429]
    assert int(browser.get(path).headers["retry-after"]) in range(1, 61)
    assert browser.get(other).status_code == 200


@pytest.mark.parametrize(("after", "again"), [(59.0, False), (60.0, True)])
def test_the_pace_counts_a_minute(after: float, again: bool) -> None:
    at = [0.0]
    pace = Pace(2, lambda: at[0])
    pace.demand("a")
    pace.demand("a")
    with pytest.raises(TooMany):
        pace.demand("a")
    at[0] = after
    try:
        pace.demand("a")
    except TooMany as problem:
        assert (again, problem.detail["seconds"]) == (False, 2)
    else:
        assert again
