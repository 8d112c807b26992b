"""典型案例: handed in on a page, taken in or sent back by the office, taken away; nothing typed is lost."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook
from sqlmodel import select

from models import Incident
from tests.web.conftest import Installation
from tests.web.test_plan_settings import HIDDEN, form_of
from tests.web.transport import Browser

FIRST = "示例一系（信息工程）"
CASE = {"theme": "教学改革", "title": "一门课的改革", "text": "做了什么\n有什么用"}
PDF = b"%PDF-1.4\n%%EOF\n"


def word() -> bytes:
    out = BytesIO()
    document = Document()
    document.add_paragraph("正文")
    document.save(out)
    return out.getvalue()


@pytest.fixture
def collector(site: Installation) -> Browser:
    return site.browser("S071")


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def hand_in(browser: Browser, file: tuple[str, bytes] | None = None, **more: str) -> httpx.Response:
    page = browser.get("/cases").text
    key = page.partition('name="department" value="')[2].partition('"')[0]
    files = {"file": file} if file else None
    return browser.form("/cases", {"department": key, **CASE, **more}, files=files)


def token_of(answer: httpx.Response) -> str:
    """Under which the page says that a file is kept."""
    return answer.text.partition('name="kept" value="')[2].partition('"')[0]


def apply_settings(office: Browser, wanted: str, due: str = "") -> None:
    """Ask for so many, by the settings' form."""
    typed = form_of(office.get("/plan/settings").text) | {"cases.wanted": wanted, "cases.due": due}
    shown = office.form("/plan/settings", typed).text
    [base] = re.findall(r'name="base" value="(\d*)"', shown)
    hidden = {name: unescape(text) for name, text in HIDDEN.findall(shown)}
    assert "典型案例的篇数" in office.form("/plan/apply", hidden | {"base": base}).text


def test_from_the_first_page_to_taken_in(site: Installation, collector: Browser, office: Browser) -> None:
    assert "/cases" in collector.get("/mine").text
    said = hand_in(collector).text
    assert ("案例已报送" in said, "等质量部收下" in said) == (True, True)
    assert "1 篇典型案例等待收下" in office.get("/dashboard").text
    assert "待收 1" in office.get("/cases").text
    assert "做了什么" in office.get("/cases/1").text
    assert "案例已收下" in office.form("/cases/1/take").text
    page = collector.get("/cases/1").text
    assert ("收下。" in page, "换一稿" in page) == (True, False)
    assert collector.form("/cases/1/withdraw").status_code == 409


def test_sent_back_with_a_reason_and_handed_in_again(collector: Browser, office: Browser) -> None:
    hand_in(collector, ("案例.pdf", PDF))
    assert office.form("/cases/1/return", {"reason": " "}).status_code == 422
    assert "案例已退回" in office.form("/cases/1/return", {"reason": "缺少<数据>"}).text
    assert "缺少&lt;数据&gt;" in collector.get("/cases").text
    assert "有 1 篇退回待改" in collector.get("/mine").text
    again = {"replaces": "1", "title": "补了数据", "keep_file": "true"}
    assert "已换成新的一稿" in hand_in(collector, **again).text
    page = office.get("/cases/2").text
    assert ("案例.pdf" in page, "缺少&lt;数据&gt;" in page, "以前的稿" in page) == (True, True, True)
    assert collector.get("/cases/2/file").content == PDF


def test_taken_back(collector: Browser) -> None:
    hand_in(collector)
    assert "案例已撤回" in collector.form("/cases/1/withdraw").text
    assert CASE["title"] not in collector.get("/cases").text


@pytest.mark.parametrize("name", ["案例.docx", "案例.PDF"])
def test_a_file_comes_back_as_it_was(collector: Browser, office: Browser, name: str) -> None:
    content = word() if name.endswith("docx") else PDF
    hand_in(collector, (name, content), text="")
    answer = office.get("/cases/1/file")
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("案例.docx", PDF, "不是 .docx 或 .pdf"),
        ("案例.pdf", b"MZ", "不是 .docx 或 .pdf"),
        ("案例.exe", PDF, "不是 .docx 或 .pdf"),
        ("案例.docx", word() + b"word/vbaProject.bin", "里有宏"),
        ("案例.docx", b"", "不是 .docx 或 .pdf"),
    ],
    ids=["a pdf as docx", "a program as pdf", "a pdf as exe", "with macros", "empty"],
)
def test_another_file_is_refused_and_nothing_typed_is_lost(
    collector: Browser, name: str, content: bytes, told: str
) -> None:
    answer = hand_in(collector, (name, content), title="写好的标题")
    assert (answer.status_code, told in answer.text) == (422, True)
    for typed in ("写好的标题", "做了什么\n有什么用</textarea>", "<option selected>教学改革"):
        assert typed in answer.text


