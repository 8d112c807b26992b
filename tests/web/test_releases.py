"""放行 on the pages: the office lets pass with a reason, sees the list, takes back."""

from __future__ import annotations

import pytest
from sqlmodel import select

from models import Release, StoredFinding, Version
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


@pytest.fixture
def finding(site: Installation) -> int:
    """An error of a version of 学务部's."""
    with site.database.writing() as session:
        version = Version(
            assignment_id=site.assignment("10.2.1", "学务部"), number=1, kind="nil", made_at=MORNING, errors=1
        )
        session.add(version)
        session.flush()
        found = StoredFinding(
            version_id=version.id or 0,
            rule="reference",
            severity="error",
            sheet="10.2.1",
            cell="A2",
            row=2,
            column="学号",
            key="20180001",
            message="“20180001”不在源表中。",
        )
        session.add(found)
        session.flush()
        return found.id or 0


def releases(site: Installation) -> list[Release]:
    with site.database.reading() as session:
        return list(session.exec(select(Release)))


def test_a_finding_is_let_pass_and_listed_and_taken_back(
    site: Installation, office: Browser, finding: int
) -> None:
    asked = office.get(f"/releases?finding={finding}").text
    assert "“20180001”不在源表中。" in asked
    said = office.form("/releases", {"finding": str(finding), "reason": "已核对"})
    assert str(said.url).endswith(f"/assignments/{site.assignment('10.2.1', '学务部')}?done=finding-released")
    assert "已放行，系统随即重新检查" in said.text
    listed = office.get("/releases").text
    assert "10.2.1 辍学学生明细表 · 学务部" in listed
    assert "行：20180001" in listed
    assert "已核对" in listed
    said = office.form("/releases/1/revoke").text
    assert "放行已收回" in said
    assert "没有放行任何检查结果" in said
    assert [each.revoked_at is None for each in releases(site)] == [False]


def test_the_page_says_what_will_pass_and_one_finding_is_the_default(
    site: Installation, office: Browser, finding: int
) -> None:
    asked = office.get(f"/releases?finding={finding}").text
    assert 'name="scope" value="one" checked' in asked
    assert "只这一处：20180001 这一行" in asked
    assert "本表“学号”的全部同类结果，现有 1 处" in asked
    office.form("/releases", {"finding": str(finding), "reason": "已核对"})
    assert [(each.key, each.cell) for each in releases(site)] == [("20180001", "")]


def test_a_whole_column_is_a_choice_of_its_own(site: Installation, office: Browser, finding: int) -> None:
    refused = office.form("/releases", {"finding": str(finding), "reason": " ", "scope": "column"})
    assert 'name="scope" value="column" checked' in refused.text
    office.form("/releases", {"finding": str(finding), "reason": "口径有误", "scope": "column"})
    assert [(each.column, each.key, each.cell) for each in releases(site)] == [("学号", "", "")]
    assert "整列" in office.get("/releases").text


def test_a_row_without_a_key_is_named_by_its_cell(site: Installation, office: Browser, finding: int) -> None:
    with site.database.writing() as session:
        session.get_one(StoredFinding, finding).key = ""
    asked = office.get(f"/releases?finding={finding}").text
    assert "只这一处：单元格 A2" in asked
    office.form("/releases", {"finding": str(finding), "reason": "已核对"})
    assert [(each.key, each.cell) for each in releases(site)] == [("", "A2")]
    assert "单元格：A2" in office.get("/releases").text


def test_a_finding_about_a_whole_sheet_leaves_no_choice(
    site: Installation, office: Browser, finding: int
) -> None:
    with site.database.writing() as session:
        found = session.get_one(StoredFinding, finding)
        found.key = found.cell = found.column = ""
    asked = office.get(f"/releases?finding={finding}").text
    assert ('name="scope"' in asked, "不是单独一处" in asked) == (False, True)
    office.form("/releases", {"finding": str(finding), "reason": "已核对"})
    assert [(each.sheet, each.column, each.cell) for each in releases(site)] == [("10.2.1", "", "")]


def test_without_a_reason_the_page_comes_back_with_the_finding(office: Browser, finding: int) -> None:
    answer = office.form("/releases", {"finding": str(finding), "reason": "  "})
    assert answer.status_code == 422
    assert "放行必须写明原因" in answer.text
    assert f'name="finding" value="{finding}"' in answer.text


def test_a_rule_is_switched_off(site: Installation, office: Browser) -> None:
    answer = office.form("/releases", {"rule": "cohort", "table": "10.1.1", "reason": "年级表未更新"})
    assert "规则已停用" in answer.text
    assert "数据表 10.1.1，全部部门" in answer.text
    assert [(each.rule, each.table_code) for each in releases(site)] == [("cohort", "10.1.1")]


def test_what_was_typed_stays_where_it_is_refused(office: Browser) -> None:
    answer = office.form("/releases", {"rule": "cohort", "table": "99", "reason": "年级表未更新"})
    assert (answer.status_code, "年级表未更新" in answer.text) == (422, True)
    assert '<option value="cohort" selected>' in answer.text


def test_a_finding_that_is_gone_is_told(office: Browser) -> None:
    assert office.get("/releases?finding=77").status_code == 200
    answer = office.form("/releases", {"finding": "77", "reason": "已核对"})
    assert (answer.status_code, "没有这条检查结果" in answer.text) == (404, True)


def test_others_look_or_are_refused(site: Installation, finding: int) -> None:
    assert site.browser("S910").get("/releases").status_code == 200
    assert site.browser("S031").get("/releases").status_code == 403
    for staff_no in ("S031", "S910"):
        answer = site.browser(staff_no).form("/releases", {"finding": str(finding), "reason": "我要"})
        assert answer.status_code == 403
    assert releases(site) == []
