"""Deadlines as a calendar file that Outlook, WeCom, QQ Mail and phones take in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, vText, vUri

SHOWN_FOR = timedelta(minutes=30)
"""An event ends at its deadline and begins this long before: without length it is hidden by some programs."""
REFRESH = timedelta(hours=2)
LONGEST = 75
"""Octets in a line, the blank at the head of a continued one included (RFC 5545, 3.1)."""
ESCAPE = ord("\\")


@dataclass(frozen=True)
class Entry:
    """One thing that a person owes.  ``uid`` never changes; ``sequence`` rises with every change, ``changed``
    tells when the last one was; ``over``: it is owed no more."""

    uid: str
    due: datetime
    title: str
    text: str
    link: str
    sequence: int
    changed: datetime
    over: bool = False


def as_ics(name: str, zone: ZoneInfo, entries: Iterable[Entry]) -> bytes:
    """The calendar called ``name``; the same entries give the same bytes."""
    listed = list(entries)
    years = [entry.due.astimezone(zone).year for entry in listed]
    begin, end = _frame(name, zone.key, min(years, default=0), max(years, default=0))
    return b"".join((begin, *(_event(entry, zone) for entry in listed), end))


@lru_cache(maxsize=32)
def _frame(name: str, key: str, first: int, last: int) -> tuple[bytes, bytes]:
    """What stands before and after the events, with the zone of these years (0: of no event)."""
    made = Calendar()
    made.add("prodid", "-//Caiji//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", key)
    made.add("x-published-ttl", "PT2H")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    if first:
        years = date(first - 1, 1, 1), date(last + 1, 12, 31)
        made.add_component(Timezone.from_tzid(key, first_date=years[0], last_date=years[1]))
    begin, mark, end = made.to_ical().rpartition(b"END:VCALENDAR")
    return bytes(begin), bytes(mark + end)


@lru_cache(maxsize=8192)
def _event(entry: Entry, zone: ZoneInfo) -> bytes:
    """An event, not a to-do: Outlook, WeCom, QQ Mail and phones import nothing else.  Without an alarm, and
    not keeping its half hour from anybody.  Most say each morning what they said the day before.

    Texts are escaped by the library; its component would take ten times as long, a thousand times each
    morning.
    """
    lines = [
        "BEGIN:VEVENT",
        f"SEQUENCE:{entry.sequence}",
        _changed(entry.changed),
        _lasts(entry.due, zone),
        f"STATUS:{'CANCELLED' if entry.over else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
    ]
    written = [line.encode() for line in lines]
    written += [_text("UID", entry.uid), _text("SUMMARY", entry.title), _text("DESCRIPTION", entry.text)]
    if entry.link:
        written.append(_folded(b"URL:" + vUri(entry.link).to_ical()))
    return b"".join(line + b"\r\n" for line in (*written, b"END:VEVENT"))


@lru_cache(maxsize=1024)
def _changed(at: datetime) -> str:
    """A campaign has few moments for its many entries."""
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"DTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}"


@lru_cache(maxsize=1024)
def _lasts(due: datetime, zone: ZoneInfo) -> str:
    local, form = due.astimezone(zone), "%Y%m%dT%H%M%S"
    return f"DTSTART;TZID={zone.key}:{local - SHOWN_FOR:{form}}\r\nDTEND;TZID={zone.key}:{local:{form}}"


def _text(name: str, value: str) -> bytes:
    return _folded(f"{name}:".encode() + vText(value).to_ical())


def _folded(line: bytes) -> bytes:
    """In lines of at most 75 octets, none of which ends within a character or an escape."""
    pieces, start = list[bytes](), 0
    while len(line) - start > LONGEST - bool(start):
        end = start + LONGEST - bool(start)
        while line[end] & 0xC0 == 0x80 or line[end - 1] == ESCAPE:
            end -= 1
        pieces.append(line[start:end])
        start = end
    return b"\r\n ".join((*pieces, line[start:]))
