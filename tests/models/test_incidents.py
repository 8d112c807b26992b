"""An incident is told once while it is open, and again after it was resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from models import Incident
from models.database import Database
from models.incidents import open_incidents, over, tell

WALL = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def test_what_is_open_is_not_told_again(database: Database) -> None:
    with database.writing() as session:
        tell(session, "job", "tick", "first", WALL)
        tell(session, "job", "tick", "second", WALL + timedelta(hours=1))
        tell(session, "job", "deliver", "another", WALL)
        tell(session, "mail", "tick", "of another kind", WALL)
    with database.reading() as session:
        said = [(each.kind, each.subject, each.message, each.at) for each in open_incidents(session)]
    assert said == [
        ("mail", "tick", "of another kind", WALL),
        ("job", "deliver", "another", WALL),
        ("job", "tick", "first", WALL),
    ]


def test_what_is_over_can_be_told_anew(database: Database) -> None:
    later = WALL + timedelta(hours=2)
    with database.writing() as session:
        tell(session, "job", "tick", "first", WALL)
        tell(session, "job", "deliver", "stays", WALL)
        over(session, "job", later, "tick")
        tell(session, "job", "tick", "again", later)
    with database.reading() as session:
        assert [each.message for each in open_incidents(session)] == ["again", "stays"]
        closed = session.exec(select(Incident).where(Incident.message == "first")).one()
        assert closed.resolved_at == later


def test_a_whole_kind_is_over_and_lists_are_narrowed(database: Database) -> None:
    with database.writing() as session:
        for number in range(3):
            tell(session, "mail-stopped", f"login:{number}", "refused", WALL)
        tell(session, "job", "tick", "failed", WALL)
        assert len(open_incidents(session, ["mail-stopped"], limit=2)) == 2
        over(session, "mail-stopped", WALL)
        assert [each.kind for each in open_incidents(session)] == ["job"]
        assert open_incidents(session, ["mail-stopped"]) == []
