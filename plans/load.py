"""Both plan files together."""

from __future__ import annotations

from pathlib import Path

from plans.plan import Plan
from plans.problems import PlanError, PlanProblem
from plans.schedule_file import read_schedule
from plans.sentence import Sentence
from plans.tasks_file import decode, read_tasks
from plans.units import unknown_units


def load_plan(
    tasks_text: str,
    schedule_text: str,
    tasks_name: str = "tasks.csv",
    schedule_name: str = "schedule.yaml",
) -> Plan:
    """The plan that both texts say; PlanError with the problems of both where they cannot be used."""
    schedule, schedule_problems = read_schedule(schedule_text, schedule_name)
    rows, tasks_problems = read_tasks(tasks_text, tasks_name)
    tables = tuple(table for _, table in rows)
    if not tables and not tasks_problems.found:
        tasks_problems.add("bad-value", None, tasks_name, Sentence("文件里没有一张数据表"))
    lines = {table.no: line for line, table in reversed(rows)}
    units = [] if schedule_problems.found else unknown_units(schedule, tables, tasks_name, lines)
    tasks_problems.found.extend(units)
    if schedule_problems.found or tasks_problems.found:
        raise PlanError([*_in_order(schedule_problems.found), *_in_order(tasks_problems.found)])
    return Plan(schedule, tables, {"tasks": tasks_text, "schedule": schedule_text})


def _in_order(problems: list[PlanProblem]) -> list[PlanProblem]:
    return sorted(problems, key=lambda problem: problem.line or 0)


def load_files(tasks: Path, schedule: Path) -> Plan:
    """The plan of two files; PlanError also where one is missing or no text."""
    return load_plan(read_text(tasks), read_text(schedule), tasks.name, schedule.name)


def read_text(path: Path) -> str:
    """A plan file's text; PlanError with a sentence where there is none to read."""
    return decode(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """A file's content; PlanError with a sentence where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = Sentence("找不到这个文件，请检查路径和文件名")
    except OSError:
        message = Sentence("这个文件打不开，请检查它是不是一个文件、有没有读取权限")
    raise PlanError([PlanProblem("unreadable-file", path.name, None, str(path), message)])
