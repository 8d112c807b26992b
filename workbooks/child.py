"""What a process does that reads one workbook and ends; forked by `workbooks.forking`.

It takes its one request from stdin, reads under limits, and leaves its answer in files.  When the process
that holds the other end of stdin is gone, the kernel ends this one (by SIGIO, which needs no Python).
"""

from __future__ import annotations

import errno
import fcntl
import gc
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from math import ceil
from pathlib import Path

from workbooks import tasks
from workbooks.refusal import Refused, damaged, too_large
from workbooks.request import RESULT, UNWRITABLE, AnyRequest, Identification, Request, receive


def live() -> None:
    """Serve one request."""
    tasks.warm()
    request = receive(sys.stdin.buffer)
    if request is not None:
        end_with_the_holder()
        if isinstance(request, Request):
            # It reads and ends: a collector would only look through all findings, again and again.
            gc.disable()
        _limit(request.limits.seconds, request.limits.megabytes)
        try:
            _serve(request)
        except OSError:
            os._exit(UNWRITABLE)
    # Threads of the libraries have nothing more to do; waiting for them could only hang.
    os._exit(0)


def end_with_the_holder() -> None:
    """Let the kernel end this process as soon as the other end of stdin closes, whatever it is busy with."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(0, select.POLLHUP)
    if gone.poll(0):
        os._exit(0)


def _limit(seconds: float, megabytes: int) -> None:
    """Processor time and memory; what the libraries have reserved already doesn't count."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    memory = pages * resource.getpagesize() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    processor = ceil(seconds) * (os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))


def _serve(request: AnyRequest) -> None:
    """The document of one task; of several workbooks a line each, left as soon as it is known."""
    with (request.out / RESULT).open("w", encoding="utf-8") as file:
        for work in _works(request):
            file.write(json.dumps(_guarded(work), ensure_ascii=False) + "\n")
            file.flush()


def _works(request: AnyRequest) -> list[Callable[[], tasks.Document]]:
    if isinstance(request, Identification):
        return [partial(tasks.identify, path, request.limits) for path in request.paths]
    if isinstance(request, Request):
        return [partial(tasks.read, request)]
    return [partial(tasks.annotate, request)]


def _guarded(work: Callable[[], tasks.Document]) -> tasks.Document:
    try:
        return work()
    except Refused as refused:
        return _refusal(refused)
    except MemoryError:
        return _refusal(too_large())
    # A full disk is no fault of the file's.
    except OSError as error:
        if error.errno != errno.ENOMEM:
            raise
        return _refusal(too_large())
    # A broken file must never end in a traceback, and Rust's panics aren't Exceptions.
    except BaseException as error:
        return _refusal(damaged(type(error).__name__), trouble=traceback.format_exc())


def _refusal(refused: Refused, trouble: str = "") -> tasks.Document:
    return {"refused": refused.finding.as_kept(), "trouble": trouble}
