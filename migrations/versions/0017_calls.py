"""A call is a receipt without a mail: who called, and what there was to hear where nobody was reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite makes the table anew, and may not drop one that answers point to: they wait outside.
    op.execute("CREATE TABLE waiting_answer AS SELECT * FROM answer")
    op.execute("DELETE FROM answer")
    with op.batch_alter_table("receipt") as batch:
        batch.alter_column("mail_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("secret_hash", existing_type=sa.String(), nullable=True)
        batch.add_column(sa.Column("called_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch.create_foreign_key("fk_receipt_called_by_person", "person", ["called_by"], ["id"])
    op.execute("INSERT INTO answer SELECT * FROM waiting_answer")
    op.execute("DROP TABLE waiting_answer")


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: going back would drop the campaign's data")
