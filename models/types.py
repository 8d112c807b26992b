"""Column types and the base of every stored noun."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, always aware when read; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def instant(*, index: bool = False) -> Any:
    """A required UTC instant column."""
    return Field(sa_type=UTCDateTime, index=index)


def maybe_instant(*, index: bool = False) -> Any:
    """An optional UTC instant column."""
    return Field(default=None, sa_type=UTCDateTime, index=index, nullable=True)


def document() -> Any:
    """A JSON column holding an object."""
    return Field(default_factory=dict, sa_type=JSON)


def entries() -> Any:
    """A JSON column holding a list, only ever replaced by a longer one."""
    return Field(default_factory=list, sa_type=JSON)
