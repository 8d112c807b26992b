"""The facts of what the system itself says in events and incidents, so that it can be told in another language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("event", "incident"):
        op.add_column(table, sa.Column("said", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in ("incident", "event"):
        op.drop_column(table, "said")
