"""Many at once, and one thing again and again: decisions race, passwords are guessed, a crowd looks."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from time import monotonic

import httpx

from actions import clock
from actions.people import make_token
from actions.review import decide
from actions.sign_in import demand_patience, note_failure
from actions.submit import submit, upload
from models.database import Database
from models.errors import Conflict, TooMany
from models.worklist import lines
from settings import Settings
from tests.actions.people import holder, task, workbook
from tests.conftest import MORNING, planned
from web.app import create_app

CODE, DEPARTMENT = "10.5", "学务部"
OWNER, HIS_PLACE = "S031", "10.0.0.1"
NOON = datetime(2020, 11, 6, 12, tzinfo=UTC)


@contextmanager
def college() -> Iterator[tuple[Database, Path]]:
    """A campaign on its first morning, its clock standing still, in a folder of its own."""
    with TemporaryDirectory(prefix="caiji-soak-") as name:
        folder = Path(name)
        (folder / "caiji.db").write_bytes(planned())
        database = Database(f"sqlite:///{folder / 'caiji.db'}")
        with database.writing() as session:
            clock.start_rehearsal(session, MORNING)
            clock.run_at(session, 0)
        yield database, folder
        database.close()


@dataclass(frozen=True)
class Raced:
    """How many races had exactly one winner, and how many ended on the version that the winner meant."""

    turns: int
    one_winner: int
    on_what_was_seen: int


def raced(turns: int) -> Raced:
    """Two reviewers decide at once, or a decision races a new submission, in turn."""
    won = seen = 0
    with college() as (database, _):
        for turn in range(turns):
            version = _handed_in(database, turn)
            rival = _hand_in(database, f"rival-{turn}") if turn % 2 else _approve(database, version)
            winners = _at_once(_approve(database, version), rival)
            with database.reading() as session:
                row = task(session, CODE, DEPARTMENT).assignment
            won += len(winners) == 1
            seen += (row.stage == "reviewed") == (row.version_id == version)
    return Raced(turns, won, seen)


def _handed_in(database: Database, turn: int) -> int:
    """A new version that waits for its review; what was approved before is returned."""
    with database.writing() as session:
        row = task(session, CODE, DEPARTMENT).assignment
        if row.stage == "reviewed":
            reviewer = holder(session, "reviewer", DEPARTMENT, MORNING)
            decide(session, reviewer, row.id or 0, row.version_id or 0, "return", "再核对", MORNING)
    _hand_in(database, f"turn-{turn}")()
    with database.reading() as session:
        return task(session, CODE, DEPARTMENT).assignment.version_id or 0


def _hand_in(database: Database, name: str) -> Callable[[], None]:
    def done() -> None:
        with database.writing() as session:
            collector = holder(session, "collector", DEPARTMENT, MORNING)
            row = task(session, CODE, DEPARTMENT)
            base = row.version.number if row.version else None
            kept = upload(session, collector, row.id, workbook(name, base), MORNING)
            submit(session, collector, row.id, kept.id or 0, MORNING, None)

    return done


def _approve(database: Database, version: int) -> Callable[[], None]:
    def done() -> None:
        with database.writing() as session:
            row = task(session, CODE, DEPARTMENT)
            reviewer = holder(session, "reviewer", DEPARTMENT, MORNING)
            decide(session, reviewer, row.id, version, "approve", "", MORNING)

    return done


def _at_once(*deeds: Callable[[], None]) -> list[int]:
    """Which of them were done; the others met a conflict."""
    barrier, done = Barrier(len(deeds)), list[int]()

    def run(number: int, deed: Callable[[], None]) -> None:
        barrier.wait()
        try:
            deed()
        except Conflict:
            return
        done.append(number)

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@dataclass(frozen=True)
class Guessed:
    """How many guesses were looked at, within how many seconds, and how long the owner waits at the worst."""

    guesses: int
    looked_at: int
    seconds: float
    owner_waits: int


def guessed(guesses: int, a_second: int = 10) -> Guessed:
    """One person's password is guessed from two hundred addresses; he himself comes in the midst of it."""
    drawn, looked_at, longest, wall = random.Random(20201106), 0, 0, NOON
    with college() as (database, _):
        for number in range(guesses):
            wall = NOON + timedelta(seconds=number / a_second)
            address = f"203.0.113.{drawn.randrange(200)}"
            if not _wait(database, address, wall):
                looked_at += 1
                with database.writing() as session:
                    note_failure(session, OWNER, address, wall)
            if number % 50 == 0:
                longest = max(longest, _wait(database, HIS_PLACE, wall))
    return Guessed(guesses, looked_at, guesses / a_second, longest)


