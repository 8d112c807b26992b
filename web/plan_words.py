"""The words for what stands in a plan, and for what one version changed of another."""

from __future__ import annotations

from collections.abc import Sequence

from plans.diff import TABLE_FIELDS, PlanDiff
from web.language import gettext as _
from web.language import ngettext

NAMED_CODES = 6
"""Tables that a line names one by one."""


def plan_field(value: str) -> str:
    """A column of the decomposition, as the plan prints it."""
    return {
        "no": _("序号"),
        "name": _("名称"),
        "printed": _("印出的名称"),
        "directory": _("目录"),
        "step": _("采集步骤"),
        "collect": _("采集部门"),
        "review": _("审核部门"),
        "due": _("截止日期"),
        "due_stage": _("截止要求"),
        "evidence": _("填报方式"),
        "preloaded": _("预装数据"),
    }.get(value, value)


def plan_setting(value: str) -> str:
    """A part of the schedule."""
    return {
        "name": _("名称"),
        "year": _("年份"),
        "timezone": _("时区"),
        "period": _("统计期"),
        "calendar_year": _("自然年"),
        "start": _("开始时间"),
        "college": _("学校"),
        "contacts": _("联系方式"),
        "roster_due": _("名单截止"),
        "due_time": _("截止时刻"),
        "review_within": _("审核时限"),
        "mend_within": _("修改时限"),
        "close_after": _("关闭时限"),
        "calendar": _("工作日历"),
        "departments": _("部门"),
        "groups": _("部门分组"),
        "default_reviewer": _("默认审核部门"),
        "evidence": _("填报方式"),
        "reminders": _("提醒规则"),
        "escalation": _("升级规则"),
        "cohorts": _("年级"),
        "cohort_tables": _("按年级的表"),
        "new_student_tables": _("新生表"),
        "five_year_offset": _("五年制的年级推算"),
        "enrolled_statuses": _("在校生的学籍状态"),
        "other_statuses": _("非在校生的学籍状态"),
        "employed": _("算就业的去向"),
        "unemployed": _("算未就业的去向"),
        "case_themes": _("典型案例的主题"),
        "cases_due": _("典型案例的报送期限"),
        "wanted_cases": _("典型案例的篇数"),
        "reviewer_limit": _("审核员的任务上限"),
        "mail_from_name": _("发件人"),
        "mails_per_minute": _("每分钟邮件数"),
        "digest_between": _("每日提醒的时间范围"),
    }.get(value, value)


def plan_change(changed: PlanDiff | None, first: bool) -> str:
    """What a version changed of the one before, in a line."""
    if changed is None:
        return _("首次载入") if first else _("与前一版无法比较")
    codes = {field: [each.code for each in changed.changed if each.field == field] for field in TABLE_FIELDS}
    told = [f"{_('新增')} {_several(changed.added)}"] if changed.added else []
    told += [f"{_('移除')} {_several(changed.removed)}"] if changed.removed else []
    told += [f"{plan_field(field)}：{_several(found)}" for field, found in codes.items() if found]
    if changed.settings:
        told.append(f"{_('设置')}：{'、'.join(map(plan_setting, changed.settings))}")
    return "；".join(told) or _("只改了文件里的注释或写法")


def _several(codes: Sequence[str]) -> str:
    """The tables by their numbers; of many how many."""
    if len(codes) > NAMED_CODES:
        return ngettext("%(num)s 张表", "%(num)s 张表", len(codes)) % {"num": len(codes)}
    return "、".join(codes)


def plan_value(field: str, value: object) -> str:
    """What stands in a column of the decomposition, as people say it."""
    if isinstance(value, list | tuple):
        return "、".join(str(each) for each in value) or _("（空）")
    said = {
        ("due_stage", "collected"): _("完成采集"),
        ("due_stage", "reviewed"): _("完成采集和审核"),
        ("evidence", "upload"): _("上传工作簿"),
        ("evidence", "form"): _("在线填报"),
        ("evidence", "attest"): _("平台填报后确认"),
        ("preloaded", True): _("是"),
        ("preloaded", False): _("否"),
    }.get((field, value))
    return said or (_("（空）") if value in (None, "") else str(value))
