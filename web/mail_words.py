"""The words for mails and notices."""

from __future__ import annotations

from web.language import gettext as _
from web.words import role


def state(value: str) -> str:
    """How far a mail has come."""
    return {
        "queued": _("待发送"),
        "leased": _("发送中"),
        "sent": _("已发送"),
        "uncertain": _("待确认"),
        "failed": _("发送失败"),
        "moot": _("不再需要"),
    }.get(value, value)


def kind(value: str) -> str:
    """What a mail that waits will be."""
    return {
        "digest": _("每日提醒"),
        "forewarning": _("预警"),
        "escalation": _("催办"),
        "withdrawal": _("更正"),
        "extension-request": _("延期申请"),
        "extension-answer": _("延期答复"),
        "report": _("逾期报告"),
        "test": _("测试邮件"),
    }.get(value, value)


def tried(value: str) -> str:
    """What became of a try to send a mail."""
    return {
        "accepted": _("服务器已收下"),
        "later": _("稍后再试"),
        "uncertain": _("不知是否送达，会再发"),
        "refused": _("被拒绝"),
        "unwritten": _("写不成"),
        "again": _("质量部重新发送"),
    }.get(value, value)


def notice_kind(value: str) -> str:
    """What a notice is about."""
    return {
        "roster-reminder": _("名单提醒"),
        "reminder": _("到期提醒"),
        "overdue": _("逾期提醒"),
        "forewarning": _("预警"),
        "escalation": _("催办"),
        "withdrawal": _("更正"),
        "extension-request": _("延期申请"),
        "extension-answer": _("延期答复"),
        "question-asked": _("提问"),
        "question-answered": _("对提问的答复"),
        "definition-changed": _("填报要求有变化"),
        "report": _("逾期报告"),
        "announcement": _("群公告"),
    }.get(value, value)


def notice_subject(value: str) -> str:
    """What a notice tells of: a table of a department, a roster, or the campaign."""
    name, _at, department = value.partition("@")
    if not department:
        return _("整个采集工作") if name == "campaign" else value
    return f"{_('采集员、审核员名单')} · {department}" if name == "roster" else f"{name} · {department}"


def audience(value: str) -> str:
    """Whom a rung of a ladder addresses."""
    return {
        "leader": _("分管院领导"),
        "leaders": _("院领导"),
        "everyone": _("参与人员"),
        "chat": _("工作群"),
    }.get(value) or role(value)
