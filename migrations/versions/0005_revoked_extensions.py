"""An extension that was taken back keeps the moment it was granted beside that of its end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('extension') as batch:
        batch.add_column(sa.Column('revoked_by', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('revoked_at', models.types.UTCDateTime(), nullable=True))
        batch.create_foreign_key('fk_extension_revoked_by_person', 'person', ['revoked_by'], ['id'])
    # The event of the grant still knows when it was; the row had been overwritten by the end.
    op.execute(
        "UPDATE extension SET revoked_at = decided_at, revoked_by = decided_by, decided_at = COALESCE(("
        "SELECT MAX(event.at) FROM event WHERE event.assignment_id = extension.assignment_id "
        "AND event.verb = 'extend' AND event.at <= extension.decided_at), asked_at) WHERE state = 'revoked'"
    )


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
