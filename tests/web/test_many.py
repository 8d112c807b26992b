"""Many hands on the pages: one-person sheets out, filled-in files back, one version of them all."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from models import Person, StoredFinding, Version
from tests.web.conftest import Installation
from tests.web.transport import Browser
from web.dropped import MOST_FILES
from web.queueing import Queue
from workbooks.stamp import NOTES, from_notes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE, TITLE = "6.3.7", "公开出版著作与公开发表论文名称(全称)"
ONE, OTHER = "示例一系（信息工程）", "示例二系（机电工程）"
SHEETS = [f"6.3.7 著作论文-{ONE}-{name}.xlsx" for name in ("张老师", "李老师")]


class Desk:
    """A collector's browser on the page of many hands."""

    def __init__(self, site: Installation, staff_no: str, key: int) -> None:
        self.site, self.browser, self.key = site, site.browser(staff_no), key

    def sheets(self, names: str) -> dict[str, bytes]:
        answer = self.browser.form(f"/assignments/{self.key}/sheets", {"names": names})
        assert answer.status_code == 200, answer.text
        if answer.headers["content-type"] == XLSX:
            return {"": answer.content}
        with ZipFile(BytesIO(answer.content)) as package:
            return {name: package.read(name) for name in package.namelist()}

    def merge(self, files: dict[str, bytes], **more: Any) -> Any:
        sent = [("files", (name, content, XLSX)) for name, content in files.items()]
        return self.browser.form(f"/assignments/{self.key}/merge", more, files=sent)

    def versions(self) -> list[Version]:
        with self.site.database.reading() as session:
            return list(session.exec(select(Version).where(Version.assignment_id == self.key)).all())

    def findings(self, rule: str) -> list[StoredFinding]:
        with self.site.database.reading() as session:
            newest = self.versions()[-1].id
            statement = select(StoredFinding).where(StoredFinding.version_id == newest)
            found = session.exec(statement.order_by(col(StoredFinding.id))).all()
            return [finding for finding in found if finding.rule == rule]


@pytest.fixture
def desk(site: Installation) -> Desk:
    return Desk(site, "S071", site.assignment(TABLE, ONE))


def paper(staff: str, title: str, **more: str) -> dict[str, str]:
    return {"教工号": staff, TITLE: title, **more}


def fill(sheet: bytes, *papers: dict[str, str]) -> bytes:
    """The sheet as somebody sends it back."""
    book = load_workbook(BytesIO(sheet))
    page = book[TABLE]
    titles = [cell.value for cell in page[1]]
    for number, row in enumerate(papers, start=2):
        for column, title in enumerate(titles, start=1):
            page.cell(number, column).value = row.get(str(title))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def data(browser: Browser, key: int) -> list[tuple[str, str]]:
    """Staff number and title in the rows of the newest version's workbook."""
    page = load_workbook(BytesIO(browser.get(f"/assignments/{key}/template").content))[TABLE]
    return [(str(row[0]), str(row[1])) for row in page.iter_rows(min_row=2, values_only=True) if row[0]]


def test_a_sheet_for_each_name_is_empty_and_says_whose_it_is(desk: Desk) -> None:
    found = desk.sheets("张老师\n李老师、张老师\n\n")
    assert list(found) == SHEETS
    for person, content in zip(("张老师", "李老师"), found.values(), strict=True):
        book = load_workbook(BytesIO(content))
        stamp = from_notes(book[NOTES].iter_rows(values_only=True))
        assert stamp is not None
        assert (stamp.person, stamp.assignment_id, stamp.department) == (person, desk.key, ONE)
        assert book[TABLE].max_row == 1


def test_names_are_made_fit_for_file_names(desk: Desk) -> None:
    found = desk.sheets('张老师/李"老师"\n李?老师 ')
    assert [name.rsplit("-", 1)[1] for name in found] == ["张老师.xlsx", "李 老师.xlsx"]


