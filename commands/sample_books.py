"""The workbooks of the sample course, written and read as a collector's would be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from checks.definition import load_definition
from commands.course import HAND_IN, MENDED, SEED, WRONG
from commands.sample_faults import mend, spoil
from commands.sample_rows import SampleRows, as_parquet
from commands.sample_words import RowsBySheet
from models.worklist import Line
from plans.plan import Plan
from settings import Settings
from workbooks.limits import Limits
from workbooks.reading import Readers, ReadResult
from workbooks.template import TemplateStamp, write_template

if TYPE_CHECKING:
    from rich.console import Console

KINDS = (WRONG, HAND_IN, MENDED)


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


def write_books(settings: Settings, plan: Plan, lines: Sequence[Line], wanted: set[tuple[int, str]]) -> Books:
    """The wanted workbooks by assignment and kind, a few at once, with a bar that says how far it is.

    Rows are drawn for every line, wanted or not, so that they don't depend on how far the course is played.
    """
    from rich.progress import track

    orders = [order for order in _orders(plan, lines) if (order.line.id, order.kind) in wanted]
    limits = Limits(settings.read_seconds, settings.read_megabytes)
    with (
        Readers(settings.readers, limits) as readers,
        ThreadPoolExecutor(settings.readers) as pool,
        TemporaryDirectory(prefix="caiji-sample-") as folder,
    ):
        books = pool.map(lambda order: _book(readers, plan, order, Path(folder)), orders)
        shown = track(zip(orders, books, strict=True), "示例工作簿", total=len(orders), console=_console())
        return {(order.line.id, order.kind): book for order, book in shown}


def _orders(plan: Plan, lines: Sequence[Line]) -> list[Order]:
    sample, chance = SampleRows(plan.schedule, SEED), random.Random(SEED)
    orders = []
    for line in lines:
        definition = load_definition(line.table.code, line.table.name)
        rows = sample.make(definition)
        made: dict[str, RowsBySheet] = {
            WRONG: spoil(definition, rows, chance),
            HAND_IN: rows,
            MENDED: mend(definition, rows),
        }
        orders += [Order(line, kind, as_parquet(definition, made[kind])) for kind in KINDS]
    return orders


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
