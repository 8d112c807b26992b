"""Files are named by their content and never change."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from models.blobs import Blobs


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
    with pytest.raises(FileNotFoundError):
        Blobs(tmp_path).get("0" * 64)
