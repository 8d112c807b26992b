"""What is foretold, in words: an end, and why a deadline is likely to be missed.

``_`` translates a sentence; reports, which are Chinese, leave it out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from deadlines.forecast import Span
from deadlines.pace import WINDOW
from deadlines.risk import HARDLY, RETURNED_OFTEN, REVIEWS, Risk, Undecided

Translate = Callable[[str], str]
Count = Callable[[str, str, int], str]
IN_HOURS = 1
"""Working days before a deadline from which the working hours are told."""


def chinese(one: str, many: str, number: int) -> str:
    """The sentence as it is written: Chinese has no plural."""
    return one


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


def level_text(level: str, _: Translate = str) -> str:
    """How surely a deadline is likely to be missed."""
    return _("很难赶上") if level == HARDLY else _("需要留意")


def reason(risk: Risk, _: Translate = str, ngettext: Count = chinese) -> str:
    """Why the deadline is likely to be missed, with the numbers that say so."""
    parts = [_when(risk, _, ngettext), _left(risk, ngettext), _lately(risk, _)]
    if risk.cause == RETURNED_OFTEN:
        parts.append(_("退回率 %(share)s") % {"share": f"{risk.returned_share:.0%}"})
    if risk.missing >= risk.left:
        parts.append(_("照此都赶不上"))
    else:
        parts.append(
            ngettext("照此约 %(n)s 张赶不上", "照此约 %(n)s 张赶不上", risk.missing) % {"n": risk.missing}
        )
    if risk.others is not None:
        done = {"share": f"{risk.share:.0%}", "others": f"{risk.others:.0%}"}
        parts.append(_("已完成 %(share)s，其他部门 %(others)s") % done)
    return _("，").join(parts)


def undecided_text(each: Undecided, _: Translate = str) -> str:
    """From when on, or with how much done, it can be told who will miss a deadline."""
    told = {"deadline": _day(each.deadline.date(), _), "share": f"{each.share:.0%}"}
    if each.judged_from is None:
        return _("%(deadline)s截止的：全院只完成 %(share)s，不到三分之一，还看不出谁会落下") % told
    day = _day(each.judged_from, _)
    return _("%(deadline)s截止的：为时尚早，%(day)s起判断（已完成 %(share)s）") % {**told, "day": day}


def pace_text(per_day: float) -> str:
    """So many a working day, without a needless decimal."""
    return f"{per_day:.1f}".removesuffix(".0")


def _when(risk: Risk, _: Translate, ngettext: Count) -> str:
    if risk.days_left > IN_HOURS:
        return ngettext("截止前 %(n)s 个工作日", "截止前 %(n)s 个工作日", risk.days_left) % {
            "n": risk.days_left
        }
    if not risk.hours_left:
        return _("今天截止，已过下班时间")
    hours = ngettext("截止前还剩 %(n)s 个工作小时", "截止前还剩 %(n)s 个工作小时", risk.hours_left)
    return hours % {"n": risk.hours_left}


def _left(risk: Risk, ngettext: Count) -> str:
    numbers = {"n": risk.left, "unstarted": risk.unstarted}
    if risk.unstarted == risk.left:
        return ngettext("尚余 %(n)s 张没交过", "尚余 %(n)s 张没交过", risk.left) % numbers
    if risk.unstarted:
        told = ngettext(
            "尚余 %(n)s 张未完成（%(unstarted)s 张没交过）",
            "尚余 %(n)s 张未完成（%(unstarted)s 张没交过）",
            risk.left,
        )
        return told % numbers
    return ngettext("尚余 %(n)s 张未完成", "尚余 %(n)s 张未完成", risk.left) % numbers


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
