"""What a page says after something has been done."""

from __future__ import annotations

from web import call_words, case_words
from web.language import gettext as _


def done(key: str) -> str:
    """The sentence for what has been done; empty for an unknown key."""
    return (_by_the_office() | _by_a_department()).get(key) or call_words.done(key) or case_words.done(key)


def _by_the_office() -> dict[str, str]:
    return {
        "verdict": _("平台结论已登记。"),
        "verdicts": _("平台结论已登记，未通过的已退回采集。"),
        "plan": _("计划已更新，原有工作全部保留。"),
        "prefilled": _("上年汇总已载入。"),
        "unchanged": _("新计划与现行计划相同，没有改动。"),
        "clock": _("演练时钟已调整。"),
        "resolved": _("已记为处理完毕。"),
        "resent": _("邮件已重新排队，随即发送。"),
        "paused": _("已暂停，什么也不再发出；正在发出的个别邮件可能仍会送达。"),
        "resumed": _("已恢复，排队的邮件随即发出。"),
        "exempt": _("已免报，不再计入任何统计。"),
        "unexempt": _("已取消免报，恢复到原来的状态。"),
        "extended": _("已延期，新的截止时间随即生效。"),
        "extension-refused": _("已答复：不同意延期。"),
        "held": _("已暂缓：到期前不再向院领导催办这一项。"),
        "lifted": _("已恢复：逾期后照常向院领导催办。"),
        "extension-revoked": _("延期已收回，恢复到之前的截止时间。"),
        "recheck": _("系统将重新检测，完成后这里会自动更新。"),
        "finding-released": _("已放行，系统随即重新检查，几秒后刷新可见。"),
        "rule-released": _("规则已停用，受影响的表随即重新检查。"),
        "release-revoked": _("放行已收回，受影响的表随即重新检查。"),
        "handed-over": _("已移交：对方在“我的任务”里已能看到这些工作，下一封每日提醒也会写给他。"),
        "deputy-named": _("代理已设定：这段时间里两人都能办理，每日提醒两人都会收到。"),
        "deputy-ended": _("代理已结束。"),
    }


def _by_a_department() -> dict[str, str]:
    return {
        "signed-out": _("您已退出登录。"),
        "activated": _("密码已设置，账号已激活。"),
        "uploaded": _("文件已保存（与最新一版完全相同的不重复保存），请查看下方的检查结果。"),
        "draft": _("草稿已保存，还没有提交。"),
        "submitted": _("已提交，等待审核。"),
        "withdrawn": _("提交已撤回，可以修改后重新提交。"),
        "nil": _("已申报“无数据”，等待审核。"),
        "attested": _("已登记平台填报情况，等待审核。"),
        "approved": _("已审核通过，系统检测随即开始。"),
        "returned": _("已退回，采集员会收到通知。"),
        "bulk": _("所选的“无数据申报”已审核通过。"),
        "extension-asked": _("延期申请已送质量部，答复前仍按原截止时间。"),
        "receipt": _("回执已收到，谢谢。"),
        "extension-withdrawn": _("延期申请已撤回，仍按原截止时间。"),
        "explained": _("说明已保存，会随数据一起交给审核人。"),
        "judged": _("对说明的意见已保存。"),
        "mended": _("已按建议改正，存为新的一版，请核对后提交。"),
        "undone": _("已恢复原样，存为新的一版。"),
        "remarked": _("意见已记下，退回时采集员会看到。"),
        "crossed-out": _("这条意见已划掉。"),
        "digest-hour": _("提醒时间已保存，从下一封起按它发送。"),
        "calendar-revoked": _("日历地址已收回，订阅它的日历不再更新。"),
        "addition-asked": _("已请源表部门补录，对方在“我的任务”里会看到。"),
        "addition-promised": _("已答应补录，请在源表中补上后重新提交。"),
        "addition-withdrawn": _("补录请求已撤回。"),
        "addition-refused": _("已答复不予补录，对方会看到原因。"),
    }
