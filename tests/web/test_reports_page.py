"""报告: any moment as it was known then, one department, what has changed, what is at risk, history."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote

import docx
import pytest
from sqlmodel import col, delete

from actions import clock
from actions.late import late_report, record_report
from models import Grant
from tests.actions.played import play
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from tests.web.transport import Browser

NOW = datetime(2020, 11, 19, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def office(site: Installation) -> Browser:
    """After the last deadline of the sample, one report having gone out a week ago."""
    with site.database.writing() as session:
        play(session, NOW)
        clock.jump(session, NOW)
        session.flush()
        before = late_report(session, NOW.replace(day=12, hour=8, minute=31), issued=True)
        record_report(session, before, {"late-report.docx": site.app.state.site.blobs.put(b"kept")})
    return site.browser("S000")


def lines(html: str) -> list[tuple[str, str]]:
    """Table and department of each late line."""
    body = html.split("逾期工作日</th>")[1].split("</table>", maxsplit=1)[0]
    return re.findall(r'<span class="task-code">([\d.]+)</span> [^<]*</a></td><td>([^<]+)</td>', body)


def test_now_and_what_has_changed(site: Installation, office: Browser) -> None:
    html = office.get("/reports").text
    with site.database.reading() as session:
        report = late_report(session, NOW)
    assert report.change is not None
    assert lines(html) == [(line.table, line.department) for line in report.late]
    assert (len(report.change.new), len(report.change.settled)) == (8, 2)
    assert "相比：新增 8 项，已解决 2 项。" in html
    assert "当时已知" not in html
    for line in report.late:
        assert f'<a href="/assignments/{site.assignment(line.table, line.department)}">' in html


def test_of_long_lists_the_page_shows_the_beginning(office: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = office.get("/reports").text
    monkeypatch.setattr("web.pages.reports.LISTED", 3)
    html = office.get("/reports").text
    assert (lines(html), "只列出前 3 项" in html) == (lines(whole)[:3], True)
    assert (f"共 {len(lines(whole))} 项" in html, "共 8 项" in html, "只列出前" in whole) == (
        True,
        True,
        False,
    )


def test_a_moment_of_the_past_is_shown_and_downloaded_as_it_was(office: Browser) -> None:
    html = office.get("/reports", params={"at": "2020-11-12T08:31"}).text
    assert lines(html) == [("6.1", "政务部"), ("7.2", "教务部")]
    assert "当时已知的情况" in html
    assert 'value="2020-11-12T08:31"' in html
    [link] = re.findall(r'href="(/reports/now\.docx\?at=[^"]+)"', html)
    paragraphs = [each.text for each in docx.Document(BytesIO(office.get(link).content)).paragraphs]
    assert "数据采集逾期〔2020〕第 1 期" in paragraphs
    assert any("现有逾期 2 项" in each for each in paragraphs)


def test_one_department(office: Browser) -> None:
    html = office.get("/reports", params={"department": "学务部"}).text
    assert {department for _, department in lines(html)} == {"学务部"}
    assert "<option selected>学务部</option>" in html
    other = office.get("/reports", params={"department": "教务部"}).text
    assert "这个部门当时没有逾期" in other


def test_what_is_at_risk_is_listed_with_its_reason(office: Browser) -> None:
    html = office.get("/reports", params={"at": "2020-11-17T17:31"}).text
    [section] = re.findall(r'<section class="card" aria-labelledby="at-risk">.*?</section>', html, re.DOTALL)
    rows = re.findall(
        r'</td><td>([^<]+)</td>.*?<td class="hint">(截止前还剩 9 个工作小时，尚余[^<]+)</td>', section
    )
    told = [re.findall(r"尚余 (\d+) 张", why) + re.findall(r"照此约 (\d+) 张", why) for _, why in {*rows}]
    assert told
    assert f'<span class="count">约 {sum(int(each[-1]) for each in told)} 张</span>' in section


def test_what_is_at_risk_stands_by_level_and_leads_to_the_work(office: Browser) -> None:
    html = office.get("/reports", params={"at": "2020-11-10T17:30"}).text
    section = html.split('id="at-risk"')[1].split("</section>")[0]
    assert "11月18日截止的：为时尚早，11月13日起判断" in section
    assert "截止前三个工作日起、全院完成三分之一后才判断" in section
    assert re.findall(r'<h3 id="(\w+)">', section) == ["watch"]
    rows = re.findall(r'<tr><td><a href="(/assignments/\d+)"><span class="task-code">([\d.]+)', section)
    assert rows
    assert office.get(rows[0][0]).status_code == 200
    assert re.search(r"待审核<br><span class=\"hint\">11月\d+日[^<]* 起", section)


def test_the_history_has_numbers_links_and_files(office: Browser) -> None:
    html = office.get("/reports").text
    past = html.split('id="past"')[1]
    assert "第 1 期" in past
    assert 'href="/reports?at=2020-11-12T08%3A31"' in past
    [(file, name)] = re.findall(r'href="(/reports/\d+/late-report\.docx)" download>([^<]+)<', past)
    assert office.get(file).content == b"kept"
    assert name == "逾期报告-2020-11-12.docx"
    assert quote(name) in office.get(file).headers["content-disposition"]


class Columns(HTMLParser):
    """Which columns of each table are numbers, by its headings and by its first row."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[dict[str, list[bool]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append({"th": [], "td": []})
        elif tag in ("th", "td"):
            self.tables[-1][tag].append(dict(attrs).get("class") == "number")


def test_numbers_stand_right_under_their_headings(office: Browser) -> None:
    columns = Columns()
    columns.feed(office.get("/reports").text)
    assert [sum(each["th"]) for each in columns.tables] == [1, 3]
    for each in columns.tables:
        assert each["td"][: len(each["th"])] == each["th"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("yesterday", "时刻的写法不对"),
        ("2020-11-30T08:00", "这一时刻还没有到"),
        ("9999-99-99", "时刻的写法不对"),
    ],
)
def test_a_moment_that_cannot_be_says_so_and_stays(office: Browser, typed: str, sentence: str) -> None:
    answer = office.get("/reports", params={"at": typed})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{typed}"' in answer.text
    assert lines(answer.text)
    assert office.get("/reports/now.docx", params={"at": typed}).status_code == 422


def test_an_open_roster_is_a_line_like_a_tables(site: Installation) -> None:
    with site.database.writing() as session:
        session.exec(delete(Grant).where(col(Grant.role) == "collector", col(Grant.department_id) == 3))
        clock.jump(session, NOW.replace(day=9))
    html = site.browser("S000").get("/reports").text
    assert '<a href="/people">采集员、审核员名单</a></td><td>学务部</td>' in html
    assert "待报齐" in html
    assert "没有逾期" not in html


def test_what_has_changed_is_chosen_by_department_before_it_is_cut(
    site: Installation, office: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.database.reading() as session:
        change = late_report(session, NOW).change
    assert change is not None
    last = change.new[-1]
    monkeypatch.setattr("web.pages.reports.LISTED", 1)
    html = office.get("/reports", params={"department": last.department}).text
    listed = html.split("<details", maxsplit=1)[1].split("</details>")[0]
    assert (listed.count("<li>新增"), f" · {last.department} " in listed) == (1, True)
