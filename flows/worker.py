"""The worker: four timed jobs and a watcher of what has to follow, each under a time limit.

All that it does is decided by the database's keys and leases, so that it may die at any moment: a job that
hangs past its limit ends the process, and the supervisor starts it again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from time import monotonic, sleep

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from actions.follow_ups import waiting
from actions.tidy import sweep_kept, tidy
from flows.station import JOB, Station
from flows.sweep import Sweeper
from flows.tick import tick
from flows.track import follow
from flows.tracked import settle
from models.database import Database
from settings import Misset, Settings, load, spare_the_collector

REHEARSAL_TICK, LIVE_TICK = 1, 15
"""Seconds between two looks at the clock: a rehearsal's may run an hour a second."""
DELIVER, POST, FOLLOW = 1.0, 5.0, 0.5
NIGHT = "30 2 * * *"
LIMITS = {"tick": 300.0, "deliver": 180.0, "post": 180.0, "nightly": 1800.0, "follow": 1800.0}
"""Seconds after which a job counts as hung."""
HUNG = 75
WATCH = 0.2
GOODBYE = 1.5
LAST_WORDS = 0.3
"""Seconds for Prefect to take the log lines still queued."""

_log = logging.getLogger(__name__)


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl+C; leaves the process without waiting for anybody's threads."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("apscheduler", "httpx"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    worker = Worker(Station(settings, Database(settings.url)))
    spare_the_collector()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.station.stopping.set())
    code = worker.run()
    logging.shutdown()
    # Prefect's queued events would hold the interpreter for minutes.
    os._exit(code)


class Worker:
    """The jobs over one station, and how long each has been running."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._began: dict[str, float] = {}
        self._sound: set[str] = set()
        self._sweeper = Sweeper(station)

    def run(self) -> int:
        """Run the jobs until the station is stopping; the exit code."""
        scheduler = self.scheduler()
        scheduler.start()
        Thread(target=self._watch_follow_ups, name="follow", daemon=True).start()
        while not self.station.stopping.wait(WATCH):
            hung = self.hung(monotonic())
            if hung:
                self._give_up(hung)
                return HUNG
        scheduler.shutdown(wait=False)
        self._say_goodbye()
        settle(LAST_WORDS)
        return 0

    def scheduler(self) -> BackgroundScheduler:
        """The fixed jobs; none is ever dropped for being late, and none runs twice at a time."""
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        made = BackgroundScheduler(
            timezone="UTC", executors={"default": ThreadPoolExecutor(len(self.jobs()))}, job_defaults=defaults
        )
        seconds = REHEARSAL_TICK if self.station.rehearsal else LIVE_TICK
        triggers = {
            "tick": IntervalTrigger(seconds=seconds),
            "deliver": IntervalTrigger(seconds=DELIVER),
            "post": IntervalTrigger(seconds=POST),
            "nightly": CronTrigger.from_crontab(NIGHT, timezone=self.station.zone),
        }
        for name, body in self.jobs().items():
            made.add_job(self.guarded, triggers[name], args=(name, body), id=name)
        return made

    def jobs(self) -> dict[str, Callable[[], object]]:
        """What each timed job does."""
        return {
            "tick": lambda: tick(self.station),
            "deliver": self.station.deliver,
            "post": self.station.post,
            "nightly": self._nightly,
        }

    def guarded(self, name: str, body: Callable[[], object]) -> None:
        """Run a job; its failure becomes an incident, never the end of the job."""
        if self.station.stopping.is_set():
            return
        with self._timed(name):
            try:
                body()
                self._went_well(name)
            except Exception as error:
                _log.exception("job %s", name)
                self._sound.discard(name)
                message = f"后台任务 {name} 出错（{type(error).__name__}: {error}），会自动重试。"
                self.station.incident(JOB, name, message)

    def _went_well(self, name: str) -> None:
        """Close what was told of the job, once after each failure and after a new start."""
        if name not in self._sound:
            self.station.succeeded(name)
            self._sound.add(name)

    def hung(self, at: float) -> str | None:
        """The job that has been running past its limit, if any; ``at`` in seconds of the monotonic clock."""
        running = dict(self._began)
        return next((name for name, began in running.items() if at - began > LIMITS[name]), None)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        self._began[name] = monotonic()
        try:
            yield
        finally:
            del self._began[name]

    def _watch_follow_ups(self) -> None:
        while not self.station.stopping.wait(FOLLOW):
            self.guarded("follow", self._follow_all)

    def _follow_all(self) -> None:
        with self.station.database.reading() as session:
            anything = waiting(session)
        while anything and not self.station.stopping.is_set():
            anything = follow(self.station) > 0
        self._sweeper.look()

    def _nightly(self) -> None:
        with self.station.database.writing() as session:
            tidy(session, self.station.wall())
        sweep_kept(self.station.settings.data, self.station.wall())

    def _give_up(self, name: str) -> None:
        """Tell that a job hangs, as far as the database still takes it, and make room for a new process."""
        _log.critical("job %s hangs", name)
        message = f"后台任务 {name} 超过 {LIMITS[name]:.0f} 秒没有结束，后台已自动重新启动。"
        telling = Thread(target=self._tell, args=(name, message), daemon=True)
        telling.start()
        telling.join(GOODBYE)

    def _tell(self, name: str, message: str) -> None:
        with suppress(Exception):
            self.station.incident("job-hung", name, message)

    def _say_goodbye(self) -> None:
        """Wait a moment for what is running: a mail in flight is settled rather than sent twice."""
        until = monotonic() + GOODBYE
        while self._began and monotonic() < until:
            sleep(0.02)


def main() -> None:
    """The worker as a program of its own; what is wrong with its settings goes to its log in a sentence."""
    try:
        settings = load()
    except Misset as error:
        sys.exit(f"✗ {error}")
    run_worker(settings)


if __name__ == "__main__":
    main()
