"""The facts of a finding's sentences, so that it can be told in another language; older ones have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("said", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("finding", "said")
