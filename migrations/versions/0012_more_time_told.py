"""Extensions are told by mail from now on: what was asked or answered before is not told late."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO mark (job, until) SELECT 'more_time', until FROM mark ORDER BY until DESC LIMIT 1"
    )


def downgrade() -> None:
    op.execute("DELETE FROM mark WHERE job = 'more_time'")