def test_one_name_gives_one_workbook_and_what_was_handed_in_is_not_in_it(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    desk.merge({"张.xlsx": fill(sheet, paper("1", "甲"))})
    (again,) = desk.sheets("张老师").values()
    assert load_workbook(BytesIO(again))[TABLE].max_row == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", "没有填写姓名"),
        (" 、\n", "没有填写姓名"),
        ("字" * 41, "不像一个姓名"),
        ("\n".join(str(number) for number in range(MOST_FILES + 1)), "一次最多生成 200 份"),
        ("字" * 9000, "超出了可用的范围|无法识别"),
    ],
)
def test_names_that_cannot_be_used_are_refused_in_a_sentence(desk: Desk, names: str, said: str) -> None:
    answer = desk.browser.form(f"/assignments/{desk.key}/sheets", {"names": names})
    assert answer.status_code == 422
    assert any(word in answer.text for word in said.split("|"))


def test_many_files_become_one_version_that_tells_where_each_row_came_from(desk: Desk) -> None:
    one, other = desk.sheets("张老师\n李老师").values()
    answer = desk.merge(
        {
            "张老师.xlsx": fill(one, paper("1", "甲"), paper("1", "乙")),
            "李老师.xlsx": fill(other, paper("2", "丙"), paper("1", "乙")),
        }
    )
    assert answer.status_code == 200
    (version,) = desk.versions()
    assert (version.kind, version.row_count, version.number) == ("merge", 3, 1)
    assert version.origin == {
        "mode": "add",
        "files": [
            piece("张老师", rows=2, first=2, last=3, dropped=0),
            piece("李老师", rows=1, first=4, last=4, dropped=1),
        ],
        "refused": [],
        "former": None,
        "dropped": 1,
    }
    assert data(desk.browser, desk.key) == [("1", "甲"), ("1", "乙"), ("2", "丙")]
    assert desk.site.stage(desk.key) == "pending"
    page = answer.text
    assert "第 1 版是这样合并的" in page
    assert "6.3.7 第 2–3 行" in page
    assert "6.3.7 第 4 行" in page


def piece(person: str, **more: int) -> dict[str, Any]:
    return {"name": f"{person}.xlsx", "person": person, "sheet": TABLE, **more}


