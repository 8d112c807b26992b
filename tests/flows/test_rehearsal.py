"""What a rehearsal foresees is what happens, event for event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from actions.replay import recorded
from actions.sample_course import sample_deeds
from flows.rehearsal import Asked, rehearse
from models.facts import gather
from plans.course_file import Deed, read_course, write_course
from tests.flows.replayed import Replay, at_ticks, small_campaign, stage_of, told_line
from tests.mail.mail_server import listening

FIRST, SECOND = "一系", "二系"
PLACES = ("教务部", "质量部", FIRST, SECOND)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Replay, Replay]]:
    """The same campaign twice: one to live through, one that stays at its beginning."""
    plan = small_campaign()
    with listening() as post:
        made = Replay(tmp_path / "lived", plan, post), Replay(tmp_path / "fresh", plan)
        yield made
        for each in made:
            each.close()


def compare(pair: tuple[Replay, Replay], deeds: list[Deed], folder: Path) -> Counter[str]:
    """Live through the deeds; rehearse with what was recorded of them, written and read back."""
    lived, fresh = pair
    lived.run(deeds)
    with lived.database.reading() as session:
        text = write_course(recorded(session), lived.zone)
    course = tuple(read_course(text, "course.csv", lived.zone))
    assert len([deed for deed in course if deed.what != "pass"]) == len(PLACES) + len(deeds)
    end = lived.ticks()[-1]
    found = rehearse(fresh.settings, folder, Asked(end=end, course=course, onward=True), ())
    assert found.unfit == []
    sent = lived.sent()
    assert list(at_ticks(found.events, lived.ticks())) == [told_line(event) for event in sent]
    return Counter(event["kind"] for event in sent)


def test_nobody_does_anything(pair: tuple[Replay, Replay], tmp_path: Path) -> None:
    kinds = compare(pair, [], tmp_path)
    assert min(kinds[kind] for kind in ("reminder", "overdue", "forewarning", "escalation", "report")) > 3


def test_the_sample_course(pair: tuple[Replay, Replay], tmp_path: Path) -> None:
    lived, _ = pair
    with lived.database.reading() as session:
        course = sample_deeds(lived.plan, gather(session, lived.plan.schedule.start).assignments)
    deeds = [deed for deed in course if deed.what not in ("name", "pass") and deed.at < lived.ticks()[-1]]
    kinds = compare(pair, deeds, tmp_path)
    assert stage_of(lived, "8.6", FIRST) == "checked"
    assert kinds["reminder"] > 3


def test_extensions_asked_for_answered_and_revoked_in_mid_course(
    pair: tuple[Replay, Replay], tmp_path: Path
) -> None:
    lived, _ = pair
    at = lived.at
    deeds = [
        Deed(at(9, 9, 46), "8.6", FIRST, "ask-extension", until=date(2020, 11, 17), reason="出差"),
        Deed(at(9, 9, 50), "9.6.1", FIRST, "ask-extension", until=date(2020, 11, 20), reason="比赛"),
        Deed(at(9, 14), "9.6.1", FIRST, "refuse-extension", reason="来不及"),
        Deed(at(9, 15, 31), "9.6.1", FIRST, "ask-extension", until=date(2020, 11, 18), reason="比赛"),
        Deed(at(9, 15, 40), "9.6.1", FIRST, "withdraw-extension"),
        Deed(at(9, 21), "8.6", FIRST, "extend", until=date(2020, 11, 17), reason="同意"),
        Deed(at(10, 9), "9.6.1", SECOND, "submit"),
        Deed(at(11, 15), "9.6.1", SECOND, "return", reason="请补一行"),
        Deed(at(12, 11), "8.6", SECOND, "submit"),
        Deed(at(12, 14), "8.6", SECOND, "withdraw"),
        Deed(at(16, 10), "8.6", SECOND, "extend", until=date(2020, 11, 18), reason="停电"),
        Deed(at(16, 11), "8.6", FIRST, "revoke-extension", until=date(2020, 11, 17)),
        Deed(at(17, 16), "9.6.1", SECOND, "submit"),
        Deed(at(18, 9), "9.6.1", SECOND, "approve"),
    ]
    kinds = compare(pair, deeds, tmp_path)
    assert kinds["escalation"] > 3
    assert kinds["withdrawal"] > 0
    assert kinds["extension-request"] == 1
    assert kinds["extension-answer"] > 3


def test_what_is_asked_is_told_before_it_is_answered_in_the_same_half_hour(
    pair: tuple[Replay, Replay], tmp_path: Path
) -> None:
    _, fresh = pair
    course = (
        Deed(fresh.at(9, 9, 31), "8.6", FIRST, "ask-extension", until=date(2020, 11, 17), reason="出差"),
        Deed(fresh.at(9, 9, 50), "8.6", FIRST, "extend", until=date(2020, 11, 17), reason="同意"),
    )
    asked = Asked(begin=fresh.at(9, 9, 1), end=fresh.at(9, 10, 30), course=course, onward=True)
    events = rehearse(fresh.settings, tmp_path, asked, ()).events
    assert [(event["at"][11:16], event["rule"]) for event in events] == [
        ("09:45", "extension-asked"),
        ("10:00", "extension-granted"),
    ]
