"""What the summary page says of what is not in the summary."""

from __future__ import annotations

from plans.sentence import Sentence
from web.language import gettext as _
from web.language import sentence


def excluded(reason: str) -> str:
    """Why a table is left out of the summary; what somebody wrote stays as he wrote it."""
    if isinstance(reason, Sentence):
        return sentence(reason)
    whole = {
        "不在计划中：现行计划里已没有这项任务": _("不在计划中：现行计划里已没有这项任务"),
        "未采集：采集部门尚未提交": _("未采集：采集部门尚未提交"),
        "未审核：已提交，审核部门尚未审核": _("未审核：已提交，审核部门尚未审核"),
        "未检测：已审核，系统检测尚未完成": _("未检测：已审核，系统检测尚未完成"),
    }
    begins = {
        "免报": _("免报"),
        "已退回": _("已退回"),
        "检测未通过": _("检测未通过"),
        "检测失效": _("检测失效"),
    }
    head, sign, said = reason.partition("：")
    return whole.get(reason) or (begins.get(head, head) + _("：") + said if sign else reason)
