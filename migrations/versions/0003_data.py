"""Drafts, last year's rows, explanations, releases, remarks on cells, additions to source tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('addition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('table_code', sa.String(), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', models.types.UTCDateTime(), nullable=True),
    sa.Column('closed_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['owner_id'], ['assignment.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_addition_assignment_id', 'addition', ['assignment_id'], unique=False)
    op.create_index('ix_addition_owner_id', 'addition', ['owner_id'], unique=False)
    op.create_index('ix_addition_state', 'addition', ['state'], unique=False)
    op.create_table('draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('base', sa.Integer(), nullable=False),
    sa.Column('source', sa.Integer(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('begun_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('saved_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['saved_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('assignment_id')
    )
    op.create_table('explanation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('sheet', sa.String(), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('offered', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('judged_by', sa.Integer(), nullable=True),
    sa.Column('judged_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['judged_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_explanation_assignment_id', 'explanation', ['assignment_id'], unique=False)
    op.create_table('prior',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('rows_blob', sa.String(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('loaded_at', models.types.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('assignment_id')
    )
    op.create_table('release',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('table_code', sa.String(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=True),
    sa.Column('sheet', sa.String(), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('cell', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('revoked_by', sa.Integer(), nullable=True),
    sa.Column('revoked_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], ),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['revoked_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_release_campaign_id', 'release', ['campaign_id'], unique=False)
    op.create_table('cellremark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.String(), nullable=False),
    sa.Column('cell', sa.String(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('sent_at', models.types.UTCDateTime(), nullable=True),
    sa.Column('settled_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_cellremark_assignment_id', 'cellremark', ['assignment_id'], unique=False)
    op.create_index('ix_cellremark_version_id', 'cellremark', ['version_id'], unique=False)
    op.create_table('draftrow',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('source_row', sa.Integer(), nullable=True),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['draft.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_draftrow_draft_id', 'draftrow', ['draft_id'], unique=False)
    op.add_column('assignment', sa.Column('reopened', sa.String(), nullable=False, server_default=''))
    op.add_column('finding', sa.Column('proposal', sa.String(), nullable=False, server_default=''))
    op.add_column('finding', sa.Column('released', sa.String(), nullable=False, server_default=''))
    op.add_column('finding', sa.Column('count', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('checkrun', sa.Column('inputs', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('version', sa.Column('inputs_hash', sa.String(), nullable=False, server_default=''))
    op.add_column('version', sa.Column('origin', sa.JSON(), nullable=False, server_default='{}'))
    op.create_table('extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('until', models.types.UTCDateTime(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', models.types.UTCDateTime(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', models.types.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], ),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_extension_assignment_id', 'extension', ['assignment_id'], unique=False)
    op.create_index('ix_extension_state', 'extension', ['state'], unique=False)


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
