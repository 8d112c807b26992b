"""What failed its system check can be handed in as it is, once what it was checked against has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.check import claim, settle
from actions.releases import release_rule
from checks.finding import ERROR, Finding
from tests.actions.people import who
from tests.web.conftest import MORNING, Installation
from tests.web.findings_people import OFFICE, TABLE, Table, clubs

FAULT = Finding(
    "club-count", ERROR, "与 9.6.3 的社团数不一致。", "请核对。", TABLE, "A2", 2, "社团代码", "001"
)
AGAIN = "可以原样再提交一次"


@pytest.fixture
def failed(site: Installation) -> Table:
    """A table that was handed in and approved, and then failed its system check."""
    table = Table(site)
    version = table.keep(clubs("100"))
    table.hand_in(version)
    assert table.post(table.reviewer, "review", version=version.id, decision="approve")[0] == 200
    with site.database.writing() as session:
        task = claim(session, table.key, MORNING, MORNING + timedelta(hours=1))
        assert task is not None
        settle(session, task, [FAULT], MORNING)
    assert site.stage(table.key) == "failed"
    return table


def offered(table: Table) -> bool:
    return f'action="{table.path}/submit"' in table.page(table.collector)


def test_as_long_as_nothing_has_changed_it_is_not_offered(failed: Table) -> None:
    assert (offered(failed), AGAIN in failed.page(failed.collector)) == (False, False)
    status, said = failed.post(failed.collector, "submit", version=failed.newest().id)
    assert (status, "原样再交也不会通过" in said) == (422, True)


def test_after_a_rule_was_let_pass_the_page_offers_it(failed: Table) -> None:
    with failed.site.database.writing() as session:
        release_rule(session, who(session, OFFICE, MORNING), "cohort", TABLE, "年级表未更新", MORNING)
    assert (offered(failed), AGAIN in failed.page(failed.collector)) == (True, True)
    failed.hand_in(failed.newest())
    assert failed.site.stage(failed.key) == "collected"
