"""The workbooks of the sample course, written and read as a collector's would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlmodel import Session

from actions.sample_course import ASK, HAND_IN, MENDED, PLANTED, SEED, WRONG, Deed, Story
from checks.definition import Definition, load_definition
from commands.sample_college import College
from commands.sample_faults import TYPICAL, in_wrong_unit, left_out, spoil, with_stranger
from commands.sample_prior import is_untouched, last_year
from commands.sample_rows import as_parquet
from commands.sample_tables import table_rows
from commands.sample_words import RowsBySheet
from models import Prior
from models.blobs import Blobs
from models.worklist import Line
from plans.plan import Plan
from settings import Settings
from workbooks.limits import Limits
from workbooks.reading import Readers, ReadResult
from workbooks.template import TemplateStamp, write_template

if TYPE_CHECKING:
    from rich.console import Console

SAMPLE = "示例"
STRANGER = "20190999"
IN_YUAN = {"3.5": "全校总值", "5.2.3": "还贷金额"}
"""Where the first try has an amount in 元 instead of 万元."""


@dataclass(frozen=True)
class Book:
    """A workbook as somebody hands it in, with what reading it found."""

    content: bytes
    filename: str
    result: ReadResult


@dataclass(frozen=True)
class Order:
    """A workbook to write: an assignment's, with faults, as it should be, or mended after a return."""

    line: Line
    kind: str
    rows: bytes


Books = dict[tuple[int, str], Book]


def orders(plan: Plan, lines: Sequence[Line], done: Iterable[tuple[Story, Deed]]) -> list[Order]:
    """The workbooks that these deeds need."""
    college = College(plan.schedule, SEED)
    by_id = {line.id: line for line in lines}
    return [
        Order(by_id[story.of.id], deed.what, _rows(college, by_id[story.of.id], deed.what, story))
        for story, deed in done
        if deed.what in (WRONG, HAND_IN, MENDED)
    ]


def write_books(settings: Settings, plan: Plan, orders: Sequence[Order]) -> Books:
    """The workbooks by assignment and kind, read again; a few at once, with a bar that says how far it is."""
    from rich.progress import track

    limits = Limits(settings.read_seconds, settings.read_megabytes)
    with (
        Readers(settings.readers, limits) as readers,
        ThreadPoolExecutor(settings.readers) as pool,
        TemporaryDirectory(prefix="caiji-sample-") as folder,
    ):
        books = pool.map(lambda order: _book(readers, plan, order, Path(folder)), orders)
        shown = track(zip(orders, books, strict=True), "示例工作簿", total=len(orders), console=_console())
        return {(order.line.id, order.kind): book for order, book in shown}


def load_last_year(session: Session, blobs: Blobs, plan: Plan, lines: Sequence[Line]) -> None:
    """Keep last year's rows of the tables that the sample college has them of."""
    college = College(plan.schedule, SEED)
    for line in lines:
        definition = load_definition(line.table.code, line.table.name)
        rows = last_year(college, definition, line.department)
        if rows:
            count = sum(len(part) for part in rows.values())
            name = blobs.put(as_parquet(definition, rows))
            at = plan.schedule.start
            session.add(
                Prior(assignment_id=line.id, rows_blob=name, row_count=count, source=SAMPLE, loaded_at=at)
            )


def _rows(college: College, line: Line, kind: str, story: Story) -> bytes:
    """What the collector had in hand: a first try, what was sent back later, or what is right."""
    definition = load_definition(line.table.code, line.table.name)
    rows = table_rows(college, definition, line.department)
    if kind == WRONG:
        rows = _first_try(college, definition, rows, line.department)
    elif kind == HAND_IN and story.returned:
        rows = left_out(definition, rows)
    return as_parquet(definition, rows)


def _lacks_a_teacher(college: College, code: str, unit: str) -> bool:
    """Whether this assignment's first try names a teacher whom 6.1 doesn't have."""
    return any(
        table == code and place < len(college.units) and college.units[place] == unit
        for (table, place), planted in PLANTED.items()
        if ASK in (what for _, what in planted.besides)
    )


def _first_try(college: College, definition: Definition, rows: RowsBySheet, unit: str) -> RowsBySheet:
    if definition.code in IN_YUAN:
        return in_wrong_unit(definition, rows, IN_YUAN[definition.code])
    if _lacks_a_teacher(college, definition.code, unit):
        return with_stranger(definition, rows, "教工号", STRANGER)
    if is_untouched(college, definition.code, unit):
        return rows
    chance = college.chance("first try", definition.code, unit)
    return spoil(definition, rows, college.schedule, chance, TYPICAL)[0]


def _book(readers: Readers, plan: Plan, order: Order, folder: Path) -> Book:
    line = order.line
    path = folder / f"{line.id}-{order.kind}.xlsx"
    stamp = TemplateStamp(plan.schedule.name, line.id, line.table.code, line.department, 0)
    definition = load_definition(line.table.code, line.table.name)
    write_template(definition, path, stamp=stamp, schedule=plan.schedule, prior=order.rows)
    result = readers.read(path, line.table.code, plan.schedule)
    return Book(path.read_bytes(), f"{line.table.code} {line.department}.xlsx", result)


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True)
