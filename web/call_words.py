"""The words for calls and questions."""

from __future__ import annotations

from web.language import gettext as _


def called_for(value: str) -> str:
    """What somebody is called for."""
    return {
        "collector": _("采集"),
        "reviewer": _("审核"),
        "owner": _("补录源表"),
        "roster": _("报送名单"),
    }.get(value, value)


def state(value: str) -> str:
    """How far it is with the calls to somebody."""
    return {
        "broken": _("承诺未兑现"),
        "open": _("今天待拨打"),
        "called": _("今天已拨打"),
        "promised": _("已有承诺，等待兑现"),
    }.get(value, value)


def dialled(phone: str) -> str:
    """A telephone number as a telephone dials it."""
    return "".join(each for each in phone if each in "+*#0123456789")


def done(key: str) -> str:
    """What the page says after a call was logged, or something was asked or answered; empty for any other
    key."""
    return {
        "called": _("通话已登记；承诺会显示在看板和逾期报告里。"),
        "asked": _("问题已送质量部和审核员，答复会在下一次每日提醒里告诉您。"),
        "answered": _("答复已保存，填这张表的人都能看到。"),
    }.get(key, "")
