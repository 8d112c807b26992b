"""Numbers, dates and lists as people write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.notation import (
    NUMERALS,
    half_width,
    parse_clock,
    parse_day,
    parse_instant,
    parse_moment,
    parse_numeral,
    parse_units,
    quoted,
    tidy,
)


@pytest.mark.parametrize(
    "text",
    [
        "2020-11-18", "2020/11/18", "2020.11.18", "2020年11月18日", "２０２０年１１月１８日", " 2020-11-18 ",
        "2020 年 11 月 18 日", "2020-11-18 00:00:00", "2020/11/18 0:00",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert parse_day(text) == date(2020, 11, 18)


def test_a_day_without_year_takes_the_given_one() -> None:
    assert parse_day("11月18日", 2020) == date(2020, 11, 18)
    assert parse_day("2021年1月8日", 2020) == date(2021, 1, 8)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11月18日",
        "2020-13-01",
        "2020-02-30",
        "月底",
        "20201118",
        "18",
        "2020-11-18x",
        "9999-12-31",
        "1899-1-1",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_day(text)


def test_the_leap_day_needs_its_year() -> None:
    assert parse_day("2月29日", 2020) == date(2020, 2, 29)
    with pytest.raises(ValueError, match="day"):
        parse_day("2月29日", 2021)


def test_clock_and_moment() -> None:
    assert parse_clock("8:30") == time(8, 30)
    assert parse_clock("23：59：59") == time(23, 59, 59)
    assert parse_moment("2020-11-07 17:30") == datetime(2020, 11, 7, 17, 30)  # noqa: DTZ001
    assert parse_moment("2020-11-06T08:00") == datetime(2020, 11, 6, 8, 0)  # noqa: DTZ001
    assert parse_moment("2020年11月7日 17:30") == datetime(2020, 11, 7, 17, 30)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["25:00", "8", "08:60", "早上", ""])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_clock(text)


@pytest.mark.parametrize("text", ["2020-11-07", "17:30", "2020-11-07 下班前", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("７２", 72), ("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十四", 34), (" 5 ", 5)],
)
def test_numerals(text: str, number: int) -> None:
    assert parse_numeral(text) == number


@pytest.mark.parametrize("text", ["", "  ", "一二", "1.6", "序号", "十十", "-3", "12345"])
def test_what_is_no_numeral(text: str) -> None:
    assert parse_numeral(text) is None


@given(st.integers(1, 99))
def test_every_numeral_up_to_99_is_read(number: int) -> None:
    tens, ones = divmod(number, 10)
    text = (
        (NUMERALS[tens - 1] if tens > 1 else "")
        + ("十" if tens else "")
        + (NUMERALS[ones - 1] if ones else "")
    )
    assert parse_numeral(text) == number


def test_units_are_split_once_each_in_their_order() -> None:
    assert parse_units("教务部、学务部") == ("教务部", "学务部")
    assert parse_units(" 教务部，学务部 ;教务部\n一系 ") == ("教务部", "学务部", "一系")
    assert parse_units(" 、 ") == ()


def test_full_width_digits_change_and_chinese_punctuation_stays() -> None:
    assert half_width("６．３（在研）、１\u3000项") == "6.3（在研）、1 项"


def test_a_line_break_between_chinese_characters_vanishes() -> None:
    assert tidy(" 教师\n授课情况 ") == "教师授课情况"
    assert tidy("6.2\n教师  授课") == "6.2 教师 授课"
    assert tidy("教师 \r\n\u3000授课、\n（A\nB） C\t中") == "教师授课、（A B） C 中"


def test_what_nobody_sees_is_left_out() -> None:
    """The break that Word pastes, a bell, half a character: in a department's name they ended the worker."""
    assert tidy("教务\x07部\x00 一\x0b系\ud83d\ufffe") == "教务部 一 系"


def test_a_cell_full_of_line_breaks_is_read_at_once() -> None:
    """Tried at every length and place, a thousand of them took seconds, and ten thousand hours."""
    assert tidy("教师" + "\n" * 100_000 + "x") == "教师 x"


def test_what_was_read_is_quoted_in_short() -> None:
    assert quoted("月底") == "“月底”"
    assert quoted(" ") == "空白"
    assert quoted("长" * 50) == f"“{'长' * 40}……”"


SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2020, 11, 12, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "2020-11-12T09:00", "2020-11-12 09:00", "2020年11月12日 9:00", "２０２０-11-12T09:00:00",
        "2020-11-12T09:00+08:00", "2020-11-12T01:00+00:00", "2020-11-12T01:00Z", "2020-11-11T20:00-05:00",
    ],
)  # fmt: skip
def test_an_instant_keeps_its_offset_and_is_the_zones_without_one(text: str) -> None:
    assert parse_instant(text, SHANGHAI) == NINE


def test_a_day_alone_is_its_first_moment() -> None:
    assert parse_instant("2020-11-12", SHANGHAI) == NINE - timedelta(hours=9)


@pytest.mark.parametrize(
    "text", ["", "gestern", "2020-13-01T09:00", "25:00", "0001-01-01T00:00+08:00", "9999-12-31"]
)
def test_what_is_no_instant_of_a_campaign_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text, SHANGHAI)