def test_later_files_join_what_is_there_or_replace_it(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    desk.merge({"张.xlsx": fill(sheet, paper("1", "甲"))})
    desk.merge({"李.xlsx": fill(sheet, paper("1", "甲"), paper("2", "乙"))}, mode="add", newest="1")
    assert data(desk.browser, desk.key) == [("1", "甲"), ("2", "乙")]
    assert desk.versions()[1].origin["former"] == {"version": 1, "rows": 1}
    desk.merge({"王.xlsx": fill(sheet, paper("3", "丙"))}, mode="replace", newest="2")
    assert data(desk.browser, desk.key) == [("3", "丙")]
    assert desk.versions()[2].origin["former"] is None
    assert [version.base for version in desk.versions()] == [None, 1, 2]


def test_what_came_meanwhile_is_not_replaced_unseen(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    desk.merge({"张.xlsx": fill(sheet, paper("1", "甲"))})
    answer = desk.merge({"王.xlsx": fill(sheet, paper("3", "丙"))}, mode="replace", newest="0")
    assert (answer.status_code, "又存入了第 1 版" in answer.text) == (409, True)
    assert 'value="replace" checked' in answer.text
    assert len(desk.versions()) == 1


def test_the_same_key_with_other_content_names_both_files(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    desk.merge(
        {
            "张.xlsx": fill(sheet, paper("1", "甲", 作者顺序="1")),
            "李.xlsx": fill(sheet, paper("1", "甲", 作者顺序="2")),
        }
    )
    (twice,) = desk.findings("unique-key")
    assert twice.message.endswith("（来自 李.xlsx 第 2 行；与之重复的来自 张.xlsx 第 2 行）")
    assert (desk.versions()[0].row_count, twice.row) == (2, 3)


def test_what_another_department_has_too_is_told(site: Installation, desk: Desk) -> None:
    neighbour = Desk(site, "S081", site.assignment(TABLE, OTHER))
    (sheet,) = neighbour.sheets("赵老师").values()
    neighbour.merge({"赵.xlsx": fill(sheet, paper("1", "甲"))})
    neighbour.browser.form(
        f"/assignments/{neighbour.key}/submit", {"version": str(neighbour.versions()[0].id)}
    )
    assert site.stage(neighbour.key) == "collected"
    (own,) = desk.sheets("张老师").values()
    desk.merge({"张.xlsx": fill(own, paper("2", "乙"), paper("1", "甲"))})
    (twice,) = desk.findings("duplicate-across")
    assert (twice.severity, twice.row, f"在{OTHER}提交的数据里也有" in twice.message) == ("warning", 3, True)


def test_a_file_that_cannot_be_taken_does_not_stop_the_others(site: Installation, desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    (foreign,) = Desk(site, "S081", site.assignment(TABLE, OTHER)).sheets("赵老师").values()
    students = (
        site.browser("S031").get(f"/assignments/{site.assignment('10.1.1', '学务部')}/template").content
    )
    answer = desk.merge(
        {
            "坏.xlsx": b"not a workbook",
            "别系.xlsx": fill(foreign, paper("3", "丙")),
            "学生.xlsx": students,
            "张.xlsx": fill(sheet, paper("1", "甲")),
        }
    )
    (version,) = desk.versions()
    assert [refused["name"] for refused in version.origin["refused"]] == ["坏.xlsx", "别系.xlsx", "学生.xlsx"]
    assert (version.row_count, answer.text.count("没有合并：")) == (1, 3)


def test_where_no_file_can_be_taken_each_reason_is_told_and_nothing_kept(desk: Desk) -> None:
    answer = desk.merge({"坏.xlsx": b"not a workbook", "更坏.xlsx": b""})
    assert (answer.status_code, "没有一份文件可以合并" in answer.text) == (422, True)
    assert "坏.xlsx：" in answer.text
    assert "更坏.xlsx：" in answer.text
    assert desk.versions() == []


def test_files_without_anything_new_make_no_version(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    filled = fill(sheet, paper("1", "甲"))
    desk.merge({"张.xlsx": filled})
    answer = desk.merge({"张.xlsx": filled}, newest="1")
    assert (answer.status_code, "这些文件里没有新的行" in answer.text) == (422, True)
    assert len(desk.versions()) == 1


def test_no_file_is_told(desk: Desk) -> None:
    answer = desk.browser.form(f"/assignments/{desk.key}/merge")
    assert (answer.status_code, "没有选择文件" in answer.text) == (422, True)


def test_others_see_how_it_was_merged_and_merge_nothing(site: Installation, desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    desk.merge({"张.xlsx": fill(sheet, paper("1", "甲"))})
    office = site.browser("S000")
    page = office.get(f"/assignments/{desk.key}/many").text
    assert "第 1 版是这样合并的" in page
    assert "合并成一版" not in page
    answer = office.form(f"/assignments/{desk.key}/merge", files=[("files", ("a.xlsx", b"x", XLSX))])
    assert (answer.status_code, "只有采集部门的采集员" in answer.text) == (403, True)


def test_while_another_of_one_s_files_is_read_a_merge_waits_and_loses_none(desk: Desk) -> None:
    (sheet,) = desk.sheets("张老师").values()
    files = {f"{number}.xlsx": fill(sheet, paper(str(number), "甲")) for number in range(4)}
    queue: Queue = desk.site.app.state.site.queue
    with desk.site.database.reading() as session:
        person = session.exec(select(Person.id).where(Person.staff_no == "S071")).one() or 0

    async def beside_another() -> int:
        async with queue.place(person):
            answer = await asyncio.to_thread(desk.merge, files)
        return int(answer.status_code)

    assert asyncio.run(beside_another()) == 200
    assert desk.versions()[-1].row_count == 4


@pytest.mark.parametrize("mode", ["add", "replace"])
def test_of_two_merges_at_once_no_row_is_lost(desk: Desk, mode: str) -> None:
    """Whoever was too late is told so, and his rows are not in what he is told to be kept."""
    (sheet,) = desk.sheets("张老师").values()
    books = [fill(sheet, paper(str(number), "甲")) for number in range(2)]
    form = {"csrf": desk.browser.token(), "mode": mode, "newest": "0"}

    async def at_once() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(desk.site.app),
            base_url="http://caiji.test",
            cookies=desk.browser.cookies,
            follow_redirects=True,
            timeout=60,
        ) as client:
            path = f"/assignments/{desk.key}/merge"
            sent = [client.post(path, data=form, files={"files": ("w.xlsx", book, XLSX)}) for book in books]
            return await asyncio.gather(*sent)

    answers = asyncio.run(at_once())
    taken = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    late = [answer for answer in answers if answer.status_code != 200]
    assert all(answer.status_code == 409 and "第 1 版" in answer.text for answer in late)
    assert sorted(data(desk.browser, desk.key)) == [(str(number), "甲") for number in taken]
