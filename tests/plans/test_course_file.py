"""A recorded course as a file: read back whatever Excel made of it, and every wrong line told."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from plans.course_file import COLUMNS, WORDS, Deed, read_course, shifted, write_course
from plans.problems import PlanError

ZONE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2020, 11, 10, 9, 0, tzinfo=ZONE)
COURSE = [
    Deed(NINE, "7.1.1", "教务部", "submit", by="S021"),
    Deed(NINE.replace(hour=10), "7.1.1", "教务部", "extend", until=date(2020, 11, 20), reason="停电，\n两天"),
    Deed(NINE.replace(hour=11), "名单", "学务部", "name"),
]


def read(text: str) -> list[Deed]:
    return read_course(text, "course.csv", ZONE)


def problems(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(PlanError) as caught:
        read(text)
    return [(each.id, each.line, each.where) for each in caught.value.problems]


def test_what_was_written_is_read_back() -> None:
    text = write_course(COURSE, ZONE)
    assert text.startswith("\ufeff" + ",".join(COLUMNS))
    found = read(text)
    assert found[1].reason == "停电，两天"
    assert [found[0], found[2]] == [COURSE[0], COURSE[2]]


@pytest.mark.parametrize("what", WORDS)
def test_every_word_is_understood_in_both_languages(what: str) -> None:
    for word in (what, WORDS[what]):
        (deed,) = read(f"at,table,department,what,until\n2020/11/10 9:00,8.6,一系,{word},2020年11月20日\n")
        assert (deed.at, deed.what) == (NINE, what)


def test_the_columns_may_stand_in_any_order_and_the_deeds_come_in_that_of_time() -> None:
    text = "what,department,table,at\n提交,一系,8.6,2020-11-11 08:00\n退回,一系,8.6,2020-11-10T09:00+08:00\n"
    assert [deed.what for deed in read(text)] == ["return", "submit"]


def test_every_wrong_cell_is_told_with_its_line() -> None:
    text = (
        "at,table,department,what,until\n"
        "昨天,8.6,一系,提交,\n"
        ",8.6,一系,提交,\n"
        "2020-11-10 09:00,8.6,,提交,\n"
        "2020-11-10 09:00,8.6,一系,发呆,\n"
        "2020-11-10 09:00,8.6,一系,批准延期,\n"
        "2020-11-10 09:00,8.6,一系,批准延期,某天\n"
        "9999-12-31 23:59,8.6,一系,提交,\n"
    )
    assert problems(text) == [
        ("bad-date", 2, "at"),
        ("missing-value", 3, "at"),
        ("missing-value", 4, "department"),
        ("bad-value", 5, "what"),
        ("bad-date", 6, "until"),
        ("bad-date", 7, "until"),
        ("bad-date", 8, "at"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("missing-column", 1, "course.csv")),
        ("at,table\n1,2\n", ("missing-column", 1, "course.csv")),
        ("at,table,department,what\n", ("missing-value", None, "course.csv")),
        ("\0", ("missing-column", 1, "course.csv")),
    ],
)
def test_a_file_that_is_no_course_is_refused(text: str, found: tuple[str, int | None, str]) -> None:
    assert problems(text) == [found]


def test_a_course_is_shifted_by_whole_days() -> None:
    moved = shifted(COURSE, date(2021, 11, 9))
    assert [deed.at for deed in moved] == [deed.at.replace(year=2021, day=9) for deed in COURSE]
    assert moved[1].until == date(2021, 11, 19)
    assert shifted([], date(2021, 1, 1)) == []


def test_nothing_that_is_written_is_a_formula() -> None:
    text = write_course([Deed(NINE, "8.6", "一系", "return", reason="=1+1")], ZONE)
    assert text.splitlines()[1].endswith(",'=1+1")
