"""How figures are taken: side by side, in one run, the median of several."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from threading import Event, Thread

from psutil import NoSuchProcess, Process


@dataclass(frozen=True)
class Figure:
    """One row of the table: what took how long beside what, and the ratio that was wanted.

    Seconds are medians; ``cause`` says why a goal is missed, as far as it is known.
    """

    what: str
    seconds: float
    beside: str
    beside_seconds: float
    goal: float
    cause: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.beside_seconds

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal


def timed(act: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def largest_child(act: Callable[[], object]) -> float:
    """GiB of memory that the largest process below this one has while ``act`` goes on, looked at every 20 ms:
    what a child of a child has needed is told to nobody."""
    found, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.02):
            for child in Process().children(recursive=True):
                with suppress(NoSuchProcess):
                    found.append(child.memory_info().rss)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        act()
    finally:
        over.set()
        watcher.join()
    return max(found) / 1024**3


def side_by_side(
    one: Callable[[], object],
    other: Callable[[], object],
    rounds: int = 5,
    rest: float = 0,
    before: tuple[Callable[[], object], Callable[[], object]] = (lambda: None, lambda: None),
) -> tuple[float, float]:
    """The medians of both, taken in turns so that the machine's moods hit both alike.

    ``rest``: seconds before each, where one leaves work behind that would count as the other's;
    ``before``: what makes each ready, untimed.
    """
    readied = list(zip((one, other), before, strict=True))
    times = [[_rested(act, rest, ready) for act, ready in readied] for _ in range(rounds)]
    return median(pair[0] for pair in times), median(pair[1] for pair in times)


def _rested(act: Callable[[], object], rest: float, ready: Callable[[], object]) -> float:
    ready()
    time.sleep(rest)
    return timed(act)
