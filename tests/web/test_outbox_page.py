"""The outbox as the office sees it: found, read, sent again; and the switch over everything that goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from actions.notices import REMIND, decide
from models import Grant, Mail, Notice, Person, Post
from models.refusal import note_refusal
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def queue(site: Installation, **given: object) -> int:
    with site.database.writing() as session:
        row = {"campaign_id": 1, "address": "a@b.test", "kind": "digest", "slot": "x", "created_at": MORNING}
        mail = Mail(**{**row, **given})
        session.add(mail)
        session.flush()
        return mail.id or 0


def remind(site: Installation) -> None:
    with site.database.writing() as session:
        decide(session, REMIND, MORNING.replace(hour=8, minute=31))


def rows(html: str) -> list[str]:
    return re.findall(r'href="/notices/mails/(\d+)"', html)


def test_mails_are_found_by_who_kind_day_and_state(site: Installation, office: Browser) -> None:
    with site.database.reading() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S031")).one()
    mine = queue(site, slot="1", address=person.email, person_id=person.id)
    report = queue(site, slot="2", kind="report", state="sent")
    late = queue(site, slot="3", created_at=MORNING + timedelta(days=3))
    assert rows(office.get("/notices").text) == [str(late), str(report), str(mine)]
    for query, found in (
        ({"who": "S031"}, [mine]),
        ({"who": person.name[:3]}, [mine]),
        ({"who": "s031@"}, [mine]),
        ({"who": "%"}, []),
        ({"kind": "report"}, [report]),
        ({"day": "2020-11-09"}, [late]),
        ({"day": "2020-11-06", "state": "queued"}, [mine]),
        ({"day": "never"}, [late, report, mine]),
        ({"state": "unheard-of"}, [late, report, mine]),
    ):
        assert rows(office.get("/notices", params=query).text) == [str(key) for key in found], query


def test_the_totals_are_those_of_what_was_searched(site: Installation, office: Browser) -> None:
    queue(site, slot="1", state="failed")
    queue(site, slot="2", kind="report", state="failed")
    html = office.get("/notices", params={"kind": "report"}).text
    assert re.search(r"发送失败 <b>1</b>", html)
    assert 'href="/notices?kind=report&amp;who=&amp;day=&amp;state=failed&amp;before=0"' in html
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/notices\?[^"]+)"', html)]
    assert len(links) > 4
    assert {office.get(link).status_code for link in links} == {200}


def test_a_long_outbox_is_paged(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        for number in range(205):
            session.add(
                Mail(campaign_id=1, address="a@b.test", kind="digest", slot=str(number), created_at=MORNING)
            )
    seen, path = [], "/notices"
    while path:
        html = office.get(path).text
        seen.append(len(rows(html)))
        following = re.search(r'href="([^"]+)" rel="next"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [100, 100, 5]


def test_a_mail_has_a_page_with_its_course_and_preview(site: Installation, office: Browser) -> None:
    remind(site)
    with site.database.writing() as session:
        mail = session.exec(select(Mail).order_by(col(Mail.id))).first()
        assert mail is not None
        mail.course = [{"at": MORNING.isoformat(), "verdict": "later", "answer": "450 <busy>"}]
        mail.attempts, mail.answer, mail.next_try_at = 1, "450 <busy>", MORNING + timedelta(minutes=1)
        session.add(mail)
    html = office.get(f"/notices/mails/{mail.id}").text
    for wanted in ("现在写出来会是这样", "450 &lt;busy&gt;", "稍后再试", "2020-11-06 08:01", "到期提醒"):
        assert wanted in html
    assert '<iframe class="mail-frame" sandbox="allow-popups allow-popups-to-escape-sandbox"' in html
    frame = office.get(f"/notices/mails/{mail.id}/html")
    assert frame.headers["content-security-policy"].endswith(
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert frame.text.partition("<head>")[2].startswith('<base target="_blank">')
    assert "1.6 机构设置" in frame.text
    with site.database.reading() as session:
        assert session.get_one(Mail, mail.id).message_id == ""


def test_what_was_sent_is_shown_as_sent(site: Installation, office: Browser) -> None:
    key = queue(site, state="sent", text="<b>原文</b>", html="<p>原文</p>", message_id="<1@x>", subject="题")
    html = office.get(f"/notices/mails/{key}").text
    assert "邮件原文" in html
    assert "&lt;b&gt;原文&lt;/b&gt;" in html
    assert "&lt;1@x&gt;" in html
    assert office.get(f"/notices/mails/{key}/html").text == '<base target="_blank"><p>原文</p>'


def test_an_unknown_mail_is_told(office: Browser) -> None:
    for path in ("/notices/mails/99", "/notices/mails/99/html"):
        answer = office.get(path)
        assert (answer.status_code, "没有这封邮件" in answer.text) == (404, True)


def test_a_sent_mail_goes_again_after_a_reason(site: Installation, office: Browser) -> None:
    key = queue(site, state="sent", text="t", html="<p>h</p>", message_id="<1@x>")
    refused = office.form(f"/notices/mails/{key}/again", {"reason": " "})
    assert (refused.status_code, "请写明为什么再发一次" in refused.text) == (422, True)
    html = office.form(f"/notices/mails/{key}/again", {"reason": "本人没收到"}).text
    assert "邮件已重新排队" in html
    assert "质量部重新发送" in html
    assert "本人没收到" in html
    assert "再发一次…" not in html


def test_a_test_mail_is_followed_on_its_page(site: Installation, office: Browser) -> None:
    answer = office.form("/notices/test")
    assert re.fullmatch(r"/notices/mails/\d+", answer.url.path)
    assert 'data-hx-trigger="every 2s"' in answer.text
    assert "【数据采集】测试邮件" in answer.text
    with site.database.writing() as session:
        session.connection().execute(update(Mail).values(state="sent", message_id="<1@x>"))
    assert "data-hx-trigger" not in office.get(answer.url.path).text


def test_a_pause_is_told_on_every_page_of_the_office_only(site: Installation, office: Browser) -> None:
    remind(site)
    html = office.form("/notices/pause", {"reason": "名单<有误>"}).text
    assert "正在发出的个别邮件可能仍会送达" in html
    for path in ("/notices", "/dashboard", "/people", "/mine"):
        html = office.get(path).text
        assert 'data-testid="paused"' in html
        assert "名单&lt;有误&gt;" in html
    assert 'data-testid="paused"' not in site.browser("S031").get("/mine").text
    assert "恢复后将发出 12 封邮件" in office.get("/notices").text
    html = office.form("/notices/resume").text
    assert 'data-testid="paused"' not in html
    assert "随后发出 12 封" in html


def test_a_pause_tells_of_the_announcements_that_wait(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        for day, state in ((6, "queued"), (7, "sent")):
            at = MORNING.replace(day=day)
            session.add(
                Post(campaign_id=1, channel="群", rule="r", slot_at=at, state=state, created_at=MORNING)
            )
    html = office.form("/notices/pause", {"reason": "核对"}).text
    assert "恢复后将发出 0 封邮件。 另有 1 条群公告等着发出。" in html


def test_a_pause_without_a_reason_or_twice_is_told(office: Browser) -> None:
    answer = office.form("/notices/pause", {"reason": ""})
    assert (answer.status_code, "请写明为什么暂停" in answer.text) == (422, True)
    assert office.form("/notices/resume").status_code == 409
    office.form("/notices/pause", {"reason": "一"})
    answer = office.form("/notices/pause", {"reason": "二"})
    assert (answer.status_code, "外发已经暂停了" in answer.text) == (409, True)


def test_the_setting_s_pause_is_told_too(load_site: Callable[..., Installation]) -> None:
    site = load_site(mail_paused=True)
    assert "CAIJI_MAIL_PAUSED" in site.browser("S000").get("/mine").text
    assert "CAIJI_MAIL_PAUSED" not in site.browser("S031").get("/mine").text


def test_today_s_mails_are_listed_before_they_go(site: Installation, office: Browser) -> None:
    html = office.get("/notices/today").text
    assert "每日提醒 12" in html
    assert html.count("11月06日 08:30") == 12
    remind(site)
    assert office.get("/notices/today").text.count("正在排队") == 13


def test_what_nobody_was_told_is_listed(site: Installation, office: Browser) -> None:
    assert "没有人可通知的事" not in office.get("/notices").text
    with site.database.writing() as session:
        for grant in session.exec(select(Grant).where(col(Grant.role).in_(("collector", "head")))):
            session.delete(grant)
    remind(site)
    with site.database.reading() as session:
        count = len(session.exec(select(Notice)).all())
    html = office.get("/notices").text
    assert f'没有人可通知的事 <span class="count">{count}</span>' in html
    assert "应通知采集员（学务部）" in html


def test_a_refused_address_is_shown_beside_its_person(site: Installation, office: Browser) -> None:
    with site.database.writing() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S031")).one()
        note_refusal(session, person.email, "550 no <such> user", MORNING)
    html = office.get("/people").text
    assert html.count("被邮件服务器拒收") == 1
    assert "550 no &lt;such&gt; user" in html
    assert person.name in office.get("/dashboard").text
    assert "到“人员”中改正" in office.get("/dashboard").text
    key = queue(site, state="failed", address=person.email)
    assert "服务器不接受这个邮箱" in office.get(f"/notices/mails/{key}").text
