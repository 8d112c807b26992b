"""Last year's summary as a zip on the plan's page: bounded, told, shown before it is loaded."""

from __future__ import annotations

import json
import re
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from sqlmodel import select

from checks.definition import load_definition
from models import DataTable, Explanation, Prior, Version
from tests.web.conftest import Installation
from tests.web.transport import Browser
from tests.workbooks.books import write_book
from web import last_year
from workbooks.export import DEPARTMENT

TABLE, OWNER, OFFICE = "10.3", "学务部", "S000"
TOLD = {"table": TABLE, "department": OWNER, "rule": "prior-year-change", "sheet": TABLE}
TOLD |= {"column": "", "key": "", "text": "社团合并"}
MANIFEST = {"campaign": "2019 年采集", "tables": [{"table": TABLE, "file": f"{TABLE}.xlsx"}]}


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser(OFFICE)


@pytest.fixture
def files(site: Installation) -> dict[str, bytes]:
    """What an export of one table with two departments' rows has."""
    names = [field.name for field in load_definition(TABLE).fields][:2]
    rows = [[*names, DEPARTMENT], ["001", "书画社", OWNER], ["002", "合唱团", OWNER], ["003", "x", "已撤销"]]
    book = write_book(site.settings.data / "last.xlsx", {TABLE: rows})
    return {
        "manifest.json": json.dumps(MANIFEST).encode(),
        f"{TABLE}.xlsx": book.read_bytes(),
        "explanations.json": json.dumps([TOLD]).encode(),
        "datapackage.json": b"{}",
    }


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(f"{folder}{name}", content)
    return out.getvalue()


def sent(office: Browser, content: bytes, name: str = "summary.zip") -> tuple[int, str, str]:
    """Status, address and page of what comes after the upload."""
    answer = office.form("/plan/prefill", files={"file": (name, content, "application/zip")})
    return answer.status_code, answer.url.path, answer.text


def load(office: Browser, path: str, page: str) -> tuple[int, str]:
    found = re.search(r'name="seen" value="(\w+)"', page)
    answer = office.form(path, {"seen": found[1] if found else ""})
    return answer.status_code, answer.text


def priors(site: Installation) -> list[tuple[int, int]]:
    with site.database.reading() as session:
        return [(each.assignment_id, each.row_count) for each in session.exec(select(Prior))]


@pytest.mark.parametrize("folder", ["", "summary/", "a/b/"])
def test_the_impact_is_shown_and_then_loaded(
    site: Installation, office: Browser, files: dict[str, bytes], folder: str
) -> None:
    assert "去年汇总的压缩包" in office.get("/plan").text
    status, path, page = sent(office, zipped(files, folder))
    assert (status, "来自“2019 年采集”" in page, priors(site)) == (200, True, [])
    assert "今年没有这个部门的这项任务" in page
    status, page = load(office, path, page)
    assert (status, "上年汇总已载入" in page) == (200, True)
    assert priors(site) == [(site.assignment(TABLE, OWNER), 2)]
    with site.database.reading() as session:
        assert [each.text for each in session.exec(select(Explanation))] == ["社团合并"]


def test_a_table_that_is_marked_comes_filled_in(
    site: Installation, office: Browser, files: dict[str, bytes]
) -> None:
    with site.database.writing() as session:
        session.exec(select(DataTable).where(DataTable.code == TABLE)).one().preloaded = True
    _, path, page = sent(office, zipped(files))
    assert "预置，等采集部门更新" in page
    assert load(office, path, page)[0] == 200
    with site.database.reading() as session:
        assert [(each.kind, each.row_count) for each in session.exec(select(Version))] == [("preload", 2)]


