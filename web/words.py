"""The words that pages use for the values of code."""

from __future__ import annotations

from datetime import date, datetime

from checks.cross_rules import rules
from deadlines.forecast import Span
from deadlines.risk import Risk, Undecided
from mail.forecast_words import end_text, level_text, reason, undecided_text
from web.language import gettext as _
from web.language import ngettext, sentence

MARKS = {
    "pending": "○",
    "started": "◔",
    "collected": "◐",
    "reviewed": "◑",
    "checked": "✓",
    "returned": "↩",
    "failed": "✕",
    "exempt": "–",
    "void": "⚠",
    "waiting": "…",
}


def stage(value: str) -> str:
    """A stage as people call it."""
    return stages().get(value, value)


def stages() -> dict[str, str]:
    """All stages as people call them."""
    return {
        "pending": _("待采集"),
        "collected": _("待审核"),
        "reviewed": _("待系统检测"),
        "checked": _("已通过"),
        "returned": _("已退回"),
        "failed": _("检测未通过"),
        "exempt": _("免报"),
    }


def mark(value: str) -> str:
    """A stage's sign, so that colour is never the only difference."""
    return MARKS.get(value, "·")


def verb(value: str) -> str:
    """What happened, in the history."""
    return {
        "submit": _("提交审核"),
        "withdraw": _("撤回提交"),
        "restore": _("恢复审核结论"),
        "approve": _("审核通过"),
        "return": _("审核不通过，退回"),
        "pass": _("系统检测通过"),
        "fail": _("系统检测未通过"),
        "exempt": _("免报"),
        "unexempt": _("取消免报"),
        "recheck": _("重新检测"),
        "release": _("质量部放行"),
        "revoke-release": _("质量部收回放行"),
        "ask-addition": _("请源表部门补录"),
        "promise-addition": _("答应补录"),
        "refuse-addition": _("不予补录"),
        "withdraw-addition": _("撤回补录请求"),
        "addition-made": _("已补录"),
        "ask-extension": _("申请延期"),
        "extend": _("批准延期"),
        "refuse-extension": _("不同意延期"),
        "revoke-extension": _("收回延期"),
        "withdraw-extension": _("撤回延期申请"),
        "hold": _("暂缓上报院领导"),
        "lift-hold": _("恢复上报院领导"),
    }.get(value, value)


def kind(value: str) -> str:
    """How a version came."""
    return {
        "upload": _("上传工作簿"),
        "form": _("在线填写"),
        "merge": _("多份合并"),
        "mend": _("一键改正"),
        "attest": _("平台填报确认"),
        "nil": _("无数据申报"),
        "preload": _("预置上年数据"),
    }.get(value, value)


def role(value: str) -> str:
    """A role."""
    return {
        "collector": _("采集员"),
        "reviewer": _("审核员"),
        "head": _("部门负责人"),
        "leader": _("院领导"),
        "office": _("质量部"),
        "auditor": _("审计查看"),
    }.get(value, value)


def severity(value: str) -> str:
    """How grave a finding is."""
    return {"error": _("错误"), "warning": _("警告"), "info": _("说明")}.get(value, value)


def verdict(value: str) -> str:
    """What the reviewer says of an explanation."""
    return {"accepted": _("已接受"), "refused": _("未接受")}.get(value, value)


def holder(value: str | None) -> str:
    """Who holds something up."""
    return {"collector": _("采集员"), "reviewer": _("审核员"), "system-check": _("系统检测")}.get(
        value or "", "—"
    )


def end(span: Span | None) -> str:
    """Between which days something will be finished."""
    return end_text(span, _)


def at_risk(risk: Risk) -> str:
    """Why a deadline is likely to be missed."""
    return reason(risk, _, ngettext)


def level(value: str) -> str:
    """How surely a deadline is likely to be missed."""
    return level_text(value, _)


def undecided(each: Undecided) -> str:
    """Why nobody can be named for a deadline yet."""
    return undecided_text(each, _)


def until(at: datetime, now: datetime) -> str:
    """How far away a moment is."""
    minutes = int((at - now).total_seconds() // 60)
    size = abs(minutes)
    if size < 60:
        amount = ngettext("%(n)s 分钟", "%(n)s 分钟", size) % {"n": size}
    elif size < 48 * 60:
        amount = ngettext("%(n)s 小时", "%(n)s 小时", size // 60) % {"n": size // 60}
    else:
        amount = ngettext("%(n)s 天", "%(n)s 天", size // 1440) % {"n": size // 1440}
    return (_("还有 %(amount)s") if minutes >= 0 else _("已过 %(amount)s")) % {"amount": amount}


def rule(value: str) -> str:
    """What a rule of the check looks at."""
    return {
        "required": _("必填"),
        "type": _("类型"),
        "enum": _("选项"),
        "pattern": _("格式"),
        "range": _("范围"),
        "unique-key": _("重复"),
        "one-row": _("只填一行"),
        "period": _("统计时段"),
        "student-status": _("学籍状态"),
        "cohort": _("年级"),
        "destination": _("毕业去向"),
        "unit-suspect": _("单位"),
        "prior-year-change": _("与上年差异"),
        "reference": _("引用"),
        "row-sum": _("合计"),
        "numeric-identity": _("号码"),
        "formula": _("公式"),
        "untouched-prefill": _("未更新"),
        "unknown-column": _("多余的列"),
        "missing-column": _("缺少的列"),
        "normalised": _("已规范"),
        "duplicate-across": _("跨部门重复"),
        "no-rows": _("没有数据"),
        "missing-sheet": _("缺少工作表"),
        "merged-cells": _("合并单元格"),
        "hidden-sheet": _("隐藏工作表"),
        "wrong-table": _("另一张表"),
        "rule-broken": _("未能检查"),
    }.get(value) or (_("无法读取") if value.startswith("unreadable-") else _of_several(value))


def _of_several(value: str) -> str:
    """The title of a rule over several tables; the id where there is no such rule any more."""
    return next((sentence(rule.title) for rule in rules() if rule.id == value), value)


def course(value: str) -> str:
    """What people are taken to do in a rehearsal."""
    return {
        "nobody": _("没有人做事"),
        "sample": _("按示例过程"),
        "recorded": _("按记录的过程"),
    }.get(value, value)


def weekday(day: str) -> str:
    """The weekday of a day such as 2020-11-18."""
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[date.fromisoformat(day).weekday()]


def reached(value: str) -> str:
    """What a curve of the progress chart counts."""
    return {"collected": _("已采集"), "reviewed": _("已审核"), "checked": _("检测通过")}.get(value, value)
