"""How often one thing may be asked for: counted in this process, forgotten after a minute."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from models.errors import TooMany
from web.language import gettext as _
from web.language import ngettext

MINUTE = 60.0
REMEMBERED = 10_000
"""Keys that are kept at most; the ones asked for longest ago are forgotten first."""


class Pace:
    """At most ``limit`` a minute for each key."""

    def __init__(self, limit: int, clock: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def demand(self, key: str) -> None:
        """Count this time; TooMany (429) with the seconds to wait where it is too often."""
        with self._lock:
            wait = self._wait(key)
        if wait:
            remedy = ngettext("请在 %(n)s 秒后再试。", "请在 %(n)s 秒后再试。", wait) % {"n": wait}
            raise TooMany(_("请求过于频繁。"), remedy, seconds=wait)

    def _wait(self, key: str) -> int:
        at = self._clock()
        times = self._asked.setdefault(key, deque())
        self._asked.move_to_end(key)
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        while times and times[0] <= at - MINUTE:
            times.popleft()
        if len(times) >= self._limit:
            return int(times[0] + MINUTE - at) + 1
        times.append(at)
        return 0
