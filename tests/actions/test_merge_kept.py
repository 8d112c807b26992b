"""A merge is kept on the version that it was gathered from, and on no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session

from actions.merge import keep
from actions.submit import Content, latest_version, upload
from checks.finding import Finding
from models.database import Database
from models.errors import Conflict, Refused
from tests.actions.people import holder, office, task, workbook

TABLE, DEPARTMENT = "10.3", "学务部"
FAULT = Finding("type", "error", "不是整数。", sheet=TABLE, cell="G2", row=2)


def merge(name: str, base: int | None, *found: Finding) -> Content:
    return replace(workbook(name, base, found), kind="merge")


def newest(session: Session, key: int) -> int:
    version = latest_version(session, key)
    return version.number if version else 0


def test_the_slower_of_two_first_merges_is_told_of_the_other(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key, collector = (
            task(session, TABLE, DEPARTMENT).id,
            holder(session, "collector", DEPARTMENT, morning),
        )
        assert keep(session, collector, key, merge("a", None), morning).number == 1
        with pytest.raises(Conflict, match="合并时还没有任何版本，而系统里刚刚存入了第 1 版") as refused:
            keep(session, collector, key, merge("b", None), morning)
        assert refused.value.detail == {"seen": 0, "newest": 1}
        assert newest(session, key) == 1


@pytest.mark.parametrize("found", [(), (FAULT,)], ids=["clean", "with an error"])
def test_one_s_own_newer_version_is_not_passed_over_either(
    campaign: Database, morning: datetime, found: tuple[Finding, ...]
) -> None:
    """An upload by the same person from the same version, or one with errors, has rows of its own."""
    with campaign.writing() as session:
        key, collector = (
            task(session, TABLE, DEPARTMENT).id,
            holder(session, "collector", DEPARTMENT, morning),
        )
        upload(session, collector, key, workbook("a"), morning)
        keep(session, collector, key, merge("b", 1, *found), morning)
        with pytest.raises(Conflict, match="是在第 1 版上合并的，而系统里刚刚存入了第 2 版") as refused:
            keep(session, collector, key, merge("c", 1), morning)
        assert refused.value.detail == {"seen": 1, "newest": 2}
        assert keep(session, collector, key, merge("c", 2), morning).number == 3


def test_only_the_collector_merges(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = task(session, TABLE, DEPARTMENT).id
        with pytest.raises(Refused):
            keep(session, office(session, morning), key, merge("a", None), morning)
