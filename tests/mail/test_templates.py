"""What the office changes in a template is taken up by the next run, whatever stands beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mail.drafting import Kept
from mail.render import FOLDER
from tests.mail.campaign_mail import PostOffice

SAID, CHANGED = "请勿直接回复", "回复无人看"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    made = tmp_path / "mail"
    shutil.copytree(FOLDER, made)
    monkeypatch.setattr("mail.render.FOLDER", made)
    return made


def write(page: Path, text: str, at: int) -> None:
    page.write_text(text)
    os.utime(page, ns=(at, at))


def changed(office: PostOffice, kept: Kept | None = None) -> bool:
    [claimed] = office.outbox.claim(office.wall, 1, kept)
    return CHANGED in claimed.content.html


def test_a_change_is_taken_up_and_its_taking_back_too(office: PostOffice, folder: Path) -> None:
    page = folder / "base.html"
    whole, before = page.read_text(), page.stat().st_mtime_ns
    found = [changed(office, kept := Kept())]
    write(page, whole.replace(SAID, CHANGED), before + 1)
    found += [changed(office, kept), changed(office)]
    write(page, whole, before)
    found.append(changed(office))
    assert found == [False, False, True, False]


def test_what_an_editor_leaves_is_no_template(office: PostOffice, folder: Path) -> None:
    (folder / ".#base.html").symlink_to(folder / "nowhere.html")
    assert not changed(office)
