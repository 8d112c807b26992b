"""预计 on the board: what is foretold, in words, and who is likely to miss a deadline."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from actions import clock
from actions.extend import grant
from actions.late import late_report
from deadlines.forecast import Risk, Span
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
    assert "没有落后的部门会错过尚未到期的截止时间" in found
    assert "chart-ahead" not in found


def test_in_the_middle_the_slow_ones_are_named_with_their_numbers(site: Installation) -> None:
    found = card(site, "11-17T09:00")
    assert named(site, found) >= 1
    risks = re.findall(r"<li><strong>([^<]+)</strong> 截止前 1 个工作日，尚余 (\d+) 张[^，]+，近 3 日", found)
    assert 1 <= len(risks) <= 6
    assert "chart-ahead" in found
    assert re.search(r"<dt>全部提交</dt><dd>(11|12)月", found)


def named(site: Installation, found: str) -> int:
    """How many departments the card counts: each once, by however many deadlines it is at risk."""
    [number] = re.findall(r"(\d+) 个部门可能逾期", found)
    with site.database.reading() as session:
        at_risk = late_report(session, clock.now(session)).prospect.at_risk
    assert int(number) == len({each.department for each in at_risk})
    return int(number)


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


RISK = Risk("returned", 9, 2, 9, 0, 1.5, 0.4)


@pytest.mark.parametrize(
    ("language", "end", "why"),
    [
        (
            "zh",
            "11月20日至11月24日（数据不足）",
            "今天截止，尚余 9 张未完成（2 张未开始），近 3 日每日完成 1.5 张，退回率 40%，预计都赶不上",
        ),
        (
            "en",
            "11-20 to 11-24 (too little data)",
            "due today, 9 left unfinished (2 not started), 1.5 a day over the last 3 days, 40% returned, "
            "none likely in time",
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
