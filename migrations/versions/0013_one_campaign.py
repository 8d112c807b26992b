"""A database holds one campaign, and says so itself (docs/decisions/0027)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("only", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("one_campaign", "campaign", ["only"], unique=True)


def downgrade() -> None:
    op.drop_index("one_campaign", "campaign")
    op.drop_column("campaign", "only")
