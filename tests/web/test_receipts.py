"""A leader's receipt: opened from the mail without signing in, changed by the button alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select, update

from actions.clock import jump
from actions.notices import ESCALATE, decide
from actions.plan_in_force import plan_in_force
from actions.receipts import confirmed
from mail.letters import Desk
from mail.receipt_link import with_receipt
from models import Answer, Assignment, Mail, Notice, Person, Receipt
from tests.conftest import MORNING
from tests.web.conftest import Installation

LATE = MORNING.replace(day=12, hour=8, minute=31)


def made(site: Installation, staff_no: str = "S910") -> str:
    """The path of the link in this person's escalation on the morning after, as if it went to a leader."""
    with site.database.writing() as session:
        jump(session, LATE)
        decide(session, ESCALATE, LATE)
        statement = select(Mail).join(Person).where(Person.staff_no == staff_no, Mail.kind == "escalation")
        mail = session.exec(statement.order_by(col(Mail.id).desc())).first()
        assert mail is not None
        desk = Desk(session, plan_in_force(session).schedule, LATE, "http://caiji.test")
        notices = session.exec(select(Notice).where(col(Notice.id).in_(mail.notice_ids["ids"]))).all()
        letter = desk.write(mail, notices)
        assert letter is not None
        linked, receipt = with_receipt(desk, mail, replace(letter, audience="leader"))
        session.add(receipt)
    return linked.receipt.removeprefix("http://caiji.test")


@pytest.fixture
def link(site: Installation) -> str:
    return made(site)


def answers(site: Installation) -> list[tuple[str, str]]:
    with site.database.reading() as session:
        found = session.exec(select(Answer).order_by(col(Answer.id))).all()
    return [(_day(each.by), each.note) for each in found]


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(MORNING.tzinfo):%m-%d %H:%M}" if at else ""


def change(site: Installation, **values: object) -> None:
    with site.database.writing() as session:
        session.connection().execute(update(Assignment).values(**values))


def test_a_stranger_with_the_link_sees_what_is_late(site: Installation, link: str) -> None:
    page = site.browser().get(link)
    assert page.status_code == 200
    assert "分管院领导1（示例），您好" in page.text
    for text in ("机构设置", "开设专业", "学生基本信息", "逾期 1 个工作日", "在采集员手中"):
        assert text in page.text
    assert "/assignments/" not in page.text


def test_opening_it_changes_nothing_and_the_button_records(site: Installation, link: str) -> None:
    browser = site.browser()
    for _ in range(3):
        browser.get(link)
    assert answers(site) == []
    said = browser.form(link, {"by": "2020-11-16", "note": " 已布置 "}).text
    assert "回执已收到" in said
    assert "将于 11月16日 前完成：已布置" in said
    assert answers(site) == [("11-16 23:59", "已布置")]


def test_pressed_again_the_newest_stands_and_both_are_kept(site: Installation, link: str) -> None:
    browser = site.browser()
    browser.form(link, {"by": "2020-11-16"})
    assert 'value="2020-11-16"' in browser.get(link).text
    said = browser.form(link, {"by": "2020-11-18", "note": "数据员生病"}).text
    assert said.index("11月18日 前完成") < said.index("11月16日 前完成")
    assert answers(site) == [("11-16 23:59", ""), ("11-18 23:59", "数据员生病")]
    board = site.browser("S000").get("/dashboard").text
    assert "已知悉，将于 11月18日 前完成" in board
    assert "11月16日 前完成" not in board


def test_without_a_date_it_is_only_seen(site: Installation, link: str) -> None:
    assert "已知悉" in site.browser().form(link, {"by": "", "note": ""}).text
    assert answers(site) == [("", "")]


@pytest.mark.parametrize(
    ("by", "sentence"),
    [("2020-11-11", "11月11日已经过去"), ("2030-01-01", "太远了"), ("明天", "不是可以识别的日期时间")],
)
def test_a_wrong_day_is_said_and_nothing_typed_is_lost(
    site: Installation, link: str, by: str, sentence: str
) -> None:
    answer = site.browser().form(link, {"by": by, "note": "已布置"})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "已布置</textarea>" in answer.text
    assert f'value="{by}"' in answer.text
    assert answers(site) == []


def test_who_has_seen_it_and_what_was_broken(site: Installation, link: str) -> None:
    office = site.browser("S000")
    assert "尚未回执" in office.get("/dashboard").text
    site.browser().form(link, {"by": "2020-11-13"})
    assert "逾期未兑现" not in office.get("/dashboard").text
    with site.database.writing() as session:
        jump(session, LATE + timedelta(days=2))
    for page in ("/dashboard", "/notices"):
        text = office.get(page).text
        assert "已知悉，将于 11月13日 前完成" in text
        assert "逾期未兑现" in text
    change(site, stage="collected", collected_at=LATE)
    assert "逾期未兑现" not in office.get("/dashboard").text


def test_done_work_asks_for_nothing(site: Installation, link: str) -> None:
    change(site, stage="checked")
    browser = site.browser()
    assert "这封邮件里的事项都已完成" in browser.get(link).text
    answer = browser.form(link, {"by": "2020-11-16"})
    assert (answer.status_code, "不需要回执" in answer.text) == (409, True)
    assert answers(site) == []


def leave(session: Session) -> None:
    session.connection().execute(update(Person).where(col(Person.staff_no) == "S910").values(active=False))


def test_it_dies_with_its_addressee_s_account(site: Installation, link: str) -> None:
    browser = site.browser()
    token = browser.token(link)
    with site.database.writing() as session:
        leave(session)
    assert browser.get(link).status_code == 404
    answer = browser.request("POST", link, headers={"x-csrf-token": token}, data={"by": "2020-11-16"})
    assert (answer.status_code, "无效或已失效" in answer.text) == (404, True)
    assert answers(site) == []


def test_guessing_is_slowed_down_and_told_nothing(site: Installation, link: str) -> None:
    browser = site.browser()
    told = {browser.get(f"/receipts/{'x' * n}").text.count("无效或已失效") for n in range(1, 21)}
    assert len(told) == 1
    assert browser.get("/receipts/y").status_code == 429
    assert browser.get(link).status_code == 200, "a leader behind the same address is not locked out"


def test_each_mail_has_its_own(site: Installation, link: str) -> None:
    other = made(site, "S000")
    assert other != link
    site.browser().form(other, {"by": "2020-11-16"})
    with site.database.reading() as session:
        [answer] = session.exec(select(Answer)).all()
        assert session.get_one(Receipt, answer.receipt_id).audience == "leader"


def test_the_newest_are_listed_and_all_are_counted(site: Installation, link: str) -> None:
    site.browser().form(link, {"by": "2020-11-16"})
    made(site, "S000")
    with site.database.reading() as session:
        found = confirmed(session, LATE + timedelta(hours=1), 1)
        [newest] = found.newest
        assert (newest.receipt.audience, newest.undone, found.answered, found.number) == (
            "leader",
            newest.number,
            1,
            2,
        )
        assert confirmed(session, LATE - timedelta(hours=1), 1).number == 0
