"""Files that nobody should be able to hurt us with, made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.workbooks.books import student, students_book

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
Build = Callable[[Path], None]


def plain(path: Path) -> dict[str, bytes]:
    """The members of a clean workbook of 10.1.1."""
    students_book(path, [student(1)])
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def pack(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        for name, content in members.items():
            book.writestr(name, content)


def with_member(name: str, content: bytes) -> Build:
    """A clean workbook with one member more or another one."""

    def build(path: Path) -> None:
        pack(path, plain(path) | {name: content})

    return build


def without_member(name: str) -> Build:
    def build(path: Path) -> None:
        members = plain(path)
        del members[name]
        pack(path, members)

    return build


def with_rows(xml: str) -> Build:
    """A clean workbook whose sheet holds these rows."""
    return with_member(SHEET, f"<worksheet {MAIN}><sheetData>{xml}</sheetData></worksheet>".encode())


def replaced(name: str, old: bytes, new: bytes) -> Build:
    def build(path: Path) -> None:
        members = plain(path)
        assert old in members[name]
        pack(path, members | {name: members[name].replace(old, new)})

    return build


def raw(content: bytes) -> Build:
    return lambda path: path.write_bytes(content) and None


def truncated(path: Path) -> None:
    students_book(path, [student(number) for number in range(50)])
    path.write_bytes(path.read_bytes()[:3000])


def broken_bytes(path: Path) -> None:
    """Compressed data flipped in the middle of the first members."""
    students_book(path, [student(number) for number in range(50)])
    content = bytearray(path.read_bytes())
    for place in range(200, len(content) // 2, 37):
        content[place] ^= 0x55
    path.write_bytes(content)


def encrypted_zip(path: Path) -> None:
    pack(path, plain(path))
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for place in _found(bytes(content), signature):
            content[place + offset] |= 1
    path.write_bytes(content)


def _found(content: bytes, signature: bytes) -> Iterator[int]:
    place = content.find(signature)
    while place >= 0:
        yield place
        place = content.find(signature, place + 1)


def twice_the_same_member(path: Path) -> None:
    members = plain(path)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for name, content in [*members.items(), (SHEET.upper(), members[SHEET])]:
            book.writestr(name, content)
    path.write_bytes(buffer.getvalue())


def long_text_a_thousand_times(path: Path) -> None:
    """One shared text of 8 MB, used by 2,000 cells: 16 GB once expanded."""
    members = plain(path)
    strings = f"<sst {MAIN}><si><t>{'长文字' * 900_000}</t></si></sst>".encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2001))
    sheet = f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in members.items():
            if name not in (SHEET, "xl/sharedStrings.xml"):
                book.writestr(name, content)
        book.writestr(SHEET, sheet)
        book.writestr("xl/sharedStrings.xml", strings)


def many_members(path: Path) -> None:
    pack(path, plain(path) | {f"xl/media/{number}.png": b"" for number in range(6000)})


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]><worksheet {MAIN}>&a11;</worksheet>'
XXE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    f"<sst {MAIN}><si><t>&e;</t></si></sst>"
)
WIDE = f"<worksheet {MAIN}><sheetData/></worksheet>".encode("utf-16")
EMPTY_ROWS = "".join(f'<row r="{number}"/>' for number in range(2, 1_000_002))
STYLED_ROWS = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(2, 300_002))
CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LYING_CORNER = '<row r="1"><c r="XFD1048576"><v>1</v></c></row>'
DEEP_CELL = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
BEYOND = '<row r="1"><c r="A99999999"><v>1</v></c></row>'
NO_REFERENCES = "<row><c><v>1</v></c><c><v>2</v></c></row>"
FALSE_COUNT = f'<sst {MAIN} count="4000000000" uniqueCount="4000000000"><si><t>a</t></si></sst>'.encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096

FILES: dict[str, tuple[Build, str]] = {
    "empty file": (raw(b""), "unreadable-empty"),
    "csv": (raw("学号,姓名\n1,甲\n".encode()), "unreadable-not-a-workbook"),
    "html named xlsx": (raw(b"<html><table><tr><td>1</td></tr></table></html>"), "unreadable-not-a-workbook"),
    "picture named xlsx": (raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 500), "unreadable-not-a-workbook"),
    "other zip": (lambda path: pack(path, {"a.txt": b"x"}), "unreadable-not-a-workbook"),
    "word document": (
        lambda path: pack(path, {"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        "unreadable-not-a-workbook",
    ),
    "old xls": (raw(OLE), "unreadable-old-format"),
    "encrypted ole": (raw(OLE + "EncryptedPackage".encode("utf-16-le")), "unreadable-encrypted"),
    "encrypted zip": (encrypted_zip, "unreadable-encrypted"),
    "xlsb": (with_member("xl/workbook.bin", b"\0"), "unreadable-old-format"),
    "ods": (
        with_member("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        "unreadable-old-format",
    ),
    "truncated": (truncated, "unreadable-damaged"),
    "flipped bytes": (broken_bytes, "unreadable-damaged"),
    "zip header only": (raw(b"PK\x03\x04"), "unreadable-damaged"),
    "member twice": (twice_the_same_member, "unreadable-damaged"),
    "six thousand members": (many_members, "unreadable-damaged"),
    "no workbook part": (without_member("xl/workbook.xml"), "unreadable-damaged"),
    "sheet part is no xml": (with_member(SHEET, b"\xff\xfe\x00 nonsense"), "unreadable-damaged"),
    "sheet in utf-16": (with_member(SHEET, WIDE), "unreadable-damaged"),
    "unclosed xml": (with_member(SHEET, f"<worksheet {MAIN}><sheetData><row".encode()), "unreadable-damaged"),
    "workbook part unclosed": (with_member("xl/workbook.xml", b"<workbook><sheets>"), "unreadable-damaged"),
    "macros": (with_member("xl/vbaProject.bin", b"\0"), "unreadable-macros"),
    "macro sheet": (with_member("xl/macrosheets/sheet1.xml", b"<a/>"), "unreadable-macros"),
    "external link": (
        with_member("xl/externalLinks/externalLink1.xml", b"<a/>"),
        "unreadable-external-links",
    ),
    "data connection": (with_member("xl/connections.xml", b"<a/>"), "unreadable-external-links"),
    "embedded file": (with_member("xl/embeddings/oleObject1.bin", b"\0"), "unreadable-embedded"),
    "billion laughs": (with_member(SHEET, LAUGHS.encode()), "unreadable-dtd"),
    "external entity": (with_member("xl/sharedStrings.xml", XXE.encode()), "unreadable-dtd"),
    "dtd in properties": (with_member("docProps/custom.xml", b"<!DOCTYPE x><a/>"), "unreadable-dtd"),
    "thousand to one": (with_member("xl/media/a.xml", b"<a>" + b" " * 60_000_000), "unreadable-zip-bomb"),
    "too much altogether": (with_member("xl/media/a.bin", b"0123456789" * 30_000_000), "unreadable-zip-bomb"),
    "huge corner cell": (with_rows(CORNER), "unreadable-far-cell"),
    "corner cell in row 1": (with_rows(LYING_CORNER), "unreadable-far-cell"),
    "one cell in the last row": (with_rows(DEEP_CELL), "unreadable-far-cell"),
    "row beyond the sheet": (with_rows(BEYOND), "unreadable-far-cell"),
    "a million empty rows": (with_rows(EMPTY_ROWS), "unreadable-empty-rows"),
    "styled empty rows": (with_rows(STYLED_ROWS), "unreadable-empty-rows"),
    "cells without references": (with_rows(NO_REFERENCES), "unreadable-layout"),
    "false count of texts": (with_member("xl/sharedStrings.xml", FALSE_COUNT), "unreadable-shared-strings"),
    "long text a thousand times": (long_text_a_thousand_times, "unreadable-too-large"),
    "no sheet of the table": (
        replaced("xl/workbook.xml", b'"10.1.1"', '"数据"'.encode()),
        "unreadable-no-sheet",
    ),
    "sheet of another table": (replaced("xl/workbook.xml", b'"10.1.1"', b'"7.2"'), "wrong-table"),
}
