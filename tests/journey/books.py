"""Workbooks as a collector makes them: the downloaded template, filled in and saved."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from checks.definition import load_definition
from commands.sample_college import College
from commands.sample_tables import table_rows
from plans.load import load_files
from settings import ROOT


def fill(template: bytes, code: str, faults: dict[str, str] | None = None) -> bytes:
    """The template with believable rows; ``faults`` puts wrong values into cells such as J5."""
    plan = load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml")
    definition = load_definition(code, plan.table(code).name)
    book = load_workbook(BytesIO(template))
    unit = plan.schedule.units(plan.table(code).collect[0])[0]
    for sheet, rows in table_rows(College(plan.schedule, seed=7), definition, unit).items():
        page = book[sheet]
        titles = [cell.value for cell in page[1]]
        for number, row in enumerate(rows, start=2):
            for column, title in enumerate(titles, start=1):
                page.cell(number, column).value = row.get(str(title))
    for address, value in (faults or {}).items():
        book.worksheets[0][address] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
