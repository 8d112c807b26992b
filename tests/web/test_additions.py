"""补录 and void checks on the pages: asked where the fault is, answered where the source is."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from models import Addition, Assignment, CheckRun, DataTable, StoredFinding, Version
from models.void import PASSED
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser


@pytest.fixture
def finding(site: Installation) -> int:
    """学务部's table misses a major of 教务部's approved source table."""
    with site.database.writing() as session:
        owner = session.get_one(Assignment, site.assignment("7.1.1", "教务部"))
        kept = Version(assignment_id=owner.id or 0, number=1, kind="upload", rows_blob="x", made_at=MORNING)
        session.add(kept)
        session.flush()
        owner.stage, owner.version_id, owner.reviewed_at = "checked", kept.id, MORNING
        asker = site.assignment("10.1.1", "学务部")
        version = Version(assignment_id=asker, number=1, kind="form", made_at=MORNING, errors=1)
        session.add(version)
        session.flush()
        found = StoredFinding(
            version_id=version.id or 0,
            rule="reference",
            severity="error",
            sheet="10.1.1",
            cell="L2",
            row=2,
            column="专业代码",
            key="20180001",
            value="999999",
            message="“999999”不在源表中。",
        )
        session.add(found)
        session.flush()
        return found.id or 0


@pytest.mark.parametrize(("more", "folded"), [(4, False), (5, True)])
def test_many_that_are_missing_are_folded(site: Installation, finding: int, more: int, folded: bool) -> None:
    with site.database.writing() as session:
        first = session.get_one(StoredFinding, finding)
        for n in range(more):
            other = first.model_dump(exclude={"id"}) | {"value": f"{n:06}", "cell": f"L{n + 3}", "row": n + 3}
            session.add(StoredFinding(**other))
    page = site.browser("S031").get(f"/assignments/{site.assignment('10.1.1', '学务部')}").text
    shown = page.partition('id="additions"')[2].partition("</section>")[0]
    assert (shown.count('name="finding"'), "<details" in shown) == (more + 1, folded)


def ask(site: Installation, finding: int) -> Browser:
    browser = site.browser("S031")
    key = site.assignment("10.1.1", "学务部")
    said = browser.form(f"/assignments/{key}/additions", {"finding": str(finding), "note": "新设专业"})
    assert "已请源表部门补录" in said.text
    return browser


def state(site: Installation) -> str:
    with site.database.reading() as session:
        return session.exec(select(Addition)).one().state


def test_the_page_offers_to_ask_and_shows_the_answer(site: Installation, finding: int) -> None:
    key, owner = site.assignment("10.1.1", "学务部"), site.assignment("7.1.1", "教务部")
    assert "请 教务部 补录" in site.browser("S031").get(f"/assignments/{key}").text
    asker = ask(site, finding)
    page = asker.get(f"/assignments/{key}").text
    assert "等待 教务部 答复" in page
    assert "请 教务部 补录" not in page
    mine = site.browser("S021").get("/mine").text
    assert "请贵部门补录源表" in mine
    assert "学务部 的 10.1.1 学生基本信息 需要" in mine
    theirs = site.browser("S021").get(f"/assignments/{owner}").text
    assert "新设专业" in theirs
    assert "答应补录" in theirs
    said = site.browser("S021").form("/additions/1/promise", {"answer": "下午补"})
    assert "已答应补录" in said.text
    assert "等待 教务部 补录" in asker.get("/mine").text
    reviewer = site.browser("S022")
    page = reviewer.get(f"/assignments/{owner}").text
    assert "退回本表，只开放新增行" in page
    assert "退回本表，只开放新增行" not in site.browser("S000").get(f"/assignments/{owner}").text
    with site.database.reading() as session:
        version = str(session.get_one(Assignment, owner).version_id)
    answer = reviewer.form("/additions/1/reopen", {"version": version, "stage": "reviewed"})
    assert (answer.status_code, site.stage(owner)) == (409, "checked")
    said = reviewer.form("/additions/1/reopen", {"version": version, "stage": "checked"})
    assert re.search("补录：专业代码 999999", said.text)
    assert site.stage(owner) == "returned"


def test_a_refusal_needs_a_reason_and_is_read_by_the_asker(site: Installation, finding: int) -> None:
    asker = ask(site, finding)
    owner = site.browser("S021")
    answer = owner.form("/additions/1/refuse", {"reason": " "})
    assert (answer.status_code, "不予补录必须写明原因" in answer.text) == (422, True)
    assert "已答复不予补录" in owner.form("/additions/1/refuse", {"reason": "该专业未获批"}).text
    page = asker.get(f"/assignments/{site.assignment('10.1.1', '学务部')}").text
    assert "教务部 不予补录" in page
    assert "该专业未获批" in page
    assert state(site) == "refused"


def test_the_asker_takes_it_back_by_a_button(site: Installation, finding: int) -> None:
    asker = ask(site, finding)
    key = site.assignment("10.1.1", "学务部")
    assert "撤回请求" in asker.get(f"/assignments/{key}").text
    assert "撤回请求" not in site.browser("S032").get(f"/assignments/{key}").text
    said = asker.form("/additions/1/withdraw")
    assert ("补录请求已撤回" in said.text, "撤回请求</button>" in said.text) == (True, False)
    assert "请 教务部 补录" in said.text
    assert state(site) == "withdrawn"


@pytest.mark.parametrize("verb", ["promise", "refuse", "reopen", "withdraw"])
def test_strangers_don_t_answer(site: Installation, finding: int, verb: str) -> None:
    ask(site, finding)
    typed = {"reason": "不", "version": "1", "stage": "checked"}
    answer = site.browser("S041").form(f"/additions/1/{verb}", typed)
    assert answer.status_code == (404 if verb == "withdraw" else 403)
    assert site.browser("S041").form(f"/additions/99/{verb}", typed).status_code == 404
    assert state(site) == "asked"


def test_several_owners_are_to_be_chosen_from(site: Installation, finding: int) -> None:
    with site.database.writing() as session:
        source = session.exec(select(DataTable).where(DataTable.code == "7.1.1")).one()
        other = session.get_one(Assignment, site.assignment("10.1.1", "学务部")).department_id
        second = Assignment(table_id=source.id or 0, department_id=other)
        session.add(second)
        session.flush()
        chosen = second.id
    browser, key = site.browser("S031"), site.assignment("10.1.1", "学务部")
    assert "请选择部门" in browser.get(f"/assignments/{key}").text
    answer = browser.form(f"/assignments/{key}/additions", {"finding": str(finding)})
    assert (answer.status_code, "请选择由谁补录" in answer.text) == (422, True)
    browser.form(f"/assignments/{key}/additions", {"finding": str(finding), "owner": str(chosen)})
    with site.database.reading() as session:
        assert session.exec(select(Addition)).one().owner_id == chosen


def test_a_void_check_is_told_on_the_page_and_to_programs(site: Installation, finding: int) -> None:
    owner = site.assignment("7.1.1", "教务部")
    with site.database.writing() as session:
        row = session.get_one(Assignment, owner)
        session.add(
            CheckRun(version_id=row.version_id or 0, inputs_hash="old", started_at=MORNING, verdict=PASSED)
        )
    page = site.browser("S021").get(f"/assignments/{owner}").text
    assert "系统检测暂时失效" in page
    program = site.program("S021")
    assert "stale" in program.get(f"/api/v1/assignments/{owner}").json()["flags"]
    [listed] = program.get("/api/v1/assignments", params={"table": "7.1.1"}).json()["items"]
    assert "stale" in listed["flags"]
    reasons = [
        each["reason"]
        for each in site.program("S000").get("/api/v1/summary").json()["excluded"]
        if each["table"] == "7.1.1"
    ]
    assert reasons[0].startswith("检测失效：")


def test_the_board_counts_who_waits_and_shows_only_them_where_asked(site: Installation, finding: int) -> None:
    office = site.browser("S000")
    assert "only=waiting" not in office.get("/dashboard").text
    ask(site, finding)
    page = office.get("/dashboard").text
    assert re.search(r'only=waiting#board-title">等待补录 <span class="count">1</span>', page)
    assert "10.1.1 学生基本信息 · 学务部：待采集（已开始）（等待补录）" in page
    few = office.get("/dashboard", params={"only": "waiting"}).text
    board = few[few.index('id="board-title"') :].split("</table>")[0]
    assert (board.count('class="cell '), "学务部</span></th>" in board, "教务部</span></th>" in board) == (
        1,
        True,
        False,
    )
    assert "这几个部门里没有这样的任务" in office.get("/dashboard", params={"only": "void"}).text
    assert office.get("/dashboard", params={"only": "nonsense"}).status_code == 422
