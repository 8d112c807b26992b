"""A people file is shown with what it changes, then imported, or refused where people have changed since."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from httpx import Response
from openpyxl import Workbook

from actions.people import person_by_staff_no
from tests.web.conftest import Installation
from tests.web.transport import Browser


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def people_book(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(("staff_no", "name", "email", "phone", "department", "roles", "leads", "tables"))
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imported(office: Browser, book: bytes) -> Response:
    return office.form("/people/import", shown(office, book))


def shown(office: Browser, book: bytes) -> dict[str, str]:
    """What the preview's page sends back."""
    text = office.form("/people/preview", files={"file": ("people.xlsx", book)}).text
    rows = re.search(r'<textarea name="rows" hidden>(.*?)</textarea>', text, re.DOTALL)
    base = re.search(r'name="base" value="(\w+)"', text)
    assert rows is not None
    assert base is not None
    return {"rows": unescape(rows[1]), "base": base[1]}


def test_people_changed_since_the_preview_are_not_overwritten(site: Installation, office: Browser) -> None:
    book = people_book(("S031", "王老师", "wang@example.edu.cn", "", "学务部", "reviewer", "", ""))
    sent = shown(office, book)
    with site.database.writing() as session:
        person = person_by_staff_no(session, "S031")
        assert person.name != "王老师"
        person.email = "other@example.edu.cn"
        session.add(person)
    refused = office.form("/people/import", sent)
    assert (refused.status_code, "预览之后又被改动过" in refused.text) == (409, True)
    assert office.form("/people/import", shown(office, book)).status_code == 200
    assert office.form("/people/import", {"rows": "[", "base": ""}).status_code == 422


def test_people_are_imported_and_given_a_link(site: Installation, office: Browser) -> None:
    book = people_book(("7001", "王老师", "wang@example.edu.cn", "6001", "图书馆", "collector", "", ""))
    answer = imported(office, book)
    assert "人员名单已更新：新增 1 人，更新 0 人，未变 0 人" in answer.text
    made = office.form("/people/7001/activation").text
    address = re.search(r'value="(http://caiji\.test/activate/[\w-]+)"', made)
    assert address is not None
    assert "王老师" in site.browser().get(address[1]).text


def test_the_people_s_file_goes_out_and_comes_back(office: Browser) -> None:
    assert office.get("/people/template.xlsx").content.startswith(b"PK")
    book = office.get("/people/people.xlsx").content
    answer = office.form("/people/preview", files={"file": ("people.xlsx", book)})
    assert "导入后不会有任何变化" in answer.text
