"""Students by the thousand with seeded faults: which cells a check must find, and frictionless, too."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from checks.definition import TABLES
from checks.rows import letters
from tests.workbooks.books import STUDENTS

CODE = "10.1.1"
Cells = set[tuple[int, str]]
"""Row number and column."""

FAULTS = {
    "姓名": ("", "required"),
    "性别": ("X", "enum"),
    "身份证号": ("123", "pattern"),
    "出生日期": ("20000230", "type"),
    "年级": ("2010", "cohort"),
    "学制": ("9", "range"),
    "入学日期": ("202101", "period"),
    "学籍状态": ("休学", "student-status"),
    "是否毕业": ("Y", "enum"),
    "专业代码": ("61", "pattern"),
    "电子邮箱": ("x", "pattern"),
    "招生方式": ("其它", "enum"),
}
SHARED = frozenset({"required", "enum", "pattern", "type", "range"})
"""The rules that frictionless has, too."""


@dataclass(frozen=True)
class Seeded:
    """Cells to be spoilt: by 0-based number of the student, the column and what stands there."""

    cells: dict[int, tuple[str, str]]

    def expected(self) -> set[tuple[str, str]]:
        """The findings as rule and address."""
        return {
            (FAULTS[name][1], f"{letters(STUDENTS.index(name))}{number + 2}")
            for number, (name, _) in self.cells.items()
        }

    def shared(self) -> Cells:
        """The cells that frictionless finds as well."""
        return {(number + 2, name) for number, (name, _) in self.cells.items() if FAULTS[name][1] in SHARED}

    def student(self, number: int) -> dict[str, str]:
        """One student with his fault, if he has one."""
        name, value = self.cells.get(number, ("", ""))
        return student(number) | ({name: value} if name else {})


def seeded(students: int, faults: int, seed: int = 2020) -> Seeded:
    """So many of the students get a fault each, every kind in turn."""
    numbers = random.Random(seed).sample(range(students), faults)
    names = list(FAULTS)
    chosen = (names[place % len(names)] for place in range(faults))
    return Seeded({number: (name, FAULTS[name][0]) for number, name in zip(numbers, chosen, strict=True)})


def student(number: int) -> dict[str, str]:
    """A student without faults, every column filled."""
    return {
        "学号": f"2018{number:07d}",
        "姓名": f"学生{number}",
        "性别": "男" if number % 2 else "女",
        "身份证号": f"3201002000{number % 12 + 1:02d}01{number % 10000:04d}",
        "出生日期": f"2000{number % 12 + 1:02d}01",
        "民族": "汉族",
        "年级": "2018",
        "学制": "3",
        "入学日期": "201809",
        "学籍状态": "在读",
        "是否毕业": "否",
        "专业代码": f"{610101 + number % 20}",
        "专业名称": f"专业{number % 20}",
        "专业方向代码": f"{number % 20:02d}",
        "班级代码": f"B{number % 200:04d}",
        "班级名称": f"班级{number % 200}",
        "电子邮箱": f"s{number}@sample.example",
        "生源地": "江苏省",
        "来自军队": "否",
        "招生方式": "对口招生",
        "生源类型": "普通高中生",
        "是否常住户口在农村": "是",
        "是否订单（定向）培养": "否",
        "是否建档立卡贫困家庭": "否",
    }


def found_by_frictionless(path: Path) -> Cells:
    """The faulty cells of the workbook, as frictionless sees them by the same definition."""
    from frictionless import Resource, Schema, system
    from frictionless.formats.excel import ExcelControl

    with system.use_context(trusted=True):
        schema = Schema.from_descriptor(str(TABLES / f"{CODE}.yaml"))
        resource = Resource(path=str(path), schema=schema, control=ExcelControl(sheet=CODE))
        report = resource.validate(limit_errors=1_000_000)
    return {(row, name) for row, name in report.flatten(["rowNumber", "fieldName"]) if name}