def test_a_good_file_need_not_be_chosen_again(collector: Browser) -> None:
    answer = hand_in(collector, ("案例.pdf", PDF), title=" ")
    assert (answer.status_code, "已保留“案例.pdf”" in answer.text) == (422, True)
    assert "案例已报送" in hand_in(collector, kept=token_of(answer)).text
    assert collector.get("/cases/1/file").content == PDF


def test_another_file_takes_the_place_of_the_one_kept(collector: Browser) -> None:
    first = hand_in(collector, ("A.pdf", PDF), title=" ")
    second = hand_in(collector, ("B.pdf", PDF + b"B"), title=" ", kept=token_of(first))
    assert "已保留“B.pdf”" in second.text
    third = hand_in(collector, title=" ", kept=token_of(second))
    assert token_of(third) == token_of(second)
    hand_in(collector, kept=token_of(third))
    assert collector.get("/cases/1/file").content == PDF + b"B"


def test_a_wrong_file_leaves_the_one_kept(collector: Browser) -> None:
    first = hand_in(collector, ("A.pdf", PDF), title=" ")
    answer = hand_in(collector, ("B.exe", b"MZ"), kept=token_of(first))
    assert (answer.status_code, "已保留“A.pdf”" in answer.text) == (422, True)
    assert "案例已报送" in hand_in(collector, kept=token_of(answer)).text


def test_a_file_no_longer_kept_is_told_and_asked_for_once(collector: Browser) -> None:
    answer = hand_in(collector, kept="gone")
    assert (answer.status_code, "保留的文件已过期" in answer.text) == (422, True)
    assert ("有什么用</textarea>" in answer.text, token_of(answer)) == (True, "")


@pytest.mark.parametrize("by", ["colleague", "office"])
def test_a_text_for_a_case_that_moved_on_can_be_copied(collector: Browser, office: Browser, by: str) -> None:
    hand_in(collector)
    if by == "office":
        office.form("/cases/1/take")
    else:
        hand_in(collector, replaces="1", title="同事的稿")
    answer = hand_in(collector, replaces="1", title="我的标题", text="写了一整天")
    assert answer.status_code == 409
    for typed in ("我的标题</textarea>", "写了一整天</textarea>"):
        assert typed in answer.text


def test_a_reason_for_a_case_that_moved_on_can_be_copied(collector: Browser, office: Browser) -> None:
    hand_in(collector)
    hand_in(collector, replaces="1", title="新的一稿")
    answer = office.form("/cases/1/return", {"reason": "缺少数据来源"})
    assert (answer.status_code, "缺少数据来源</textarea>" in answer.text) == (409, True)


@pytest.mark.parametrize("before", [False, True])
def test_a_session_that_ends_loses_nothing(site: Installation, collector: Browser, before: bool) -> None:
    """Nor the file that was kept before."""
    kept = token_of(hand_in(collector, ("案例.pdf", PDF), title=" ")) if before else ""
    token = collector.token("/cases")
    with site.database.connection() as connection:
        connection.exec_driver_sql("UPDATE signin SET expires_at = '2000-01-01 00:00:00'")
    sent = {"csrf": token, "department": "7", "kept": kept, **CASE}
    file = ("", b"") if before else ("案例.pdf", PDF)
    answer = collector.post("/cases", data=sent, files={"file": file}, follow_redirects=False)
    back = httpx.URL(answer.headers["location"]).params
    assert back["next"] == "/cases"
    page = site.browser("S071").get("/cases", params={"kept": back["kept"]}).text
    assert ("有什么用</textarea>" in page, "已保留“案例.pdf”" in page) == (True, True)


@pytest.mark.parametrize(
    ("staff_no", "page", "typing", "deciding"),
    [("S072", 200, False, False), ("S081", 404, False, False), ("S001", 200, False, False),
     ("S910", 200, False, False), ("S000", 200, False, True)],
)  # fmt: skip
def test_who_reads_and_who_does(
    site: Installation, collector: Browser, staff_no: str, page: int, typing: bool, deciding: bool
) -> None:
    hand_in(collector, ("案例.pdf", PDF))
    other = site.browser(staff_no)
    answer = other.get("/cases/1")
    assert answer.status_code == other.get("/cases/1/file").status_code == page
    assert ("换一稿" in answer.text, "/cases/1/take" in answer.text) == (typing, deciding)
    assert (CASE["title"] in other.get("/cases").text) == (page == 200)
    assert hand_in(other, replaces="1", department="7").status_code in (403, 404)
    assert other.form("/cases/1/withdraw").status_code in (403, 404)


