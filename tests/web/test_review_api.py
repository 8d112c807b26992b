"""Explanations, cells and their reopening through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Installation
from tests.web.findings_people import COLLECTOR, MONEY, REVIEWER, TABLE, Table, clubs

UNIT = {"rule": "unit-suspect", "sheet": TABLE, "column": MONEY}


@pytest.fixture
def table(site: Installation) -> Table:
    return Table(site)


def api(table: Table, staff_no: str, verb: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = table.site.program(staff_no).post(f"/api/v1/assignments/{table.key}/{verb}", json=body)
    told: dict[str, Any] = answer.json()
    return answer.status_code, told


def test_an_explanation_is_given_and_read(table: Table) -> None:
    table.last_year(clubs("5100", "5200"))
    version = table.keep(clubs("0.51", "5000"))
    status, told = api(table, COLLECTOR, "explanations", {"version": 1, "text": "只余零钱", **UNIT})
    assert (status, told["text"], told["verdict"], told["key"]) == (200, "只余零钱", "", "")
    table.hand_in(version)
    listed = table.site.program(REVIEWER).get(f"/api/v1/assignments/{table.key}/explanations").json()
    assert listed == {"explanations": [told]}
    status, told = api(table, REVIEWER, "review", {"version": 1, "decision": "approve"})
    assert (status, told["stage"]) == (200, "reviewed")


def test_an_approval_names_the_explanations_that_were_read(table: Table) -> None:
    table.last_year(clubs("5100", "5200"))
    version = table.keep(clubs("0.51", "5000"))
    api(table, COLLECTOR, "explanations", {"version": 1, "text": "只余零钱", **UNIT})
    table.hand_in(version)
    read = table.site.program(REVIEWER).get(f"/api/v1/assignments/{table.key}").json()["explained"]
    api(table, COLLECTOR, "withdraw", {})
    api(table, COLLECTOR, "explanations", {"version": 1, "text": "其实没有核对", **UNIT})
    table.hand_in(version)
    body = {"version": 1, "decision": "approve", "explained": read}
    status, told = api(table, REVIEWER, "review", body)
    assert (status, "改动了说明" in told["error"], table.site.stage(table.key)) == (409, True, "collected")
    now = table.site.program(REVIEWER).get(f"/api/v1/assignments/{table.key}").json()["explained"]
    assert now != read
    status, told = api(table, REVIEWER, "review", body | {"explained": now})
    assert (status, told["stage"]) == (200, "reviewed")


def test_without_a_submission_there_is_no_stamp(table: Table) -> None:
    assert table.site.program(REVIEWER).get(f"/api/v1/assignments/{table.key}").json()["explained"] == ""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 1, "rule": "cohort", "text": "x"}, 422),
        ({"version": 1, "text": "x"}, 422),
        ({"version": 9, "text": "x", **UNIT}, 409),
        ({"version": 1, "text": "", **UNIT}, 422),
        ({"version": 1, "text": "x" * 5000, **UNIT}, 422),
    ],
)
def test_what_is_no_explanation_is_refused(table: Table, body: dict[str, Any], status: int) -> None:
    table.last_year(clubs("5100", "5200"))
    table.keep(clubs("0.51", "5000"))
    answered, told = api(table, COLLECTOR, "explanations", body)
    assert (answered, bool(told["error"])) == (status, True)


def test_cells_go_with_a_return_and_alone_reopen(table: Table) -> None:
    table.hand_in(table.keep(clubs("5100", "5200")))
    cells = [{"cell": "J2", "text": "应为 5000"}, "G3"]
    body = {"version": 1, "decision": "return", "reason": "请核对", "cells": cells, "only_cells": True}
    status, told = api(table, REVIEWER, "review", body)
    assert (status, told["stage"]) == (200, "returned")
    page = table.page(table.collector)
    assert "请核对（J2、G3）" in page
    assert "应为 5000" in page
    wrong = table.keep(clubs("5100", "9999"))
    status, page = table.post(table.collector, "submit", version=wrong.id)
    assert (status, "10.3 第 3 行“活动经费”与退回的第 1 版不同" in page) == (422, True)


@pytest.mark.parametrize(
    "more",
    [
        {"cells": ["Z99"]},
        {"cells": ["nonsense"]},
        {"cells": [{"cell": "J2", "sheet": "10.4", "text": "x"}]},
        {"cells": [{"text": "x"}]},
        {"cells": ["J2"] * 201},
        {"only_cells": True},
        {"cells": [7]},
    ],
)
def test_cells_that_are_none_leave_everything_as_it_was(table: Table, more: dict[str, Any]) -> None:
    table.hand_in(table.keep(clubs("5100")))
    body = {"version": 1, "decision": "return", "reason": "请核对", **more}
    status, told = api(table, REVIEWER, "review", body)
    assert (status, bool(told["error"])) == (422, True)
    assert table.site.stage(table.key) == "collected"
    assert "对单元格的意见" not in table.page(table.reviewer)


def test_a_bare_cell_needs_a_reason(table: Table) -> None:
    table.hand_in(table.keep(clubs("5100")))
    status, told = api(table, REVIEWER, "review", {"version": 1, "decision": "return", "cells": ["J2"]})
    assert (status, told["error"]) == (422, "请写明这个单元格哪里不对。")
