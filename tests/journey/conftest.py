"""One real browser and one rehearsal for the tests of a file, and people who sit down at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from commands.browser import chromium
from tests.journey.service import Service, serving
from tests.journey.sitting import Sitting, sitting, watched

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 30_000
"""Milliseconds that a busy machine may take to show what is expected."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("journey"), "--rehearse", "2020-11-06T09:00") as found:
        yield found


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A page that fails the test on any script error or refused resource."""
    with watched(browser, service) as found:
        yield found


@pytest.fixture
def sit(browser: Browser, service: Service) -> Iterator[Sitting]:
    with sitting(browser, service) as down:
        yield down
