"""Deadlines as a calendar file that Outlook, WeCom, QQ Mail and phones take in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

SHOWN_FOR = timedelta(minutes=30)
"""An event ends at its deadline and begins this long before: without length it is hidden by some programs."""
REFRESH = timedelta(hours=2)


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
    made, listed = Calendar(), list(entries)
    made.add("prodid", "-//Caiji//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone.key)
    made.add("x-published-ttl", "PT2H")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    if listed:
        years = {entry.due.astimezone(zone).year for entry in listed}
        made.add_component(_zone(zone.key, min(years), max(years)))
    for entry in listed:
        made.add_component(_event(entry, zone))
    return bytes(made.to_ical())


def _event(entry: Entry, zone: ZoneInfo) -> Event:
    """An event, not a to-do: Outlook, WeCom, QQ Mail and phones import nothing else.  Without an alarm, and
    not keeping its half hour from anybody."""
    due, made = entry.due.astimezone(zone), Event()
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.changed)
    made.add("last-modified", entry.changed)
    made.add("dtstart", due - SHOWN_FOR)
    made.add("dtend", due)
    made.add("summary", entry.title)
    made.add("description", entry.text)
    made.add("status", "CANCELLED" if entry.over else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    if entry.link:
        made.add("url", entry.link)
    return made


@cache
def _zone(key: str, first: int, last: int) -> Timezone:
    return Timezone.from_tzid(key, first_date=date(first - 1, 1, 1), last_date=date(last + 1, 12, 31))
