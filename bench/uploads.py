"""Twenty uploads of 10,000 rows of 10.1.1 at once over HTTP, beside what was promised and reading alone."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import polars as pl
from sqlmodel import Session, select

from actions import clock
from actions.people import make_token
from bench.measure import Figure, timed
from checks.definition import load_definition
from checks.rows import ROW, SHEET, Rows, empty_rows, to_parquet
from models import Assignment, DataTable, Department, Grant, Person
from models.database import Database
from plans.load import load_files
from plans.plan import Schedule
from settings import ROOT, Settings
from tests.journey.service import Service, serving
from tests.workbooks.seeded import student
from workbooks.reading import Readers
from workbooks.template import TemplateStamp, write_template

CODE, ROWS, CROWD = "10.1.1", 10_000, 20
AT = "2020-11-06T09:00"
PAUSE = 0.05
PROMISED, PAGES_PROMISED = 2.0, 1.0
CORES = "reading and checking takes 0.2 s of processor time each: two cores need two seconds for that alone"

SHARED = "receiving, storing and answering share the two cores with the readers"


@dataclass(frozen=True)
class Collector:
    """One of the crowd: what signs it in, and its assignment."""

    headers: dict[str, str]
    assignment: int


def measure() -> list[Figure]:
    """The slowest answer of the crowd, the whole crowd beside reading alone, other pages meanwhile."""
    with (
        TemporaryDirectory(prefix="caiji-bench-") as place,
        serving(Path(place), "--rehearse", AT) as service,
    ):
        book = Path(place) / "students.xlsx"
        _write(book, _schedule())
        crowd = _crowd(service)
        asyncio.run(_uploads(service, crowd[:1], book.read_bytes()))
        answers, pages, whole = asyncio.run(_uploads(service, crowd[1:], book.read_bytes()))
        alone = _reading_alone(book, _schedule())
    slowest, often = max(answers), sorted(pages)[int(len(pages) * 0.95)]
    return [
        Figure("10,000-row upload, slowest of 20 at once", slowest, "promised", PROMISED, 1.0, CORES),
        Figure("20 such uploads, until the last is answered", whole, "the readers alone", alone, 1.3, SHARED),
        Figure("other pages meanwhile, 95th percentile", often, "promised", PAGES_PROMISED, 1.0),
    ]


def _schedule() -> Schedule:
    return load_files(ROOT / "tasks.csv", ROOT / "schedule.yaml").schedule


def _write(path: Path, schedule: Schedule) -> None:
    """A workbook of students without faults, every column filled."""
    definition = load_definition(CODE)
    empty = empty_rows(definition)
    students = [{SHEET: CODE, ROW: number + 2, **student(number)} for number in range(ROWS)]
    rows = to_parquet(definition, Rows(pl.DataFrame(students, schema=empty.frame.schema), empty.columns))
    stamp = TemplateStamp(schedule.name, None, CODE, "")
    write_template(definition, path, stamp=stamp, schedule=schedule, prior=rows)


def _crowd(service: Service) -> list[Collector]:
    """One collector more than the crowd, each of a department of its own that owes the table."""
    database = Database(f"sqlite:///{service.data / 'caiji.db'}")
    with database.writing() as session:
        found = [_collector(session, number) for number in range(CROWD + 1)]
    database.close()
    return found


def _collector(session: Session, number: int) -> Collector:
    table = session.exec(select(DataTable).where(DataTable.code == CODE)).one()
    unit = Department(campaign_id=table.campaign_id, name=f"单位{number}", position=100 + number)
    person = Person(staff_no=f"B{number:03d}", name=f"采集员{number}", email=f"b{number}@sample.example")
    session.add_all((unit, person))
    session.flush()
    reviewing = session.exec(select(Assignment.reviewer_id).where(Assignment.table_id == table.id)).first()
    owed = Assignment(table_id=table.id or 0, department_id=unit.id or 0, reviewer_id=reviewing)
    session.add_all((owed, Grant(person_id=person.id or 0, role="collector", department_id=unit.id)))
    session.flush()
    secret = make_token(session, person.staff_no, clock.wall())
    return Collector({"Authorization": f"Bearer {secret}"}, owed.id or 0)


async def _uploads(
    service: Service, crowd: list[Collector], book: bytes
) -> tuple[list[float], list[float], float]:
    """Seconds of each upload, of each page asked for meanwhile, and until the last answer."""
    done = asyncio.Event()
    async with httpx.AsyncClient(base_url=service.url, timeout=120) as client:
        looking = asyncio.create_task(_look(client, crowd[0], done))
        began = time.perf_counter()
        answers = await asyncio.gather(*(_upload(client, each, book) for each in crowd))
        whole = time.perf_counter() - began
        done.set()
        return answers, await looking, whole


async def _upload(client: httpx.AsyncClient, who: Collector, book: bytes) -> float:
    began = time.perf_counter()
    path, files = f"/api/v1/assignments/{who.assignment}/submit", {"file": ("students.xlsx", book)}
    answer = await client.post(path, files=files, headers=who.headers)
    assert (answer.status_code, answer.json()["errors"]) == (200, 0), answer.text[:500]
    return time.perf_counter() - began


async def _look(client: httpx.AsyncClient, who: Collector, done: asyncio.Event) -> list[float]:
    found = []
    while not done.is_set():
        began = time.perf_counter()
        answer = await client.get("/mine", headers=who.headers)
        assert answer.status_code == 200
        found.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE)
    return found


def _reading_alone(book: Path, schedule: Schedule) -> float:
    """Seconds that the same readers need for the same workbooks without HTTP and database."""
    with Readers(Settings().readers) as readers, ThreadPoolExecutor(CROWD) as pool:
        readers.read(book, CODE, schedule)
        return timed(lambda: list(pool.map(lambda _: readers.read(book, CODE, schedule), range(CROWD))))
