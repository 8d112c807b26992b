"""What reading a dirty workbook found stays with its cells: no click, draft or merge makes it disappear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from actions.re_examine import examined, keep_examined, outdated
from actions.releases import release_rule, revoke
from models import Version
from models.version import found_at_upload
from tests.actions.people import office
from tests.web.conftest import MORNING, Installation
from tests.web.dropping import XLSX
from tests.web.typing_people import CLUB, Desk, last_year

TABLE, DEPARTMENT = "10.3", "学务部"
CODE, NAME, MONEY, MEMBERS = "社团代码", "社团名称(全称)", "活动经费", "现有成员"
READ = ["numeric-identity", "formula", "type"]
"""What blocks in `DIRTY`: a code as a number, a formula without its result, an error value of Excel's."""
DIRTY: list[Mapping[str, str | int]] = [
    {CODE: 101, NAME: " 书画社 ", MEMBERS: "20"},
    {CODE: "102", NAME: "合唱团", MEMBERS: "30", MONEY: "=1+1"},
    {CODE: "103", NAME: "棋社", MEMBERS: "#N/A"},
]
CLEAN: list[Mapping[str, str | int]] = [{**CLUB, CODE: "104", NAME: "话剧社"}]


class Typist(Desk):
    """A collector with workbooks as well."""

    def book(self, rows: Sequence[Mapping[str, str | int]], drop: str = "") -> bytes:
        """The empty template with these rows, without the column ``drop``."""
        book = load_workbook(BytesIO(self.browser.get(f"/assignments/{self.key}/template").content))
        page = book[TABLE]
        page.delete_rows(2, page.max_row)
        titles = [str(cell.value) for cell in page[1]]
        for number, row in enumerate(rows, start=2):
            for title, value in row.items():
                page.cell(number, titles.index(title) + 1).value = value
        if drop:
            page.delete_cols(titles.index(drop) + 1)
        out = BytesIO()
        book.save(out)
        return out.getvalue()

    def upload(self, rows: Sequence[Mapping[str, str | int]], drop: str = "") -> Version:
        files = {"file": ("社团.xlsx", self.book(rows, drop), XLSX)}
        assert self.browser.form(f"/assignments/{self.key}/upload", files=files).status_code == 200
        return self.newest()

    def merge(self, *books: tuple[str, bytes], mode: str = "add") -> Version:
        sent = [("files", (name, content, XLSX)) for name, content in books]
        form = {"mode": mode, "newest": str(self.newest().number)}
        answer = self.browser.form(f"/assignments/{self.key}/merge", form, files=sent)
        assert answer.status_code == 200, answer.text[-3000:]
        return self.newest()

    def mend(self, rule: str) -> Version:
        form = {"version": str(self.newest().id), "rule": rule}
        answer = self.browser.form(f"/assignments/{self.key}/mend", form)
        assert answer.status_code == 200, answer.text[-3000:]
        return self.newest()

    def newest(self) -> Version:
        with self.site.database.reading() as session:
            kept = select(Version).where(Version.assignment_id == self.key)
            return session.exec(kept.order_by(col(Version.number).desc())).all()[0]

    def found(self, *rules: str) -> list[tuple[str, str, str, str]]:
        """Severity, rule, cell and value of the newest version's findings of these rules, in cell order."""
        with self.site.database.reading() as session:
            found = found_at_upload(session, self.newest().id or 0)
        return [(each.severity, each.rule, each.cell, each.value) for each in found if each.rule in rules]

    def messages(self) -> list[str]:
        with self.site.database.reading() as session:
            return [each.message for each in found_at_upload(session, self.newest().id or 0)]


STANDING = [
    ("error", "numeric-identity", "A2", "101"),
    ("error", "formula", "J3", ""),
    ("error", "type", "G4", ""),
]


@pytest.fixture
def desk(site: Installation) -> Typist:
    found = Typist.at(site, TABLE, DEPARTMENT)
    assert isinstance(found, Typist)
    return found


@pytest.fixture
def dirty(desk: Typist) -> Typist:
    version = desk.upload(DIRTY)
    assert (version.number, version.errors) == (1, 3)
    return desk


def test_a_click_takes_away_nothing_but_its_own_cells(dirty: Typist) -> None:
    assert dirty.found("normalised") == [("info", "normalised", "B2", " 书画社 ")]
    version = dirty.mend("normalised")
    assert (version.kind, version.errors) == ("mend", 3)
    assert dirty.found(*READ, "normalised") == STANDING
    refused = dirty.browser.form(f"/assignments/{dirty.key}/submit", {"version": str(version.id)})
    assert (refused.status_code, "还有 3 处错误" in refused.text) == (422, True)


