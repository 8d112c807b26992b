"""What is foretold, in words: an end, and why a deadline is likely to be missed.

``_`` translates a sentence; reports, which are Chinese, leave it out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from deadlines.forecast import RETURNED_OFTEN, REVIEWS, Risk, Span
from deadlines.pace import WINDOW

Translate = Callable[[str], str]


def end_text(span: Span | None, _: Translate = str) -> str:
    """Between which days it will be finished, as people say it."""
    if span is None:
        return _("已完成")
    if span.first is None:
        return _("近 %(n)s 日进展不足，无法预计") % {"n": WINDOW}
    first = _day(span.first, _)
    if span.last is None:
        return _("最早 %(day)s，最晚无法预计（数据不足）") % {"day": first}
    days = first if span.first == span.last else _("%(first)s至%(last)s") % _ends(first, _day(span.last, _))
    return _("%(days)s（数据不足）") % {"days": days} if span.thin else days


def reason(risk: Risk, _: Translate = str) -> str:
    """Why the deadline is likely to be missed, with the numbers that say so."""
    parts = [_when(risk, _), _left(risk, _), _lately(risk, _)]
    if risk.cause == RETURNED_OFTEN:
        parts.append(_("退回率 %(share)s") % {"share": f"{risk.returned_share:.0%}"})
    if risk.missing >= risk.left:
        parts.append(_("预计都赶不上"))
    else:
        parts.append(_("预计约 %(n)s 张赶不上") % {"n": risk.missing})
    return _("，").join(parts)


def pace_text(per_day: float) -> str:
    """So many a working day, without a needless decimal."""
    return f"{per_day:.1f}".removesuffix(".0")


def _when(risk: Risk, _: Translate) -> str:
    return _("截止前 %(n)s 个工作日") % {"n": risk.days_left} if risk.days_left else _("今天截止")


def _left(risk: Risk, _: Translate) -> str:
    numbers = {"n": risk.left, "unstarted": risk.unstarted}
    if risk.unstarted == risk.left:
        return _("尚余 %(n)s 张未开始") % numbers
    if risk.unstarted:
        return _("尚余 %(n)s 张未完成（%(unstarted)s 张未开始）") % numbers
    return _("尚余 %(n)s 张未完成") % numbers


def _lately(risk: Risk, _: Translate) -> str:
    numbers = {"days": WINDOW, "n": pace_text(risk.per_day)}
    if risk.cause == REVIEWS:
        told = _("近 %(days)s 日每日审核 %(n)s 张") if risk.per_day else _("近 %(days)s 日没有审核")
    else:
        told = _("近 %(days)s 日每日完成 %(n)s 张") if risk.per_day else _("近 %(days)s 日没有提交")
    return told % numbers


def _ends(first: str, last: str) -> dict[str, str]:
    return {"first": first, "last": last}


def _day(day: date, _: Translate) -> str:
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
