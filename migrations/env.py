"""Runs migrations on the connection that `models.migrate` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=False,
)
assert models.Assignment.__tablename__ in SQLModel.metadata.tables
with context.begin_transaction():
    context.run_migrations()
