"""What is foretold, in words: an end, and why a deadline is likely to be missed."""

from __future__ import annotations

from datetime import date

from deadlines.forecast import RETURNED_OFTEN, REVIEWS, Risk, Span
from deadlines.pace import WINDOW

THIN = "（数据不足）"


def end_text(span: Span | None) -> str:
    """Between which days it will be finished, as people say it."""
    if span is None:
        return "已完成"
    if span.first is None:
        return f"近 {WINDOW} 日进展不足，无法预计"
    if span.last is None:
        return f"最早 {_day(span.first)}，最晚无法预计{THIN}"
    days = _day(span.first) if span.first == span.last else f"{_day(span.first)}至{_day(span.last)}"
    return f"{days}{THIN}" if span.thin else days


def reason(risk: Risk) -> str:
    """Why the deadline is likely to be missed, with the numbers that say so."""
    left = f"尚余 {risk.left} 张未完成"
    if risk.unstarted == risk.left:
        left = f"尚余 {risk.left} 张未开始"
    elif risk.unstarted:
        left += f"（{risk.unstarted} 张未开始）"
    parts = [when(risk), left, _lately(risk)]
    if risk.cause == RETURNED_OFTEN:
        parts.append(f"退回率 {risk.returned_share:.0%}")
    parts.append("预计都赶不上" if risk.missing >= risk.left else f"预计约 {risk.missing} 张赶不上")
    return "，".join(parts)


def when(risk: Risk) -> str:
    """How far away the deadline is."""
    return f"截止前 {risk.days_left} 个工作日" if risk.days_left else "今天截止"


def pace_text(per_day: float) -> str:
    """So many a working day, without a needless decimal."""
    return f"{per_day:.1f}".removesuffix(".0")


def _lately(risk: Risk) -> str:
    verb = "审核" if risk.cause == REVIEWS else "完成"
    if not risk.per_day:
        return f"近 {WINDOW} 日没有{'审核' if risk.cause == REVIEWS else '提交'}"
    return f"近 {WINDOW} 日每日{verb} {pace_text(risk.per_day)} 张"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
