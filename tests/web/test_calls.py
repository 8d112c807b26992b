"""电话催办: on paper and on a telephone, a call logged, its promise on the board and in the report."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select, update

from actions.clock import jump
from models import Answer, Person, Receipt
from tests.conftest import MORNING
from tests.web.conftest import Installation
from tests.web.transport import Browser

LATE = MORNING.replace(day=12, hour=9, minute=0)
MONDAY = LATE.replace(day=16)
SAID = {"reached": "yes", "by": "2020-11-13", "note": "等辅导员核对", "newest": "0"}


@pytest.fixture
def office(site: Installation) -> Browser:
    with site.database.writing() as session:
        jump(session, LATE)
    return site.browser("S000")


def person(site: Installation, staff_no: str) -> int:
    with site.database.reading() as session:
        return session.exec(select(Person.id).where(Person.staff_no == staff_no)).one() or 0


def log(site: Installation, office: Browser, **said: str) -> str:
    about = {f"about-{site.assignment('10.1.1', '学务部')}": "on"}
    return office.form(f"/calls/{person(site, 'S031')}", SAID | about | said).text


def card(html: str, name: str) -> str:
    return next(
        each for each in html.split("<section") if f"{name}采集员（示例）" in each and "card call" in each
    )


def test_who_is_late_is_listed_with_a_number_to_press(site: Installation, office: Browser) -> None:
    html = office.get("/calls").text
    assert "逾期 5 项，可能赶不上 0 项" in html
    found = card(html, "学务部")
    for text in ('href="tel:8031"', "学生基本信息", "逾期 1 个工作日", "登记通话"):
        assert text in found
    with site.database.writing() as session:
        session.connection().execute(update(Person).values(phone="028-6280 9066 转 12"))
    assert 'href="tel:0286280906612"' in office.get("/calls").text
    with site.database.writing() as session:
        session.connection().execute(update(Person).values(phone=""))
    shown = card(office.get("/calls").text, "学务部")
    assert "没有电话号码" in shown
    assert re.search(r'href="/people/S03\d#one-person">到“人员”中补上', shown)


def test_of_one_who_owes_much_the_most_urgent_is_listed(
    site: Installation, office: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.database.writing() as session:
        jump(session, LATE.replace(day=20))
    whole = card(office.get("/calls").text, "学务部").count('name="about-')
    monkeypatch.setattr("web.pages.calls.MATTERS", 2)
    found = card(office.get("/calls").text, "学务部")
    assert (found.count('name="about-'), f"他一共有 {whole} 项，这里列出最急的 2 项。" in found) == (2, True)


def test_a_promise_is_shown_on_the_board_and_in_the_report(site: Installation, office: Browser) -> None:
    html = log(site, office)
    assert "通话已登记" in html
    assert "承诺 11月13日 前完成" in card(html, "学务部")
    board = office.get("/dashboard").text
    assert "电话承诺 11月13日 前完成" in board
    assert "等辅导员核对" in board
    report = office.get("/reports").text
    assert "采集员 1 / 1 人电话已接通，承诺 11月13日 前完成：等辅导员核对" in report
    written = office.get("/reports/now.html").text
    assert "采集员电话已接通，承诺11月13日前完成：等辅导员核对" in written


def test_a_broken_promise_comes_to_the_top(site: Installation, office: Browser) -> None:
    log(site, office)
    with site.database.writing() as session:
        jump(session, MONDAY)
    html = office.get("/calls").text
    assert re.findall(r'class="call-state">([^<]+)<', html) == ["承诺未兑现", "今天待拨打"]
    assert "逾期未兑现" in card(html, "学务部")
    assert "（未兑现）" in office.get("/reports/now.html").text


def test_who_has_been_called_today_is_said_before_and_when_it_is_logged(
    site: Installation, office: Browser
) -> None:
    other = site.browser("S000")
    log(site, office, reached="no", by="", note="占线")
    assert "今天 09:00 已给他打过电话" in card(other.get("/calls").text, "学务部")
    assert "占线" in other.get("/calls/today").text
    again = other.form(
        f"/calls/{person(site, 'S031')}", SAID | {f"about-{site.assignment('10.1.1', '学务部')}": "on"}
    )
    assert (again.status_code, "已给学务部采集员（示例）打过电话，没有接通" in again.text) == (409, True)
    found = card(again.text, "学务部")
    assert "等辅导员核对</textarea>" in found
    assert 'value="2020-11-13"' in found
    assert found.count(" checked") == 2
    [newest] = re.findall(r'name="newest" value="(\d+)"', found)
    assert "通话已登记" in log(site, other, newest=newest)
    with site.database.reading() as session:
        assert len(session.exec(select(Receipt)).all()) == 2
        assert [each.note for each in session.exec(select(Answer).order_by(col(Answer.id)))] == [
            "等辅导员核对"
        ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"by": "2020-11-01"}, "11月01日已经过去"),
        ({"by": "明天"}, "不是可以识别的日期时间"),
        ({"reached": "no"}, "没有接通，就没有承诺"),
        ({"reached": ""}, "“reached”"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    site: Installation, office: Browser, said: dict[str, str], sentence: str
) -> None:
    html = log(site, office, **said)
    assert sentence in html
    assert "等辅导员核对</textarea>" in card(html, "学务部")
    with site.database.reading() as session:
        assert session.exec(select(Receipt)).all() == []


@pytest.mark.parametrize("staff_no", ["S001", "S910", "S031"])
def test_only_the_office_calls(site: Installation, office: Browser, staff_no: str) -> None:
    browser = site.browser(staff_no)
    for path in ("/calls", "/calls/today"):
        assert browser.get(path).status_code == 403
    assert browser.form(f"/calls/{person(site, 'S031')}", SAID).status_code == 403
    assert "电话催办" not in browser.get("/mine").text
    assert "电话催办" in office.get("/mine").text
