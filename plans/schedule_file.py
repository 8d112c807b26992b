"""`schedule.yaml` as a Schedule: every value validated, every mistake told with its line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plans.ladder import note_repeated_ids, read_ladder
from plans.plan import CalendarRules, Cohort, Contacts, Department, Period, Schedule
from plans.problems import Problems
from plans.sentence import Sentence
from plans.units import near_names
from plans.wanted_cases import read_cases
from plans.yaml_section import CLOCK, DAY, FLAG, MOMENT, TEXT, Form, Section, open_section, whole, word_of

EVIDENCE = ("upload", "form", "attest")
EVERYBODY = "all"
NO_DAY = date(1970, 1, 1)
EARLIEST, LATEST = time(7), time(19, 30)
HALF_HOUR = 30


def load_schedule(text: str, name: str = "schedule.yaml") -> Schedule:
    """The schedule that ``text`` says; PlanError with every problem where it cannot be used."""
    schedule, problems = read_schedule(text, name)
    problems.raise_any()
    return schedule


def read_schedule(text: str, name: str) -> tuple[Schedule, Problems]:
    """The schedule as far as it can be read, and what is wrong with it."""
    problems = Problems(name)
    root = open_section(text, problems)
    departments = _departments(root)
    known = tuple(department.name for department in departments)
    groups = _groups(root.section("groups"), departments)
    words = _words(root)
    campaign = _campaign(root.section("campaign", required=True))
    values = {
        **campaign,
        **_deadlines(root.section("deadlines", required=True), ZoneInfo(campaign["timezone"])),
        **_review(root.section("review"), known),
        **_cohorts(root.section("cohorts")),
        **words,
        **read_cases(
            root.section("cases"), ZoneInfo(campaign["timezone"]), words["case_themes"], (*known, *groups)
        ),
        **_ladders(root),
        **_mail(root.section("mail")),
    }
    schedule = Schedule(
        contacts=_contacts(root.section("contacts", required=True)),
        calendar=_calendar(root.section("calendar")),
        departments=departments,
        groups=groups,
        **values,
    )
    root.finish()
    return schedule, problems


def _zone(raw: str) -> str:
    try:
        return ZoneInfo(raw).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(raw) from error


ZONE = Form(_zone, Sentence("时区名称"), "Asia/Shanghai")


def _campaign(section: Section) -> dict[str, Any]:
    zone = section.default("timezone", ZONE, "Asia/Shanghai")
    start = section.required("start", MOMENT, datetime.combine(NO_DAY, time(8)))
    values = {
        "name": section.required("name", TEXT, ""),
        "year": section.required("year", whole(least=2000, example=2020), 2000),
        "college": section.required("college", TEXT, ""),
        "timezone": zone,
        "start": start.replace(tzinfo=ZoneInfo(zone)),
        "period": _period(section.section("period", required=True)),
        "calendar_year": section.optional("calendar_year", whole(least=2000, example=2019)),
        "evidence": section.default("evidence", word_of(*EVIDENCE), "upload"),
    }
    section.finish()
    return values


def _period(section: Section) -> Period:
    start = section.required("start", DAY, NO_DAY)
    period = Period(start, section.required("end", DAY, max(start, NO_DAY)))
    if period.end < period.start:
        section.note(
            "bad-date", section.line_of("end"), "end", Sentence("结束日期早于开始日期"), "end: 2020-08-31"
        )
    section.finish()
    return period


def _deadlines(section: Section, zone: ZoneInfo) -> dict[str, Any]:
    roster = section.required("roster", MOMENT, datetime.combine(NO_DAY, time(17, 30)))
    values = {
        "roster_due": roster.replace(tzinfo=zone),
        "due_time": section.default("due_time", CLOCK, time(23, 59, 59)),
        "review_within": section.default("review_within", whole(least=0), 2),
        "mend_within": section.default("mend_within", whole(least=0), 1),
        "close_after": section.default("close_after", whole(least=0), 5),
    }
    section.finish()
    return values


def _contacts(section: Section) -> Contacts:
    chat = section.section("chat")
    contacts = Contacts(
        office=section.required("office", TEXT, ""),
        phone=section.required("phone", Form(TEXT.parse, Sentence("电话"), '"62800000"'), ""),
        chat_kind=chat.default("kind", TEXT, ""),
        chat_number=chat.default("number", TEXT, ""),
        chat_name=chat.default("name", TEXT, ""),
        platform=section.default("platform", TEXT, ""),
    )
    chat.finish()
    section.finish()
    return contacts


def _calendar(section: Section) -> CalendarRules:
    rules = CalendarRules(
        holidays=frozenset(section.values("holidays", DAY)),
        workdays=frozenset(section.values("workdays", DAY)),
        start=section.default("work_start", CLOCK, time(8, 30)),
        end=section.default("work_end", CLOCK, time(17, 30)),
    )
    for day in sorted(rules.holidays & rules.workdays):
        message = Sentence("%(day)s 同时写成了休息日和工作日，请只留一处", day=day)
        section.note("bad-date", section.line_of("workdays"), "workdays", message)
    if rules.start >= rules.end:
        section.note(
            "bad-value",
            section.line_of("work_end"),
            "work_end",
            Sentence("下班时刻应晚于上班时刻"),
            '"17:30"',
        )
    section.finish()
    return rules


def _departments(root: Section) -> tuple[Department, ...]:
    entries = root.sections("departments", "name: 教务部")
    if not entries and not root.absent:
        message = Sentence("至少要有一个部门，否则没有人采集")
        root.note("missing-key", root.line_of("departments"), "departments", message, "- name: 教务部")
    departments = tuple(_department(entry) for entry in entries)
    names = [department.name for department in departments]
    for entry, name in zip(entries, names, strict=True):
        if names.count(name) > 1:
            entry.note(
                "duplicate-department",
                entry.line_of("name"),
                "name",
                Sentence("部门 %(name)s 写了不止一次", name=name),
            )
    return departments


def _department(entry: Section) -> Department:
    department = Department(
        name=entry.required("name", TEXT, ""),
        groups=entry.values("groups", TEXT),
        sample=entry.default("sample", FLAG, False),
    )
    entry.finish()
    return department


def _groups(section: Section, departments: tuple[Department, ...]) -> dict[str, tuple[str, ...]]:
    """Printed group names and the departments they mean: a mark, `all`, or a list of departments."""
    return {key: _members(section, key, departments) for key in section.entries}


def _members(section: Section, key: str, departments: tuple[Department, ...]) -> tuple[str, ...]:
    names = tuple(department.name for department in departments)
    if section.lists(key):
        members = section.values(key, TEXT)
        _note_unknown(section, key, members, names)
        return tuple(member for member in members if member in names)
    mark = section.required(key, TEXT, "")
    if mark == EVERYBODY:
        return names
    return tuple(department.name for department in departments if mark and mark in department.groups)


def _note_unknown(section: Section, key: str, used: Iterable[str], known: tuple[str, ...]) -> None:
    for name in used:
        if name not in known:
            message = Sentence(
                "部门 %(name)s 不在 departments 里%(near)s", name=name, near=near_names(name, known)
            )
            section.note("unknown-unit", section.line_of(key), key, message, "".join(known[:1]))


def _review(section: Section, known: tuple[str, ...]) -> dict[str, Any]:
    reviewer = section.optional("default", TEXT)
    _note_unknown(section, "default", [reviewer] if reviewer else [], known)
    limit = section.default("limit", whole(least=1, example=60), 60)
    section.finish()
    return {"default_reviewer": reviewer, "reviewer_limit": limit}


def _cohorts(section: Section) -> dict[str, Any]:
    values = {
        "cohorts": tuple(_cohort(entry) for entry in section.sections("printed", "entry: 2018")),
        "cohort_tables": section.values("tables", TEXT),
        "new_student_tables": section.values("new_student_tables", TEXT),
        "five_year_offset": section.default("five_year_offset", whole(least=0), 0),
    }
    section.finish()
    return values


def _cohort(entry: Section) -> Cohort:
    label = Form(TEXT.parse, Sentence("年级名称"), "一年级")
    cohort = Cohort(
        entry=entry.required("entry", whole(least=1990, example=2018), 1990),
        three_year=entry.optional("three_year", label),
        five_year=entry.optional("five_year", label),
    )
    entry.finish()
    return cohort


def _words(root: Section) -> dict[str, Any]:
    """The closed lists: student statuses, destinations and the themes of the typical cases."""
    statuses, destinations = root.section("statuses"), root.section("destinations")
    values = {
        "enrolled_statuses": statuses.values("enrolled", TEXT),
        "other_statuses": statuses.values("other", TEXT),
        "employed": destinations.values("employed", TEXT),
        "unemployed": destinations.values("unemployed", TEXT),
        "case_themes": root.values("case_themes", TEXT),
    }
    statuses.finish()
    destinations.finish()
    return values


def _ladders(root: Section) -> dict[str, Any]:
    ladders = {key: read_ladder(root, key) for key in ("reminders", "escalation")}
    note_repeated_ids(root, ladders)
    return ladders


def _mail(section: Section) -> dict[str, Any]:
    values = {
        "mail_from_name": section.default("from_name", TEXT, ""),
        "mails_per_minute": section.default("per_minute", whole(least=1, example=60), 60),
        "digest_between": _digest_between(section),
    }
    section.finish()
    return values


def _digest_between(section: Section) -> tuple[time, time] | None:
    """From when to when a person may have his digest: never at night, which no choice may change."""
    found = section.values("digest_between", CLOCK)
    if not section.has("digest_between"):
        return None
    if len(found) == 2 and EARLIEST <= found[0] < found[1] <= LATEST and _offers_any(*found):
        return found[0], found[1]
    message = Sentence(
        "每日提醒可选的时间要写两个时刻，先早后晚，都在 07:00 到 19:30 之间，中间至少有一个整点或半点"
    )
    section.note(
        "bad-value", section.line_of("digest_between"), "digest_between", message, '["07:30", "17:00"]'
    )
    return None


def _offers_any(first: time, last: time) -> bool:
    """Whether there is a half hour to choose between them, or at either."""
    minutes = first.hour * 60 + first.minute + bool(first.second)
    return -(-minutes // HALF_HOUR) * HALF_HOUR <= last.hour * 60 + last.minute
