"""Holding back from the leaders on the pages: by the office, said wherever the assignment is shown."""

from __future__ import annotations

import pytest

from tests.web.conftest import Installation

WHY = "专业带头人住院，学校已知悉"
HELD = {"hold_until": "2020-11-16", "hold_reason": WHY}


@pytest.fixture
def key(site: Installation) -> int:
    return site.assignment("7.1.1", "教务部")


def test_held_shown_and_lifted(site: Installation, key: int) -> None:
    office = site.browser("S000")
    said = office.form(f"/assignments/{key}/hold", HELD).text
    assert "到期前不再向院领导催办这一项" in said
    assert f"至 11月16日 23:59：{WHY}" in said
    assert f"至 11月16日 23:59：{WHY}" in site.browser("S021").get(f"/assignments/{key}").text
    board = office.get("/dashboard").text
    assert "7.1.1 开设专业 · 教务部：待采集（暂缓上报）" in board
    assert board.count('cell-held"') == 1
    said = office.form(f"/assignments/{key}/lift-hold", {"hold_reason": "已到岗"}).text
    assert "逾期后照常向院领导催办" in said
    assert f"至 11月16日 23:59：{WHY}</dd>" not in said
    assert "已到岗" in said
    assert "（暂缓上报）" not in office.get("/dashboard").text


def test_what_was_typed_is_shown_again(site: Installation, key: int) -> None:
    answer = site.browser("S000").form(f"/assignments/{key}/hold", {**HELD, "hold_until": "2020-11-05"})
    assert (answer.status_code, "11月05日已经过去" in answer.text) == (422, True)
    assert WHY in answer.text
    assert 'value="2020-11-05"' in answer.text


@pytest.mark.parametrize("staff_no", ["S021", "S022", "S910", "S001"])
def test_only_the_office_holds(site: Installation, key: int, staff_no: str) -> None:
    browser = site.browser(staff_no)
    for verb in ("hold", "lift-hold"):
        assert browser.form(f"/assignments/{key}/{verb}", HELD).status_code == 403
    assert "hold_until" not in browser.get(f"/assignments/{key}").text
