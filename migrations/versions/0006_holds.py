"""Lines that the office holds back from the leaders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hold',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('until', models.types.UTCDateTime(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('held_by', sa.Integer(), nullable=True),
    sa.Column('held_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('lifted_by', sa.Integer(), nullable=True),
    sa.Column('lifted_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['held_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['lifted_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_hold_assignment_id', 'hold', ['assignment_id'], unique=False)


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
