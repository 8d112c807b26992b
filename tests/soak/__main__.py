"""`make soak`: the long runs, one after the other, and their figures in docs/reliability.md.

``python -m tests.soak [RUN ...]`` makes only the runs that are named; the others' figures stay.  MAILS and
KILLS of the environment make them smaller, and the figures say so.
"""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from models.database import Database
from settings import ROOT
from tests.conftest import planned
from tests.soak import crowds
from tests.soak.field import Outcome, fields
from tests.soak.rehearsed import course as course_played
from tests.soak.rehearsed import lived_through
from tests.soak.runs import SENDERS, Killing, outage, two_workers
from tests.soak.stopped import STOPS, Course, course

MAILS, KILLS = int(os.environ.get("MAILS", "10000")), int(os.environ.get("KILLS", "100"))
DRAINED, RATE = 1_000, 1_200
PAGE = ROOT / "docs" / "reliability.md"
HEAD = """# Reliability

Measured by `make soak`, which writes this page; every figure is of the day and the machine in its row. A mail
counts as lost when it is not settled as sent, or the mail server's process has not written it down; in flight
is what is between the two, one mail a connection. The runs are in [tests/soak](../tests/soak); `make test`
makes small ones of the same code.

| run | figures | promised | took | when, where |
|---|---|---|---|---|
"""


def killed(kind: str) -> tuple[str, str, bool]:
    """Kill -9 of senders at random."""
    with fields(kind, MAILS) as field:
        killing = Killing(field, seed=20201106)
        found = killing.run(KILLS)
    said = (
        f"{found.mails:,} mails, {SENDERS} senders, {killing.kills} kills: {found.lost} lost, "
        f"{found.duplicates} duplicates, {found.renamed} with a second Message-ID"
    )
    kept = found.lost == 0 and found.duplicates <= killing.kills and found.renamed == 0
    return said, "0 lost; duplicates ≤ kills × 1 in flight; one Message-ID each", kept


def side_by_side(kind: str) -> tuple[str, str, bool]:
    """Two workers, without kills."""
    with fields(kind, MAILS) as field:
        found = two_workers(field)
    said = f"{found.mails:,} mails, 2 workers ticking, {SENDERS} senders: {_lost(found)}"
    return said, "0 lost, 0 twice", found.lost == found.duplicates == found.renamed == 0


def down(kind: str) -> tuple[str, str, bool]:
    """The mail server is down for four hours."""
    with fields(kind, DRAINED) as field:
        found, rate = outage(field, RATE)
    said = (
        f"{found.mails:,} mails: {found.lost} lost, {found.duplicates} twice; drained at {rate:,.0f} a minute"
    )
    kept = found.lost == found.duplicates == found.renamed == 0 and rate <= RATE * 1.01
    return said, f"0 lost, no faster than the set {RATE:,} a minute", kept


def _lost(found: Outcome) -> str:
    return f"{found.lost} lost, {found.duplicates} twice"


def stopped() -> tuple[str, str, bool]:
    """The scheduler stops over a deadline."""
    said, kept = [], True
    whole = _course(None)
    for name, stop in STOPS.items():
        found = _course(stop)
        missed = len(whole.late - found.late)
        said.append(f"{name}: {found.notices} notices of {whole.notices}, {missed} late things untold")
        kept = kept and missed == found.twice == found.digests_too_many == 0
    return "; ".join(said), "no late thing untold, none told twice, one digest a day", kept


def rehearsed() -> tuple[str, str, bool]:
    """The 2020 plan, foreseen and lived through."""
    sent, idle = lived_through(())
    told, played = lived_through(course_played())
    said = f"nobody acting: {sent} mails, {idle} differ; the sample course: {told} mails, {played} differ"
    return said, "every mail as foreseen: slot, kind, rule, addressee, tables, subject", idle == played == 0


def _course(stop: timedelta | None) -> Course:
    with TemporaryDirectory(prefix="caiji-soak-") as folder:
        path = Path(folder) / "caiji.db"
        path.write_bytes(planned())
        database = Database(f"sqlite:///{path}")
        try:
            return course(database, stop)
        finally:
            database.close()


RUNS: dict[str, Callable[[], tuple[str, str, bool]]] = {
    "killed, SQLite": lambda: killed("sqlite"),
    "killed, PostgreSQL": lambda: killed("postgresql"),
    "side by side, SQLite": lambda: side_by_side("sqlite"),
    "side by side, PostgreSQL": lambda: side_by_side("postgresql"),
    "mail server down 4 h, SQLite": lambda: down("sqlite"),
    "mail server down 4 h, PostgreSQL": lambda: down("postgresql"),
    "scheduler stopped": stopped,
    "rehearsal and what came": rehearsed,
    "10,000 guesses": crowds.guesses,
    "decisions at once": crowds.races,
    "50 writers, 200 readers": crowds.crowded,
}


def main() -> None:
    """Make the runs that are named, or all, and keep each row as soon as it is known."""
    warnings.simplefilter("ignore")
    rows, broken = _rows(), []
    for name in sys.argv[1:] or RUNS:
        began = monotonic()
        said, promised, kept = RUNS[name]()
        print(f"{name}: {said}", flush=True)
        took = f"{(monotonic() - began) / 60:.1f} min"
        verdict = promised if kept else f"**broken**: {promised}"
        rows[name] = f"| {name} | {said} | {verdict} | {took} | {_where()} |"
        broken += [] if kept else [name]
        PAGE.write_text(HEAD + "\n".join(rows[each] for each in RUNS if each in rows) + "\n")
    sys.exit(f"broken: {', '.join(broken)}" if broken else 0)


def _rows() -> dict[str, str]:
    """The rows that stand there already, by run."""
    lines = PAGE.read_text().splitlines() if PAGE.exists() else []
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines if line.startswith("| ")}


def _where() -> str:
    machine = f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.0f}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {machine}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
