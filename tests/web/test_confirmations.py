"""数据确认表 and the notice: one department's sheet, all as a zip, the notice from the plan in force."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import docx
import httpx
import pytest

from tests.web.conftest import Installation


def name(answer: httpx.Response) -> str:
    return unquote(answer.headers["content-disposition"].rpartition("''")[2])


def first(html: str) -> str:
    return re.findall(r'href="(/confirmations/\d+)"', html)[0]


def test_a_collector_takes_his_department_s_sheet(site: Installation) -> None:
    browser = site.browser("S031")
    answer = browser.get(first(browser.get("/mine").text))
    assert name(answer) == "数据确认表-2020-11-06-学务部.docx"
    assert "部门：学务部" in docx.Document(BytesIO(answer.content)).paragraphs[2].text
    assert site.browser("S041").get(first(browser.get("/mine").text)).status_code == 404


def test_the_office_takes_all_of_them(site: Installation) -> None:
    office = site.browser("S000")
    html = office.get("/summary").text
    assert len(re.findall(r"/confirmations/\d+", html)) == 12
    assert "/summary#confirm" in office.get("/dashboard").text
    answer = office.get("/confirmations")
    assert name(answer) == "数据确认表-2020-11-06.zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert (len(names), names[0]) == (12, "数据确认表-2020-11-06-政务部.docx")
        assert docx.Document(BytesIO(archive.read(names[0]))).tables


def test_a_zip_of_all_is_for_overseers(site: Installation) -> None:
    assert site.browser("S031").get("/confirmations").status_code == 403
    assert '/confirmations"' not in site.browser("S031").get("/mine").text


def test_the_notice_is_made_from_the_plan_in_force(site: Installation) -> None:
    office = site.browser("S000")
    assert "/plan/notice.docx" in office.get("/plan").text
    answer = office.get("/plan/notice.docx")
    assert name(answer) == "工作通知-2020-11-06.docx"
    document = docx.Document(BytesIO(answer.content))
    assert "http://caiji.test/" in "".join(each.text for each in document.paragraphs)
    assert len(document.tables[0].rows) == 84


@pytest.mark.parametrize("staff_no", ["S031", "S910", "S001"])
def test_the_notice_is_the_office_s(site: Installation, staff_no: str) -> None:
    assert site.browser(staff_no).get("/plan/notice.docx").status_code == 403
