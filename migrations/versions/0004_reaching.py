"""Reaching people where they look: calendar addresses, an hour for the digest, posts to chat groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendarfeed',
    sa.Column('secret_hash', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', models.types.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('secret_hash'),
    sa.UniqueConstraint('person_id')
    )
    op.create_table('post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('slot_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('created_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('leased_until', models.types.UTCDateTime(), nullable=True),
    sa.Column('next_try_at', models.types.UTCDateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('sent_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('campaign_id', 'channel', 'slot_at')
    )
    op.create_index('ix_post_state', 'post', ['state'], unique=False)
    with op.batch_alter_table('person') as batch:
        batch.add_column(sa.Column('digest_at', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('mail') as batch:
        batch.add_column(sa.Column('calendar', sa.String(), nullable=False, server_default=''))
        batch.add_column(sa.Column('pressing', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