def test_what_changed_since_it_was_seen_is_shown_first(
    site: Installation, office: Browser, files: dict[str, bytes]
) -> None:
    _, path, page = sent(office, zipped(files))
    with site.database.writing() as session:
        session.exec(select(DataTable).where(DataTable.code == TABLE)).one().preloaded = True
    status, again = load(office, path, page)
    assert (status, "影响与您看到的不同" in again, priors(site)) == (409, True, [])
    assert load(office, path, again)[0] == 200


def test_each_wrong_file_is_told_and_stops_no_other(office: Browser, files: dict[str, bytes]) -> None:
    strange = {
        "读我.txt": b"x",
        "2020.1.exe": b"MZ",
        f"{'1' * 300}.xlsx": b"x",
        "__MACOSX/._manifest.json": b"x",
        ".DS_Store": b"x",
    }
    tables = [{"table": "10.4", "file": "10.4.xlsx"}, {"table": "10.5", "file": "10.5.xlsx"}]
    manifest = MANIFEST | {"tables": [*MANIFEST["tables"], *tables]}
    more = {"10.4.xlsx": b"no workbook", "manifest.json": json.dumps(manifest).encode()}
    status, _, page = sent(office, zipped(files | strange | more))
    assert status == 200
    told = re.findall(r"<li><strong>(.*?)</strong> (.*?)</li>", page)
    assert {(where[:10], why[:8]) for where, why in told} == {
        ("1" * 10, "不是汇总里的文件"),
        ("读我.txt", "不是汇总里的文件"),
        ("2020.1.exe", "不是汇总里的文件"),
        ("10.4", "这不是 Exce"),
        ("10.5", "清单里有，目录里"),
        (f"{TABLE} · 已撤销", "今年没有这个部门"),
    }


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        (None, "这不是可以打开的压缩包"),
        ({"a.txt": b"x"}, "压缩包里没有 manifest.json"),
        ({"../manifest.json": b"{}"}, "压缩包里没有 manifest.json"),
        ({"manifest.json": b"{"}, "manifest.json 读不出来"),
        ({f"{n}.xlsx": b"" for n in range(301)}, "太多或太大"),
    ],
    ids=["no zip", "no summary", "outside", "broken", "many"],
)
def test_what_is_no_summary_is_refused(
    site: Installation, office: Browser, inside: dict[str, bytes] | None, why: str
) -> None:
    status, _, page = sent(office, b"no zip" if inside is None else zipped(inside))
    assert (status, why in page, "去年汇总的压缩包" in page) == (422, True, True)
    assert not list((site.settings.data / "incoming").glob("*"))


def test_a_zip_with_a_password_is_refused(office: Browser, files: dict[str, bytes]) -> None:
    content = bytearray(zipped(files))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    status, _, page = sent(office, bytes(content))
    assert (status, "加了密码" in page) == (422, True)


def test_a_damaged_zip_is_no_full_disk(office: Browser) -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_BZIP2) as package:
        package.writestr("manifest.json", b"{}")
    content = out.getvalue().replace(b"BZh", b"xxx")
    status, _, page = sent(office, content)
    assert (status, "不是可以打开的压缩包" in page) == (422, True)


def test_nothing_is_unpacked_beyond_its_bounds(
    office: Browser, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_year, "LARGEST_TEXT", 2_000_000)
    bomb = {"explanations.json": b" " * 3_000_000}
    status, _, page = sent(office, zipped(files | bomb))
    assert (status, "超过了 2 MB" in page) == (200, True)
    monkeypatch.setattr(last_year, "TOGETHER", 0)
    status, _, page = sent(office, zipped(files))
    assert (status, "太多或太大" in page) == (422, True)


def test_it_is_the_sender_s_alone_and_for_the_office(
    site: Installation, office: Browser, files: dict[str, bytes]
) -> None:
    _, path, _ = sent(office, zipped(files))
    assert site.browser("S031").get(path).status_code == 403
    assert office.get("/plan/prefill/nothing").status_code == 404
    assert "只保留一天" in office.get("/plan/prefill/nothing").text
    assert office.form("/plan/prefill").status_code == 422
