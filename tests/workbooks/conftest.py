"""The campaign's schedule, and readers that outlast one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plans.plan import Schedule
from tests.checks.frames import shipped_schedule
from workbooks.limits import Limits
from workbooks.reading import Readers


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    return shipped_schedule()


@pytest.fixture(scope="session")
def readers() -> Iterator[Readers]:
    """Readers as an installation has them, with little memory so that bombs burst early."""
    with Readers(limit=2, limits=Limits(seconds=9, megabytes=512)) as found:
        yield found
