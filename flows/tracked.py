"""Runs a body exactly once: as a Prefect flow where the server answers, bare where it does not.

Prefect is a witness here, not the engine: the body is called by `Once`, and whatever happens to the witness
before, during or after, the caller gets the body's own value or error. Calling the flow and running the body
again where the call fails would be wrong: a server killed in mid-flow lets the body end and fails the call.
Prefect gets neither arguments nor values nor the texts of errors, only the names, tags and log lines given
here: they must hold no personal data.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flows.server import ready

if TYPE_CHECKING:
    from prefect import Flow, Task

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What a body returned, and whether Prefect recorded its run to the end."""

    value: T
    tracked: bool


class BodyError(Exception):
    """What Prefect is told of a body's error: its class and place; the caller gets the error itself."""


class Once(Generic[T]):
    """A body that runs at most once, with what became of it."""

    def __init__(self, body: Callable[[], T]) -> None:
        self._body = body
        self.began = False
        self._value: list[T] = []
        self._error: BaseException | None = None

    def play(self) -> None:
        """Run the body unless it has begun; `BodyError` where it failed, now or then."""
        if not self.began:
            self.began = True
            try:
                self._value.append(self._body())
            except BaseException as error:
                self._error = error
        if self._error is not None:
            raise BodyError(_place(self._error)) from None

    def result(self) -> T:
        """The body's value or its own error; runs it here where nobody has begun."""
        if not self.began:
            self.began = True
            return self._body()
        if self._error is not None:
            raise self._error
        return self._value[0]


@dataclass
class _Run:
    """A flow run under way: its body, its name as people read it, and how its steps went."""

    name: str
    body: Once[Any]
    steps: int = 0
    failed: int = 0


@dataclass
class _Step:
    name: str
    body: Once[Any] = field(repr=False)


_run: ContextVar[_Run | None] = ContextVar("tracked_run", default=None)
_step: ContextVar[_Step] = ContextVar("tracked_step")
_bare: ContextVar[bool] = ContextVar("bare", default=False)


@contextmanager
def untracked() -> Iterator[None]:
    """Run what is called within bare, whatever server answers: a rehearsal is nothing to be witnessed."""
    token = _bare.set(True)
    try:
        yield
    finally:
        _bare.reset(token)


def run_tracked(body: Callable[..., T], *args: Any, name: str, tags: tuple[str, ...] = ()) -> Outcome[T]:
    """Run `body(*args)` once, as a Prefect flow run where the server answers within half a second.

    The server is the one of `PREFECT_API_URL`; the flow is called like the function
    (which must have a name), the run `name`. Within a tracked body it is a plain call.
    The body's own error is raised as it is, tracked or not.
    """
    once = Once(partial(body, *args))
    tracked = not _bare.get() and _witness_answers() and _as_flow_run(body.__name__, _Run(name, once), tags)
    if not tracked:
        _log.info("untracked: %s", name)
    return Outcome(once.result(), tracked)


def step(name: str, body: Callable[..., T], *args: Any) -> T:
    """Run `body(*args)` once, as a task run called `name` within a tracked run, as a plain call otherwise."""
    run, once = _run.get(), Once(partial(body, *args))
    if run is not None:
        _as_task_run(run, _Step(name, once))
    return once.result()


def log(message: str) -> None:
    """Write a line that the run's page in Prefect shows; untracked, to the log of this process."""
    if _run.get() is None:
        _log.info(message)
        return
    from prefect import get_run_logger

    get_run_logger().info(message)


def settle(timeout: float) -> None:
    """Hand Prefect the log lines and events still queued, for at most about `timeout` seconds.

    For a process about to leave by `os._exit`: an ordinary exit waits minutes for a server that is gone.
    """
    if "prefect" not in sys.modules:
        return
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for queue in (APILogWorker, EventsWorker):
        queue.drain_all(timeout=timeout / 2)


