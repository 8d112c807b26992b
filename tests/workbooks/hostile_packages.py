"""More files that nobody should be able to hurt us with: lying containers, odd parts, other formats."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

from tests.workbooks.hostile import SHEET, Build, pack, plain, raw, replaced, with_member, with_rows

LINKS = "xl/_rels/workbook.xml.rels"
BOOK = "xl/workbook.xml"
CENTRAL = b"PK\x01\x02"
GIGABYTES = 3_000_000_000


def cut(share: float) -> Build:
    """A clean workbook that ends early."""

    def build(path: Path) -> None:
        pack(path, plain(path))
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return build


def central(member: str, offset: int, new: bytes) -> Build:
    """A clean workbook whose directory lies about a member: ``new`` bytes at ``offset`` of its entry."""

    def build(path: Path) -> None:
        pack(path, plain(path))
        content = bytearray(path.read_bytes())
        place = content.find(CENTRAL)
        while content[place + 46 : place + 46 + len(member)] != member.encode():
            place = content.find(CENTRAL, place + 4)
        content[place + offset : place + offset + len(new)] = new
        path.write_bytes(content)

    return build


def renamed(old: str, new: str) -> Build:
    def build(path: Path) -> None:
        members = plain(path)
        members[new] = members.pop(old)
        pack(path, members)

    return build


def overlapping(path: Path) -> None:
    """Two names for one place: what unpacks to much more than the file could hold."""
    pack(path, plain(path) | {"xl/media/a.xml": b"<a/>", "xl/media/b.xml": b"<b/>"})
    content = bytearray(path.read_bytes())
    entries = [place for place in range(len(content)) if content[place : place + 4] == CENTRAL]
    offsets = {bytes(content[place + 46 : place + 60]): place for place in entries}
    a, b = offsets[b"xl/media/a.xml"], offsets[b"xl/media/b.xml"]
    content[b + 42 : b + 46] = content[a + 42 : a + 46]
    path.write_bytes(content)


def packed_by(method: int) -> Build:
    def build(path: Path) -> None:
        members = plain(path)
        with zipfile.ZipFile(path, "w", method) as book:
            for name, content in members.items():
                book.writestr(name, content)

    return build


def behind(prefix: bytes) -> Build:
    def build(path: Path) -> None:
        pack(path, plain(path))
        path.write_bytes(prefix + path.read_bytes())

    return build


def thousand_sheets(path: Path) -> None:
    """A million names in the list of sheets."""
    members = plain(path)
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(200_000))
    pack(path, members | {BOOK: members[BOOK].replace(b"<sheets>", b"<sheets>" + sheets)})


PADDED_DTD = b'<?xml version="1.0"?><!--' + b"x" * 70_000 + b"--><!DOCTYPE x [<!ENTITY e 'x'>]><a/>"
UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADw-worksheet+AD4-'
OLD_XML = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
OUTSIDE = b'Target="http://127.0.0.1:1/sheet1.xml" TargetMode="External"'
INSIDE = b'Target="worksheets/sheet1.xml"'
SINGLE_QUOTES = "<row r='2'><c r='A2'><v>1</v></c></row>"
SPREAD = "".join(f'<row r="{n * 50_000 + 1}"><c r="A{n * 50_000 + 1}"><v>1</v></c></row>' for n in range(8))

PACKAGES: dict[str, tuple[Build, str]] = {
    "one byte": (raw(b"P"), "unreadable-not-a-workbook"),
    "gzip": (raw(gzip.compress(b"x" * 1000)), "unreadable-not-a-workbook"),
    "seven zip": (raw(b"7z\xbc\xaf\x27\x1c" + b"\0" * 100), "unreadable-not-a-workbook"),
    "pdf": (raw(b"%PDF-1.7\n%%EOF"), "unreadable-not-a-workbook"),
    "web archive": (
        raw(b"MIME-Version: 1.0\r\nContent-Type: multipart/related"),
        "unreadable-not-a-workbook",
    ),
    "xml of 2003": (raw(OLD_XML), "unreadable-not-a-workbook"),
    "program before the zip": (behind(b"MZ" + b"\0" * 500), "unreadable-not-a-workbook"),
    "presentation": (
        lambda path: pack(path, {"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}),
        "unreadable-not-a-workbook",
    ),
    "cut at the directory": (cut(0.97), "unreadable-damaged"),
    "cut in the middle": (cut(0.5), "unreadable-damaged"),
    "cut after a tenth": (cut(0.1), "unreadable-damaged"),
    "wrong checksum": (central(SHEET, 16, b"\1\2\3\4"), "unreadable-damaged"),
    "size told too small": (central(SHEET, 24, struct.pack("<I", 40)), "unreadable-damaged"),
    "size told in gigabytes": (central(SHEET, 24, struct.pack("<I", GIGABYTES)), "unreadable-zip-bomb"),
    "place beyond the end": (central(SHEET, 42, struct.pack("<I", GIGABYTES)), "unreadable-damaged"),
    "unknown compression": (central(SHEET, 10, struct.pack("<H", 99)), "unreadable-damaged"),
    "two names for one place": (overlapping, "unreadable-damaged"),
    "packed by lzma": (packed_by(zipfile.ZIP_LZMA), "unreadable-damaged"),
    "name from the root": (with_member("/etc/cron.d/a.xml", b"<a/>"), "unreadable-damaged"),
    "name that climbs": (with_member("xl/../../../a.xml", b"<a/>"), "unreadable-damaged"),
    "picture of gigabytes": (
        with_member("xl/media/a.png", b"\0" * 150_000_000),
        "unreadable-zip-bomb",
    ),
    "no content types": (renamed("[Content_Types].xml", "types.xml"), "unreadable-not-a-workbook"),
    "macros in capitals": (with_member("XL/VBAPROJECT.BIN", b"\0"), "unreadable-macros"),
    "active control": (with_member("xl/activeX/activeX1.xml", b"<a/>"), "unreadable-macros"),
    "query of a web page": (
        with_member("xl/queryTables/queryTable1.xml", b"<a/>"),
        "unreadable-external-links",
    ),
    "entity behind a long comment": (with_member("customXml/item1.xml", PADDED_DTD), "unreadable-damaged"),
    "entity in custom data": (
        with_member("customXml/item1.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        "unreadable-dtd",
    ),
    "utf-7": (with_member(SHEET, UTF_7), "unreadable-damaged"),
    "sheet fetched from outside": (replaced(LINKS, INSIDE, OUTSIDE), "unreadable-no-sheet"),
    "sheet that is the list of sheets": (
        replaced(LINKS, INSIDE, b'Target="workbook.xml"'),
        "unreadable-no-sheet",
    ),
    "sheet that climbs out": (replaced(LINKS, INSIDE, b'Target="../../a.xml"'), "unreadable-no-sheet"),
    "a list of sheets without end": (thousand_sheets, "unreadable-damaged"),
    "single quotes": (with_rows(SINGLE_QUOTES), "unreadable-layout"),
    "rows far apart": (with_rows(SPREAD), "unreadable-far-cell"),
    "column with seven letters": (
        with_rows('<row r="2"><c r="ABCDEFG2"><v>1</v></c></row>'),
        "unreadable-far-cell",
    ),
}
