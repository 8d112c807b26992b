"""Makes the pictures of the README anew: `make screenshots` plays the sample course and photographs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from commands.browser import chromium
from settings import ROOT

IMAGES = ROOT / "docs" / "images"
AT = "2020-11-12T09:00"
WIDE = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

OFFICE, COLLECTOR, REVIEWER = "S000", "S031", "S022"
SHOTS = (
    ("dashboard", OFFICE, "/dashboard"),
    ("mine", COLLECTOR, "/mine"),
    ("reviews", REVIEWER, "/reviews"),
    ("plan", OFFICE, "/plan"),
    ("people", OFFICE, "/people"),
    ("reports", OFFICE, "/reports"),
    ("summary", OFFICE, "/summary"),
    ("notices", OFFICE, "/notices"),
    ("mailbox", OFFICE, "/mailbox"),
)


def main() -> None:
    """Start the sample rehearsal, open each page as its reader, and save what is seen."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="caiji-shots-") as folder,
        _serving(Path(folder)) as url,
        sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(base_url=url, locale="zh-CN", viewport=WIDE).new_page()
        for name, staff_no, address in SHOTS:
            _enter(page, staff_no)
            page.goto(address)
            _save(page, name)
        _assignment(page)
        phone = browser.new_context(base_url=url, locale="zh-CN", viewport=PHONE).new_page()
        _enter(phone, COLLECTOR)
        phone.goto("/mine")
        _save(phone, "phone")
        browser.close()


def _assignment(page: Page) -> None:
    """The page of a task under review, with its data and history."""
    _enter(page, REVIEWER)
    page.goto("/reviews")
    page.get_by_role("main").get_by_role("link", name=re.compile("7.2")).first.click()
    _save(page, "assignment")


def _enter(page: Page, staff_no: str) -> None:
    page.goto("/rehearsal/sign-in")
    page.get_by_role("button", name=re.compile(rf"\b{staff_no}\b")).first.click()
    page.wait_for_load_state()


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(IMAGES / f"{name}.png")


@contextmanager
def _serving(data: Path) -> Iterator[str]:
    argv = [sys.executable, str(ROOT / "caiji.py"), "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(
        [*argv, "--rehearse", AT, "--sample"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        process.terminate()


if __name__ == "__main__":
    main()
