"""People who type into a table: what a page's script sends for them, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import polars as pl
from sqlmodel import select

from actions.review import decide
from checks.definition import load_definition
from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet
from models import CellRemark, Department, Grant, Person, Prior
from models.worklist import line
from tests.actions.people import who
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser

COLLECTOR, REVIEWER, COLLEAGUE = "S031", "S032", "S041"
CLUB = {"社团代码": "001", "社团名称(全称)": "书画社", "现有成员": "20"}


@dataclass
class Desk:
    """One person's page of one table: remembers the rev and repeats the page's token."""

    site: Installation
    browser: Browser
    key: int
    sheet: str
    rev: int = 0

    @classmethod
    def at(cls, site: Installation, code: str, department: str, staff_no: str = COLLECTOR) -> Desk:
        browser = site.browser(staff_no)
        browser.headers["x-csrf-token"] = browser.token("/mine")
        return cls(site, browser, site.assignment(code, department), code)

    @property
    def path(self) -> str:
        return f"/api/v1/assignments/{self.key}/draft"

    def open(self) -> dict[str, Any]:
        answer = self.browser.post(self.path)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        self.rev = body["rev"]
        return body

    def read(self) -> dict[str, Any]:
        body: dict[str, Any] = self.browser.get(self.path).json()
        return body

    def patch(self, body: Any, rev: int | None = None) -> httpx.Response:
        headers = {"If-Match": f'"{self.rev if rev is None else rev}"'}
        answer = self.browser.patch(self.path, json=body, headers=headers)
        if answer.status_code == 200:
            self.rev = answer.json()["rev"]
        return answer

    def add(self, *rows: dict[str, str], place: int = 2) -> list[int]:
        """Type new rows; their ids."""
        sent = [
            {"temp": f"t{number}", "sheet": self.sheet, "place": place + 2 * number, "cells": cells}
            for number, cells in enumerate(rows)
        ]
        answer = self.patch({"rows": sent})
        assert answer.status_code == 200, answer.text
        return [answer.json()["ids"][row["temp"]] for row in sent]

    def type(self, row: int, **cells: str) -> httpx.Response:
        return self.patch({"rows": [{"id": row, "cells": cells}]})

    def act(self, verb: str, rev: int | None = None, **body: Any) -> httpx.Response:
        headers = {"If-Match": str(self.rev if rev is None else rev)}
        return self.browser.post(f"{self.path}/{verb}", headers=headers, json=body or None)


def colleague(site: Installation, code: str, department: str) -> Desk:
    """A second collector of the department, at the same table."""
    with site.database.writing() as session:
        other = session.exec(select(Person).where(Person.staff_no == COLLEAGUE)).one()
        place = session.exec(select(Department).where(Department.name == department)).one()
        session.add(Grant(person_id=other.id or 0, role="collector", department_id=place.id))
    return Desk.at(site, code, department, COLLEAGUE)


def last_year(site: Installation, key: int, code: str, *rows: dict[str, str]) -> None:
    """Load last year's rows of the assignment."""
    definition = load_definition(code)
    empty = empty_rows(definition)
    placed = [{SHEET: code, ROW: number, **row} for number, row in enumerate(rows, 2)]
    stored = to_parquet(definition, Rows(pl.DataFrame(placed, schema=empty.frame.schema), empty.columns))
    with site.database.writing() as session:
        blob = site.app.state.site.blobs.put(stored)
        session.add(Prior(assignment_id=key, rows_blob=blob, row_count=len(rows), loaded_at=MORNING))


def returned(site: Installation, key: int, reason: str, *cells: tuple[int, str], only: bool = False) -> None:
    """The reviewer sends it back with remarks on cells; ``only`` opens nothing else."""
    with site.database.writing() as session:
        reviewer = who(session, REVIEWER, MORNING)
        seen = line(session, key)
        version = seen.assignment.version_id or 0
        decide(session, reviewer, key, version, "return", reason, MORNING)
        if only:
            seen.assignment.reopened = "cells"
            session.add(seen.assignment)
        for row, column in cells:
            remark = CellRemark(
                assignment_id=key,
                version_id=version,
                sheet=seen.table.code,
                cell=f"A{row}",
                row=row,
                column=column,
                text="请核对",
                made_at=MORNING,
                sent_at=MORNING,
            )
            session.add(remark)
