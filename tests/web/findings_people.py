"""A collector and a reviewer at one table whose rows and findings are true, without a workbook being read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlmodel import select

from actions.inputs import inputs_of
from actions.submit import upload
from actions.typed_rows import Making, content_of_rows
from models import Prior, Version
from models.history import findings
from models.worklist import line
from tests.actions.people import who
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser
from tests.workbooks.stored import Row, rows_of_table, stored

TABLE, DEPARTMENT = "10.3", "学务部"
COLLECTOR, REVIEWER, OFFICE = "S031", "S032", "S000"
MONEY, MEMBERS, NAME = "活动经费", "现有成员", "社团名称(全称)"


def clubs(*money: str) -> list[dict[str, str]]:
    """Rows with these sums of money."""
    return [
        {"社团代码": f"{n:03d}", NAME: f"第{n}社", MEMBERS: str(20 + n), MONEY: sum_}
        for n, sum_ in enumerate(money, start=1)
    ]


class Table:
    """One assignment, and what its people see and send."""

    def __init__(self, site: Installation) -> None:
        self.site = site
        self.key = site.assignment(TABLE, DEPARTMENT)
        self.path = f"/assignments/{self.key}"
        self.collector, self.reviewer = site.browser(COLLECTOR), site.browser(REVIEWER)

    def last_year(self, rows: Sequence[Row]) -> None:
        blob = self.site.app.state.site.blobs.put(stored(TABLE, rows))
        with self.site.database.writing() as session:
            session.add(Prior(assignment_id=self.key, rows_blob=blob, row_count=len(rows), loaded_at=MORNING))

    def keep(self, rows: Sequence[Row]) -> Version:
        """The rows as the collector's newest version, checked and normalised."""
        with self.site.database.writing() as session:
            seen = line(session, self.key)
            blobs = self.site.app.state.site.blobs
            known = inputs_of(session, seen)
            content = content_of_rows(blobs, seen, "2020", rows_of_table(TABLE, rows), known, Making("form"))
            return upload(session, who(session, COLLECTOR, MORNING), self.key, content, MORNING)

    def post(self, browser: Browser, verb: str, **fields: object) -> tuple[int, str]:
        answer = browser.form(f"{self.path}/{verb}", fields)
        return answer.status_code, answer.text

    def hand_in(self, version: Version) -> None:
        status, page = self.post(self.collector, "submit", version=version.id)
        assert (status, "已提交，等待审核" in page) == (200, True), problem(page)

    def page(self, browser: Browser, part: str = "", **query: object) -> str:
        answer = browser.get(f"{self.path}{part}", params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text[-500:]
        return answer.text

    def newest(self) -> Version:
        with self.site.database.reading() as session:
            kept = session.exec(select(Version).where(Version.assignment_id == self.key)).all()
            return max(kept, key=lambda version: version.number)

    def found(self, rule: str = "") -> list[tuple[str, str, str]]:
        """Rule, cell and value of the newest version's findings."""
        version = self.newest()
        with self.site.database.reading() as session:
            return [
                (each.rule, each.cell, each.value)
                for each in findings(session, version.id or 0, rule=rule or None)
            ]


def problem(page: str) -> str:
    """The sentence of a refusal."""
    found = re.search(r'data-testid="problem">\s*<p class="notice-title">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""
