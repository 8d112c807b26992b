"""What is written is there whole, or as it was before, and nothing half-written stays."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from models.whole import UNFINISHED, NotWritten, whole_file, whole_folder, write_whole


@pytest.fixture
def no_room() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def found(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_takes_the_place_of_the_one_before_with_its_rights(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "a").chmod(0o640)
    write_whole(tmp_path / "a", b"after")
    assert (found(tmp_path), S_IMODE((tmp_path / "a").stat().st_mode)) == ({"a": b"after"}, 0o640)


def test_a_new_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.usefixtures("no_room")
def test_what_finds_no_room_leaves_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    with pytest.raises(NotWritten) as refused:
        write_whole(tmp_path / "a", b"x" * 100)
    assert (refused.value.errno, refused.value.filename) == (errno.EFBIG, str(tmp_path / "a"))
    assert found(tmp_path) == {"a": b"before"}


def test_a_link_is_followed_and_a_device_is_written_itself(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a")
    write_whole(tmp_path / "link", b"content")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "a").read_bytes()) == (True, b"content")
    write_whole(Path(os.devnull), b"gone")
    assert Path(os.devnull).is_char_device()


def test_an_error_of_ones_own_is_not_called_unwritable(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="elsewhere"), whole_file(tmp_path / "a") as part:
        part.write_bytes((tmp_path.parent / "elsewhere").read_bytes())
    assert found(tmp_path) == {}


def test_a_folder_moves_in_with_its_last_file_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda one, other: (moved.append(other.name), replace(one, other)))
    with whole_folder(tmp_path / "out", last="a") as part:
        for name in ("a", "b", "c"):
            (part / name).write_bytes(name.encode())
    assert (sorted(moved[:2]), moved[2]) == (["b", "c"], "a")
    assert found(tmp_path / "out") == {"a": b"a", "b": b"b", "c": b"c"}


def test_a_folder_that_fails_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").write_bytes(b"before")
    for folder in (tmp_path / "there", tmp_path / "new"):
        with pytest.raises(RuntimeError), whole_folder(folder, last="a") as part:
            (part / "a").write_bytes(b"after")
            raise RuntimeError
    assert (found(tmp_path), (tmp_path / "new").exists()) == ({"a": b"before"}, False)


def test_what_a_kill_left_is_swept_by_the_next(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).mkdir()
    (tmp_path / UNFINISHED / "half").write_bytes(b"half")
    with whole_folder(tmp_path, last="a") as part:
        (part / "a").write_bytes(b"whole")
    assert found(tmp_path) == {"a": b"whole"}
