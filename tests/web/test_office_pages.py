"""What the quality office does on pages: the plan, people, reports, the summary, mail, the clock."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from actions import clock
from actions.people import make_activation, person_by_staff_no
from models import Heartbeat, Incident, Mail, Person
from models.person import links_made
from models.worklist import current_campaign, lines
from plans.tasks_file import write_tasks
from settings import ROOT
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation, plan_2020
from tests.web.test_people_import import people_book
from tests.web.transport import Browser

SCHEDULE = (ROOT / "schedule.yaml").read_text()


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def preview(office: Browser, *files: tuple[str, str]) -> str:
    sent = [("files", (name, text.encode(), "text/plain")) for name, text in files]
    return office.form("/plan/preview", files=sent).text


def hidden(html: str) -> dict[str, str]:
    """The proposed plan as the preview's form carries it."""
    areas = dict(re.findall(r'<textarea name="(tasks|schedule)" hidden>(.*?)</textarea>', html, re.DOTALL))
    (base,) = re.findall(r'name="base" value="(\d+)"', html)
    return {name: unescape(text) for name, text in areas.items()} | {"base": base}


def without_last_table() -> str:
    return write_tasks(plan_2020().tables[:-1])


def test_a_changed_plan_shows_its_impact_and_is_then_applied(site: Installation, office: Browser) -> None:
    html = preview(office, ("tasks.csv", without_last_table()))
    assert re.search(r"关闭任务</span><strong>12<", html)
    with site.database.reading() as session:
        assert len(lines(session)) == 189
    answer = office.form("/plan/apply", hidden(html))
    assert "计划已更新，原有工作全部保留" in answer.text
    with site.database.reading() as session:
        assert (len(lines(session)), len(lines(session, closed=True))) == (177, 189)


def test_the_impact_names_the_days_whose_notices_change(office: Browser) -> None:
    html = preview(office, ("tasks.csv", without_last_table()))
    found = html.partition('data-testid="notices"')[2]
    assert "从 2020-11-06 起有变动" in found
    assert "到期提醒 · 采集员 -60" in found
    row = re.findall(r"<tr><td>2020-11-11</td>.*?</tr>", found, re.DOTALL)
    assert [re.sub(r"<[^>]+>|\s+", " ", each).split() for each in row] == [
        ["2020-11-11", "到期提醒", "采集员", "189", "177", "12", "个部门"]
    ]


def test_what_changes_no_notice_says_so(office: Browser) -> None:
    html = preview(office, ("schedule.yaml", SCHEDULE.replace("学院采集平台交流群", "采集群")))
    assert "之后的提醒不变。" in html


def test_the_same_plan_changes_nothing(office: Browser) -> None:
    html = preview(office, ("schedule.yaml", SCHEDULE))
    assert "与现行计划相同" in html
    assert "没有改动" in office.form("/plan/apply", hidden(html)).text


def test_a_plan_changed_since_the_preview_is_not_overwritten(office: Browser) -> None:
    first = hidden(preview(office, ("tasks.csv", without_last_table())))
    office.form("/plan/apply", first)
    again = office.form("/plan/apply", first)
    assert (again.status_code, "在您预览之后又被改动过" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("tasks.csv", "no,code\n1,1.6\n", "tasks.csv"),
        ("schedule.yaml", SCHEDULE.replace("2020-11-07", "2020-13-07"), "schedule.yaml"),
        ("plan.docx", "no word file", "upload.docx"),
    ],
)
def test_a_wrong_plan_is_told_with_its_place_and_changes_nothing(
    office: Browser, name: str, text: str, sentence: str
) -> None:
    html = preview(office, (name, text))
    assert 'role="alert"' in html
    assert sentence in html
    assert "原有的计划和数据都不受影响" in html


def test_the_plan_s_files_are_given_back(office: Browser) -> None:
    assert office.get("/plan/files/schedule.yaml").text == SCHEDULE
    assert office.get("/plan/files/tasks.csv").content.startswith(b"\xef\xbb\xbfno,code,")
    assert office.get("/plan/files/other").status_code == 404


def test_everybody_reads_the_plan_and_only_the_office_its_doubts_open(site: Installation) -> None:
    html = site.browser("S031").get("/plan").text
    assert "学生基本信息" in html
    assert "更改计划" not in html


OFFICE = "质量部管理员（示例）"


