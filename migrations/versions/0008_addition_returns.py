"""An addition knows the return that opened the source table for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('addition') as batch:
        batch.add_column(sa.Column('event_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
