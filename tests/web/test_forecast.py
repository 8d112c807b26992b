"""预计 on the board: what is foretold, in words, and who is likely to miss a deadline."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from actions import clock
from actions.extend import grant
from actions.late import late_report
from deadlines.forecast import Span
from deadlines.risk import Risk
from models.worklist import lines
from tests.actions.people import office, task
from tests.actions.played import play
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from web import words
from web.language import spoken


def card(site: Installation, moment: str) -> str:
    """The card's text on the board at a moment of the sample."""
    now = datetime.fromisoformat(f"2020-{moment}").replace(tzinfo=SHANGHAI)
    with site.database.writing() as session:
        play(session, now)
        clock.jump(session, now)
    return shown(site)


def shown(site: Installation) -> str:
    html = site.browser("S000").get("/dashboard").text
    [found] = re.findall(
        r'<section class="card" aria-labelledby="forecast-title">.*?</section>', html, re.DOTALL
    )
    return str(found)


def test_before_anything_has_come_nothing_is_foretold(site: Installation) -> None:
    found = card(site, "11-06T08:30")
    assert "近 3 日进展不足，无法预计" in found
    assert "11月11日截止的：为时尚早，11月9日起判断（已完成 0%）" in found
    assert "11月18日截止的：为时尚早，11月13日起判断（已完成 0%）" in found
    assert "很难赶上" not in found
    assert "没有落后的部门" not in found
    assert "chart-ahead" not in found


def test_in_the_middle_the_slow_ones_are_named_with_their_numbers(site: Installation) -> None:
    found = card(site, "11-17T09:00")
    assert named(site, found) >= 1
    link = r'<a href="/reports\?department=[^"]+#at-risk">[^<]+</a> <span class="hint">尚余 \d+ 张</span>'
    assert 1 <= len(re.findall(link, found)) <= 6
    assert "截止前三个工作日起、全院完成三分之一后才判断" in found
    assert "chart-ahead" in found
    assert re.search(r"<dt>全部提交</dt><dd>(11|12)月", found)


def test_who_has_hardly_begun_on_the_eve_will_hardly_come_in_time(site: Installation) -> None:
    card(site, "11-17T17:30")
    with site.database.writing() as session:
        for each in lines(session, department="学务部"):
            each.assignment.stage, each.assignment.collected_at = "pending", None
            session.add(each.assignment)
    found = shown(site)
    assert '<span class="count count-bad">很难赶上 1</span>' in found
    said = (
        r"截止前还剩 9 个工作小时，尚余 (\d+) 张没交过，近 3 日没有提交，照此都赶不上，"
        r"已完成 0%，其他部门 \d+%</li>"
    )
    assert re.search(r'<li><a href="[^"]+"><strong>学务部</strong></a> ' + said, found)
    html = site.browser("S000").get("/reports").text
    assert re.findall(r'<h3 id="(\w+)">(\S+) <span', html) == [("hardly", "很难赶上"), ("watch", "需要留意")]


def named(site: Installation, found: str) -> int:
    """How many departments the card counts: each once, by however many deadlines it is at risk."""
    told = re.findall(r'<span class="count[^"]*">(?:很难赶上|需要留意) (\d+)</span>', found)
    with site.database.reading() as session:
        at_risk = late_report(session, clock.now(session)).prospect.at_risk
    assert sum(map(int, told)) == len({(each.department, each.risk.level) for each in at_risk})
    return sum(map(int, told))


def test_a_department_with_two_deadlines_is_counted_once(site: Installation) -> None:
    before = named(site, card(site, "11-17T09:00"))
    with site.database.writing() as session:
        now = clock.now(session)
        at_risk = late_report(session, now).prospect.at_risk
        each = next(each for each in at_risk if each.stage == "pending")
        line = task(session, each.table, each.department)
        grant(session, office(session, now), line.id, date(2020, 11, 19), "出差", now)
        deadlines = {each.deadline.day for each in late_report(session, now).prospect.at_risk}
    assert deadlines == {18, 19}
    assert named(site, shown(site)) == before


def test_at_the_end_there_is_nothing_left_to_foretell(site: Installation) -> None:
    found = card(site, "11-25T18:00")
    assert "全部已审结" in found
    assert found.count("已完成") >= 2


RISK = Risk("hardly", "returned", 9, 2, 9, 0, 1, 1.5, 0.4, 0.2, None)


@pytest.mark.parametrize(
    ("language", "end", "why"),
    [
        (
            "zh",
            "11月20日至11月24日（数据不足）",
            "截止前还剩 1 个工作小时，尚余 9 张未完成（2 张没交过），近 3 日每日完成 1.5 张，"
            "退回率 40%，照此都赶不上",
        ),
        (
            "en",
            "11-20 to 11-24 (too little data)",
            "1 working hour to the deadline, 9 left unfinished (2 never handed in), 1.5 a day over the last "
            "3 days, 40% returned, at this pace none in time",
        ),
    ],
)
def test_both_languages_say_it(language: str, end: str, why: str) -> None:
    token = spoken.set(language)
    try:
        assert words.end(Span(date(2020, 11, 20), date(2020, 11, 24), True)) == end
        assert words.at_risk(RISK) == why
    finally:
        spoken.reset(token)
