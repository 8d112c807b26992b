"""What goes to the child process and what comes back, as files."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from checks.definition import Definition
from checks.finding import Finding
from plans.plan import Schedule
from workbooks.limits import Limits

ROWS = "rows.parquet"
RESULT = "result.json"
ANNOTATED = "annotated.xlsx"
LENGTH = struct.Struct(">I")
CHILD_PLEASE = b"+"
CODE = struct.Struct(">i")
"""A child's exit code, as `subprocess` has it."""
UNWRITABLE = os.EX_IOERR
"""That of a child that could not leave its answer."""


@dataclass(frozen=True)
class Request:
    """One workbook to read: ``out`` is a folder of its own.

    ``sources`` are the parts of other tables by code, ``prior`` last year's rows, all Parquet files.
    """

    path: Path
    definition: Definition
    out: Path
    schedule: Schedule
    limits: Limits
    sources: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    prior: Path | None = None


@dataclass(frozen=True)
class Annotation:
    """One workbook to give back with its findings; ``rows`` is a Parquet file.

    ``anew``: the rows must be used, because the workbook cannot be edited.
    """

    path: Path
    definition: Definition
    out: Path
    schedule: Schedule
    limits: Limits
    findings: Sequence[Finding]
    rows: Path | None = None
    anew: bool = False


@dataclass(frozen=True)
class Identification:
    """Workbooks of which only the stamp is wanted."""

    paths: Sequence[Path]
    out: Path
    limits: Limits


AnyRequest = Request | Annotation | Identification


def send(request: AnyRequest, stream: IO[bytes]) -> None:
    """Write the request; OSError where the child is gone."""
    content = pickle.dumps(request)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> AnyRequest | None:
    """The request, or None where the sender is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    content = stream.read(LENGTH.unpack(head)[0])
    request = pickle.loads(content) if len(content) == LENGTH.unpack(head)[0] else None
    return request if isinstance(request, AnyRequest) else None
