"""A kept file that is gone: every page that needs it says so, and the office is told once."""

from __future__ import annotations

import shutil

import pytest
from sqlmodel import select

from models import Incident
from tests.web.conftest import Installation
from tests.web.test_work import submitted


@pytest.fixture
def key(site: Installation) -> int:
    """A table that was handed in, and whose files are gone."""
    found = site.assignment("10.1.1", "学务部")
    submitted(site, found)
    shutil.rmtree(site.settings.data / "blobs")
    return found


def told(site: Installation) -> list[str]:
    with site.database.reading() as session:
        return [each.kind for each in session.exec(select(Incident))]


def test_the_page_of_the_task_is_there_without_its_data(site: Installation, key: int) -> None:
    reviewer = site.browser("S032")
    for _again in range(2):
        answer = reviewer.get(f"/assignments/{key}")
        assert (answer.status_code, "原文件暂时读不到" in answer.text) == (200, True)
    assert 'value="approve"' in answer.text
    assert told(site) == ["file"]


@pytest.mark.parametrize("path", ["/assignments/{}/versions/1", "/assignments/{}/template"])
def test_a_download_says_that_it_cannot_be_had_now(site: Installation, key: int, path: str) -> None:
    answer = site.browser("S031").get(path.format(key))
    assert (answer.status_code, "请联系信息中心" in answer.text) == (503, True)
    assert told(site) == ["file"]


def test_a_program_is_told_the_same(site: Installation, key: int) -> None:
    answer = site.program("S031").get(f"/api/v1/assignments/{key}/template")
    assert (answer.status_code, answer.json()["error"]) == (503, "原文件暂时读不到。")


def test_an_incident_names_the_place_of_the_file(site: Installation, key: int) -> None:
    site.browser("S032").get(f"/assignments/{key}")
    assert "blobs/" in site.browser("S000").get("/notices").text


def damage(site: Installation) -> None:
    """Every kept file holds something else."""
    for path in (site.settings.data / "blobs").glob("*/*"):
        path.write_bytes(b"nothing that can be read")


def test_a_refusal_is_told_with_what_was_typed_where_its_page_cannot_be_shown(site: Installation) -> None:
    key = site.assignment("10.1.1", "学务部")
    submitted(site, key)
    damage(site)
    reviewer = site.browser("S032")
    sent = {"version": "1", "decision": "return", "reason": "第 3 行的学号不对", "stage": "reviewed"}
    answer = reviewer.form(f"/assignments/{key}/review", sent)
    assert (answer.status_code, "您打开页面后，这张表已变为" in answer.text) == (409, True)
    assert "第 3 行的学号不对</textarea>" in answer.text
    assert "编号" not in answer.text
    assert ">return</textarea>" not in answer.text
    assert answer.text.count("<textarea") == 1


def test_a_password_is_never_shown_again(site: Installation) -> None:
    answer = site.browser().post("/sign-in", data={"password": "不能给别人看的", "staff_no": "S031"})
    assert (answer.status_code, "不能给别人看的" in answer.text) == (403, False)