def _witness_answers() -> bool:
    api_url = os.environ.get("PREFECT_API_URL")
    return bool(api_url) and _run.get() is None and ready(str(api_url))


def _as_flow_run(flow_name: str, run: _Run, tags: tuple[str, ...]) -> bool:
    """Play the run's body in Prefect, in a thread and event loop of its own; whether Prefect recorded it.

    In the caller's loop or the main thread, Prefect's handling of SIGTERM would cancel what is not its own.
    """
    context = contextvars.copy_context()
    with ThreadPoolExecutor(1, thread_name_prefix=f"flow-{flow_name}") as own:
        return own.submit(context.run, _recorded, flow_name, run, tags).result()


def _recorded(flow_name: str, run: _Run, tags: tuple[str, ...]) -> bool:
    _run.set(run)
    try:
        asyncio.run(_call(_flow(flow_name), tags))
    except BodyError:
        return True
    except BaseException as error:  # Prefect's own signals (abort, pause) are no `Exception`
        _log.warning("Prefect could not record %r: %s", run.name, _place(error))
        return False
    return True


async def _call(flow: Flow[[], Coroutine[Any, Any, None]], tags: tuple[str, ...]) -> None:
    from prefect import tags as tagged
    from prefect.context import SyncClientContext

    with SyncClientContext(), tagged(*tags):  # one closed client for all steps, instead of one open a call
        await flow()


@cache
def _flow(name: str) -> Flow[[], Coroutine[Any, Any, None]]:
    """The Prefect flow of this name: async, because a sync one waits a second for its heartbeat thread."""
    from prefect import Flow

    return Flow(
        _play_run,
        name=name.replace("_", "-"),
        flow_run_name=_run_name,
        retries=0,
        validate_parameters=False,
        persist_result=False,
        result_storage=Path(tempfile.gettempdir()),  # never written; unset, each run asks the server twice
    )


@cache
def _task() -> Task[[], None]:
    """The one Prefect task of all steps; it takes nothing, so that nothing is searched, hashed or kept."""
    from prefect import Task
    from prefect.cache_policies import NO_CACHE

    return Task(
        _play_step,
        name="step",
        task_run_name=_step_name,
        cache_policy=NO_CACHE,
        retries=0,
        persist_result=False,
    )


async def _play_run() -> None:
    from prefect.context import TagsContext

    run = _run.get()
    assert run is not None
    # No tags on steps: each would ask the server for a concurrency slot.
    with TagsContext(current_tags=set()):
        try:
            run.body.play()
        finally:
            await _leave_progress(run)


def _play_step() -> None:
    _step.get().body.play()


def _run_name() -> str:
    run = _run.get()
    assert run is not None
    return run.name


def _step_name() -> str:
    return _step.get().name


def _as_task_run(run: _Run, step: _Step) -> None:
    """Play the step's body in a Prefect task run, whose own troubles are logged and no more."""
    run.steps += 1
    before = _step.set(step)
    try:
        _task()()
    except BodyError:
        run.failed += 1
    except BaseException as error:
        _log.warning("Prefect could not record step %r: %s", step.name, _place(error))
    finally:
        _step.reset(before)


async def _leave_progress(run: _Run) -> None:
    """A progress artifact on the run's page, where it had steps and the server still answers."""
    if not run.steps or not await asyncio.to_thread(ready, os.environ["PREFECT_API_URL"]):
        return
    from prefect.artifacts import acreate_progress_artifact

    done = run.steps - run.failed
    try:
        await acreate_progress_artifact(
            100 * done / run.steps, "progress", f"{run.name}: {done} / {run.steps}"
        )
    except Exception as error:
        _log.warning("Prefect took no progress of %r: %s", run.name, _place(error))


def _place(error: BaseException) -> str:
    """The class of an error and where it was raised, without its text."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" ({os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno})" if last else ""
    return f"{type(error).__name__}{where}"
