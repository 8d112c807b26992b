"""When a mail may go to whoever chose no hour of his own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('mail') as batch:
        batch.add_column(sa.Column('opens_at', models.types.UTCDateTime(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
