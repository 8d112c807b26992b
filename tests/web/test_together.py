"""Many files at once: each finds its table, and one bad file stops no other."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from models import Department, Grant, Person
from tests.journey.books import fill
from tests.web.conftest import Installation
from tests.web.dropping import (
    COLLECTOR,
    TEACHING,
    XLSX,
    drop,
    own_books,
    states,
    versions,
    without_notes,
    without_properties,
)
from tests.web.typing_people import returned

MEMBERS = "现有成员"


def test_each_file_finds_its_table_whatever_it_is_called(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    books = own_books(browser, "10.1.1", "10.4", "10.3")
    renamed = {f"新建 {number}.xlsx": content for number, content in enumerate(books.values())}
    path = drop(browser, renamed)
    assert states(browser, path) == dict.fromkeys(renamed, "kept")
    assert versions(site) == 3
    page = browser.get(path).text
    for name in books:
        assert name.removesuffix("-学务部.xlsx") + " · 学务部" in page
    assert site.stage(site.assignment("10.1.1", "学务部")) == "pending"


def test_what_has_no_errors_is_handed_in_where_that_is_wished(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    (good,) = own_books(browser, "10.4").values()
    bad = fill(
        browser.get(f"/assignments/{site.assignment('10.1.1', '学务部')}/template").content,
        "10.1.1",
        {"J5": "休学"},
    )
    path = drop(browser, {"好.xlsx": good, "坏.xlsx": bad}, submit="true")
    assert states(browser, path) == {"好.xlsx": "submitted", "坏.xlsx": "kept"}
    assert "1 处错误" in browser.get(path).text
    stages = [site.stage(site.assignment(code, "学务部")) for code in ("10.4", "10.1.1")]
    assert stages == ["collected", "pending"]


def test_one_bad_file_stops_no_other(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    (good,) = own_books(browser, "10.4").values()
    other = site.browser("S041")
    (foreign, *_) = own_books(other, "5.1").values()
    path = drop(browser, {"坏.xlsx": b"no workbook", "别人的.xlsx": foreign, "好.xlsx": good})
    assert states(browser, path) == {"坏.xlsx": "refused", "别人的.xlsx": "refused", "好.xlsx": "kept"}
    assert "属于“财务处”的数据表 5.1，不在您的任务里" in browser.get(path).text


def test_the_second_file_of_a_table_does_not_overwrite_somebody_else_s(site: Installation) -> None:
    """Both were made from the same template by the same person: the later one counts, both are kept."""
    browser = site.browser(COLLECTOR)
    template = browser.get(f"/assignments/{site.assignment('10.1.1', '学务部')}/template").content
    files = {"一.xlsx": fill(template, "10.1.1"), "二.xlsx": fill(template, "10.1.1", {"B5": "王小明"})}
    path = drop(browser, files)
    assert states(browser, path) == {"一.xlsx": "kept", "二.xlsx": "kept"}
    assert re.findall(r"第 (\d) 版，\d+ 行", browser.get(path).text) == ["1", "2"]


@pytest.mark.parametrize("strip", [without_properties, without_notes])
def test_files_whose_properties_are_gone_still_find_their_table(site: Installation, strip: Any) -> None:
    browser = site.browser(COLLECTOR)
    (book,) = own_books(browser, "10.4").values()
    assert states(browser, drop(browser, {"w.xlsx": strip(book)})) == {"w.xlsx": "kept"}


def test_where_nothing_tells_the_table_the_page_asks_and_the_file_is_kept_meanwhile(
    site: Installation,
) -> None:
    browser = site.browser(COLLECTOR)
    key = site.assignment("10.4", "学务部")
    (book,) = own_books(browser, "10.4").values()
    path = drop(browser, {"10.4 红会.xlsx": without_notes(book, "Sheet1")})
    assert states(browser, path) == {"10.4 红会.xlsx": "asked"}
    page = browser.get(path).text
    assert f'<option value="{key}" selected>' in page
    answer = browser.form(f"{path}/0", {"assignment": str(key)})
    assert "没有名为“10.4”的工作表" in answer.text
    assert states(browser, path) == {"10.4 红会.xlsx": "refused"}


def test_a_table_that_is_chosen_takes_the_file(site: Installation) -> None:
    """Two departments' collector: without ids the code alone doesn't tell for whom the file is."""
    collects_too(site, TEACHING, "示例二系（机电工程）")
    browser = site.browser(TEACHING)
    keys = [site.assignment("6.3.7", name) for name in ("示例一系（信息工程）", "示例二系（机电工程）")]
    book = fill(browser.get(f"/assignments/{keys[1]}/template").content, "6.3.7")
    path = drop(browser, {"w.xlsx": without_notes(book)})
    assert states(browser, path) == {"w.xlsx": "asked"}
    page = browser.get(path).text
    assert "看起来是数据表 6.3.7" in page
    assert [f'<option value="{key}">' in page for key in keys] == [True, True]
    browser.form(f"{path}/0", {"assignment": str(keys[1])})
    assert states(browser, path) == {"w.xlsx": "kept"}
    assert "6.3.7 著作论文 · 示例二系（机电工程）" in browser.get(path).text
    browser.form(f"{path}/0", {"assignment": str(keys[0])})
    assert "6.3.7 著作论文 · 示例二系（机电工程）" in browser.get(path).text


def collects_too(site: Installation, staff_no: str, department: str) -> None:
    with site.database.writing() as session:
        person = session.exec(select(Person).where(Person.staff_no == staff_no)).one()
        second = session.exec(select(Department).where(Department.name == department)).one()
        session.add(Grant(person_id=person.id or 0, role="collector", department_id=second.id))


@pytest.mark.parametrize("number", ["1", "-1"])
def test_there_is_no_other_file_to_choose_for(site: Installation, number: str) -> None:
    browser = site.browser(COLLECTOR)
    path = drop(browser, {"w.xlsx": b"x"})
    answer = browser.form(f"{path}/{number}", {"assignment": "1"})
    assert (answer.status_code, "没有这一份" in answer.text) == (404, True)


def test_another_department_s_table_cannot_be_chosen(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    path = drop(browser, {"w.xlsx": b"x"})
    browser.form(f"{path}/0", {"assignment": str(site.assignment("5.1", "财务处"))})
    assert "没有这项采集任务" in browser.get(path).text


def test_one_person_s_sheets_wait_to_be_merged_and_are_merged_by_one_click(site: Installation) -> None:
    browser = site.browser(TEACHING)
    key = site.assignment("6.3.7", "示例一系（信息工程）")
    answer = browser.form(f"/assignments/{key}/sheets", {"names": "张老师\n李老师"})
    with ZipFile(BytesIO(answer.content)) as package:
        sheets = [package.read(name) for name in package.namelist()]
    path = drop(browser, {"a.xlsx": paper(sheets[0], "1"), "b.xlsx": paper(sheets[1], "2")})
    assert states(browser, path) == {"a.xlsx": "personal", "b.xlsx": "personal"}
    assert versions(site) == 0
    token = path.rsplit("/", 1)[1]
    answer = browser.form(f"/assignments/{key}/merge", {"kept": token, "mode": "add", "newest": "0"})
    assert "第 1 版是这样合并的" in answer.text
    assert ("张老师" in answer.text, "李老师" in answer.text) == (True, True)


def paper(sheet: bytes, staff: str) -> bytes:
    book = load_workbook(BytesIO(sheet))
    page = book["6.3.7"]
    page["A2"], page["B2"] = staff, "甲"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_one_person_s_sheet_never_takes_the_place_of_the_whole_table(site: Installation) -> None:
    browser = site.browser(TEACHING)
    key = site.assignment("6.3.7", "示例一系（信息工程）")
    sheet = browser.form(f"/assignments/{key}/sheets", {"names": "张老师"}).content
    answer = browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", paper(sheet, "1"), XLSX)})
    assert (answer.status_code, "“张老师”一个人的表" in answer.text) == (422, True)


def test_mended_cells_of_a_returned_table_are_handed_in_and_others_are_not(site: Installation) -> None:
    browser = site.browser(COLLECTOR)
    key = site.assignment("10.3", "学务部")
    (book,) = own_books(browser, "10.3").values()
    assert states(browser, drop(browser, {"w.xlsx": book}, submit="true")) == {"w.xlsx": "submitted"}
    returned(site, key, "成员数不对", (2, MEMBERS), only=True)
    path = drop(browser, {"w.xlsx": with_cell(book, "社团名称(全称)", "换了名字")}, submit="true")
    assert states(browser, path) == {"w.xlsx": "kept"}
    assert "审核人只放开了指出的单元格，而 10.3 第 2 行“社团名称(全称)”" in browser.get(path).text
    path = drop(browser, {"w.xlsx": with_cell(book, MEMBERS, 77)}, submit="true")
    assert states(browser, path) == {"w.xlsx": "submitted"}
    assert site.stage(key) == "collected"


def with_cell(book: bytes, column: str, value: str | int) -> bytes:
    """The workbook with another value in the first row."""
    opened = load_workbook(BytesIO(book))
    page = opened["10.3"]
    titles = [cell.value for cell in page[1]]
    page.cell(2, titles.index(column) + 1).value = value
    out = BytesIO()
    opened.save(out)
    return out.getvalue()