def test_links_for_all_are_one_workbook_for_the_office_only(site: Installation, office: Browser) -> None:
    assert site.browser("S031").form("/people/activations").status_code == 403
    answer = office.form("/people/activations")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = {str(row[2]): str(row[4]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    page = site.browser().get(rows["S031"].removeprefix("http://caiji.test"))
    assert "采集员（示例）" in page.text
    assert office.form("/people/activations").status_code == 200
    assert site.browser().get(rows["S031"].removeprefix("http://caiji.test")).status_code == 404
    with site.database.reading() as session:
        links = links_made(session)[person_by_staff_no(session, "S031").id or 0]
    assert [(link.ended_at is None, maker) for link, maker in links] == [(True, OFFICE), (False, OFFICE)]


def test_who_made_which_link_for_whom_and_when_it_was_used(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        make_activation(session, "S031", clock.wall() - timedelta(days=9), 24)
        make_activation(session, "S031", clock.wall() - timedelta(days=2), 72)
    made = office.form("/people/S031/activation").text
    [address] = re.findall(r'value="(http://caiji\.test/activate/[\w-]+)"', made)
    said = records(made)
    assert [re.sub(r"\d+月\d+日[^，]*?（真实时间）", "T", each) for each in said] == [
        f"T 由 {OFFICE} 生成，未使用，有效至 T",
        "T 由 命令行 生成，T 被新链接取代",
        "T 由 命令行 生成，未使用，T 已过期",
    ]
    password = {"password": "three blind mice", "again": "three blind mice"}
    assert site.browser().form(address.removeprefix("http://caiji.test"), password).status_code == 200
    assert "已使用" in records(office.get("/people").text)[0]
    assert site.browser("S031").get("/people").status_code == 403


def records(html: str) -> list[str]:
    """What the page says of the links of S031."""
    row = next(row for row in html.split("<tr>") if "<td>S031</td>" in row)
    assert f"激活链接记录 {row.count('<li')} 条" in row
    return [re.sub("<[^>]+>", "", each) for each in re.findall(r'<li class="hint">(.*?)</li>', row)]


def test_wrong_people_are_told_by_cell_and_none_is_imported(site: Installation, office: Browser) -> None:
    book = people_book(("7001", "王老师", "no address", "", "不存在的部门", "collector", "", ""))
    answer = office.form("/people/preview", files={"file": ("people.xlsx", book)})
    assert answer.status_code == 422
    assert "不存在的部门" in answer.text
    with site.database.reading() as session:
        assert session.exec(select(Person).where(Person.staff_no == "7001")).first() is None


def test_reports_of_this_moment_are_downloaded(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        clock.jump(session, datetime(2020, 11, 12, 9, 0, tzinfo=SHANGHAI))
    assert "学生基本信息" in office.get("/reports").text
    for form, start in (("docx", b"PK"), ("xlsx", b"PK"), ("html", b"<")):
        assert office.get(f"/reports/now.{form}").content.startswith(start)
    assert office.get("/reports/now.pdf").status_code == 404
    assert office.get("/reports/1/late-report.docx").status_code == 404


def test_the_dashboard_counts_lists_and_draws(site: Installation, office: Browser) -> None:
    key = site.assignment("10.4", "学务部")
    site.browser("S031").form(f"/assignments/{key}/nil")
    with site.database.writing() as session:
        clock.jump(session, datetime(2020, 11, 12, 9, 0, tzinfo=SHANGHAI))
        session.add(Incident(at=clock.wall(), kind="mail", subject="x", message="一封邮件没有送到"))
    html = office.get("/dashboard").text
    assert len(re.findall(r'class="cell stage-', html)) == 189
    assert 'aria-label="10.4 红十字会 · 学务部：待审核' in html
    assert 'aria-label="1.6 机构设置 · 政务部：待采集（逾期）"' in html
    assert "<svg" in html
    assert "一封邮件没有送到" in html
    assert "提交审核" in html


def test_a_sleeping_worker_is_told_in_red(site: Installation, office: Browser) -> None:
    assert "后台任务已停止运行" not in office.get("/mine").text
    with site.database.writing() as session:
        session.add(Heartbeat(part="worker", at=clock.wall() - timedelta(minutes=16)))
    assert "后台任务已停止运行" in office.get("/mine").text
    assert "后台任务已停止运行" not in site.browser("S031").get("/mine").text


def test_the_outbox_is_shown_by_state(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        campaign = current_campaign(session).id or 0
        for state in ("queued", "failed"):
            session.add(
                Mail(
                    campaign_id=campaign,
                    address=f"{state}@example.edu.cn",
                    kind="digest",
                    slot=state,
                    state=state,
                    created_at=clock.wall(),
                )
            )
    assert "queued@example.edu.cn" in office.get("/notices").text
    failed = office.get("/notices", params={"state": "failed"}).text
    assert ("failed@example.edu.cn" in failed, "queued@example.edu.cn" in failed) == (True, False)


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ({"step": "hour"}, "2020-11-06 09:00"),
        ({"step": "workday"}, "2020-11-09 09:00"),
        ({"to": "2020-11-18T09:00"}, "2020-11-18 09:00"),
    ],
)
def test_the_rehearsal_s_clock_is_moved(site: Installation, wish: dict[str, str], shown: str) -> None:
    answer = site.browser("S031").form("/rehearsal/clock", wish | {"back": "/mine"})
    found = re.search(r"data-clock[^>]*>([^<]+)<", answer.text)
    assert found is not None
    assert found[1] == shown


@pytest.mark.parametrize(
    ("wish", "status"), [({"to": "soon"}, 422), ({"to": "2020-11-01T09:00"}, 422), ({"rate": "9999"}, 422)]
)
def test_a_clock_that_cannot_be_set_says_so(site: Installation, wish: dict[str, str], status: int) -> None:
    answer = site.browser("S031").form("/rehearsal/clock", wish)
    assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)


def test_the_prefect_ui_is_shown_to_the_office_only(load_site: Callable[..., Installation]) -> None:
    site = load_site()
    site.app.state.site.prefect = ("http://127.0.0.1:4200", "open sesame")
    assert "open sesame" in site.browser("S000").get("/mine").text
    assert "open sesame" not in site.browser("S031").get("/mine").text
