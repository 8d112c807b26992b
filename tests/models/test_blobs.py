"""Files are named by their content and never change."""

from __future__ import annotations

import hashlib
import resource
from pathlib import Path

import pytest

from models.blobs import Blobs, Lost


def test_bytes_come_back_under_their_sha256(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    name = blobs.put(b"workbook")
    assert name == hashlib.sha256(b"workbook").hexdigest()
    assert blobs.get(name) == b"workbook"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert blobs.put(b"same") == blobs.put(b"same")
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"same"]


def test_no_half_written_file_stays(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"content")
    assert [path.name for path in blobs.path(name).parent.iterdir()] == [name]


def test_an_unknown_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(Lost):
        Blobs(tmp_path).get("0" * 64)


def test_what_finds_no_room_leaves_nothing_half_kept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            blobs.put(b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
