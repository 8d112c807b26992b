"""Every page answers, for everybody who may see it."""

from __future__ import annotations

import pytest

from tests.web.conftest import Installation

OFFICE = "S000"
PAGES = [
    "/mine",
    "/dashboard",
    "/plan",
    "/reports",
    "/summary",
    "/people",
    "/mailbox",
    "/notices",
    "/reviews",
]


@pytest.mark.parametrize("path", PAGES)
def test_the_office_sees_every_page(site: Installation, path: str) -> None:
    answer = site.browser(OFFICE).get(path)
    assert answer.status_code == 200, answer.text[-2000:]
    assert "62809066" in answer.text
