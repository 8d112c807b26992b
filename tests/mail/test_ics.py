"""The calendar file: read back by the library, its lines folded, nothing random in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from mail.ics import Entry, as_ics
from tests.conftest import SHANGHAI

DUE = datetime(2020, 11, 18, 23, 59, 59, tzinfo=SHANGHAI)
CHANGED = datetime(2020, 11, 6, 0, 0, tzinfo=UTC)


def entry(uid: str = "a@caiji", title: str = "采集 6.1 教师", text: str = "", over: bool = False) -> Entry:
    return Entry(uid, DUE, title, text, "https://caiji.test/assignments/1", 3, CHANGED, over)


def events(content: bytes) -> list[Event]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_an_event_ends_at_its_deadline_in_the_campaigns_zone() -> None:
    [found] = events(as_ics("采集", SHANGHAI, [entry()]))
    assert (found.start, found.end) == (DUE - timedelta(minutes=30), DUE)
    assert found["DTEND"].params["TZID"] == "Asia/Shanghai"
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == ("a@caiji", 3, "CONFIRMED")
    assert found["URL"] == "https://caiji.test/assignments/1"
    assert (found["LAST-MODIFIED"].dt, found["DTSTAMP"].dt) == (CHANGED, CHANGED)


def test_what_is_over_is_cancelled() -> None:
    [found] = events(as_ics("采集", SHANGHAI, [entry(over=True)]))
    assert found["STATUS"] == "CANCELLED"


def test_the_calendar_is_published_with_its_zone_and_without_alarms() -> None:
    made = Calendar.from_ical(as_ics("数据采集 · 学院", SHANGHAI, [entry()]))
    assert (made["METHOD"], made["X-WR-CALNAME"]) == ("PUBLISH", "数据采集 · 学院")
    [zone] = made.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert made.walk("VALARM") == []


def test_a_zone_with_summer_time_is_told_with_both_halves() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    made = Calendar.from_ical(as_ics("x", berlin, [entry()]))
    assert {part.name for part in made.walk("VTIMEZONE")[0].subcomponents} == {"STANDARD", "DAYLIGHT"}
    [found] = made.walk("VEVENT")
    assert found.end == DUE


def test_nothing_owed_is_an_empty_calendar() -> None:
    assert events(as_ics("采集", SHANGHAI, [])) == []


def test_the_same_entries_are_the_same_bytes() -> None:
    assert as_ics("采集", SHANGHAI, [entry()]) == as_ics("采集", SHANGHAI, [entry()])


def test_two_hundred_things_are_one_file() -> None:
    content = as_ics("采集", SHANGHAI, [entry(f"{n}@caiji") for n in range(200)])
    assert len(events(content)) == 200
    assert content.count(b"BEGIN:VTIMEZONE") == 1
    assert len(content) < 150_000


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120).filter(
    # The library takes a backslash before this letter for a line break, when it writes as when it reads.
    lambda text: "\\n" not in text.lower()
)


@given(title=PLAIN, text=PLAIN)
def test_any_text_comes_back_and_no_line_is_too_long(title: str, text: str) -> None:
    content = as_ics("采集", SHANGHAI, [entry(title=title, text=text)])
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    [found] = events(content)
    assert (str(found["SUMMARY"]), str(found["DESCRIPTION"])) == (title, text)