def test_an_untouched_draft_is_as_wrong_as_its_workbook(dirty: Typist) -> None:
    dirty.open()
    checked = dirty.act("check").json()
    assert checked["errors"] == 3
    body = dirty.act("submit").json()
    assert (body["version"], body["stage"], body["errors"]) == (2, "pending", 3)
    assert dirty.found(*READ, "normalised") == [
        STANDING[0],
        ("info", "normalised", "B2", " 书画社 "),
        *STANDING[1:],
    ]


def test_in_a_draft_a_finding_ends_with_its_cell_or_its_row_and_moves_with_it(dirty: Typist) -> None:
    first, second, third = [row["id"] for row in dirty.open()["rows"]]
    dirty.type(second, **{MONEY: "200"})
    dirty.patch({"removed": [first]})
    dirty.add({CODE: "100", NAME: "舞蹈社"}, place=1)
    body = dirty.act("submit").json()
    assert body["errors"] == 1
    assert dirty.found(*READ, "normalised") == [("error", "type", "G4", "")]
    dirty.open()
    assert dirty.type(third, **{MEMBERS: "12"}).status_code == 200
    assert dirty.act("submit").json()["stage"] == "collected"
    assert dirty.found(*READ) == []


def test_a_draft_that_is_kept_over_a_newer_version_keeps_what_was_read_in_its_own(dirty: Typist) -> None:
    (first, *_) = [row["id"] for row in dirty.open()["rows"]]
    dirty.type(first, **{NAME: "书法社"})
    dirty.upload([{**row, CODE: str(row[CODE]), MEMBERS: "9", MONEY: "1"} for row in DIRTY])
    assert dirty.found(*READ) == []
    kept = dirty.act("keep", version=2)
    assert kept.status_code == 200, kept.text
    dirty.rev = kept.json()["rev"]
    assert dirty.act("submit").json()["errors"] == 3
    assert dirty.found(*READ) == STANDING


def test_merging_onto_a_dirty_version_leaves_it_dirty(dirty: Typist) -> None:
    version = dirty.merge(("张.xlsx", dirty.book(CLEAN)))
    assert (version.row_count, version.errors) == (4, 3)
    assert dirty.found(*READ) == STANDING
    assert not any("来自" in message for message in dirty.messages())
    assert dirty.merge(("李.xlsx", dirty.book(CLEAN)), mode="replace").errors == 0


def test_what_a_file_brought_keeps_its_name_through_a_second_look(dirty: Typist) -> None:
    short = dirty.book([{"社团代码": 105, NAME: "  剧社", MEMBERS: "5"}], drop="注册单位")
    dirty.merge(("张.xlsx", short))
    before = dirty.messages()
    said = [message for message in before if "来自 张.xlsx" in message]
    assert [message.rpartition("（")[2] for message in said] == [
        "来自 张.xlsx）",
        "来自 张.xlsx 第 2 行）",
        "来自 张.xlsx 第 2 行）",
    ]
    version, found = dirty.newest(), dirty.found(*READ, "missing-column", "normalised")
    last_year(dirty.site, dirty.key, TABLE, CLUB)
    looked_at_again(dirty.site)
    assert dirty.newest().inputs_hash != version.inputs_hash
    assert dirty.found(*READ, "missing-column", "normalised") == found
    assert [message for message in dirty.messages() if "来自 张.xlsx" in message] == said


def test_a_column_that_was_missing_is_missing_until_it_holds_a_value(desk: Typist) -> None:
    desk.upload([{CODE: "101", MEMBERS: "20", MONEY: " 1"}], drop=NAME)
    assert [found[:2] for found in desk.found("missing-column")] == [("error", "missing-column")]
    desk.mend("normalised")
    assert [found[:2] for found in desk.found("missing-column")] == [("error", "missing-column")]
    (row,) = [row["id"] for row in desk.open()["rows"]]
    desk.type(row, **{NAME: "书画社"})
    assert desk.act("submit").json()["stage"] == "collected"
    assert desk.found("missing-column") == []


def looked_at_again(site: Installation) -> None:
    """As the worker does where the inputs have changed."""
    with site.database.reading() as session:
        found = outdated(session)
    for each in found:
        again = examined(site.app.state.site.blobs, each)
        with site.database.writing() as session:
            assert keep_examined(session, each, again)


def test_what_is_let_pass_stays_so_in_the_mended_version_and_blocks_again_once_it_is_not(
    dirty: Typist,
) -> None:
    with dirty.site.database.writing() as session:
        released = release_rule(
            session, office(session, MORNING), "numeric-identity", "", "编号没有前导零", MORNING
        )
        key = released.id or 0
    looked_at_again(dirty.site)
    assert (dirty.newest().errors, dirty.found("numeric-identity")[0][0]) == (2, "info")
    assert dirty.mend("normalised").errors == 2
    assert dirty.found("numeric-identity")[0][0] == "info"
    with dirty.site.database.writing() as session:
        revoke(session, office(session, MORNING), key, MORNING)
    looked_at_again(dirty.site)
    assert dirty.newest().errors == 3
    assert dirty.found("numeric-identity") == STANDING[:1]
