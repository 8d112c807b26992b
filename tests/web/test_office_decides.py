"""What the office decides on its pages: exemptions, incidents, mails sent again, checks done again."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from actions import clock
from actions.check import ATTEMPTS, LEASE, claim
from models import Incident, Mail, Version
from models.database import Database
from models.incidents import check_subject, tell
from models.stages import COLLECTED, REVIEWED, Move, move
from models.worklist import line
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser

REASON = "本部门没有此项业务"


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment("10.4", "学务部")


def test_a_table_is_exempted_and_taken_back(site: Installation, office: Browser, key: int) -> None:
    said = office.form(f"/assignments/{key}/exempt", {"wanted": "true", "reason": REASON}).text
    assert "已免报，不再计入任何统计" in said
    assert f"<dd>{REASON}</dd>" in said
    assert "<strong>免报</strong>" in said
    assert "188" in office.get("/dashboard").text
    assert "申报无数据" not in site.browser("S031").get(f"/assignments/{key}").text
    said = office.form(f"/assignments/{key}/exempt", {"wanted": "false", "reason": "业务已恢复"}).text
    assert "已取消免报，恢复到原来的状态" in said
    assert "申报无数据" in site.browser("S031").get(f"/assignments/{key}").text


def test_without_a_reason_the_form_is_shown_again(office: Browser, key: int) -> None:
    answer = office.form(f"/assignments/{key}/exempt", {"wanted": "true", "reason": " "})
    assert (answer.status_code, "免报必须写明原因" in answer.text) == (422, True)
    assert '<details class="fold exemption" open>' in answer.text


def test_only_the_office_sees_and_may_exempt(site: Installation, key: int) -> None:
    collector = site.browser("S031")
    assert "确认免报" not in collector.get(f"/assignments/{key}").text
    answer = collector.form(f"/assignments/{key}/exempt", {"wanted": "true", "reason": REASON})
    assert answer.status_code == 403


def test_the_api_exempts_too(site: Installation, key: int) -> None:
    program = site.program("S000")
    path = f"/api/v1/assignments/{key}/exempt"
    told = program.post(path, json={"exempt": True, "reason": REASON})
    assert (told.status_code, "exempt" in told.json()["flags"]) == (200, True)
    progress = program.get("/api/v1/progress").json()
    assert (progress["assignments"], progress["tables"]) == (188, 71)
    assert program.post(path, json={"exempt": True, "reason": REASON}).status_code == 409
    assert program.post(path, json={"exempt": False}).status_code == 422
    assert program.post(path, json={"exempt": False, "reason": "恢复"}).json()["flags"] == []
    events = program.get(f"/api/v1/assignments/{key}/history").json()["events"]
    assert [event["verb"] for event in events] == ["unexempt", "exempt"]
    assert site.program("S031").post(path, json={"exempt": True, "reason": REASON}).status_code == 403


def test_an_exempt_submission_waits_for_no_reviewer(site: Installation, office: Browser, key: int) -> None:
    site.browser("S031").form(f"/assignments/{key}/nil")
    reviewer = site.browser("S032")
    assert "红十字会" in reviewer.get("/reviews").text
    office.form(f"/assignments/{key}/exempt", {"wanted": "true", "reason": REASON})
    assert "红十字会" not in reviewer.get("/reviews").text


def incident(session: Session) -> Incident:
    tell(session, "job", "deliver", "后台任务 deliver 出错", clock.wall())
    return session.exec(select(Incident)).one()


@pytest.mark.parametrize("page", ["/notices", "/dashboard"])
def test_an_incident_is_dealt_with_by_a_button(site: Installation, office: Browser, page: str) -> None:
    with site.database.writing() as session:
        number = incident(session).id
    html = office.get(page).text
    assert "后台任务 deliver 出错" in html
    assert f'action="/notices/incidents/{number}"' in html
    said = office.form(f"/notices/incidents/{number}").text
    assert "已记为处理完毕" in said
    assert "后台任务 deliver 出错" not in said


def test_leaders_see_incidents_without_the_button(site: Installation) -> None:
    with site.database.writing() as session:
        incident(session)
    html = site.browser("S001").get("/dashboard").text
    assert ("后台任务 deliver 出错" in html, "已处理" in html) == (True, False)


def test_an_unknown_incident_or_mail_is_told_on_the_page(office: Browser) -> None:
    for path in ("/notices/incidents/99", "/notices/mails/99"):
        answer = office.form(path)
        assert (answer.status_code, "请从“通知”页面重新选择" in answer.text) == (404, True)
        assert "通知与邮件</h1>" in answer.text


def test_the_api_resolves_too(site: Installation) -> None:
    with site.database.writing() as session:
        number = incident(session).id
    program = site.program("S000")
    told = program.post(f"/api/v1/incidents/{number}/resolve").json()
    assert (told["id"], told["kind"], told["resolved_at"] is None) == (number, "job", False)
    assert program.post("/api/v1/incidents/99/resolve").status_code == 404


def failed_mail(database: Database, state: str = "failed") -> int:
    with database.writing() as session:
        mail = Mail(
            campaign_id=1,
            address="gone@college.test",
            kind="digest",
            slot="2020-11-06",
            state=state,
            created_at=MORNING,
        )
        session.add(mail)
        session.flush()
        return mail.id or 0


def test_a_failed_mail_is_sent_again_by_a_button(site: Installation, office: Browser) -> None:
    number = failed_mail(site.database)
    assert f'action="/notices/mails/{number}"' in office.get("/notices").text
    said = office.form(f"/notices/mails/{number}", {"state": "failed"}).text
    assert "邮件已重新排队" in said
    assert f'action="/notices/mails/{number}"' not in said
    answer = office.form(f"/notices/mails/{number}", {"state": "failed"})
    assert (answer.status_code, "只有发送失败的邮件可以重新发送" in answer.text) == (409, True)


def test_a_check_that_was_given_up_is_tried_again_by_a_button(
    site: Installation, office: Browser, key: int
) -> None:
    with site.database.writing() as session:
        seen = line(session, key)
        version = Version(assignment_id=key, number=1, kind="nil", made_at=MORNING)
        session.add(version)
        session.flush()
        for verb, stage in (("submit", COLLECTED), ("approve", REVIEWED)):
            move(session, seen.assignment, Move(verb, stage, MORNING, None, version.id))
        for attempt in range(ATTEMPTS):
            assert claim(session, key, MORNING, MORNING + attempt * 2 * LEASE) is not None
        tell(session, "check", check_subject(key, version.id), "系统检测未能完成", clock.wall())
    assert "重新检测</button>" in office.get(f"/assignments/{key}").text
    assert "重新检测</button>" not in site.browser("S031").get(f"/assignments/{key}").text
    said = office.form(f"/assignments/{key}/recheck").text
    assert "系统将重新检测" in said
    assert "重新检测</button>" not in said
    assert "系统检测未能完成" not in office.get("/notices").text
    assert office.form(f"/assignments/{key}/recheck").status_code == 409