def test_what_is_owed_is_shown_where_it_is_asked_for(
    site: Installation, collector: Browser, office: Browser
) -> None:
    assert "目前没有规定要交几篇" in collector.get("/cases").text
    apply_settings(office, "各系部：教学改革、主题不限 1", "2020-12-04T17:30")
    page = collector.get("/cases").text
    assert (page.count("缺 1"), "12月04日 17:30" in page) == (2, True)
    assert "还缺 2 篇" in collector.get("/mine").text
    hand_in(collector)
    assert collector.get("/cases").text.count("缺 1") == 1
    assert office.get("/cases").text.count("缺 1") == 11
    assert "还缺" not in site.browser("S011").get("/mine").text


def test_all_are_taken_away_with_a_list(site: Installation, collector: Browser, office: Browser) -> None:
    apply_settings(office, "各系部：教学改革 1")
    hand_in(collector, ("案例.pdf", PDF), title="=1+1/题")
    site.browser("S011").form("/cases", {"department": "1", **CASE, "theme": "国际交流"})
    package = ZipFile(BytesIO(office.get("/cases/all.zip").content))
    assert package.namelist() == [
        "案例清单.xlsx",
        "001-政务部-国际交流-一门课的改革.docx",
        f"002-{FIRST}-教学改革-=1+1-题.docx",
        f"002-{FIRST}-教学改革-=1+1-题.pdf",
    ]
    assert package.read(package.namelist()[3]) == PDF
    lines = [each.text for each in Document(BytesIO(package.read(package.namelist()[1]))).paragraphs]
    assert lines == ["一门课的改革", "做了什么", "有什么用"]
    book = load_workbook(BytesIO(package.read("案例清单.xlsx")))
    rows = [[cell.value for cell in row] for row in book["案例清单"].iter_rows(min_row=2)]
    assert [row[:5] for row in rows] == [
        ["001", "政务部", "国际交流", "一门课的改革", "等质量部收下"],
        ["002", FIRST, "教学改革", "=1+1/题", "等质量部收下"],
    ]
    assert book["案例清单"]["D3"].data_type == "s"
    assert book["缺报"].max_row == 6
    own = ZipFile(BytesIO(collector.get("/cases/all.zip").content)).namelist()
    assert [name[:3] for name in own] == ["案例清", "001", "001"]


def test_without_any_there_is_still_the_list(office: Browser) -> None:
    assert ZipFile(BytesIO(office.get("/cases/all.zip").content)).namelist() == ["案例清单.xlsx"]


def test_a_lost_file_is_left_out_and_told(site: Installation, collector: Browser, office: Browser) -> None:
    hand_in(collector, ("丢了.pdf", PDF), title="一")
    hand_in(collector, ("还在.pdf", PDF + b"B"), title="二", text="")
    lost = hashlib.sha256(PDF).hexdigest()
    (site.settings.data / "blobs" / lost[:2] / lost).unlink()
    for _again in range(2):
        package = ZipFile(BytesIO(office.get("/cases/all.zip").content))
    assert [name[-6:] for name in package.namelist()] == ["单.xlsx", "一.docx", "-二.pdf"]
    book = load_workbook(BytesIO(package.read("案例清单.xlsx")))["案例清单"]
    assert [row[8].value for row in book.iter_rows(min_row=2)] == [
        "丢了.pdf（原文件暂时读不到，没有放进压缩包）", "还在.pdf",
    ]  # fmt: skip
    with site.database.reading() as session:
        assert [lost in each.subject for each in session.exec(select(Incident))] == [True]


def test_a_department_that_left_the_plan_can_copy_its_text(site: Installation, collector: Browser) -> None:
    token = collector.token("/cases")
    with site.database.connection() as connection:
        connection.exec_driver_sql(f"UPDATE department SET closed = 1 WHERE name = '{FIRST}'")
    answer = collector.post("/cases", data={"csrf": token, "department": "7", **CASE})
    assert (answer.status_code, "已不在采集计划中" in answer.text) == (409, True)
    assert "有什么用</textarea>" in answer.text
