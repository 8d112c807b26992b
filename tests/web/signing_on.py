"""The way to the provider and back, as a browser goes it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.web.identity_server import CLIENT, SECRET, College
from tests.web.transport import Browser

DOOR = "/sign-in/provider"
UNCHECKED = "没有通过核对"


def given(college: College, **more: Any) -> dict[str, Any]:
    known = {"oidc_issuer": college.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return {**known, **more}


def there(browser: Browser, next: str = "", path: str = DOOR) -> str:
    """Sign in at the provider; returns the address that it sends the browser back to."""
    away = browser.get(path, params={"next": next}, follow_redirects=False)
    assert away.status_code == 303, away.text
    return httpx.get(away.headers["location"]).headers["location"]


def back(browser: Browser, next: str = "") -> httpx.Response:
    return browser.get(there(browser, next), follow_redirects=False)
