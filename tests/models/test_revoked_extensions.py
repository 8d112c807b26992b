"""Extensions that were taken back before their grant's moment was kept get it back from the history."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from models.database import Database
from models.migrate import upgrade
from tests.models.migrated import migrate_to

ROWS = (
    "INSERT INTO campaign (id, name, year, timezone) VALUES (1, 'c', 2020, 'Asia/Shanghai')",
    "INSERT INTO department (id, campaign_id, name, position, sample, closed) VALUES (1, 1, 'd', 0, 0, 0)",
    "INSERT INTO datatable (id, campaign_id, no, code, name, printed, step, due,"
    " due_stage, evidence, preloaded, closed)"
    " VALUES (1, 1, 1, '1.6', 'n', 'n', 1, '2020-11-11 15:59:59', 'reviewed', 'upload', 0, 0)",
    "INSERT INTO assignment (id, table_id, department_id, stage, exempt, exempt_reason, closed)"
    " VALUES (1, 1, 1, 'pending', 0, '', 0)",
    *(
        "INSERT INTO event (assignment_id, at, verb, from_stage, to_stage, reason)"
        f" VALUES (1, '2020-11-{at}', '{verb}', 'pending', 'pending', '')"
        for at, verb in (
            ("09 01:00:00", "ask-extension"),
            ("10 02:00:00", "extend"),
            ("12 03:00:00", "revoke-extension"),
            ("16 04:00:00", "extend"),
        )
    ),
    *(
        "INSERT INTO extension (assignment_id, until, reason, state, asked_at, answer, decided_at)"
        f" VALUES (1, '2020-11-20 15:59:59', 'r', '{state}', '2020-11-09 01:00:00', '', '2020-11-{decided}')"
        for state, decided in (("revoked", "12 03:00:00"), ("granted", "16 04:00:00"))
    ),
)


def test_the_grant_s_moment_comes_from_its_event(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'caiji.db'}")
    with database.connection() as connection:
        migrate_to(connection, "0004")
        for row in ROWS:
            connection.execute(text(row))
    upgrade(database)
    with database.connection() as connection:
        moments = connection.execute(text("SELECT decided_at, revoked_at FROM extension ORDER BY id")).all()
    database.close()
    assert [[_moment(each) for each in row] for row in moments] == [
        [datetime(2020, 11, 10, 2, tzinfo=UTC), datetime(2020, 11, 12, 3, tzinfo=UTC)],
        [datetime(2020, 11, 16, 4, tzinfo=UTC), None],
    ]


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)
