"""An activation link keeps who made it and when, and one that a newer link ended stays on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('activationlink') as batch:
        batch.add_column(sa.Column('made_at', models.types.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column('made_by', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('ended_at', models.types.UTCDateTime(), nullable=True))
        batch.create_foreign_key('fk_activationlink_made_by_person', 'person', ['made_by'], ['id'])


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
