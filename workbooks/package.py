"""The zip container of a workbook, inspected before anything reads it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from plans.sentence import Sentence
from workbooks.refusal import SAVE_AGAIN, Refused, damaged

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MEMBERS = 5_000
SMALL_PART = 5_000_000
BOMB_RATIO, BOMB_SIZE = 200, 20_000_000
PROLOG = 65_536
SHARED = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
WORKSHEETS = "xl/worksheets/"
FORBIDDEN = (
    (
        r"vbaproject|xl/macrosheets/|xl/activex/",
        "unreadable-macros",
        Sentence("工作簿里有宏"),
        Sentence("请另存为不含宏的 .xlsx 后重新上传。"),
    ),
    (
        r"xl/externallinks/|xl/connections\.xml|xl/querytables/",
        "unreadable-external-links",
        Sentence("工作簿里有指向其他文件的外部链接"),
        Sentence("请在 Excel 的“数据—编辑链接”中断开链接，或把数据以“值”的方式粘贴到模板中。"),
    ),
    (
        r"xl/embeddings/",
        "unreadable-embedded",
        Sentence("工作簿里嵌有其他文件"),
        Sentence("请删除嵌入的对象后重新上传。"),
    ),
)


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, its member of the zip, whether people see it."""

    name: str
    member: str
    hidden: bool


class Package:
    """An opened workbook; `Refused` where it is none or holds what we don't take.

    ``unpacked`` is how many bytes its parts may have without the worksheets, ``together`` (the same unless
    given) with them.
    """

    def __init__(self, path: Path, unpacked: int, together: int | None = None) -> None:
        self._zip = _open(path)
        self._unpacked = unpacked
        self._together = together or unpacked
        self._inspect()
        self.sheets = tuple(self._sheets())

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def names(self) -> list[str]:
        return self._zip.namelist()

    def read(self, member: str) -> bytes:
        """A member's bytes, not more than it declares; `Refused` where it is broken."""
        try:
            return self._zip.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError) as error:
            raise damaged(member) from error

    def size(self, member: str) -> int:
        """How many bytes a member declares to have."""
        return self._zip.getinfo(member).file_size

    def blocks(self, member: str, size: int) -> Generator[bytes]:
        """A member's bytes in turn, `size` at a time; `Refused` where it is broken."""
        try:
            with self._zip.open(member) as file:
                while block := file.read(size):
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError) as error:
            raise damaged(member) from error

    def xml(self, member: str) -> Element:
        """A small member parsed; `Refused` where it isn't XML or too big to be what it should be."""
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        if self._zip.getinfo(member).file_size > SMALL_PART:
            raise damaged(member)
        try:
            root: Any = fromstring(self.read(member), forbid_dtd=True)
        except (ParseError, ValueError, LookupError, DefusedXmlException) as error:
            raise damaged(member) from error
        return root if isinstance(root, Element) else Element("none")

    def _inspect(self) -> None:
        entries = self._zip.infolist()
        names = [entry.filename.lower() for entry in entries]
        if len(entries) > MEMBERS or len(set(names)) != len(names):
            raise damaged(Sentence("内部文件数量异常"))
        if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
            raise damaged(Sentence("内部文件名异常"))
        if any(entry.flag_bits & 1 for entry in entries):
            raise _encrypted()
        _demand_workbook(names)
        _demand_nothing_forbidden(names)
        self._demand_reasonable_size(entries)
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                self._demand_plain_xml(entry.filename)

    def _demand_reasonable_size(self, entries: list[zipfile.ZipInfo]) -> None:
        bombs = [
            e
            for e in entries
            if e.file_size > BOMB_SIZE and e.file_size > BOMB_RATIO * max(e.compress_size, 1)
        ]
        sizes = {entry.filename: entry.file_size for entry in entries}
        others = sum(size for name, size in sizes.items() if not name.startswith(WORKSHEETS))
        if bombs or others > self._unpacked or sum(sizes.values()) > self._together:
            raise Refused(
                "unreadable-zip-bomb",
                Sentence("文件解压后大得异常，已停止读取。"),
                Sentence(
                    "请删除数据以外的内容（格式、空白行、图片）后另存为 .xlsx；"
                    "数据确实很多的，请与质量部联系。"
                ),
            )

    def _demand_plain_xml(self, member: str) -> None:
        """No document type (entities, external files), and an encoding that shows one if there is."""
        try:
            with self._zip.open(member) as file:
                head = file.read(PROLOG)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise damaged(member) from error
        if re.search(rb"<!DOCTYPE|<!ENTITY", head, re.IGNORECASE):
            raise Refused("unreadable-dtd", Sentence("文件内部带有不允许的文档类型声明（DTD），可能不安全。"))
        if head and not re.search(rb"<[A-Za-z]", head):
            raise damaged(member)

    def _sheets(self) -> Iterator[SheetPart]:
        if "xl/workbook.xml" not in self.names() or "xl/_rels/workbook.xml.rels" not in self.names():
            raise damaged(Sentence("缺少工作表目录"))
        targets = {link.get("Id"): link.get("Target", "") for link in self.xml("xl/_rels/workbook.xml.rels")}
        self.date_1904 = False
        for node in self.xml("xl/workbook.xml").iter():
            if _local(node.tag) == "workbookPr":
                self.date_1904 = node.get("date1904", "0") in ("1", "true")
            if _local(node.tag) == "sheet":
                key = next((value for name, value in node.attrib.items() if _local(name) == "id"), "")
                member = _member(targets.get(key) or "")
                if member in self.names() and member.startswith(WORKSHEETS):
                    hidden = node.get("state", "visible") != "visible"
                    yield SheetPart(node.get("name", ""), member, hidden)


def _member(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _open(path: Path) -> zipfile.ZipFile:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        remedy = Sentence("请检查文件名和路径是否正确、文件是否被其他程序占用。")
        raise Refused("unreadable-missing", Sentence("找不到或打不开这个文件。"), remedy) from error
    if not head:
        raise Refused("unreadable-empty", Sentence("文件是空的，没有任何内容。"))
    if head == OLE:
        raise _ole(path)
    if not head.startswith(b"PK"):
        raise _no_workbook()
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged() from error


def _ole(path: Path) -> Refused:
    if ENCRYPTED in path.read_bytes():
        return _encrypted()
    return Refused(
        "unreadable-old-format", Sentence("这是旧版 Excel 的 .xls 文件（或其他旧版 Office 文件），不能读取。")
    )


def _encrypted() -> Refused:
    return Refused(
        "unreadable-encrypted",
        Sentence("文件设有打开密码，无法读取。"),
        Sentence("请在 Excel 或 WPS 中取消密码、另存后重新上传。"),
    )


def _no_workbook() -> Refused:
    return Refused(
        "unreadable-not-a-workbook",
        Sentence("这不是 Excel 工作簿（可能是 CSV、网页或改了扩展名的其他文件）。"),
        Sentence("%(again)sCSV 会丢失编号前面的 0，因此不接收。", again=SAVE_AGAIN),
    )


def _demand_workbook(names: list[str]) -> None:
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Refused("unreadable-old-format", Sentence("这是 .xlsb 或 .ods 格式的表格，不能读取。"))
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise _no_workbook()


def _demand_nothing_forbidden(names: list[str]) -> None:
    for pattern, rule, what, remedy in FORBIDDEN:
        if any(re.search(pattern, name) for name in names):
            raise Refused(rule, Sentence("%(what)s，为安全起见不读取。", what=what), remedy)
