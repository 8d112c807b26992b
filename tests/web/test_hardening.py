"""Around every answer: headers, calm failures, the sub-path, a page that loads nothing heavy."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlmodel import Session

from settings import ROOT
from tests.web.conftest import Installation
from tests.web.test_work import XLSX
from web.pages import mine

HEAVY = ("polars", "prefect", "vl_convert", "docx", "openpyxl", "xlsxwriter", "argon2", "babel", "aiosmtplib")


@pytest.mark.parametrize("path", ["/mine", "/sign-in", "/nothing", "/healthz", "/static/base.css"])
def test_every_answer_carries_the_security_headers(site: Installation, path: str) -> None:
    headers = site.browser("S031").get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/mine", "/dashboard", "/plan", "/people"])
def test_no_page_holds_script_or_style_of_its_own(site: Installation, path: str) -> None:
    html = site.browser("S000").get(path).text
    assert re.findall(r"<script(?![^>]+src=)|<style|\son\w+=|\sstyle=", html) == []


def test_an_error_of_ours_is_a_calm_page_with_a_number_that_stands_in_the_log(
    site: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a secret of the code")

    monkeypatch.setattr(mine, "to_collect", broken)
    with caplog.at_level(logging.ERROR, "caiji.web"):
        answer = site.browser("S031").get("/mine")
    number = re.search(r"请把编号 ([0-9A-F]{8}) 告诉质量部", answer.text)
    assert answer.status_code == 500
    assert number is not None
    assert "secret" not in answer.text
    assert f"incident {number[1]}: GET /mine" in caplog.text


def test_a_commit_that_fails_is_never_answered_as_done(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = site.assignment("10.4", "学务部")
    browser = site.browser("S031")
    token = browser.token("/mine")

    def fail(_session: Session, *_arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sqlalchemy.orm.SessionTransaction.commit", fail)
    answer = browser.post(f"/assignments/{key}/nil", data={"csrf": token})
    monkeypatch.undo()
    assert answer.status_code == 500
    assert site.stage(key) == "pending"


def test_a_large_body_is_refused_before_it_is_kept(load_site: Callable[..., Installation]) -> None:
    site = load_site(upload_megabytes=1)
    browser = site.browser("S031")
    key = site.assignment("10.4", "学务部")
    answer = browser.form(f"/assignments/{key}/upload", files={"file": ("w.xlsx", b"x" * 2_100_000, XLSX)})
    assert answer.status_code == 413
    assert "文件超过了 1 MB 的上限" in answer.text


def test_under_a_sub_path_every_link_stays_inside(load_site: Callable[..., Installation]) -> None:
    site = load_site(root_path="/caiji")
    browser = site.browser("S000")
    for path in ("/caiji/mine", "/mine"):
        html = browser.get(path).text
        links = re.findall(r'(?:href|action|src)="([^"#]*)"', html)
        assert len(links) > 10
        inside = ("/caiji/", "tel:")
        assert [link for link in links if not link.startswith(inside)] == []
    moved = browser.get("/caiji/", follow_redirects=False)
    assert moved.headers["location"] == "/caiji/dashboard"


def test_unknown_pages_and_methods_have_a_sentence(site: Installation) -> None:
    browser = site.browser("S031")
    unknown = browser.get("/nothing")
    assert (unknown.status_code, "没有这个页面" in unknown.text) == (404, True)
    assert browser.put("/mine").status_code == 405
    bad = browser.get("/assignments/x")
    assert (bad.status_code, "应为整数" in bad.text) == (422, True)


def test_the_first_page_needs_nothing_heavy() -> None:
    code = f"import sys, web.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
