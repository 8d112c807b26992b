"""Files dropped together tell whose they are: by their stamp, else by the names of their sheets."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from checks.definition import load_definition
from plans.plan import Schedule
from tests.workbooks.books import student, students_book, write_book
from tests.workbooks.hostile import FILES
from workbooks.limits import Limits
from workbooks.reading import Identified, Readers
from workbooks.stamp import TemplateStamp
from workbooks.template import write_template


def _template(code: str, path: Path, schedule: Schedule, person: str = "") -> TemplateStamp:
    stamp = TemplateStamp("2020 年采集", 17, code, "学务部", 3, person)
    write_template(load_definition(code), path, stamp=stamp, schedule=schedule)
    return stamp


def test_twenty_two_files_are_told_apart_in_their_order(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    codes = ["10.1.1", "7.2", "6.1", "1.6", "7.1.1", "3.2", "5.1", "8.1", "9.3", "10.3", "11.6"] * 2
    stamps, paths = [], []
    for number, code in enumerate(codes):
        paths.append(tmp_path / f"{number}.xlsx")
        stamps.append(_template(code, paths[-1], schedule, "" if number % 2 else "王"))
    assert readers.identify(paths) == [Identified(stamp, stamp.table) for stamp in stamps]


def test_without_properties_the_stamp_stands_on_the_notes(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    stamp = _template("7.2", tmp_path / "a.xlsx", schedule, "王")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            if name != "docProps/custom.xml":
                new.writestr(name, old.read(name))
    assert readers.identify([tmp_path / "b.xlsx"]) == [Identified(stamp, "7.2")]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        (["10.1.1"], "10.1.1"),
        (["6.1.3 校外兼职", "6.1.1"], "6.1"),
        (["目录", "7.2 课程"], "7.2"),
        (["6.3.1"], "6.3.1"),
        (["12"], "12"),
        (["目录", " 12 "], "12"),
        (["12月", "2020"], ""),
        (["2020年", "10"], ""),
        (["99.7"], ""),
        (["Sheet1"], ""),
    ],
)
def test_without_a_stamp_a_sheets_name_tells(
    sheets: list[str], code: str, tmp_path: Path, readers: Readers
) -> None:
    path = write_book(tmp_path / "s.xlsx", {name: [["x"]] for name in sheets})
    assert readers.identify([path]) == [Identified(None, code)]


def test_hostile_ones_are_refused_and_the_others_told(
    tmp_path: Path, readers: Readers, schedule: Schedule
) -> None:
    paths = [tmp_path / f"{number}.xlsx" for number in range(5)]
    FILES["billion laughs"][0](paths[0])
    stamp = _template("7.2", paths[1], schedule)
    FILES["encrypted ole"][0](paths[2])
    students_book(paths[4], [student(1)])
    found = readers.identify(paths)
    assert [each.refused.rule if each.refused else each.code for each in found] == [
        "unreadable-dtd",
        "7.2",
        "unreadable-encrypted",
        "unreadable-missing",
        "10.1.1",
    ]
    assert found[1].stamp == stamp


def test_none_is_left_out_where_children_end_too_early(tmp_path: Path, schedule: Schedule) -> None:
    path = tmp_path / "a.xlsx"
    _template("7.2", path, schedule)
    with Readers(limits=Limits(seconds=0.001)) as readers:
        found = readers.identify([path, path, path])
    assert [each.refused.rule for each in found if each.refused] == ["unreadable-timeout"] * 3


def test_no_files_no_answers(readers: Readers) -> None:
    assert readers.identify([]) == []
