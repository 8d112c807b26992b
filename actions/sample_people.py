"""The marked sample people of a rehearsal: a collector and a reviewer a department, leaders, the office."""

from __future__ import annotations

from collections.abc import Iterator

from actions.people_file import PersonRow
from plans.plan import Plan

OFFICE = "质量部"
DOMAIN = "sample.example"


def sample_people(plan: Plan) -> list[PersonRow]:
    """People for every department of the plan; staff numbers start with S, and nothing leads anywhere."""
    names = [department.name for department in plan.schedule.departments]
    return [*_departments(names), *_leaders(names), *_office(names)]


def _departments(names: list[str]) -> Iterator[PersonRow]:
    for position, name in enumerate(names, start=1):
        yield _person(f"S{position:02d}1", f"{name}采集员（示例）", name, ("collector",))
        yield _person(f"S{position:02d}2", f"{name}负责人（示例）", name, ("reviewer", "head"))


def _leaders(names: list[str]) -> Iterator[PersonRow]:
    half = (len(names) + 1) // 2
    for number, led in enumerate((names[:half], names[half:]), start=1):
        yield _person(f"S9{number}0", f"分管院领导{number}（示例）", "", ("leader",), tuple(led))


def _office(names: list[str]) -> Iterator[PersonRow]:
    department = OFFICE if OFFICE in names else names[0]
    yield _person("S000", "质量部管理员（示例）", department, ("office",))
    yield _person("S001", "审计查看员（示例）", department, ("auditor",))


def _person(
    staff_no: str, name: str, department: str, roles: tuple[str, ...], leads: tuple[str, ...] = ()
) -> PersonRow:
    return PersonRow(
        line=0,
        staff_no=staff_no,
        name=name,
        email=f"{staff_no.lower()}@{DOMAIN}",
        phone=staff_no.replace("S", "8"),
        department=department,
        roles=roles,
        leads=leads,
        tables=(),
    )
