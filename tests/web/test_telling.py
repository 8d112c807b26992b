"""What is said and done about findings on the pages: explained, judged, mended, remarked."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from models import CellRemark, Explanation
from tests.web.conftest import Installation
from tests.web.findings_people import DEPARTMENT, MONEY, OFFICE, TABLE, Table, clubs, problem
from tests.web.test_work import upload

UNIT = {"rule": "unit-suspect", "sheet": TABLE, "column": MONEY}


@pytest.fixture
def table(site: Installation) -> Table:
    found = Table(site)
    found.last_year(clubs("5100", "5200", "5300", "5400"))
    return found


def explanations(table: Table) -> list[tuple[str, str, str]]:
    with table.site.database.reading() as session:
        told = session.exec(select(Explanation).where(Explanation.assignment_id == table.key))
        return [(each.key, each.text, each.verdict) for each in told]


def remarks(table: Table) -> list[tuple[str, str, bool]]:
    with table.site.database.reading() as session:
        told = session.exec(select(CellRemark).where(CellRemark.assignment_id == table.key))
        return [(each.cell, each.text, each.settled_at is not None) for each in told]


def test_a_submission_without_explanations_is_refused_by_its_cells(table: Table) -> None:
    version = table.keep(clubs("0.51", "5000", "0.53", "5000"))
    status, page = table.post(table.collector, "submit", version=version.id)
    assert (status, problem(page)) == (422, "第 1 版还有 2 处警告没有说明：J2、J4。")
    assert "提交前要改正或说明情况" in page
    assert ">改为 5100</button>" in page


def test_a_column_is_explained_and_the_reviewer_sees_it(table: Table) -> None:
    version = table.keep(clubs("0.51", "5000", "0.53", "5000"))
    status, page = table.post(table.collector, "explain", version=version.id, text="只余零钱", **UNIT)
    assert (status, "说明已保存" in page, "<q>只余零钱</q>" in page) == (200, True, True)
    assert ("2 处警告均已说明。" in page, "处警告，请核对" in page) == (True, False)
    table.hand_in(version)
    page = table.page(table.reviewer)
    assert "采集员的说明" in page
    assert '<textarea name="text"' not in page
    (told,) = explanations(table)
    status, page = table.post(table.reviewer, "review", version=version.id, decision="approve")
    assert (status, "已审核通过" in page) == (200, True)
    assert (told, explanations(table)) == (("", "只余零钱", ""), [("", "只余零钱", "accepted")])


def test_what_was_typed_stays_when_it_is_refused(table: Table) -> None:
    old = table.keep(clubs("0.51", "5000", "5000", "5000"))
    table.keep(clubs("0.52", "5000", "5000", "5000"))
    status, page = table.post(table.collector, "explain", version=old.id, text="写了很久的说明", **UNIT)
    assert (status, problem(page)) == (409, "您看到的是第 1 版，现在已有第 2 版。")
    assert "写了很久的说明</textarea>" in page
    assert explanations(table) == []


def test_last_years_explanation_is_offered_and_taken_over_by_one_click(table: Table) -> None:
    version = table.keep(clubs("0.51", "5000", "5000", "5000"))
    with table.site.database.writing() as session:
        offer = Explanation(
            assignment_id=table.key,
            rule="unit-suspect",
            sheet=TABLE,
            column=MONEY,
            text="去年说过",
            offered=True,
            made_at=version.made_at,
        )
        session.add(offer)
    assert "采用上年的说明" in table.page(table.collector)
    assert "采用上年的说明" not in table.page(table.reviewer)
    status, page = table.post(table.collector, f"explanations/{offer.id}/take", version=version.id)
    assert (status, "采用上年的说明" in page, "<q>去年说过</q>" in page) == (200, False, True)
    table.hand_in(version)


def test_untouched_rows_are_confirmed_by_one_click(table: Table) -> None:
    version = table.keep(clubs("5100", "5200", "5300", "5400"))
    page = table.page(table.collector)
    assert ">确认未变</button>" in page
    status, _page = table.post(
        table.collector, "explain", version=version.id, rule="untouched-prefill", sheet=TABLE, text="确认未变"
    )
    assert (status, explanations(table)) == (200, [("", "确认未变", "")])
    table.hand_in(version)


def test_explanations_are_judged_one_by_one_or_all_at_once(table: Table) -> None:
    version = table.keep(clubs("0.51", "0.52", "0.53", "5000"))
    for key in ("001", "002", "003"):
        table.post(table.collector, "explain", version=version.id, key=key, text=f"零钱{key}", **UNIT)
    table.hand_in(version)
    first = min(_ids(table))
    status, page = table.post(
        table.reviewer, f"explanations/{first}/judge", version=version.id, verdict="refused"
    )
    assert (status, problem(page)) == (422, "不接受说明时必须写明原因。")
    table.post(
        table.reviewer, f"explanations/{first}/judge", version=version.id, verdict="refused", remark="依据？"
    )
    status, page = table.post(table.reviewer, "explanations/accept", version=version.id)
    assert status == 200
    assert [verdict for _, _, verdict in explanations(table)] == ["refused", "accepted", "accepted"]
    status, page = table.post(table.reviewer, "review", version=version.id, decision="approve")
    assert (status, problem(page)) == (409, "有 1 条说明您没有接受，不能通过。")
    table.post(table.reviewer, "review", version=version.id, decision="return", reason="请补充")
    page = table.page(table.collector)
    assert "说明没有被接受：单位 活动经费“零钱001” 依据？" in page.replace("&#34;", '"')


def _ids(table: Table) -> list[int]:
    with table.site.database.reading() as session:
        return [each.id or 0 for each in session.exec(select(Explanation))]


def test_one_click_mends_one_or_all(table: Table) -> None:
    version = table.keep(clubs("0.51", "0.52", "0.53", "5000"))
    with table.site.database.reading() as session:
        from models.history import findings

        one = findings(session, version.id or 0)[0]
    status, page = table.post(table.collector, "mend", version=version.id, finding=one.id)
    assert (status, "已按建议改正" in page) == (200, True)
    assert table.found() == [("unit-suspect", "J3", "0.52"), ("unit-suspect", "J4", "0.53")]
    status, page = table.post(table.collector, "mend", version=version.id, finding=one.id)
    assert (status, problem(page)) == (409, "您看到的是第 1 版，现在已有第 2 版。")
    newest = table.newest()
    status, page = table.post(table.collector, "mend", version=newest.id, **UNIT)
    assert (status, table.found(), table.newest().number) == (200, [], 3)
    assert "一键改正" in page
    status, page = table.post(table.reviewer, "mend", version=newest.id, **UNIT)
    assert (status, "只有采集部门的采集员" in page) == (403, True)


def test_normalised_cells_are_listed_and_brought_back(table: Table) -> None:
    rows = clubs("５１００", "5000", "5000", "5000")
    rows[1]["学校指导部门"] = " 团委 "
    version = table.keep(rows)
    assert table.found("normalised") == [("normalised", "J2", "５１００"), ("normalised", "M3", " 团委 ")]
    page = table.page(table.collector)
    assert "2 处已规范化" in page
    assert "全部恢复原样（2 处）" in page
    status, page = table.post(table.collector, "mend", version=version.id, rule="normalised")
    assert (status, "已恢复原样" in page) == (200, True)
    assert table.found() == [("type", "J2", "５１００")]


def test_a_cell_is_remarked_crossed_out_and_told_with_the_return(table: Table) -> None:
    version = table.keep(clubs("5000", "5000", "5000", "5000"))
    table.hand_in(version)
    status, page = table.post(table.reviewer, "remarks", version=version.id, cell="G9", said="写错了")
    assert (status, problem(page)) == (422, "第 1 版里没有单元格“G9”的数据。")
    assert 'value="写错了"' in page
    for cell in ("G3", "J2"):
        assert table.post(table.reviewer, "remarks", version=version.id, cell=cell, said="写错了")[0] == 200
    assert "写错了" not in table.page(table.collector)
    with table.site.database.reading() as session:
        first = session.exec(select(CellRemark)).first()
        assert first is not None
    assert table.post(table.reviewer, f"remarks/{first.id}/cross-out")[0] == 200
    assert remarks(table) == [("G3", "写错了", True), ("J2", "写错了", False)]
    status, page = table.post(
        table.reviewer, "review", version=version.id, decision="return", only_cells="true"
    )
    assert (status, "已退回" in page) == (200, True)
    page = table.page(table.collector)
    assert "请按指出的单元格修改（J2）" in page
    assert "这次只放开了指出的单元格和新增行" in page
    assert "意见：写错了" in page
    other = table.keep(clubs("5100", "9999", "5000", "5000"))
    status, page = table.post(table.collector, "submit", version=other.id)
    assert (status, problem(page)) == (
        422,
        "审核人只放开了指出的单元格，而 10.3 第 3 行“活动经费”与退回的第 1 版不同。",
    )
    table.hand_in(table.keep(clubs("5100", "5000", "5000", "5000")))


def test_the_marked_workbook_comes_back(table: Table) -> None:
    table.keep(clubs("0.51", "很多", "5000", "5000"))
    answer = table.collector.get(f"{table.path}/annotated", params={"version": 1})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''10.3-v1-")
    sheet = load_workbook(BytesIO(answer.content))[TABLE]
    assert "万元" in str(sheet["J2"].comment.text if sheet["J2"].comment else "")
    assert sheet["J3"].comment is not None
    assert sheet["G2"].comment is None


def test_what_comes_back_marked_is_the_collectors_own_file(table: Table) -> None:
    table.keep(clubs("很多", "5000", "5000", "5000"))
    book = load_workbook(BytesIO(table.collector.get(f"{table.path}/versions/1").content))
    book.create_sheet("自己的草稿")["A1"] = "别丢了我"
    book[TABLE].column_dimensions["G"].width = 47
    own = BytesIO()
    book.save(own)
    upload(table.collector, table.key, own.getvalue())
    answer = table.collector.get(f"{table.path}/annotated", params={"version": 2})
    back = load_workbook(BytesIO(answer.content))
    assert back["自己的草稿"]["A1"].value == "别丢了我"
    assert back[TABLE].column_dimensions["G"].width == 47
    assert back[TABLE]["J2"].comment is not None


def test_where_the_server_cannot_write_the_marked_workbook_it_says_so(table: Table) -> None:
    table.keep(clubs("很多", "5000", "5000", "5000"))
    (table.site.settings.data / "reading").write_text("in the way")
    answer = table.collector.get(f"{table.path}/annotated", params={"version": 1})
    assert (answer.status_code, "写不出带批注的文件" in answer.text) == (507, True)


def test_a_nil_return_has_no_workbook_to_mark(table: Table) -> None:
    table.collector.form(f"{table.path}/nil", {"confirmed": "true"})
    answer = table.collector.get(f"{table.path}/annotated", params={"version": 1})
    assert (answer.status_code, "没有文件" in answer.text) == (404, True)


def test_the_office_lets_pass_from_the_list(table: Table) -> None:
    table.keep(clubs("很多", "5000", "5000", "5000"))
    office = table.site.browser(OFFICE)
    assert "放行" in table.page(office)
    assert "/releases?finding=" not in table.page(table.collector)
    assert DEPARTMENT in table.page(office)
