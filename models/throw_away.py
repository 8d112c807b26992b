"""A campaign copied into a throw-away database, for a rehearsal that may change everything in it."""

from __future__ import annotations

from sqlalchemy import Table, insert, select
from sqlmodel import Session, SQLModel

from models.assignment import FollowUp
from models.database import Database
from models.draft import Draft, DraftRow
from models.kept import Change
from models.person import FailedSignIn, Person
from models.receipt import Answer
from models.system import ClockSetting, Heartbeat, Stamp
from models.typical_case import TypicalCase
from models.version import StoredFinding

SECRET = "secret_hash"
"""The column of what opens a door."""
OF_NO_USE = (
    *(
        TypicalCase,
        StoredFinding,
        Draft,
        DraftRow,
        FollowUp,
        FailedSignIn,
        Heartbeat,
        ClockSetting,
        Stamp,
        Answer,
    ),
    # The copy has no triggers: what it said once of changes would be taken for the last of them.
    Change,
)
ROWS = 1000


def create(database: Database) -> None:
    """Make the empty tables."""
    SQLModel.metadata.create_all(database.writer)


def copy(source: Session, target: Database) -> None:
    """Copy everything that notices are made from; no secrets, and nothing that only pages show."""
    create(target)
    left_out = {str(model.__tablename__) for model in OF_NO_USE}
    with target.writing() as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in left_out and SECRET not in table.columns:
                _copy(source, session, table)


def _copy(source: Session, target: Session, table: Table) -> None:
    blank = {"password_hash": ""} if table.name == Person.__tablename__ else {}
    for part in source.connection().execute(select(table)).mappings().partitions(ROWS):
        target.connection().execute(insert(table), [{**row, **blank} for row in part])
