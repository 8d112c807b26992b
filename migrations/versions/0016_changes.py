"""The database says itself whose assignments have changed, so that a look counts those only (decision 0029)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NEXT = "(SELECT coalesce(max(number), 0) + 1 FROM change)"
TAKEN = "ON CONFLICT (department_id) DO UPDATE SET number = excluded.number"
VERBS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
WIDE = ("datatable", "department")
ROWS = "SELECT DISTINCT department_id FROM touched"


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("department_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_index("ix_change_number", "change", ["number"])
    standing = ["table_id", "exempt", "closed", "stage", "reviewed_at"]
    op.create_index("ix_assignment_standing", "assignment", standing)
    op.create_index("ix_assignment_extended_until", "assignment", ["extended_until"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for verb, row in VERBS.items():
        _each_row("assignment", verb, f"{row}.department_id")
        for table in WIDE:
            _each_row(table, verb, "0")


def _each_row(table: str, verb: str, department: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{verb} AFTER {verb} ON {table} BEGIN "
        f"INSERT INTO change (department_id, number) VALUES ({department}, {NEXT}) {TAKEN}; END"
    )


def _postgresql() -> None:
    _function("assignment_changed", f"SELECT department_id, {NEXT} FROM ({ROWS}) AS departments")
    _function("campaign_changed", f"SELECT 0, {NEXT}")
    for verb, row in VERBS.items():
        touched = f"REFERENCING {row} TABLE AS touched"
        _each_statement("assignment", verb, touched, "assignment_changed")
        for table in WIDE:
            _each_statement(table, verb, "", "campaign_changed")


def _function(name: str, rows: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO change (department_id, number) {rows} {TAKEN}; RETURN NULL; END $$"
    )


def _each_statement(table: str, verb: str, touched: str, function: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{verb} AFTER {verb} ON {table} {touched} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def downgrade() -> None:
    server = op.get_bind().dialect.name != "sqlite"
    for table in ("assignment", *WIDE):
        for verb in VERBS:
            op.execute(f"DROP TRIGGER {table}_{verb}" + (f" ON {table}" if server else ""))
    if server:
        op.execute("DROP FUNCTION assignment_changed(), campaign_changed()")
    op.drop_index("ix_assignment_extended_until", "assignment")
    op.drop_index("ix_assignment_standing", "assignment")
    op.drop_table("change")
