"""Opening workbooks, each in a child process of its own: whatever a file does, only that child suffers."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from checks.definition import load_definition
from checks.finding import Finding, told_again
from plans.plan import Schedule
from plans.sentence import Sentence
from workbooks.children import Children
from workbooks.limits import Limits
from workbooks.refusal import Refused
from workbooks.request import ANNOTATED, ROWS, Annotation, AnyRequest, Identification, Request
from workbooks.stamp import TemplateStamp

__all__ = ["Annotated", "Identified", "Limits", "ReadResult", "Readers", "TemplateStamp"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadResult:
    """What a workbook held.

    ``rows`` is Parquet (empty bytes where ``unreadable``); ``findings`` in cell order; ``stamp`` what the
    template says of itself (None: not told), whose version the caller compares with the newest.
    """

    row_count: int
    rows: bytes
    findings: list[Finding]
    stamp: TemplateStamp | None
    unreadable: bool


@dataclass(frozen=True)
class Annotated:
    """A workbook with its faults marked; ``refused`` says why there is none (``content`` is empty then).

    ``anew``: it was too large to be edited and was written from the rows, without what else stood in it.
    """

    content: bytes
    anew: bool = False
    refused: Finding | None = None


@dataclass(frozen=True)
class Identified:
    """Whose workbook it is: its ``stamp``, and the table ``code`` that it or else a sheet's name tells.

    ``code`` is empty where nothing tells; ``refused`` says why the file cannot be opened.
    """

    stamp: TemplateStamp | None = None
    code: str = ""
    refused: Finding | None = None


class Readers:
    """At most ``limit`` workbooks are open at once.  Safe for threads.

    Refusals are findings, never errors; PlanError where the table's definition cannot be used, RuntimeError
    only after `close`, OSError where there is no room to write.  ``folder``: where children write, until it
    is taken; the system's own unless given.
    """

    def __init__(self, limit: int = 2, limits: Limits | None = None, folder: Path | None = None) -> None:
        self.limits = limits or Limits()
        self._folder = folder.absolute() if folder else None
        self._slots = threading.BoundedSemaphore(limit)
        self._children = Children()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Have what children are forked from, so that the first workbook needn't wait for it."""
        self._children.start()

    @property
    def nursery_pid(self) -> int | None:
        """The process that forks the children; None where there is none."""
        return self._children.nursery_pid

    def close(self) -> None:
        """End every child; what is under way comes back as interrupted."""
        self._children.close()

    def read(
        self,
        path: Path,
        code: str,
        schedule: Schedule,
        sources: Mapping[str, Sequence[Path]] | None = None,
        prior: Path | None = None,
    ) -> ReadResult:
        """The workbook's rows and findings for table ``code``; waits for a free slot.

        ``sources``: Parquet files of approved source tables' parts, for references; ``prior``: of last year's
        rows.
        """
        with self._room() as out:
            given = dict(sources or {})
            definition = load_definition(code)
            request = Request(path.absolute(), definition, out, schedule, self.limits, given, prior)
            document, refused = self._one(request)
            if refused is not None:
                return ReadResult(0, b"", [refused], None, unreadable=True)
            return ReadResult(
                row_count=document["row_count"],
                rows=(out / ROWS).read_bytes(),
                findings=[told_again(finding) for finding in document["findings"]],
                stamp=_stamp(document),
                unreadable=False,
            )

    def annotate(
        self, path: Path, code: str, schedule: Schedule, findings: Sequence[Finding], rows: bytes = b""
    ) -> Annotated:
        """The same workbook with errors and warnings coloured, said in comments and in a last column.

        It can be mended and uploaded again: reading leaves that column out, and annotating again takes the
        earlier marks off.  ``rows`` (Parquet, as reading gave them) lets a workbook that is too large to be
        edited, or that the editor cannot open, be written anew.
        """
        with self._room() as out:
            stored = out / "given.parquet" if rows else None
            if stored:
                stored.write_bytes(rows)
            given = (
                path.absolute(),
                load_definition(code),
                out,
                schedule,
                self.limits,
                tuple(findings),
                stored,
            )
            document, refused = self._one(Annotation(*given))
            if refused is not None and stored:
                document, refused = self._one(Annotation(*given, anew=True))
            if refused is not None:
                return Annotated(b"", refused=refused)
            return Annotated((out / ANNOTATED).read_bytes(), document["anew"])

    def identify(self, paths: Sequence[Path]) -> list[Identified]:
        """Whose workbooks these are, in their order, without reading their rows.

        One child opens them all; one that it cannot survive is refused, and another child goes on behind it.
        """
        found: list[Identified] = []
        while len(found) < len(paths):
            with self._room() as out:
                rest = [path.absolute() for path in paths[len(found) :]]
                documents, ended = self._children.serve(Identification(rest, out, self.limits))
            found += [_identified(document) for document in documents]
            if ended is not None and len(found) < len(paths):
                found.append(Identified(refused=ended.finding))
        return found

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """A slot and a folder for one request."""
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        with self._slots, tempfile.TemporaryDirectory(prefix="caiji-read-", dir=self._folder) as folder:
            yield Path(folder)

    def _one(self, request: AnyRequest) -> tuple[dict[str, Any], Finding | None]:
        """The document of a request about one workbook, and why it was refused."""
        documents, ended = self._children.serve(request)
        if not documents:
            return {}, _unanswered(ended)
        return documents[0], _refused(documents[0])


def _unanswered(ended: Refused | None) -> Finding:
    return (ended or Refused("unreadable-interrupted", Sentence("读取中断，没有读完这个文件。"))).finding


def _identified(document: Mapping[str, Any]) -> Identified:
    refused = _refused(document)
    return Identified(refused=refused) if refused else Identified(_stamp(document), document["code"])


def _refused(document: Mapping[str, Any]) -> Finding | None:
    if document.get("trouble"):
        LOG.error("a workbook could not be read:\n%s", document["trouble"])
    return told_again(document["refused"]) if "refused" in document else None


def _stamp(document: Mapping[str, Any]) -> TemplateStamp | None:
    return TemplateStamp(**document["stamp"]) if document["stamp"] else None
