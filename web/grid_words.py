"""What the grid and the form say from their scripts; {names} are filled in by the script."""

from __future__ import annotations

from web.language import gettext as _


def words() -> dict[str, str]:
    """By the name that the script uses, in the language of this request."""
    return _saving() | _two_people() | _typing() | _checking()


def _saving() -> dict[str, str]:
    return {
        "saving_dirty": _("有改动，稍候自动保存…"),
        "saving_saving": _("正在保存…"),
        "saving_saved": _("已自动保存 {at}"),
        "saving_offline": _("网络不通，内容已留在本机，恢复后自动补存"),
        "saving_locked": _("登录已过期或权限有变：内容已留在本机。请重新登录再打开本页，会自动补存。"),
        "saving_refused": _("没有存上：{problem}"),
        "saving_unmirrored": _("浏览器不允许在本机留存，请等显示“已自动保存”后再关闭页面"),
        "saved_before": _("上次保存 {at} {who}"),
        "brought_back": _("上次没来得及保存的 {count} 行已补上。"),
        "save_first": _("还有内容没有存上，请等“已自动保存”后再试。"),
        "failed": _("这次操作没有完成，请稍后再试。"),
        "no_network": _("网络不通，打不开草稿。请检查网络后刷新页面。"),
    }


def _two_people() -> dict[str, str]:
    return {
        "merged": _("{who}也在填这张表，对方的改动已并入，您的内容都在。"),
        "merged_disputed": _("{who}也在填这张表，双方的改动已按您的选择合并。"),
        "disputed_title": _("同一行有两人改动"),
        "disputed": _("您和{who}改了同一行，请逐行选择用谁的。"),
        "somebody": _("另一位同事"),
        "mine": _("我的"),
        "theirs": _("对方的"),
        "use_mine": _("用我的"),
        "use_theirs": _("用对方的"),
        "go_on": _("就这样合并"),
        "column": _("列"),
        "row": _("第 {row} 行"),
        "stale": _("您的草稿是从第 {base} 版开始填的，而系统里已有第 {newest} 版。"),
        "stale_counts": _(
            "那一版新增 {rows_added} 行，减少 {rows_removed} 行，改动 {cells_changed} 个单元格。"
        ),
        "stale_cell": _("{sheet} 第 {row} 行“{column}”：{old} → {new}"),
    }


def _typing() -> dict[str, str]:
    return {
        "required": _("必填"),
        "blank": _("（空）"),
        "empty": _("还没有数据行"),
        "place": _("第 {row} 行 · {column}"),
        "rows": _("{count} 行"),
        "remark": _("审核意见：{text}"),
        "last_year": _("上年：{value}"),
        "limit": _("在线填写最多 {limit} 行；更多的行请用 Excel 模板上传。"),
        "paste_limit": _(
            "粘贴后会有 {rows} 行，超过在线填写的 {limit} 行，所以没有粘贴。请用 Excel 模板上传。"
        ),
        "rows_shut": _("审核人只放开了指出的单元格，原有的行不能删除。"),
        "cells_shut": _("有 {count} 个单元格没有放开，没有改动。"),
        "heading_left_out": _("粘贴的第一行是列名，已略去。"),
        "scientific": _(
            "“{column}”里有 1.1E+17 这样的数字：Excel 已把长号码变成了数字，请在 Excel 里把该列设为文本、"
            "重新输入后再复制。"
        ),
        "wide_title": _("粘贴的内容放不下"),
        "wide": _("从所选的列起，粘贴的内容比表格多出 {over} 列。"),
        "wide_first": _("从第一列起粘贴"),
        "wide_cut": _("略去多出的 {over} 列"),
        "cancel": _("取消"),
        "not_found": _("没有找到“{text}”。"),
        "found": _("第 {at} 处，共 {all} 处；按 Enter 看下一处。"),
    }


def _checking() -> dict[str, str]:
    return {
        "errors": _("有 {errors} 处错误、{warnings} 处警告。错误改正后才能提交。"),
        "clean": _("没有错误，有 {warnings} 处警告。可以提交。"),
        "severity_error": _("错误"),
        "severity_warning": _("警告"),
        "severity_info": _("说明"),
        "submit": _("提交审核"),
        "submit_title": _("提交审核？"),
        "submit_ask": _("提交后成为新的一版，由审核人审核；审核前可以撤回。"),
        "explain_title": _("已保存为新的一版，还不能提交"),
        "to_task": _("去任务页处理"),
        "stay": _("留在这里"),
        "discard": _("放弃草稿"),
        "discard_title": _("放弃草稿？"),
        "discard_ask": _("自上一版以来在线填写的内容将被丢弃，不能恢复。"),
    }
