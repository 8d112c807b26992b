"""An uploaded workbook, read by a limited child process before any transaction is opened."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, UploadFile

from actions import clock
from actions.acceptance import demand_open
from actions.inputs import Inputs, inputs_of
from actions.submit import Content
from actions.who import Who, demand_collector
from checks.release import apply_releases
from models.blobs import Lost
from models.errors import Unstorable, Unusable
from models.stages import APPROVED, stage_conflict
from models.worklist import Line, line
from web import pending
from web.deps import Me
from web.filenames import name_sent
from web.language import gettext as _
from web.numbers import Key
from web.site import CurrentSite, Site

if TYPE_CHECKING:
    from workbooks.reading import ReadResult
    from workbooks.stamp import TemplateStamp

log = logging.getLogger("caiji.web")


@dataclass(frozen=True)
class Order:
    """The assignment that a workbook is for, and what its rows are checked against."""

    line: Line
    known: Inputs


async def received(
    assignment_id: Key,
    site: CurrentSite,
    me: Me,
    file: Annotated[UploadFile | None, File()] = None,
    kept: Annotated[str, Form()] = "",
) -> Content:
    """The content of the workbook sent, or of the one kept from before signing in again.

    Unusable (422) where it cannot be read or belongs to another table or department; it waits for a reader
    without holding a thread.
    """
    async with site.queue.place(me.id):
        return await run_sync(_content, site, me, assignment_id, file, kept)


Received = Annotated[Content, Depends(received)]


@contextmanager
def stored() -> Iterator[None]:
    """Unstorable (507) where what was sent cannot be kept."""
    try:
        yield
    except Lost:
        raise
    except OSError as error:
        log.exception("an upload could not be kept")
        raise Unstorable(
            _("服务器现在存不下这份文件（磁盘已满，或数据目录不能写入），没有保存任何内容。"),
            _("文件仍在您的电脑上：请联系信息中心处理后再上传一次。"),
        ) from error


def _content(site: Site, me: Who, assignment_id: int, file: UploadFile | None, kept: str) -> Content:
    order = order_of(site, me, assignment_id)
    if kept:
        found = pending.kept(site, kept, me.id, assignment_id)
        if found is None or not found.filename:
            raise Unusable(_("保留的文件已过期。"), _("请重新选择文件上传。"))
        return content_of(site, order, found.file, found.filename)
    if file is None or not file.filename:
        raise Unusable(_("没有选择文件。"), _("请选择填好的 Excel 工作簿（.xlsx）再上传。"))
    with stored(), on_disk(site, file) as path:
        return content_of(site, order, path, name_sent(file.filename))


def content_of(site: Site, order: Order, path: Path, filename: str) -> Content:
    """Read the workbook, keep its bytes and typed rows, and say what was found."""
    with stored():
        result = read(site, order, path)
        _demand_whole(result.stamp)
        return _kept(site, order, result, path, filename)


def read(site: Site, order: Order, path: Path) -> ReadResult:
    """What the workbook holds; Unusable where it cannot be read or is another department's."""
    known, code = order.known, order.line.table.code
    named = {table: [part.rows for part in parts if part.rows] for table, parts in known.sources.items()}
    approved = {table: [present(site, blob) for blob in blobs] for table, blobs in named.items() if blobs}
    prior = present(site, known.prior) if known.prior else None
    result = site.readers.read(path, code, known.schedule, approved, prior)
    if result.unreadable:
        first = result.findings[0]
        raise Unusable(first.message, first.remedy, rule=first.rule)
    _demand_own(result.stamp, order.line)
    return result


def _kept(site: Site, order: Order, result: ReadResult, path: Path, filename: str) -> Content:
    known, code = order.known, order.line.table.code
    rows_blob = site.blobs.put(result.rows)
    return Content(
        kind="upload",
        blob=site.blobs.put(path.read_bytes()),
        rows_blob=rows_blob,
        filename=filename,
        row_count=result.row_count,
        findings=apply_releases(result.findings, known.released, code),
        inputs_hash=known.hash_of(code, rows_blob),
        base=result.stamp.version if result.stamp else None,
    )


def present(site: Site, blob: str) -> Path:
    """Where stored bytes lie; Lost where they don't."""
    path = site.blobs.path(blob)
    if not path.is_file():
        raise Lost(blob)
    return path


def _demand_own(stamp: TemplateStamp | None, seen: Line) -> None:
    """Unusable where the template says that it is another department's (the reader knows the table)."""
    if stamp is not None and stamp.department and stamp.department != seen.department:
        raise Unusable(
            _("这份工作簿属于“%(theirs)s”，不属于“%(ours)s”。")
            % {"theirs": stamp.department, "ours": seen.department},
            _("请使用从本页面下载的模板填报。"),
        )


def _demand_whole(stamp: TemplateStamp | None) -> None:
    """Unusable where it is one person's part of the table: it would put itself in the place of all."""
    if stamp is not None and stamp.person:
        raise Unusable(
            _("这是“%(person)s”一个人的表，不是整张表。") % {"person": stamp.person},
            _("请在这张表的“多人填写”页面，与其他人的文件一起合并。"),
        )


def order_of(site: Site, me: Who, assignment_id: int) -> Order:
    """Ask before reading, so that nobody makes a child process work for what will be refused."""
    with site.database.reading() as session:
        seen = line(session, assignment_id)
        demand_collector(me, seen.assignment)
        if seen.assignment.stage in APPROVED:
            raise stage_conflict("submit", seen.assignment.stage)
        demand_open(session, seen, clock.now(session))
        return Order(seen, inputs_of(session, seen))


@contextmanager
def on_disk(site: Site, file: UploadFile) -> Iterator[Path]:
    """The file sent, for as long as it is read."""
    folder = site.data / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "workbook.xlsx"
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        yield path
