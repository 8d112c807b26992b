"""How people write numbers, dates, times and lists of departments, and what they mean."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from plans.sentence import Sentence

FULL_WIDTH = {**{ord("０") + digit: str(digit) for digit in range(10)}, ord("．"): ".", ord("\u3000"): " "}
YEARS = range(1990, 2200)
WEEKDAYS = (
    Sentence("星期一"),
    Sentence("星期二"),
    Sentence("星期三"),
    Sentence("星期四"),
    Sentence("星期五"),
    Sentence("星期六"),
    Sentence("星期日"),
)
NUMERALS = "一二三四五六七八九"
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold: a chart with one of them in a name ends the process that draws it."""
CHINESE = re.compile(r"[\u4e00-\u9fff、，（）]")

DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MOMENT = re.compile(r"(.+?)[\sT]\s*(\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)")


def half_width(text: str) -> str:
    """Full-width digits, points and spaces as their plain forms; Chinese punctuation stays."""
    return text.translate(FULL_WIDTH)


def tidy(text: str) -> str:
    """Trimmed and in one line; a line break between Chinese characters vanishes, else it is a space."""
    return re.sub(r"\s+", _joint, UNSEEN.sub("", text).strip())


def _joint(gap: re.Match[str]) -> str:
    """What a run of white space within a text becomes; looked at once, however long it is."""
    broken = "\n" in gap[0] or "\r" in gap[0]
    before, after = gap.string[gap.start() - 1], gap.string[gap.end()]
    return "" if broken and CHINESE.match(before) and CHINESE.match(after) else " "


def parse_units(text: str) -> tuple[str, ...]:
    """The departments or groups that a cell names, each once, in its order."""
    parts = (tidy(part) for part in re.split(r"[、，,；;\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def parse_day(text: str, year: int | None = None) -> date:
    """A date such as 2020-11-18, 2020/11/18 or 2020年11月18日; 11月18日 takes ``year``.  ValueError else, and
    where it lies in another century."""
    match = DAY.fullmatch(half_width(text).strip())
    if match is None:
        raise ValueError(f"no date: {text!r}")
    if match[1] is None and year is None:
        raise ValueError(f"no year: {text!r}")
    found = date(int(match[1] or year or 0), int(match[2]), int(match[3]))
    if found.year not in YEARS:
        raise ValueError(f"no campaign's year: {text!r}")
    return found


def parse_clock(text: str) -> time:
    """A time of day such as 08:30 or 23:59:59.  ValueError else."""
    match = CLOCK.fullmatch(half_width(text).strip())
    if match is None:
        raise ValueError(f"no time of day: {text!r}")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def parse_moment(text: str) -> datetime:
    """A local date and time such as 2020-11-07 17:30, without a zone.  ValueError else."""
    match = MOMENT.fullmatch(half_width(text).strip())
    if match is None:
        raise ValueError(f"no date with a time: {text!r}")
    return datetime.combine(parse_day(match[1]), parse_clock(match[2]))


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """A moment as people and programs write it: 2020-11-06T08:00, 2020-11-06 08:00 or 2020年11月6日 08:00.

    An offset that is written counts; without one the moment is ``zone``'s.  ValueError where it is none, or
    lies in another century.
    """
    plain = half_width(text).strip()
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        found = parse_moment(plain)
    if found.year not in YEARS:
        raise ValueError(f"no campaign's year: {text!r}")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def is_address(text: str) -> bool:
    """Whether mail can be sent to it: a name, an @ and a domain, without anything around them."""
    return ADDRESS.fullmatch(text) is not None


def parse_numeral(text: str) -> int | None:
    """A whole number in digits or as a Chinese numeral up to 99; ``None`` where it is neither."""
    plain = half_width(text).strip()
    if re.fullmatch(r"\d{1,4}", plain):
        return int(plain)
    match = re.fullmatch(rf"([{NUMERALS}])?(十)?([{NUMERALS}])?", plain)
    if not plain or match is None or (match[1] and match[3] and not match[2]):
        return None
    tens = (NUMERALS.index(match[1]) + 1 if match[1] else 1) if match[2] else 0
    ones = match[3] if match[2] else match[1] or match[3]
    return tens * 10 + (NUMERALS.index(ones) + 1 if ones else 0)


def month_and_day(day: date) -> Sentence:
    """A day within the year, as sentences say it."""
    return Sentence("%(month)s月%(day)s日", month=f"{day:%m}", day=f"{day:%d}")


def quoted(text: str) -> str:
    """What was read, quoted for a message; long text is cut, nothing is told as such."""
    return f"“{text[:40]}{'……' if len(text) > 40 else ''}”" if text.strip() else Sentence("空白")
