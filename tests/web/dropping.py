"""Drops files on 我的任务 as a browser without script would."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from sqlmodel import select

from models import Version
from tests.journey.books import fill
from tests.web.conftest import Installation
from tests.web.transport import Browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLLECTOR, TEACHING = "S031", "S071"
Files = dict[str, bytes]


def own_books(browser: Browser, *codes: str) -> Files:
    """My templates of these tables, filled in."""
    with ZipFile(BytesIO(browser.get("/templates").content)) as package:
        books = {name: package.read(name) for name in package.namelist()}
    return {
        name: fill(content, name.split(" ")[0])
        for name, content in books.items()
        if name.split(" ")[0] in codes
    }


def sent(files: Files) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, content, XLSX)) for name, content in files.items()]


def drop(browser: Browser, files: Files, **more: str) -> str:
    """Drop the files and have all of them read, as a page without script would; the address of the page."""
    answer = browser.form("/uploads", more, files=sent(files))
    assert answer.status_code == 200, answer.text
    path = answer.url.path
    assert browser.form(f"{path}/check").url.path == path
    return str(path)


def states(browser: Browser, path: str) -> dict[str, str]:
    """Each file's state on the page, by its name."""
    page = browser.get(path).text
    found = re.findall(r'data-state="(\w+)">\s*<span class="dropped-name">([^<]+)</span>', page)
    return {name: state for state, name in found}


def versions(site: Installation) -> int:
    with site.database.reading() as session:
        return len(session.exec(select(Version)).all())


def without_properties(book: bytes) -> bytes:
    """As a program saves it that keeps no custom properties."""
    out = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "docProps/custom.xml":
                new.writestr(name, old.read(name))
    return out.getvalue()


def without_notes(book: bytes, sheet: str = "") -> bytes:
    """Without properties and without the sheet `说明`; the data sheet renamed where asked."""
    opened = load_workbook(BytesIO(without_properties(book)))
    del opened["说明"]
    if sheet:
        opened.worksheets[0].title = sheet
    out = BytesIO()
    opened.save(out)
    return without_properties(out.getvalue())
