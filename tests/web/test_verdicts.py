"""平台结论: pasted or from a workbook, shown line by line, recorded together; what was pasted stays."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import openpyxl
import pytest

from tests.actions.test_verdicts import typed
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser


@pytest.fixture
def office(site: Installation) -> Browser:
    with site.database.writing() as session:
        for code in ("10.5", "10.4"):
            typed(session, code, "学务部", MORNING)
    return site.browser("S000")


def box(html: str) -> str:
    """What stands in the box."""
    found = re.search(r'<textarea id="pasted"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def stamp(html: str) -> str:
    return re.findall(r'name="seen" value="(\w*)"', html)[0]


def test_pasted_shown_recorded(site: Installation, office: Browser) -> None:
    assert "2 项等国家平台的结论" in office.get("/dashboard").text
    text = "10.5\t学务部\t通过\n10.4\t学务部\t不通过\t缺 <2> 行"
    shown = office.form("/verdicts/preview", {"pasted": text})
    assert (shown.status_code, box(shown.text)) == (200, text)
    assert "登记这 2 项" in shown.text
    assert "缺 &lt;2&gt; 行" in shown.text
    assert site.stage(site.assignment("10.5", "学务部")) == "reviewed"
    done = office.form("/verdicts", {"pasted": text, "seen": stamp(shown.text)})
    assert "平台结论已登记" in done.text
    stages = [site.stage(site.assignment(code, "学务部")) for code in ("10.5", "10.4")]
    assert stages == ["checked", "failed"]


def test_a_wrong_line_is_told_and_nothing_typed_is_lost(site: Installation, office: Browser) -> None:
    text = "10.5\t学务部\t通过\n10.9\t学务部\t通过"
    shown = office.form("/verdicts/preview", {"pasted": text}).text
    assert "没有编号为“10.9”的表。" in shown
    assert ('name="seen"' in shown, box(shown)) == (False, text)
    refused = office.form("/verdicts", {"pasted": text, "seen": ""})
    assert (refused.status_code, box(refused.text)) == (422, text)
    assert "一行也没有登记" in refused.text
    assert site.stage(site.assignment("10.5", "学务部")) == "reviewed"


def test_what_changed_meanwhile_is_shown_anew(office: Browser) -> None:
    text = "10.5\t学务部\t不通过\t缺行"
    seen = stamp(office.form("/verdicts/preview", {"pasted": text}).text)
    office.form("/verdicts", {"pasted": text, "seen": seen})
    again = office.form("/verdicts", {"pasted": text, "seen": seen})
    assert (again.status_code, box(again.text)) == (422, text)
    assert "这一项现在是“检测未通过”" in again.text


def test_from_a_workbook(office: Browser) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["表号", "部门", "结论", "提示"],
        [10.5, "学务部", "通过", None],
        ["10.4", "学务部", "不通过", "缺\n行"],
    ):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    shown = office.form(
        "/verdicts/preview", {"pasted": ""}, files={"file": ("平台.xlsx", content.getvalue())}
    ).text
    assert "登记这 2 项" in shown
    assert box(shown).splitlines()[1:] == ["10.5\t学务部\t通过\t", "10.4\t学务部\t不通过\t缺 行"]


def test_a_file_that_is_no_workbook_leaves_the_box_as_it_is(office: Browser) -> None:
    sent = {"file": ("平台.xlsx", b"no zip")}
    refused = office.form("/verdicts/preview", {"pasted": "10.5\t学务部\t通过"}, files=sent)
    assert (refused.status_code, box(refused.text)) == (422, "10.5\t学务部\t通过")
    assert "这个文件不是Excel 工作簿" in refused.text


def test_what_waits_is_listed_to_be_filled(office: Browser) -> None:
    listed = box(office.get("/verdicts", params={"fill": "1"}).text)
    assert [each.split("\t")[1:] for each in listed.splitlines()] == [["学务部", ""], ["学务部", ""]]
    shown = office.form("/verdicts/preview", {"pasted": listed}).text
    assert shown.count("没有写结论，略过") == 2


def test_nothing_pasted(office: Browser) -> None:
    empty = office.form("/verdicts/preview", {"pasted": ""})
    assert (empty.status_code, "还没有内容。" in empty.text) == (422, True)