def _wait(database: Database, address: str, wall: datetime) -> int:
    with database.reading() as session:
        try:
            demand_patience(session, OWNER, address, wall)
        except TooMany as error:
            return int(error.detail["seconds"])
    return 0


@dataclass(frozen=True)
class Crowd:
    """What was answered, by status, and the time within which 95 of 100 were."""

    answers: dict[int, int]
    p95: float


def crowd(writers: int, readers: int, rounds: int, pause: float = 0) -> Crowd:
    """Writers report nothing and take it back, readers look at the progress, each ``rounds`` times."""
    with college() as (database, folder):
        with database.writing() as session:
            tokens = {each: make_token(session, each, clock.wall()) for each in ("S000", OWNER)}
            keys = [each.id for each in lines(session, department=DEPARTMENT)]
        app = create_app(Settings(data=folder), database)
        found = asyncio.run(
            _visits(httpx.ASGITransport(app), tokens, keys, (writers, readers, rounds), pause)
        )
    took = sorted(seconds for _, seconds in found)
    return Crowd(dict(Counter(status for status, _ in found)), took[len(took) * 95 // 100])


async def _visits(
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    keys: list[int],
    size: tuple[int, int, int],
    pause: float,
) -> list[tuple[int, float]]:
    writers, readers, rounds = size
    found: list[tuple[int, float]] = []
    drawn = random.Random(20201106)

    async def visit(method: str, path: Callable[[int], str], staff_no: str) -> None:
        for turn in range(rounds):
            await asyncio.sleep(pause * drawn.random() * 2)
            began = monotonic()
            answer = await client.request(
                method, path(turn), headers={"Authorization": f"Bearer {tokens[staff_no]}"}
            )
            found.append((answer.status_code, monotonic() - began))

    def writes(key: int) -> Callable[[int], str]:
        return lambda turn: f"/api/v1/assignments/{key}/{'withdraw' if turn % 2 else 'nil'}"

    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
        visits = [visit("POST", writes(keys[n % len(keys)]), OWNER) for n in range(writers)]
        visits += [visit("GET", lambda _turn: "/api/v1/progress", "S000") for _ in range(readers)]
        await asyncio.gather(*visits)
    return found


def races(turns: int = 1_000) -> tuple[str, str, bool]:
    """The row of a soak: decisions at once."""
    found = raced(turns)
    said = (
        f"{turns:,} races: {found.one_winner:,} with one winner, {found.on_what_was_seen:,} on what was seen"
    )
    return said, "exactly one decision, on the version that was seen", found == Raced(turns, turns, turns)


def guesses(number: int = 10_000) -> tuple[str, str, bool]:
    """The row of a soak: one password guessed from two hundred addresses."""
    found = guessed(number)
    said = (
        f"{number:,} guesses in {found.seconds:,.0f} s: {found.looked_at} looked at, "
        f"the owner waits {found.owner_waits} s at most"
    )
    slow = found.looked_at <= 20 + found.seconds / 60 * 6
    return said, "throttled, no permanent lock-out", slow and found.owner_waits <= 60


def crowded(minutes: int = 10) -> tuple[str, str, bool]:
    """The row of a soak: 50 who write and 200 who look, each every ten seconds."""
    found = crowd(writers=50, readers=200, rounds=minutes * 6, pause=10)
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(found.answers.items()))
    said = f"50 writers, 200 readers, {minutes} min: {answers}; p95 {found.p95 * 1000:.0f} ms"
    calm = set(found.answers) <= {200, 409} and found.p95 < 0.5
    return said, "0 lock errors, p95 < 500 ms", calm
