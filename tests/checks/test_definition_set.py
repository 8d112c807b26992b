"""What is wrong between definitions, and in several of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.definition_set import codes, faults, load_all
from plans.problems import PlanError

TEACHERS = """title: 教师
primaryKey: [教工号]
fields:
  - {name: 教工号, identity: true}
"""
LESSONS = """title: 授课
fields:
  - name: 教工号
    reference:
      table: '6.1'
      fields: [教工号]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tables"
    made.mkdir()
    for code, text in {"6.1": TEACHERS, "10.2": LESSONS, "rules": "- not a definition"}.items():
        (made / f"{code}.yaml").write_text(text, encoding="utf-8")
    (made / "generic.yaml").write_text("fields:\n  - {name: 项目}\n", encoding="utf-8")
    return made


def _told(folder: Path) -> list[tuple[str, str, int | None]]:
    return [(found.id, _named(found.file, folder), found.line) for found in faults(folder).found]


def _named(file: str, folder: Path) -> str:
    """Another folder than ours is named as it was given."""
    assert file.startswith(f"{folder}/")
    return file.removeprefix(f"{folder}/")


def _change(folder: Path, code: str, old: str, new: str) -> None:
    path = folder / f"{code}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_right_folder_has_no_fault(folder: Path) -> None:
    assert _told(folder) == []
    assert codes(folder) == ["6.1", "10.2"]
    assert [definition.title for definition in load_all(folder)] == ["教师", "授课"]


def test_a_reference_to_no_table_is_told_with_the_nearest(folder: Path) -> None:
    _change(folder, "10.2", "'6.1'", "'6.2'")
    [found] = faults(folder).found
    assert (found.id, _named(found.file, folder), found.line) == ("unknown-table", "10.2.yaml", 5)
    assert "是不是想写 6.1" in found.sentence()


def test_a_reference_to_the_generic_columns_is_none(folder: Path) -> None:
    _change(folder, "10.2", "'6.1'", "generic")
    assert _told(folder) == [("unknown-table", "10.2.yaml", 5)]


def test_a_reference_to_no_column_is_told_with_the_nearest(folder: Path) -> None:
    _change(folder, "10.2", "fields: [教工号]", "fields: [教工编号, 教工号]")
    [found] = faults(folder).found
    assert (found.id, _named(found.file, folder), found.line) == ("unknown-field", "10.2.yaml", 6)
    assert "6.1 教师 没有列 教工编号，是不是想写 教工号" in found.sentence()


def test_a_reference_without_columns_is_told(folder: Path) -> None:
    _change(folder, "10.2", "      fields: [教工号]\n", "")
    [found] = faults(folder).found
    assert (found.id, found.line, found.example) == ("missing-key", 5, "fields: [教工号]")


def test_a_broken_table_is_told_once_and_not_by_those_that_refer_to_it(folder: Path) -> None:
    _change(folder, "6.1", "identity: true", "identity: 也许")
    assert _told(folder) == [("bad-value", "6.1.yaml", 4)]
    with pytest.raises(PlanError):
        load_all(folder)


def test_the_mistakes_of_all_files_are_told_together(folder: Path) -> None:
    _change(folder, "10.2", "'6.1'", "'6.9'")
    _change(folder, "6.1", "title: 教师\n", "")
    _change(folder, "generic", "name", "nome")
    (folder / "7.1.yaml").write_bytes("title: 表\n".encode("gbk"))
    assert set(_told(folder)) == {
        ("missing-key", "6.1.yaml", 1),
        ("unreadable-file", "7.1.yaml", None),
        ("unknown-table", "10.2.yaml", 5),
        ("missing-key", "generic.yaml", 2),
        ("unknown-key", "generic.yaml", 2),
    }
