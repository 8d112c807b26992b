"""A version with very many findings: few are kept, the counts are true, and every page can be used."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlmodel import func, select

from actions.check import claim, settle
from actions.explained import EXPLAIN
from actions.releases import reach, release_finding
from actions.submit import Content, store_findings, upload
from checks.definition import load_definition
from checks.finding import ERROR, WARNING, Finding
from checks.listed import MOST
from checks.rows import from_parquet
from models import CheckRun, StoredFinding, Version
from models.explanation import unexplained
from models.history import finding_counts, finding_groups, findings
from models.worklist import line
from tests.actions.people import who
from tests.web.conftest import MORNING, Installation
from tests.web.findings_people import COLLECTOR, MONEY, OFFICE, TABLE, Table, clubs
from tests.workbooks.stored import stored
from workbooks.stamp import TemplateStamp
from workbooks.template import write_template

MANY = MOST + 250


@pytest.fixture
def table(site: Installation) -> Table:
    return Table(site)


def fault(row: int, rule: str = "required", severity: str = ERROR) -> Finding:
    return Finding(
        rule, severity, f"第 {row} 行有误。", "请改正。", TABLE, f"D{row}", row, "活动经费", str(row), "1"
    )


def keep(table: Table, found: list[Finding]) -> Version:
    with table.site.database.writing() as session:
        blob = table.site.app.state.site.blobs.put(b"no workbook")
        content = Content("upload", blob, "rows", row_count=len(found), findings=found)
        return upload(session, who(session, COLLECTOR, MORNING), table.key, content, MORNING)


def test_few_are_kept_and_all_are_counted(table: Table) -> None:
    version = keep(table, [fault(row) for row in range(2, MANY + 2)])
    with table.site.database.reading() as session:
        assert session.exec(select(func.count()).select_from(StoredFinding)).one() == MOST + 1
        assert finding_counts(session, version.id or 0) == [(ERROR, "required", MANY)]
        [group] = finding_groups(session, version.id or 0)
    assert (version.errors, group.count, group.listed) == (MANY, MANY, MOST + 1)


def test_the_same_bytes_are_still_the_same_version(table: Table) -> None:
    found = [fault(row) for row in range(2, MANY + 2)]
    assert keep(table, found).number == keep(table, found).number == 1


def test_the_page_says_how_many_there_are_and_ends_after_the_last_kept(table: Table) -> None:
    version = table.keep(clubs("100"))
    with table.site.database.writing() as session:
        store_findings(session, version.id or 0, [fault(row) for row in range(2, MANY + 2)])
    first = table.page(table.collector, "/findings", version=version.number, rule="required")
    assert f'<span class="count">{MANY}</span>' in first
    assert f"共 {MOST + 1} 条" in first
    last = table.page(table.collector, "/findings", version=version.number, rule="required", offset=400)
    assert f"另有 {MANY - MOST} 处同类问题未逐一列出。" in last
    assert "下一页" not in last


def test_a_system_check_is_kept_the_same_way(table: Table) -> None:
    version = table.keep(clubs("100"))
    table.hand_in(version)
    assert table.post(table.reviewer, "review", version=version.id, decision="approve")[0] == 200
    with table.site.database.writing() as session:
        task = claim(session, table.key, MORNING, MORNING)
        assert task is not None
        settle(session, task, [fault(row) for row in range(2, MANY + 2)], MORNING)
        run = session.get_one(CheckRun, task.run_id)
        kept = findings(session, version.id or 0, severity=ERROR)
        assert (run.errors, len(kept), line(session, table.key).assignment.stage) == (
            MANY,
            MOST + 1,
            "failed",
        )


def test_those_not_listed_want_an_explanation_too(table: Table) -> None:
    rule = "prior-year-change"
    version = keep(table, [fault(row, rule, WARNING) for row in range(2, MANY + 2)])
    with table.site.database.reading() as session:
        count, first = unexplained(session, table.key, version.id or 0, EXPLAIN, 2)
    assert (version.warnings, count, [each.cell for each in first]) == (MANY, MANY, ["D2", "D3"])


def test_a_click_mends_all_of_a_kind_also_those_not_listed(table: Table) -> None:
    table.last_year(clubs(*["5100"] * MANY))
    table.keep(clubs(*["0.51"] * MANY))
    page = table.page(table.collector, "/findings", version=1, rule="unit-suspect")
    assert f"全部改正（{MANY} 处）" in page
    status, _ = table.post(
        table.collector, "mend", version=table.newest().id, rule="unit-suspect", sheet=TABLE, column=MONEY
    )
    done = table.newest()
    assert (status, done.number, done.origin["count"]) == (200, 2, MANY)
    assert "unit-suspect" not in table.page(table.collector, "/findings", version=2)


FULL = "５１００"


def test_undoing_reaches_into_the_workbook_for_what_is_not_listed(table: Table) -> None:
    blobs = table.site.app.state.site.blobs
    book = BytesIO()
    dirty = stored(TABLE, clubs(*[FULL] * (MANY - 1), "5100"))
    write_template(load_definition(TABLE), book, stamp=TemplateStamp("", None, TABLE, "学务部"), prior=dirty)
    path = f"/api/v1/assignments/{table.key}/submit"
    sent = {"file": ("w.xlsx", book.getvalue())}
    assert table.site.program(COLLECTOR).post(path, files=sent).status_code == 200
    table.site.program(COLLECTOR).post(f"/api/v1/assignments/{table.key}/withdraw")
    page = table.page(table.collector, "/findings", version=1, rule="normalised")
    assert f"全部恢复原样（{MANY - 1} 处）" in page
    status, _ = table.post(table.collector, "mend", version=table.newest().id, rule="normalised")
    done = table.newest()
    cells = from_parquet(blobs.get(done.rows_blob or "")).frame[MONEY].to_list()
    assert (status, cells) == (200, [FULL] * (MANY - 1) + ["5100"])
    assert "normalised" not in {rule for rule, _, _ in table.found()}


def test_what_no_workbook_holds_is_said_not_to_be_undone(table: Table) -> None:
    version = table.keep(clubs(*[FULL] * MANY))
    page = table.page(table.collector, "/findings", version=1, rule="normalised")
    assert f"全部恢复原样（{MOST} 处）" in page
    assert f"另有 {MANY - MOST} 处没有逐一列出，这里恢复不了" in page
    table.post(table.collector, "mend", version=version.id, rule="normalised")
    assert table.newest().origin["count"] == MOST


def test_letting_the_others_pass_lets_the_column_pass(table: Table) -> None:
    version = keep(table, [fault(row) for row in range(2, MANY + 2)])
    with table.site.database.writing() as session:
        *_, last = findings(session, version.id or 0)
        found = reach(session, last)
        assert (found.key, found.cell, found.alike) == ("", "", MANY)
        made = release_finding(session, who(session, OFFICE, MORNING), last.id or 0, "口径有误", MORNING)
        assert (made.column, made.key, made.cell) == ("活动经费", "", "")
