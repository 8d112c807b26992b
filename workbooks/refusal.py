"""A workbook that cannot be read: one sentence and a remedy, never a traceback."""

from __future__ import annotations

from checks.finding import ERROR, Finding
from workbooks.limits import Limits

SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后重新上传；或下载模板，把数据粘贴进去。"


class Refused(Exception):
    """The reason for not reading a workbook, as the finding that people see."""

    def __init__(
        self, rule: str, message: str, remedy: str = SAVE_AGAIN, sheet: str = "", cell: str = ""
    ) -> None:
        self.finding = Finding(rule, ERROR, message, remedy, sheet=sheet, cell=cell)
        super().__init__(message)


def damaged(detail: str = "") -> Refused:
    """The file claims to be a workbook, but its inside is broken."""
    more = f"（{detail}）" if detail else ""
    return Refused(
        "unreadable-damaged", f"文件已损坏或不完整，无法读取{more}。", f"{SAVE_AGAIN}下载不完整的请重新下载。"
    )


def too_large() -> Refused:
    """More than the memory allowed."""
    return Refused(
        "unreadable-too-large",
        "读取这个文件需要的内存超出限制，已停止读取。",
        "请删除数据区以外的内容和格式，分成较小的文件，或与质量部联系调高限制。",
    )


def too_slow(limits: Limits) -> Refused:
    """More than the time allowed."""
    return Refused(
        "unreadable-timeout",
        f"{limits.seconds:g} 秒内没有读完这个文件，已停止读取。",
        "请删除数据区以外的内容和格式，分成较小的文件，或与质量部联系调高限制。",
    )
