"""Whose deadline a notice told, and since when an assignment is owed as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HOLDERS = """
    UPDATE notice SET holder = CASE
        WHEN subject LIKE 'roster@%' THEN 'roster'
        WHEN audience = 'reviewer' THEN 'reviewer'
        ELSE 'collector' END
    WHERE assignment_id IS NOT NULL OR subject LIKE 'roster@%'
"""


def upgrade() -> None:
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("holder", sa.String(), nullable=False, server_default=""))
        batch.create_index("ix_notice_slot_at", ["slot_at"])
    with op.batch_alter_table("assignment") as batch:
        batch.add_column(sa.Column("owed_since", models.types.UTCDateTime(), nullable=True))
    op.execute(HOLDERS)


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would forget what has been told")
