"""A workbook that cannot be read: one sentence and a remedy, never a traceback."""

from __future__ import annotations

from checks.finding import ERROR, Finding
from plans.sentence import Sentence
from workbooks.limits import Limits

SAVE_AGAIN = Sentence(
    "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后重新上传；或下载模板，把数据粘贴进去。"
)


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
        "unreadable-damaged",
        Sentence("文件已损坏或不完整，无法读取%(more)s。", more=more),
        Sentence("%(again)s下载不完整的请重新下载。", again=SAVE_AGAIN),
    )


def too_large() -> Refused:
    """More than the memory allowed."""
    return Refused(
        "unreadable-too-large",
        Sentence("读取这个文件需要的内存超出限制，已停止读取。"),
        Sentence("请删除数据区以外的内容和格式，分成较小的文件，或与质量部联系调高限制。"),
    )


def too_slow(limits: Limits) -> Refused:
    """More than the time allowed."""
    return Refused(
        "unreadable-timeout",
        Sentence("%(seconds)s 秒内没有读完这个文件，已停止读取。", seconds=f"{limits.seconds:g}"),
        Sentence("请删除数据区以外的内容和格式，分成较小的文件，或与质量部联系调高限制。"),
    )
