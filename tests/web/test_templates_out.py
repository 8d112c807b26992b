"""Templates by the dozen: one zip of mine, of what I still owe, of a department's."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from models.worklist import lines
from tests.journey.books import fill
from tests.web.conftest import Installation
from tests.web.transport import Browser
from web.templates_out import pack, template_name

COLLECTOR, OFFICE = "S031", "S000"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def books(browser: Browser, path: str) -> dict[str, bytes]:
    """The downloaded zip's files by name."""
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with ZipFile(BytesIO(answer.content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def own_names(site: Installation) -> list[str]:
    with site.database.reading() as session:
        return [template_name(seen) for seen in lines(session, department="学务部")]


def test_all_my_templates_come_as_one_zip_in_the_order_of_the_plan(site: Installation) -> None:
    found = books(site.browser(COLLECTOR), "/templates")
    assert list(found) == own_names(site)
    assert len(found) == 19
    assert "10.1.1 学生基本信息-学务部.xlsx" in found
    for name, content in found.items():
        assert load_workbook(BytesIO(content)).sheetnames[0].startswith(name.split(" ")[0])


def test_the_same_templates_are_the_same_bytes(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    first, second = browser.get("/templates"), browser.get("/templates")
    assert first.content == second.content
    assert first.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert int(first.headers["content-length"]) == len(first.content)


def test_only_what_is_still_owed_where_that_is_asked_for(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    nil = site.assignment("10.4", "学务部")
    browser.form(f"/assignments/{nil}/nil")
    owed, whole = books(browser, "/templates?owed=1"), books(browser, "/templates")
    assert set(whole) - set(owed) == {name for name in own_names(site) if name.startswith("10.4 ")}


def test_what_was_handed_in_is_in_its_template(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    key = site.assignment("10.1.1", "学务部")
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", book, XLSX)})
    page = load_workbook(BytesIO(books(browser, "/templates")["10.1.1 学生基本信息-学务部.xlsx"]))["10.1.1"]
    assert page["A2"].value == load_workbook(BytesIO(book))["10.1.1"]["A2"].value


def test_an_exempt_table_needs_no_template(site: Installation) -> None:
    key = site.assignment("10.4", "学务部")
    site.browser(OFFICE).form(f"/assignments/{key}/exempt", {"wanted": "true", "reason": "不适用"})
    assert not any(name.startswith("10.4 ") for name in books(site.browser(COLLECTOR), "/templates"))


def test_whoever_collects_nothing_is_told_so(site: Installation) -> None:
    answer = site.browser("S910").get("/templates")
    assert (answer.status_code, "没有要填报的表" in answer.text) == (404, True)


def test_the_office_takes_a_department_s_templates(site: Installation) -> None:
    found = books(site.browser(OFFICE), "/templates/department?department=学务部")
    assert list(found) == own_names(site)


@pytest.mark.parametrize("department", ["", "没有这个部门"])
def test_an_unknown_department_has_none(site: Installation, department: str) -> None:
    answer = site.browser(OFFICE).get("/templates/department", params={"department": department})
    assert answer.status_code == 404


def test_a_department_s_templates_are_for_the_office_only(site: Installation) -> None:
    answer = site.browser(COLLECTOR).get("/templates/department?department=学务部")
    assert (answer.status_code, "只有质量部" in answer.text) == (403, True)


def test_a_lost_file_gives_a_sentence_and_no_half_zip(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    key = site.assignment("10.1.1", "学务部")
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", book, XLSX)})
    for blob in (site.settings.data / "blobs").glob("*/*"):
        blob.unlink()
    answer = browser.get("/templates")
    assert (answer.status_code, "原文件暂时读不到" in answer.text) == (503, True)


def test_names_fit_every_system() -> None:
    out = BytesIO()
    pack([(b"1", "甲.xlsx"), (b"2", "乙.xlsx")], out)
    again = BytesIO()
    pack([(b"1", "甲.xlsx"), (b"2", "乙.xlsx")], again)
    assert out.getvalue() == again.getvalue()
    assert ZipFile(out).namelist() == ["甲.xlsx", "乙.xlsx"]
