"""A database holds one campaign, and says so itself (docs/decisions/0027)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.errors import Conflict

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counted = op.get_bind().execute(sa.text("SELECT count(*) FROM campaign")).scalar_one()
    if counted > 1:
        raise Conflict(
            f"这个数据库里有 {counted} 个采集活动，一个数据库只能有一个。",
            "请用原来的版本把各个活动分别备份，再为每个活动各用一个数据目录。",
        )
    op.add_column("campaign", sa.Column("only", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("one_campaign", "campaign", ["only"], unique=True)


def downgrade() -> None:
    op.drop_index("one_campaign", "campaign")
    op.drop_column("campaign", "only")
