"""Pauses, refused addresses, what became of a mail try by try, notices that nobody was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('standing', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('begun_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('begun_by', sa.Integer(), nullable=False),
    sa.Column('ended_at', models.types.UTCDateTime(), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('went', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['begun_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['ended_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('standing')
    )
    op.create_table('refusal',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('at', models.types.UTCDateTime(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('address')
    )
    op.add_column('mail', sa.Column('course', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('notice', sa.Column('untold', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
