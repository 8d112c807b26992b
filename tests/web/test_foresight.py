"""预演: begun and waited for, shown by day, filtered, and each mail opened as it would look."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from flows.rehearsal import Asked, rehearse
from flows.rehearsing import ASKED, FORESEEN
from models import Mail
from models.errors import TooMany
from models.worklist import current_campaign
from settings import Settings
from tests.conftest import MORNING, SHANGHAI
from tests.web.conftest import Installation
from web.errors import PROBLEMS_TOLD
from web.rehearsals import KEPT, Rehearsals

NAME = "0123456789abcdef"
WORDS = {"course": "", "sample": False, "onward": False, "kind": "nobody", "at": "2020-11-06T08:00:00+08:00"}


def laid(data: Path, name: str = NAME) -> Path:
    """The folder of a rehearsal that was asked for."""
    place = data / "foresight" / name
    place.mkdir(parents=True)
    (place / ASKED).write_text(json.dumps(WORDS), "utf-8")
    return place


@pytest.fixture
def made(site: Installation) -> list[dict[str, Any]]:
    """The events of a rehearsal of the first days, made where the page looks for it."""
    place = laid(site.settings.data)
    end = datetime(2020, 11, 9, 9, 0, tzinfo=SHANGHAI)
    found = rehearse(site.settings, place, Asked(end=end), ("html",))
    found.events.append({**found.events[-1], "person": "", "to": [], "subject": "群公告一则", "mail": None})
    answer = {"events": found.events, "left_out": ["2020-11-10 09:00 99 一系 提交：计划里没有这项任务"]}
    (place / FORESEEN).write_text(json.dumps(answer), "utf-8")
    return found.events


def test_every_mail_stands_under_its_day(site: Installation, made: list[dict[str, Any]]) -> None:
    page = site.browser("S000").get(f"/foresight/{NAME}").text
    assert page.count('class="task foreseen-line"') == len(made) > 50
    assert page.index('id="d2020-11-06"') < page.index('id="d2020-11-09"')
    assert "2020-11-06 <span" in page
    assert page.count("/mails/") == len(made) - 1
    assert "群公告一则" in page
    assert "99 一系 提交：计划里没有这项任务" in page
    assert f"{len(made)} 封邮件" in page


def test_kinds_audiences_departments_and_people_narrow_it(
    site: Installation, made: list[dict[str, Any]]
) -> None:
    browser = site.browser("S000")
    for query, key, value in (
        ("kind=roster-reminder", "kind", "roster-reminder"),
        ("audience=office", "audience", "office"),
        ("department=学务部&kind=reminder", "department", "学务部"),
        ("person=政务部负责人（示例）", "person", "政务部负责人（示例）"),
    ):
        page = browser.get(f"/foresight/{NAME}?{query}").text
        wanted = [event for event in made if event[key] == value]
        if "kind=reminder" in query:
            wanted = [event for event in wanted if event["kind"] == "reminder"]
        assert page.count('class="task foreseen-line"') == len(wanted) > 0
    assert "没有这样的邮件" in browser.get(f"/foresight/{NAME}?person=无名").text


def test_each_mail_opens_as_it_would_look(site: Installation, made: list[dict[str, Any]]) -> None:
    browser = site.browser("S000")
    event = next(event for event in made if event["kind"] == "reminder")
    page = browser.get(f"/foresight/{NAME}/mails/{event['mail']}").text
    assert event["subject"] in page
    assert "2020-11-06 08:30" in page
    assert f"{event['person']}，您好：" in page
    html = browser.get(f"/foresight/{NAME}/mails/{event['mail']}/html")
    assert "sandbox" in html.headers["content-security-policy"]
    assert event["person"] in html.text


def test_a_report_opens_as_it_would_look(site: Installation, made: list[dict[str, Any]]) -> None:
    browser = site.browser("S000")
    event = next(event for event in made if event["kind"] == "report")
    answer = browser.get(f"/foresight/{NAME}/mails/{event['mail']}/files/late-report.html")
    assert (answer.status_code, "attachment" in answer.headers["content-disposition"]) == (200, True)
    assert "2020年11月9日" in answer.text
    for path in (f"mails/{event['mail']}/files/other.docx", "mails/99999", "mails/99999/html"):
        assert browser.get(f"/foresight/{NAME}/{path}").status_code == 404


def test_the_link_of_a_mail_that_had_gone_before_is_left_out(site: Installation) -> None:
    link = "https://caiji.test/receipts/" + "s3cret" * 6
    with site.database.writing() as session:
        campaign = current_campaign(session).id or 0
        row = {"kind": "escalation", "slot": "2020-11-05", "state": "sent", "created_at": MORNING}
        gone = {
            "message_id": "<a@b>",
            "subject": "催办",
            "text": f"请点开 {link}",
            "html": f"<a href='{link}'>",
        }
        session.add(Mail(campaign_id=campaign, address="leader@college.test", **row, **gone))
    place = laid(site.settings.data)
    found = rehearse(site.settings, place, Asked(end=MORNING + timedelta(hours=1), onward=True), ())
    (place / FORESEEN).write_text(json.dumps({"events": found.events, "left_out": []}), "utf-8")
    browser = site.browser("S000")
    for path in ("mails/1", "mails/1/html"):
        answer = browser.get(f"/foresight/{NAME}/{path}")
        assert (answer.status_code, "s3cret" in answer.text, "/receipts/" in answer.text) == (
            200,
            False,
            True,
        )


@pytest.mark.parametrize("name", ["0" * 16, "..%2F..", NAME.upper(), "x"])
def test_only_what_was_made_can_be_opened(site: Installation, name: str) -> None:
    answer = site.browser("S000").get(f"/foresight/{name}")
    assert answer.status_code == 404


def test_it_is_the_offices(site: Installation, made: list[dict[str, Any]]) -> None:
    for staff_no in ("S031", "S032", "S910", "S001"):
        browser = site.browser(staff_no)
        for path in ("", f"/{NAME}", f"/{NAME}/mails/1", f"/{NAME}/mails/1/html", "/course.csv"):
            assert browser.get(f"/foresight{path}").status_code == 403


def test_one_is_made_at_a_time_and_a_broken_one_says_so(site: Installation) -> None:
    browser = site.browser("S000")
    began = browser.form("/foresight", {"course": "nobody", "since": "issue"})
    assert "正在预演" in began.text
    again = browser.form("/foresight", {"course": "sample", "since": "now"})
    assert (again.status_code, "正在做另一次预演" in again.text) == (429, True)
    assert 'value="sample" checked' in again.text
    site.app.state.site.rehearsals.close()
    ended = browser.get(str(began.url))
    assert "这次预演没有做完" in ended.text
    assert "没有做成" in browser.get("/foresight").text
    name = str(began.url).rpartition("/")[2]
    (site.settings.data / "foresight" / name / "failed.json").write_text('{"why": "crashed"}')
    assert "预演时程序出错" in browser.get(str(began.url)).text


def test_a_course_that_cannot_be_used_is_told_line_by_line(site: Installation) -> None:
    browser = site.browser("S000")
    wrong = "at,table,department,what\n2020-11-10 09:00,8.6,一系,发呆\n"
    for files, sentence in (
        ({}, "没有选择文件"),
        ({"file": ("c.csv", wrong.encode("gb18030"))}, "第 2 行"),
        ({"file": ("c.csv", b"x" * 5_000_001)}, "超过了 5 MB"),
    ):
        answer = browser.form("/foresight", {"course": "recorded", "since": "now"}, files=files)
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert 'value="recorded" checked' in answer.text
    assert site.app.state.site.rehearsals.all() == []


def test_of_a_file_that_is_wrong_throughout_the_first_lines_are_told(site: Installation) -> None:
    content = ("at,table,department,what\n" + "x\n" * 2000).encode()
    data = {"course": "recorded", "since": "now"}
    answer = site.browser("S000").form("/foresight", data, files={"file": ("c.csv", content)})
    assert (answer.status_code, "另有 7999 处问题" in answer.text) == (422, True)
    # The first is what the page says above the others.
    assert answer.text.count("<li>course.csv") == PROBLEMS_TOLD - 1


def test_the_course_so_far_can_be_taken_away(site: Installation) -> None:
    answer = site.browser("S000").get("/foresight/course.csv")
    assert answer.text.startswith("\ufeffat,table,department,what,by,until,reason\n")
    assert answer.text.count(",名单,") == 12


def test_of_two_who_begin_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    found = Rehearsals(Settings(data=tmp_path))
    at_once = Barrier(4)

    def begin(_: int) -> bool:
        at_once.wait()
        try:
            return bool(found.start(WORDS))
        except TooMany:
            return False

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(begin, range(4))) == [False, False, False, True]
    found.close()


def test_the_newest_few_are_kept(tmp_path: Path) -> None:
    found = Rehearsals(Settings(data=tmp_path))
    for number in range(KEPT + 2):
        laid(tmp_path, f"{number:016x}")
    name = found.start(WORDS)
    found.close()
    assert found.all()[0].name == name
    assert len(list((tmp_path / "foresight").iterdir())) == KEPT
