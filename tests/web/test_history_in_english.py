"""What the system says of itself in a table's history, and of incidents, has its English, too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions import extend
from models.incidents import tell, tell_lost
from models.stages import FAILED, Move, move
from models.worklist import line
from plans.sentence import Sentence
from tests.actions.people import office, task
from tests.web.conftest import MORNING, Installation
from tests.web.test_refusals_in_english import english_office
from web.language import ours, spoken

LATER = (MORNING + timedelta(days=30)).date()


def history(site: Installation, key: int) -> str:
    return english_office(site).get(f"/assignments/{key}").text.partition('id="history-title"')[2]


def test_what_an_extension_says(site: Installation) -> None:
    """The day is ours, the reason is his who gave it."""
    with site.database.writing() as session:
        key = task(session, "10.5", "学务部").id
        extend.grant(session, office(session, MORNING), key, LATER, "病假", MORNING)
    assert f"until {LATER} 23:59: 病假" in history(site, key)
    assert f"至 {LATER} 23:59：病假" in site.browser("S000").get(f"/assignments/{key}").text


def test_what_a_check_says(site: Installation) -> None:
    cause = Sentence(
        "%(cause)s变动后重新检测：", cause=Sentence("源表 %(code)s %(name)s", code="6.1", name="教师")
    )
    reason = Sentence("%(cause)s系统检测发现 %(errors)s 处错误", cause=cause, errors=3)
    with site.database.writing() as session:
        seen = task(session, "10.5", "学务部").assignment
        seen.stage = "reviewed"
        session.flush()
        event = move(session, seen, Move("fail", FAILED, MORNING, None, None, reason))
        key = seen.id or 0
    assert event.reason == "源表 6.1 教师变动后重新检测：系统检测发现 3 处错误"
    told = "Checked again after changes of Source table 6.1 教师: the system check found errors (3)"
    assert told in history(site, key)


def test_words_of_people_stay(site: Installation) -> None:
    """Even where they are words of ours."""
    with site.database.writing() as session:
        key = task(session, "10.5", "学务部").id
        seen = line(session, key).assignment
        seen.stage = "collected"
        session.flush()
        move(session, seen, Move("return", "returned", MORNING, None, None, "免报"))
    assert '<p class="said">免报</p>' in history(site, key)


def test_incidents(site: Installation) -> None:
    with site.database.writing() as session:
        tell_lost(session, "ab12", MORNING)
        tell(session, "job", "job", "没有句子", MORNING)
    page = english_office(site).get("/dashboard").text
    assert "A kept file cannot be read: blobs/ab/ab12 in the data folder." in page
    assert "没有句子" in page


@pytest.mark.parametrize("told", ["免报", "部门"])
def test_a_text_is_no_sentence(told: str) -> None:
    token = spoken.set("en")
    try:
        assert ours(told) == told
        assert ours(Sentence(told)) != told
    finally:
        spoken.reset(token)
