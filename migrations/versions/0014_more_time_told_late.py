"""More time is told whenever it comes to light: but not what had been looked at before this upgrade."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO mark (job, until) SELECT 'more_time_from', until FROM mark WHERE job = 'more_time'")


def downgrade() -> None:
    op.execute("DELETE FROM mark WHERE job = 'more_time_from'")
